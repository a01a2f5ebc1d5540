package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/tensors"
)

// Samples holds N inputs with their targets.
//
// X is [N, in…], float32 or float64. Y is [N, out] of the same type for
// regression, or [N, 1] int32 class labels. The tensors belong to the
// Samples: a consumer that finalizes them, as a trainer does with its
// batches, must be given copies.
type Samples struct {
	Name string
	X, Y *tensors.Tensor
}

// Len returns the number of samples N. It panics if X and Y disagree on it.
func (s Samples) Len() int {
	if s.X == nil || s.Y == nil || s.X.Rank() < 2 || s.Y.Rank() < 2 {
		panic(fmt.Sprintf("dataset: samples %q: X must be [N, in…] and Y [N, out]", s.Name))
	}
	n := s.X.Shape().Dimensions[0]
	if m := s.Y.Shape().Dimensions[0]; m != n {
		panic(fmt.Sprintf("dataset: samples %q: %d inputs, but %d targets", s.Name, n, m))
	}
	return n
}

// Subset returns a copy of the samples from…to−1. It panics unless 0 ≤ from < to ≤ Len.
func (s Samples) Subset(from, to int) Samples {
	n := s.Len()
	if from < 0 || from >= to || to > n {
		panic(fmt.Sprintf("dataset: samples %q: subset %d…%d is empty or outside 0…%d", s.Name, from, to, n))
	}
	return Samples{
		Name: fmt.Sprintf("%s[%d:%d]", s.Name, from, to),
		X:    Rows(s.X, from, to),
		Y:    Rows(s.Y, from, to),
	}
}

// Take returns a copy of the first n samples. It panics unless 0 < n ≤ Len.
func (s Samples) Take(n int) Samples { return s.Subset(0, n) }

// Split returns copies of consecutive parts of the given sizes, starting with
// the first sample. Samples beyond the last part are left out. It panics if a
// size is not positive or the sizes add up to more than Len.
//
//	parts := samples.Split(9500, 250, 250)
func (s Samples) Split(sizes ...int) []Samples {
	parts := make([]Samples, len(sizes))
	from := 0
	for i, size := range sizes {
		parts[i] = s.Subset(from, from+size)
		from += size
	}
	return parts
}

// Shuffled returns a copy in which the targets are assigned to the inputs in
// random order: the control in which there is nothing to learn but single
// samples.
func (s Samples) Shuffled(rng *rand.Rand) Samples {
	order := rng.Perm(s.Len())
	return Samples{Name: s.Name + ", shuffled", X: Rows(s.X, 0, s.Len()), Y: filled(s.Y, len(order), func(y []byte) { gather(y, s.Y, order) })}
}

// Fingerprint returns the SHA-256, in hexadecimal, of the types, shapes and
// values of X and Y. It does not depend on the name, so it can identify
// results computed from the samples.
func (s Samples) Fingerprint() string {
	s.Len()
	h := sha256.New()
	hashTensor(h, s.X)
	hashTensor(h, s.Y)
	return hex.EncodeToString(h.Sum(nil))
}

func hashTensor(h hash.Hash, t *tensors.Tensor) {
	shape := t.Shape()
	fmt.Fprintf(h, "%s%v;", shape.DType, shape.Dimensions)
	must(t.ConstBytes(func(data []byte) { h.Write(data) }))
}

// Rows returns a copy of the rows from…to−1 of a tensor's first axis. It
// panics if there are no such rows, or if the tensor was finalized.
func Rows(t *tensors.Tensor, from, to int) *tensors.Tensor {
	return filled(t, to-from, func(part []byte) {
		must(t.ConstBytes(func(all []byte) {
			stride := len(all) / t.Shape().Dim(0)
			copy(part, all[from*stride:to*stride])
		}))
	})
}

// filled makes a tensor like t but with n rows along the first axis.
func filled(t *tensors.Tensor, n int, fill func([]byte)) *tensors.Tensor {
	shape := t.Shape().Clone()
	shape.Dimensions[0] = n
	part := tensors.FromShape(shape)
	must(part.MutableBytes(fill))
	return part
}

// gather copies rows of t's first axis in the given order.
func gather(to []byte, t *tensors.Tensor, rows []int) {
	must(t.ConstBytes(func(all []byte) {
		stride := len(all) / t.Shape().Dim(0)
		for i, row := range rows {
			copy(to[i*stride:(i+1)*stride], all[row*stride:])
		}
	}))
}

// must panics if a tensor cannot be read. That only happens to a finalized
// one, which is a programming mistake.
func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("dataset: reading a tensor (was it finalized?): %v", err))
	}
}
