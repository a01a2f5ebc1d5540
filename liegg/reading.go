package liegg

import (
	"fmt"
	"math"
	"slices"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"gonum.org/v1/gonum/mat"
)

// reading is the work of taking one spectrum.
type reading struct {
	c           Candidates
	n           float64 // samples that count
	homogeneous bool
}

// direct takes count generators of an accumulated polarization matrix into s, by
// decompositions of the matrix itself.
func (r reading) direct(s *Spectrum, f linalg.Form, m *metric, count int) error {
	frame, err := unitFrameOf(r.c)
	if err != nil {
		return err
	}
	// gonum solves the two eigenproblems on one core each.
	var values []float64
	var h *mat.Dense
	singular := make(chan struct{})
	go func() {
		defer close(singular)
		if d, ok := f.Stationary(frame, count); ok {
			values, h = d.Values, d.First(count)
		}
	}()
	err = r.byDefect(s, f, m, count)
	<-singular
	if err != nil {
		return err
	}
	if values == nil {
		return ErrDecomposition
	}
	s.BySingular = r.bySingular(values[:count], h, m.lengths(h))
	s.largest = values[len(values)-1]
	return nil
}

// smallest takes the count generators of smallest s and ρ into s.
func (r reading) smallest(s *Spectrum, f linalg.GramForm, m *metric, count int) error {
	inner := newFrobenius(r.c)
	if !inner.finite() {
		return &NotFiniteError{Sample: -1, What: "a candidate matrix"}
	}
	if err := r.byDefect(s, f, m, count); err != nil {
		return err
	}
	b, scale := inner.inProduct()
	var frame *mat.Dense
	if _, ok := localOf(r.c).(local); ok {
		var err error
		if frame, err = unitFrameOf(r.c); err != nil {
			return err
		}
		f, b, scale = linalg.GramForm{G: linalg.Congruent(f.G, frame)}, nil, slices.Repeat([]float64{1}, s.K)
	}
	values, h, err := f.Smallest(b, scale, count)
	if err != nil {
		return decomposition(err)
	}
	h = linalg.Times(frame, h)
	s.BySingular = r.bySingular(values, h, m.lengths(h))
	s.largest, err = f.Pencil(b, scale).Largest()
	return decomposition(err)
}

// bySingular makes the generators of ascending s, with h as columns of lengths
// √(hᵀDh).
func (r reading) bySingular(s []float64, h *mat.Dense, lengths []float64) []Generator {
	gens := make([]Generator, len(s))
	for j := range gens {
		gens[j] = r.generator(h.ColView(j), s[j], lengths[j])
	}
	return gens
}

// byDefect takes the generators by ascending ρ into s: count of them, or all.
func (r reading) byDefect(s *Spectrum, f linalg.Form, m *metric, count int) error {
	d, moving, err := relative(f, m, count)
	if err != nil {
		return err
	}
	if err := possible(d.Values); err != nil {
		return err
	}
	count = min(count, len(d.Values))
	s.Unmoved = s.K - moving
	s.ByDefect = r.ofDefects(d.Values[:count], d.First(count))
	return nil
}

// possible returns ErrMetric if a relative defect is above 1 by more than rounding in single
// precision. ρ is ascending.
func possible(ρ []float64) error {
	const slack = 1e-2
	if largest := ρ[len(ρ)-1]; largest > 1+slack {
		return fmt.Errorf("%w (ρ = %.3g)", ErrMetric, largest)
	}
	return nil
}

// ofDefects makes the generators of ascending ρ, with h as columns with hᵀDh = 1.
func (r reading) ofDefects(ρ []float64, h *mat.Dense) []Generator {
	gens := make([]Generator, len(ρ))
	for j := range gens {
		gens[j] = r.generator(h.ColView(j), ρ[j], 1) // hᵀDh = 1
	}
	return gens
}

// relative solves CᵀC h = ρ² D h over the directions that move the data, from which count
// vectors are wanted: ρ ascending, and h with hᵀDh = 1. Of very many candidates it finds only
// the count smallest, or fewer; moving is the number of all. It returns the errors of
// metric.whiten and ErrDecomposition.
func relative(f linalg.Form, m *metric, count int) (d linalg.Directions, moving int, err error) {
	moving = len(m.moving)
	gram, isGram := f.(linalg.GramForm)
	iterates := isGram && moving > wholeUpTo && linalg.Few(count, moving)
	if iterates && m.cholesky() != nil {
		ρ, h, err := gram.Smallest(linalg.ProductWith(m.d), m.scales(), count)
		if err != nil {
			return d, 0, decomposition(err)
		}
		return linalg.DirectionsOf(ρ, nil, h), moving, nil
	}
	w, err := m.whiten()
	if err != nil {
		return d, 0, err
	}
	_, moving = w.Dims()
	if iterates && linalg.Few(count, moving) {
		within := linalg.GramForm{G: linalg.Congruent(gram.G, w)}
		ρ, h, err := within.Smallest(nil, slices.Repeat([]float64{1}, moving), count)
		if err != nil {
			return d, 0, decomposition(err)
		}
		return linalg.DirectionsOf(ρ, w, h), moving, nil
	}
	d, ok := f.Stationary(w, count)
	if !ok {
		return d, 0, ErrDecomposition
	}
	return d, moving, nil
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
