package liegg

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/candidates"
	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/failure"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/sums"
	"github.com/liegg/lab/liegg/lie"
)

// Listed is the number of generators of a spectrum that does not hold all of them.
const Listed = 40

// Spectrum computes the spectrum of the samples so far: all K generators up to K = 1000, and
// beyond, for Gram matrices, the Listed smallest in either order; see Smallest. The errors
// are ErrNoSamples, ErrTooFewRows, ErrVanishingGradients, ErrUnmoved, ErrShape (candidates
// of another dimension), ErrDependent, ErrMetric and ErrDecomposition, to be tested for with
// errors.Is, and *NotFiniteError.
func (p *Polarization) Spectrum(c Candidates) (*Spectrum, error) {
	if p.sum.K <= defects.WholeUpTo {
		return p.Smallest(c, p.sum.K)
	}
	return p.Smallest(c, Listed)
}

// Smallest computes the m generators of smallest s, and the m of smallest ρ. It computes all
// generators if this is about as quick: if m is more than about K/5, and if the polarization
// matrix is kept as rows (QR), whose exact zeros would be lost. Beyond K = 1000
// it iterates (LOBPCG), and finds each s to about 1e-6 of the root mean square of all, mostly
// much closer. If the iteration does not converge that far, it returns fewer generators, at
// least one. It returns the errors of Spectrum, but beyond K = 1000 it does not detect
// linearly dependent candidates. It panics if m < 1.
func (p *Polarization) Smallest(c Candidates, m int) (*Spectrum, error) { return smallest(p.sum, c, m) }

// smallest is Polarization.Smallest of a sum.
func smallest(p *sums.Sum, c Candidates, m int) (*Spectrum, error) {
	mustBePositive(m)
	if err := suits(p, c); err != nil {
		return nil, err
	}
	return spectrumOf(p, c, m)
}

// suits tests that a spectrum can be taken of a sum.
func suits(p *sums.Sum, c Candidates) error {
	if c.Dim() != p.K {
		return fmt.Errorf("%w: candidates of dimension %d for a polarization of %d", ErrShape, c.Dim(), p.K)
	}
	if err := p.Ready(); err != nil {
		return err
	}
	if what := p.NotFinite(); what != "" {
		return &NotFiniteError{Sample: -1, What: what}
	}
	return nil
}

// spectrumOf is smallest, for a sum that suits the candidates.
func spectrumOf(p *sums.Sum, c Candidates, m int) (*Spectrum, error) {
	s := &Spectrum{K: p.K, Samples: p.Samples, Idle: p.Idle, Outputs: p.Outputs, Method: methodOf(p), candidates: c}
	builder := spectrumBuilder{c: c, n: float64(p.Samples - p.Idle), homogeneous: candidates.AreHomogeneous(c)}
	metric := defects.NewMetric(p.Bound())
	form := p.Form()
	gram, isGram := form.(linalg.GramForm)
	var err error
	switch {
	case !isGram || !linalg.Few(m, p.K):
		err = builder.direct(s, form, metric, p.K)
	case p.K <= defects.WholeUpTo:
		err = builder.direct(s, gram, metric, m)
	default:
		err = builder.smallest(s, gram, metric, m)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

func mustBePositive(m int) {
	if m < 1 {
		panic(fmt.Sprintf("liegg: a spectrum of the m = %d smallest generators: want at least 1", m))
	}
}

// spectrumBuilder computes one spectrum.
type spectrumBuilder struct {
	c           Candidates
	n           float64 // samples that count
	homogeneous bool
}

// direct puts count generators of an accumulated polarization matrix into s, by
// decompositions of the matrix itself.
func (b spectrumBuilder) direct(s *Spectrum, f linalg.Form, m *defects.Metric, count int) error {
	frame, err := b.unitFrame()
	if err != nil {
		return err
	}
	// gonum solves the two eigenproblems on one core each.
	var values []float64
	var h *mat.Dense
	singular := make(chan struct{})
	go func() {
		defer close(singular)
		if d, ok := f.Stationary(frame); ok {
			values, h = d.Values, d.First(count)
		}
	}()
	err = b.byDefect(s, f, m, count)
	<-singular
	if err != nil {
		return err
	}
	if values == nil {
		return ErrDecomposition
	}
	s.BySingular = b.bySingular(values[:count], h, m.Lengths(h))
	s.largest = values[len(values)-1]
	return nil
}

// unitFrame returns the basis in which candidates of unit length are matrices of unit norm; nil for
// the given one.
func (b spectrumBuilder) unitFrame() (*mat.Dense, error) {
	frame, err := candidates.UnitFrameOf(b.c)
	if errors.Is(err, candidates.ErrNotFinite) {
		err = &NotFiniteError{Sample: -1, What: "a candidate matrix"}
	}
	return frame, err
}

// smallest puts the count generators of smallest s and ρ into s.
func (b spectrumBuilder) smallest(s *Spectrum, f linalg.GramForm, m *defects.Metric, count int) error {
	inner := candidates.NewFrobenius(b.c)
	if !inner.Finite() {
		return &NotFiniteError{Sample: -1, What: "a candidate matrix"}
	}
	if err := b.byDefect(s, f, m, count); err != nil {
		return err
	}
	product, scale := inner.Product()
	var frame *mat.Dense
	if _, ok := candidates.LocalOf(b.c).(candidates.Local); ok {
		var err error
		if frame, err = b.unitFrame(); err != nil {
			return err
		}
		f, product, scale = linalg.GramForm{G: linalg.Congruent(f.G, frame)}, nil, slices.Repeat([]float64{1}, s.K)
	}
	values, h, err := f.Smallest(product, scale, count)
	if err != nil {
		return failure.Decomposition(err)
	}
	h = linalg.Times(frame, h)
	s.BySingular = b.bySingular(values, h, m.Lengths(h))
	s.largest, err = f.Pencil(product, scale).Largest()
	return failure.Decomposition(err)
}

// bySingular makes the generators of ascending s, with h as columns of lengths
// √(hᵀDh).
func (b spectrumBuilder) bySingular(s []float64, h *mat.Dense, lengths []float64) []Generator {
	gens := make([]Generator, len(s))
	for j := range gens {
		gens[j] = b.generator(h.ColView(j), s[j], lengths[j])
	}
	return gens
}

// byDefect puts the generators by ascending ρ into s: count of them, or all.
func (b spectrumBuilder) byDefect(s *Spectrum, f linalg.Form, m *defects.Metric, count int) error {
	d, moving, err := defects.Smallest(f, m, count)
	if err != nil {
		return err
	}
	if err := possible(d.Values); err != nil {
		return err
	}
	count = min(count, len(d.Values))
	s.Unmoved = s.K - moving
	s.ByDefect = b.ofDefects(d.Values[:count], d.First(count))
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
func (b spectrumBuilder) ofDefects(ρ []float64, h *mat.Dense) []Generator {
	gens := make([]Generator, len(ρ))
	for j := range gens {
		gens[j] = b.generator(h.ColView(j), ρ[j], 1) // hᵀDh = 1
	}
	return gens
}

// generator makes the matrix of h, given s = ‖C h‖ and length = √(hᵀDh).
func (b spectrumBuilder) generator(h mat.Vector, s, length float64) Generator {
	g := Generator{H: mat.DenseCopyOf(b.c.Generator(mat.Col(nil, 0, h))), Defect: math.NaN()}
	if length > 0 {
		g.Defect = math.Min(s/length, 1)
	}
	norm := mat.Norm(g.H, 2)
	g.H.Scale(sign(g.H)/norm, g.H)
	g.Singular = s / norm
	g.Variance = g.Singular * g.Singular / b.n
	g.Bias = b.bias(g.H)
	return g
}

func (b spectrumBuilder) bias(h *mat.Dense) float64 {
	if b.homogeneous {
		h = lie.LinearPart(h)
	}
	return lie.Bias(h)
}

// sign returns −1 if the first entry of largest magnitude is negative, and 1 otherwise. Magnitudes
// within 1e-6 of each other count as equal; otherwise rounding would choose between the two
// entries of E_ij − E_ji.
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
