package network

import "hash/maphash"

// enoughDistinct is the number of distinct samples from which on no more of them
// are counted: far more than a verdict needs.
const enoughDistinct = 1 << 14

// distinct counts the samples of a stream that are equal to earlier ones.
type distinct struct {
	seed maphash.Seed
	seen map[uint64]struct{}
}

// Repeats returns a number for each of the held samples, the same for equal ones, and how many
// distinct samples there are.
func (h *Held) Repeats() (labels []int, distinct int, err error) {
	x, err := h.rows.Tensor()
	if err != nil {
		return nil, 0, err
	}
	defer finalize(x)
	labels = make([]int, h.Len())
	seed, seen := maphash.MakeSeed(), map[uint64]int{}
	err = x.ConstBytes(func(data []byte) {
		size := len(data) / len(labels)
		for i := range labels {
			sum := maphash.Bytes(seed, data[i*size:(i+1)*size])
			number, ok := seen[sum]
			if !ok {
				number = len(seen)
				seen[sum] = number
			}
			labels[i] = number
		}
	})
	return labels, len(seen), err
}

// repeats is the number of samples of a chunk that were seen before, to the bit; 0
// once enough distinct ones were seen. A nil distinct counts nothing.
func (d *distinct) repeats(c chunk) (count int) {
	if d == nil {
		return 0
	}
	if d.seen == nil {
		d.seed, d.seen = maphash.MakeSeed(), map[uint64]struct{}{}
	}
	if err := c.X.ConstBytes(func(data []byte) {
		size := len(data) / c.X.Shape().Dim(0)
		for i := 0; i < c.Count && len(d.seen) < enoughDistinct; i++ {
			sum := maphash.Bytes(d.seed, data[i*size:(i+1)*size])
			if _, ok := d.seen[sum]; ok {
				count++
			}
			d.seen[sum] = struct{}{}
		}
	}); err != nil {
		panic(err)
	}
	return count
}
