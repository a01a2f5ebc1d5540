package lie

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// size returns n for an n×n matrix. It panics if m is nil, not square or not
// finite.
func size(what string, m *mat.Dense) int {
	if m == nil {
		panic("lie: " + what + ": the matrix is nil")
	}
	r, c := m.Dims()
	if r != c || r == 0 {
		panic(fmt.Sprintf("lie: %s: the matrix is %d×%d, want it square", what, r, c))
	}
	for i := range r {
		for _, v := range m.RawRowView(i) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				panic(fmt.Sprintf("lie: %s: row %d of the matrix holds NaN or Inf", what, i))
			}
		}
	}
	return r
}

// withoutExponent returns h divided by a power of two so that its largest
// entry is in [1/2, 1). It keeps norms from overflowing where only the
// direction of h matters. It is exact except for entries that underflow next
// to the largest.
func withoutExponent(h *mat.Dense) *mat.Dense {
	var largest float64
	for _, v := range h.RawMatrix().Data {
		largest = max(largest, math.Abs(v))
	}
	_, exponent := math.Frexp(largest)
	var out mat.Dense
	out.Apply(func(_, _ int, v float64) float64 { return math.Ldexp(v, -exponent) }, h)
	return &out
}

func sameSize(what string, a, b Algebra) {
	if a.n != b.n {
		panic(fmt.Sprintf("lie: %s: %s is of %d×%d matrices, %s of %d×%d", what, a.name, a.n, a.n, b.name, b.n, b.n))
	}
}

// inner returns the Frobenius product ⟨a,b⟩ = tr(aᵀb).
func inner(a, b *mat.Dense) float64 {
	var sum float64
	n, _ := a.Dims()
	for i := range n {
		sum += floats.Dot(a.RawRowView(i), b.RawRowView(i))
	}
	return sum
}

// addScaled adds c·b to a.
func addScaled(a *mat.Dense, c float64, b *mat.Dense) {
	n, _ := a.Dims()
	for i := range n {
		floats.AddScaled(a.RawRowView(i), c, b.RawRowView(i))
	}
}

// unit returns the n×n matrix E_ij, whose only entry is a 1.
func unit(n, i, j int) *mat.Dense {
	m := mat.NewDense(n, n, nil)
	m.Set(i, j, 1)
	return m
}
