package onnx

import "github.com/liegg/lab/liegg/internal/purego"

// SizesOf returns the sizes of tensors, -1 where they depend on the batch.
func (m *converted) SizesOf(names []string) (dims [][]int, err error) {
	backend, err := purego.New()
	if err != nil {
		return nil, err
	}
	defer backend.Finalize()
	few, err := m.shapes(backend, samples, names)
	if err != nil {
		return nil, err
	}
	more, err := m.shapes(backend, otherSamples, names)
	if err != nil {
		return nil, err
	}
	for i := range names {
		dims = append(dims, common(few[i], more[i]).Dimensions)
	}
	return dims, nil
}

// NumberOf returns the only number of a tensor, if it is the same for batches of all sizes, as
// far as can be seen.
func (m *converted) NumberOf(name string) (number int, known bool) {
	for i, batch := range []int{samples, otherSamples} {
		n, ok := m.numberFor(name, batch)
		if !ok || i > 0 && n != number {
			return 0, false
		}
		number = n
	}
	return number, true
}
