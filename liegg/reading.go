package liegg

import (
	"fmt"
	"math"

	"github.com/liegg/lab/liegg/lie"
	"gonum.org/v1/gonum/mat"
)

// reading is the work of taking one spectrum.
type reading struct {
	c           Candidates
	n           float64 // samples that count
	form        form
	metric      *metric
	homogeneous bool
}

// bySingular returns the generators by ascending s. frame makes the candidates
// orthonormal.
func (r reading) bySingular(frame *mat.Dense) ([]Generator, error) {
	s, h, ok := r.form.stationary(frame)
	if !ok {
		return nil, ErrDecomposition
	}
	gens := make([]Generator, len(s))
	for j := range gens {
		column := h.ColView(j)
		gens[j] = r.generator(column, s[j], r.metric.length(column))
	}
	return gens, nil
}

// byDefect returns the generators by ascending ρ.
func (r reading) byDefect() ([]Generator, error) {
	ρ, h, err := relative(r.form, r.metric)
	if err != nil {
		return nil, err
	}
	const slack = 1e-2 // single-precision sums
	if largest := ρ[len(ρ)-1]; largest > 1+slack {
		return nil, fmt.Errorf("%w (ρ = %.3g)", ErrMetric, largest)
	}
	gens := make([]Generator, len(ρ))
	for j := range gens {
		gens[j] = r.generator(h.ColView(j), ρ[j], 1) // hᵀDh = 1
	}
	return gens, nil
}

// relative solves CᵀC h = ρ² D h over the directions that move the data: ρ
// ascending, and h as columns with hᵀDh = 1. The errors are those of
// metric.whiten and ErrDecomposition.
func relative(f form, m *metric) (ρ []float64, h *mat.Dense, err error) {
	w, err := m.whiten()
	if err != nil {
		return nil, nil, err
	}
	ρ, h, ok := f.stationary(w)
	if !ok {
		return nil, nil, ErrDecomposition
	}
	return ρ, h, nil
}

// generator makes the matrix of h, given s = ‖C h‖ and length = √(hᵀDh).
func (r reading) generator(h mat.Vector, s, length float64) Generator {
	g := Generator{H: mat.DenseCopyOf(r.c.Generator(mat.Col(nil, 0, h))), Defect: math.NaN()}
	if length > 0 {
		g.Defect = math.Min(s/length, 1)
	}
	norm := mat.Norm(g.H, 2)
	g.H.Scale(sign(g.H)/norm, g.H)
	g.Singular = s / norm
	g.Variance = g.Singular * g.Singular / r.n
	g.Bias = r.bias(g.H)
	return g
}

func (r reading) bias(h *mat.Dense) float64 {
	if r.homogeneous {
		h = lie.LinearPart(h)
	}
	return lie.Bias(h)
}

// sign is −1 if the first entry of largest size is negative, else 1. Sizes
// within 1e-6 of each other count as equal, or rounding would choose between
// the two entries of E_ij − E_ji.
func sign(h *mat.Dense) float64 {
	const tie = 1e-6
	data := h.RawMatrix().Data
	var largest float64
	for _, v := range data {
		largest = math.Max(largest, math.Abs(v))
	}
	for _, v := range data {
		if math.Abs(v) >= (1-tie)*largest {
			return math.Copysign(1, v)
		}
	}
	return 1
}
