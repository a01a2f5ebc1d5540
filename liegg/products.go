package liegg

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/candidates"
	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/failure"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/internal/sums"
)

// Products is a polarization matrix C of very many candidates that is known by its products
// alone: nothing of size K² is held. Each product is a pass over the data, and a spectrum
// takes tens to hundreds of them.
type Products struct {
	Samples int // all samples, idle ones included
	Idle    int // samples without a gradient; their rows are zero
	Outputs int // rows per sample

	// Gram is the diagonal of CᵀC, and Metric the diagonal of D = Σ_i ‖J_i‖²_F T_iᵀT_i; both have
	// length K.
	Gram, Metric []float64

	// Times returns CᵀC·h and D·h, K×c, for h of shape K×c.
	Times func(h *mat.Dense) (gram, metric *mat.Dense, err error)

	// Watch is called with the progress: after nearly every product, how many of the m
	// generators of an order have been found. It may be nil.
	Watch func(product, found, m int)
}

// Smallest finds the m generators of smallest s, and the m of smallest ρ, as
// Polarization.Smallest does from the matrix. It uses LOBPCG with the diagonals as
// preconditioners. Singular values are resolved as by a Gram matrix. Spectrum.Unmoved
// counts the single candidates that do not move the data. Combinations of other candidates
// that do not move the data appear neither in that number nor among the generators by ρ.
//
// It returns the errors of Times and of Polarization.Smallest. It panics unless
// Gram and Metric have the length K of the candidates, Samples, Outputs and m are
// at least 1, and K is at least 4·(m + max(8, m/4)).
func (p Products) Smallest(c Candidates, m int) (*Spectrum, error) {
	mustBePositive(m)
	k := c.Dim()
	if len(p.Gram) != k || len(p.Metric) != k || p.Samples < 1 || p.Outputs < 1 || p.Times == nil || !linalg.Few(m, k) {
		panic(fmt.Sprintf("liegg: Products of %d samples, %d outputs and diagonals of %d and %d numbers: want at least 1, 1 and K = %d, at least %d",
			p.Samples, p.Outputs, len(p.Gram), len(p.Metric), k, 4*(m+linalg.Guards(m))))
	}
	if err := p.ready(k); err != nil {
		return nil, err
	}
	s := &Spectrum{K: k, Samples: p.Samples, Idle: p.Idle, Outputs: p.Outputs, Method: MatrixFree, candidates: c}
	if err := p.byDefect(s, m); err != nil {
		return nil, err
	}
	if err := p.bySingular(s, m); err != nil {
		return nil, err
	}
	return s, nil
}

// ready tests that a spectrum can be taken.
func (p Products) ready(k int) error {
	if !linalg.AllFinite(p.Gram) || !linalg.AllFinite(p.Metric) {
		return &NotFiniteError{Sample: -1, What: "the diagonal of the Gram matrix or of the metric"}
	}
	return sums.Enough(p.Samples, p.Idle, p.Outputs, k)
}

func (p Products) builder(s *Spectrum) spectrumBuilder {
	return spectrumBuilder{c: s.candidates, n: float64(s.N()), homogeneous: candidates.AreHomogeneous(s.candidates)}
}

// floor returns the value that D_kk must exceed to count as motion, as for metric.
func (p Products) floor() float64 {
	largest := 0.
	for _, v := range p.Metric {
		largest = math.Max(largest, v)
	}
	return defects.StillAlone * largest
}

func (p Products) byDefect(s *Spectrum, m int) error {
	scale := linalg.InverseRoots(p.Metric, p.floor())
	for _, v := range scale {
		if v == 0 {
			s.Unmoved++
		}
	}
	if s.Unmoved == s.K {
		return ErrUnmoved
	}
	relative := linalg.Pencil{Apply: p.Times, Diagonal: p.Gram, Scale: scale, Watch: p.Watch, Degenerate: true}
	relative.Precondition = p.diagonal(scale, relative.Mean())
	ρ, h, err := relative.Smallest(max(1, min(m, (s.K-s.Unmoved)/4)))
	if err != nil {
		return failure.Decomposition(err)
	}
	if err := possible(ρ); err != nil {
		return err
	}
	s.ByDefect = p.builder(s).ofDefects(ρ, h)
	return nil
}

func (p Products) bySingular(s *Spectrum, m int) error {
	inner := candidates.NewFrobenius(s.candidates)
	if !inner.Finite() {
		return &NotFiniteError{Sample: -1, What: "a candidate matrix"}
	}
	b, scale := inner.Product()
	singular := linalg.Pencil{Diagonal: p.Gram, Scale: scale, Watch: p.Watch}
	singular.Apply = func(h *mat.Dense) (*mat.Dense, *mat.Dense, error) {
		gh, _, err := p.Times(h)
		if err != nil || b == nil {
			return gh, nil, err
		}
		return gh, b(h), nil
	}
	singular.Precondition = p.diagonal(scale, singular.Mean())
	values, h, err := singular.Smallest(m)
	if err != nil {
		return failure.Decomposition(err)
	}
	_, dh, err := p.Times(h)
	if err != nil {
		return err
	}
	s.BySingular = p.builder(s).bySingular(values, h, defects.Lengths(h, dh, p.floor()))
	s.largest, err = singular.Largest()
	return failure.Decomposition(err)
}

// diagonal divides by the diagonal of CᵀC in scaled candidates, and by no less
// than a hundredth of its mean.
func (p Products) diagonal(scale []float64, mean float64) func(r *mat.Dense) *mat.Dense {
	inverse := make([]float64, len(scale))
	for k, v := range scale {
		inverse[k] = 1 / math.Max(p.Gram[k]*v*v, mean/100)
	}
	return func(r *mat.Dense) *mat.Dense {
		linalg.ScaleRows(r, inverse)
		return r
	}
}

// String gives the numbers of candidates and samples.
func (p Products) String() string {
	return fmt.Sprintf("products with a polarization matrix: %s, %s, K = %d", spelling.Count(p.Samples, "sample"), spelling.Count(p.Outputs, "output"), len(p.Gram))
}
