package dense

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// WithoutExponent returns h divided by a power of two so that its largest
// entry is in [1/2, 1). It keeps norms from overflowing where only the
// direction of h matters. It is exact except for entries that underflow next
// to the largest.
func WithoutExponent(h *mat.Dense) *mat.Dense {
	var largest float64
	for _, v := range h.RawMatrix().Data {
		largest = max(largest, math.Abs(v))
	}
	_, exponent := math.Frexp(largest)
	var out mat.Dense
	out.Apply(func(_, _ int, v float64) float64 { return math.Ldexp(v, -exponent) }, h)
	return &out
}

// Inner returns the Frobenius product ⟨a,b⟩ = tr(aᵀb).
func Inner(a, b *mat.Dense) float64 {
	var sum float64
	n, _ := a.Dims()
	for i := range n {
		sum += floats.Dot(a.RawRowView(i), b.RawRowView(i))
	}
	return sum
}

// AddScaled adds c·b to a.
func AddScaled(a *mat.Dense, c float64, b *mat.Dense) {
	to, from := a.RawMatrix(), b.RawMatrix()
	if to.Stride == to.Cols && from.Stride == from.Cols {
		floats.AddScaled(to.Data, c, from.Data)
		return
	}
	for i := range to.Rows {
		floats.AddScaled(a.RawRowView(i), c, b.RawRowView(i))
	}
}

// Unit returns the n×n matrix E_ij, whose only entry is a 1.
func Unit(n, i, j int) *mat.Dense {
	m := mat.NewDense(n, n, nil)
	m.Set(i, j, 1)
	return m
}

// Mul returns x·y, or nil if y has no columns.
func Mul(x, y *mat.Dense) *mat.Dense {
	if y == nil {
		return nil
	}
	var out mat.Dense
	out.Mul(x, y)
	return &out
}

// TraceProduct returns tr(xy).
func TraceProduct(x, y *mat.Dense) float64 {
	var sum float64
	n, _ := x.Dims()
	for i := range n {
		for k, v := range x.RawRowView(i) {
			sum += v * y.At(k, i)
		}
	}
	return sum
}

// AddIdentity adds c to the diagonal.
func AddIdentity(m *mat.Dense, c float64) {
	n, _ := m.Dims()
	for i := range n {
		m.Set(i, i, m.At(i, i)+c)
	}
}

// Columns returns a copy of some columns of m, nil for none.
func Columns(m *mat.Dense, from, to int) *mat.Dense {
	if from == to {
		return nil
	}
	r, _ := m.Dims()
	return mat.DenseCopyOf(m.Slice(0, r, from, to))
}

// Width returns the number of columns, 0 for nil.
func Width(m *mat.Dense) int {
	if m == nil {
		return 0
	}
	_, c := m.Dims()
	return c
}
