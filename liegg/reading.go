package liegg

import (
	"fmt"
	"math"
	"slices"

	"github.com/liegg/lab/liegg/lie"
	"gonum.org/v1/gonum/mat"
)

// reading is the work of taking one spectrum.
type reading struct {
	c           Candidates
	n           float64 // samples that count
	homogeneous bool
}

// whole takes all generators of an accumulated polarization matrix into s.
func (r reading) whole(s *Spectrum, f form, m *metric) error {
	frame, err := unitFrameOf(r.c)
	if err != nil {
		return err
	}
	// gonum solves the two eigenproblems on one core each.
	var values []float64
	var h *mat.Dense
	var ok bool
	singular := make(chan struct{})
	go func() {
		defer close(singular)
		values, h, ok = f.stationary(frame)
	}()
	err = r.byDefect(s, f, m, s.K)
	<-singular
	if err != nil {
		return err
	}
	if !ok {
		return ErrDecomposition
	}
	s.BySingular = r.bySingular(values, h, m.lengths(h))
	s.largest = values[len(values)-1]
	return nil
}

// smallest takes the count generators of smallest s and ρ into s.
func (r reading) smallest(s *Spectrum, f gramForm, m *metric, count int) error {
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
		f, b, scale = gramForm{congruent(f.g, frame)}, nil, slices.Repeat([]float64{1}, s.K)
	}
	values, h, err := f.smallest(b, scale, count)
	if err != nil {
		return err
	}
	h = times(frame, h)
	s.BySingular = r.bySingular(values, h, m.lengths(h))
	s.largest, err = f.pencil(b, scale).largest()
	return err
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
func (r reading) byDefect(s *Spectrum, f form, m *metric, count int) error {
	ρ, h, moving, err := relative(f, m, count)
	if err != nil {
		return err
	}
	s.Unmoved = s.K - moving
	s.ByDefect, err = r.ofDefects(ρ, h)
	return err
}

// ofDefects makes the generators of ascending ρ, with h as columns with hᵀDh = 1.
func (r reading) ofDefects(ρ []float64, h *mat.Dense) ([]Generator, error) {
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
// ascending, and h as columns with hᵀDh = 1. It finds the count smallest or, where
// that is no more work or only some of them can be found, all or fewer of them;
// moving is the number of all. It returns the errors of metric.whiten and
// ErrDecomposition.
func relative(f form, m *metric, count int) (ρ []float64, h *mat.Dense, moving int, err error) {
	moving = len(m.moving)
	gram, isGram := f.(gramForm)
	partial := isGram && moving > sizeable && few(count, moving)
	if partial && m.cholesky() != nil {
		ρ, h, err = gram.smallest(productWith(m.d), m.scales(), count)
		return ρ, h, moving, err
	}
	w, err := m.whiten()
	if err != nil {
		return nil, nil, 0, err
	}
	_, moving = w.Dims()
	if partial && few(count, moving) {
		within := gramForm{congruent(gram.g, w)}
		ρ, h, err = within.smallest(nil, slices.Repeat([]float64{1}, moving), count)
		if err != nil {
			return nil, nil, 0, err
		}
		return ρ, times(w, h), moving, nil
	}
	ρ, h, ok := f.stationary(w)
	if !ok {
		return nil, nil, 0, ErrDecomposition
	}
	return ρ, h, moving, nil
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
