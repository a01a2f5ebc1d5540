package activity

import (
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// A step far out, as in r² + 10⁵·[x₁ > 3.3], has no gradient, and samples from all over the stream
// may lie on one side of it. So a verdict also looks at the samples with the largest and the least
// values of each output, and of each coordinate of inputs that have few.

const (
	extremeSamples = 32  // at either end, shared out among the outputs, and among the coordinates
	extremeOutputs = 128 // most outputs of which there is at least one sample at either end
)

// Extremes holds the samples of a stream at which some numbers are largest or least.
type Extremes struct {
	outputs, coordinates int         // how many samples there are at either end of each; 0 for none
	ends                 [][]extreme // of the numbers and of their negatives, in turn; each descends
}

// extreme is a sample at which a number has the given value.
type extreme struct {
	value  float64
	number int // index of the sample in the stream
	sample []byte
}

// newExtremes keeps samples for a number of outputs and coordinates of inputs.
func newExtremes(outputs, coordinates, sampleBytes int) *Extremes {
	e := &Extremes{coordinates: extremeSamples / coordinates}
	if outputs <= extremeOutputs {
		e.outputs = max(1, extremeSamples/outputs)
	}
	if 2*sampleBytes*(e.outputs*outputs+e.coordinates*coordinates) > ReservoirBytes {
		return nil
	}
	return e
}

// watch offers the samples of a chunk, whose outputs have the given values.
func (e *Extremes) watch(c stream.Chunk, outputs []float64) {
	if e == nil {
		return
	}
	m := len(outputs) / c.X.Shape().Dim(0)
	if e.outputs > 0 {
		e.offer(c, outputs, 0, e.outputs)
	}
	if e.coordinates == 0 {
		return
	}
	if inputs, err := dataset.Values(c.X); err == nil {
		e.offer(c, inputs, 2*m, e.coordinates)
	}
}

// offer takes numbers of the samples of a chunk, [batch, width]. The first of them has the ends
// from and from+1, and most samples are kept at each.
func (e *Extremes) offer(c stream.Chunk, values []float64, from, most int) {
	width := len(values) / c.X.Shape().Dim(0)
	for len(e.ends) < from+2*width {
		e.ends = append(e.ends, nil)
	}
	least := make([]float64, 2*width) // of the values kept at each end
	for end := range least {
		least[end] = e.leastAt(from+end, most)
	}
	for i := range c.Count {
		for j, v := range values[i*width : (i+1)*width] {
			if v > least[2*j] {
				e.keep(from+2*j, most, v, c, i)
				least[2*j] = e.leastAt(from+2*j, most)
			}
			if -v > least[2*j+1] {
				e.keep(from+2*j+1, most, -v, c, i)
				least[2*j+1] = e.leastAt(from+2*j+1, most)
			}
		}
	}
}

// leastAt is the value that one must exceed to be kept at an end.
func (e *Extremes) leastAt(end, most int) float64 {
	if kept := e.ends[end]; len(kept) == most {
		return kept[most-1].value
	}
	return math.Inf(-1)
}

// keep keeps sample i of a chunk, whose value is among the largest so far.
func (e *Extremes) keep(end, most int, value float64, c stream.Chunk, i int) {
	kept := e.ends[end]
	one := extreme{value: value, number: c.Number(i)}
	if err := c.X.ConstBytes(func(data []byte) {
		one.sample = slices.Clone(tensor.Nth(data, i, c.X.Shape().Dim(0)))
	}); err != nil {
		panic(err)
	}
	at, _ := slices.BinarySearchFunc(kept, value, func(k extreme, v float64) int {
		if k.value >= v {
			return -1
		}
		return 1
	})
	kept = slices.Insert(kept, at, one)
	e.ends[end] = kept[:min(most, len(kept))]
}

// farthest is how far an extreme sample may be, in sizes of a typical one: beyond it, rounding may
// change f.
const farthest = 1e4

// Samples returns the wanted samples, each once, in the shape and type of like's samples; nil if
// there are none. wanted selects them by their index in the stream. Samples that are farther away
// than those of like by many times are left out.
func (e *Extremes) Samples(like *tensors.Tensor, wanted func(number int) bool) (*tensors.Tensor, error) {
	if e == nil {
		return nil, nil
	}
	var some [][]byte
	seen := map[int]bool{}
	for _, end := range e.ends {
		for _, one := range end {
			if !seen[one.number] && wanted(one.number) {
				seen[one.number] = true
				some = append(some, one.sample)
			}
		}
	}
	if len(some) == 0 {
		return nil, nil
	}
	near, err := notFarthest(some, like)
	if err != nil || len(near) == 0 {
		return nil, err
	}
	return stacked(near, like)
}

// notFarthest returns the samples that are not farther away than the samples of like by many times.
func notFarthest(samples [][]byte, like *tensors.Tensor) (near [][]byte, err error) {
	x, err := stacked(samples, like)
	if err != nil {
		return nil, err
	}
	defer tensor.Finalize(x)
	reach, err := reaches(like)
	if err != nil {
		return nil, err
	}
	slices.Sort(reach)
	each, err := reaches(x)
	if err != nil {
		return nil, err
	}
	for i, r := range each {
		if r <= farthest*reach[len(reach)/2] {
			near = append(near, samples[i])
		}
	}
	return near, nil
}

// reaches returns the largest absolute number of each sample.
func reaches(x *tensors.Tensor) (reach []float64, err error) {
	values, err := dataset.Values(x)
	if err != nil {
		return nil, err
	}
	for sample := range slices.Chunk(values, len(values)/x.Shape().Dim(0)) {
		reach = append(reach, floats.Norm(sample, math.Inf(1)))
	}
	return reach, nil
}
