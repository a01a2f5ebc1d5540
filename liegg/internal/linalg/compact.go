package linalg

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// compact is a symmetric matrix that is known by fewer numbers than its entries.
type compact interface {
	mat.Symmetric
	// add adds s, if the sum is known by the same numbers.
	add(s mat.Symmetric) bool
	clone() mat.Symmetric
	whole() *mat.SymDense
	isFinite() bool
}

// Plus returns sum + s, in the place of sum; nil stands for zero. It keeps sums compact, if both
// matrices are, in the same way.
func Plus(sum, s mat.Symmetric) mat.Symmetric {
	if sum == nil {
		if c, ok := s.(compact); ok {
			return c.clone()
		}
		return copied(s)
	}
	if c, ok := sum.(compact); ok && c.add(s) {
		return sum
	}
	whole := Whole(sum)
	AddTo(whole, Whole(s))
	return whole
}

func copied(s mat.Symmetric) *mat.SymDense {
	c := mat.NewSymDense(s.SymmetricDim(), nil)
	c.CopySym(s)
	return c
}

// Whole returns s with all of its entries, s itself if they are there.
func Whole(s mat.Symmetric) *mat.SymDense {
	switch s := s.(type) {
	case *mat.SymDense:
		return s
	case compact:
		return s.whole()
	}
	return copied(s)
}

// IsFinite reports whether no entry is NaN or Inf.
func IsFinite(s mat.Symmetric) bool {
	if c, ok := s.(compact); ok {
		return c.isFinite()
	}
	whole := Whole(s)
	for i := range whole.SymmetricDim() {
		if !AllFinite(upper(whole, i)) {
			return false
		}
	}
	return true
}

// AllFinite reports whether no number is NaN or Inf.
func AllFinite(x []float64) bool {
	if sum := floats.Sum(x); sum-sum == 0 { // no sum is finite if a number is not
		return true
	}
	return !math.IsInf(sizeOf(x), 0) && !math.IsNaN(sizeOf(x)) // sums may overflow
}

// sizeOf returns the largest size of a number; NaN or Inf if one of them is.
func sizeOf(x []float64) (most float64) {
	for _, v := range x {
		most = max(most, v, -v)
	}
	return most
}
