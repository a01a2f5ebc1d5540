package stream

import "hash/maphash"

// enoughDistinct is the number of distinct samples at which counting stops. It is far more
// than a verdict needs.
const enoughDistinct = 1 << 14

// Distinct counts the samples of a stream that equal earlier ones. The zero value has seen no
// samples.
type Distinct struct {
	seed maphash.Seed
	seen map[uint64]struct{}
}

// Repeats returns the number of samples of a chunk that have the same bits as an earlier one.
// It returns 0 once enough distinct samples were seen. A nil Distinct counts nothing.
func (d *Distinct) Repeats(c Chunk) (count int) {
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
