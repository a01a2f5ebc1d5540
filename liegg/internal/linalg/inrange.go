package linalg

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// inRange returns D⁺D·h, the part of the columns h that does
// not lie in the null space of D: b is D·h. It solves D·y = b by conjugate
// gradients from 0, which never leave the range of D.
func inRange(b *mat.Dense, d func(y *mat.Dense) (*mat.Dense, error)) (*mat.Dense, error) {
	const steps, small = 100, 1e-10
	n, columns := b.Dims()
	y := mat.NewDense(n, columns, nil)
	r, p := mat.DenseCopyOf(b), mat.DenseCopyOf(b)
	rr := Dots(r, r)
	enough := make([]float64, columns)
	for j, v := range rr {
		enough[j] = small * small * v
	}
	for range steps {
		dp, err := d(p)
		if err != nil {
			return nil, err
		}
		α := quotients(rr, Dots(p, dp), enough)
		addScaled(y, p, α, 1)
		addScaled(r, dp, α, -1)
		next := Dots(r, r)
		β := quotients(next, rr, enough)
		scaleAdd(p, β, r)
		if rr = next; !exceeds(rr, enough) {
			break
		}
	}
	return y, nil
}

// Dots returns the products x_jᵀy_j of the columns.
func Dots(x, y *mat.Dense) []float64 {
	n, columns := x.Dims()
	sums := make([]float64, columns)
	for i := range n {
		yi := y.RawRowView(i)
		for j, v := range x.RawRowView(i) {
			sums[j] += v * yi[j]
		}
	}
	return sums
}

// quotients are a/b, and 0 for columns whose a is small enough: they are done.
func quotients(a, b, enough []float64) []float64 {
	q := make([]float64, len(a))
	for j := range q {
		if a[j] > enough[j] && b[j] > 0 {
			q[j] = a[j] / b[j]
		}
	}
	return q
}

// addScaled adds sign·α_j·p_j to the columns y_j.
func addScaled(y, p *mat.Dense, α []float64, sign float64) {
	n, _ := y.Dims()
	for i := range n {
		from, to := p.RawRowView(i), y.RawRowView(i)
		for j, v := range from {
			to[j] += sign * α[j] * v
		}
	}
}

// scaleAdd makes the columns p_j into r_j + β_j·p_j.
func scaleAdd(p *mat.Dense, β []float64, r *mat.Dense) {
	n, _ := p.Dims()
	for i := range n {
		from, to := r.RawRowView(i), p.RawRowView(i)
		for j, v := range from {
			to[j] = v + β[j]*to[j]
		}
	}
}

func exceeds(a, enough []float64) bool {
	for j, v := range a {
		if v > enough[j] || math.IsNaN(v) {
			return true
		}
	}
	return false
}
