// Package sums adds up the polarization matrices of samples.
package sums

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/failure"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/spaces"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/keep"
)

// Sum is the polarization matrix C of some samples for K candidates: its Gram matrix CᵀC or, if rows
// were added, the R of a streamed QR decomposition; and their metric and moments. Sums that are merged
// must have the same K and number of outputs, and both hold Gram matrices or both hold R.
type Sum struct {
	K                      int
	Samples, Idle, Outputs int           // idle samples have no gradient; every sample has as many rows as outputs
	Gram                   mat.Symmetric // nil before the first samples and if rows are kept
	Triangle               *linalg.Triangle
	Metric                 mat.Symmetric   // nil before the first samples
	Moments                *spaces.Moments // nil unless all samples had them

	estimated bool // the metric is, of some samples
}

// Part is what a batch of samples adds to a sum. The fields are described in liegg.Chunk.
type Part struct {
	Samples, Idle, Outputs int
	Rows                   *mat.Dense
	Gram, Metric           mat.Symmetric
	Estimated              bool
	Moments                *spaces.Moments
}

// New returns an empty sum for k candidates.
func New(k int) *Sum { return &Sum{K: k} }

// Add adds a part. Gram matrices and metrics are copied.
func (s *Sum) Add(p Part) {
	s.gather(p.Moments)
	s.count(p.Samples, p.Idle, p.Outputs)
	s.Metric = linalg.Plus(s.Metric, p.Metric)
	s.estimated = s.estimated || p.Estimated
	if p.Rows != nil {
		s.addRows(p.Rows)
	} else {
		s.Gram = linalg.Plus(s.Gram, p.Gram)
	}
}

// Merge adds all samples of q, as if its parts had been added to s; q stays as it is.
func (s *Sum) Merge(q *Sum) {
	if q.Samples == 0 {
		return
	}
	s.gather(q.Moments)
	s.count(q.Samples, q.Idle, q.Outputs)
	s.Metric = linalg.Plus(s.Metric, q.Metric)
	s.estimated = s.estimated || q.estimated
	if q.Triangle != nil {
		s.addRows(q.Triangle.R())
	} else {
		s.Gram = linalg.Plus(s.Gram, q.Gram)
	}
}

// merged returns the sum of several, for k candidates. Several goroutines may read the sum and its parts
// afterwards.
func merged(k int, parts []*Sum) *Sum {
	s := New(k)
	for _, q := range parts {
		s.Merge(q)
	}
	if s.Triangle != nil {
		s.Triangle.Compress()
	}
	return s
}

// gather adds moments, before the samples they belong to are counted.
func (s *Sum) gather(m *spaces.Moments) {
	if s.Samples == 0 {
		s.Moments = m.Copied()
		return
	}
	s.Moments = s.Moments.Plus(m)
}

func (s *Sum) count(samples, idle, outputs int) {
	s.Samples += samples
	s.Idle += idle
	s.Outputs = outputs
}

func (s *Sum) addRows(rows *mat.Dense) {
	if s.Triangle == nil {
		s.Triangle = linalg.NewTriangle(s.K)
	}
	s.Triangle.Add(rows)
}

// Form returns CᵀC as a quadratic form.
func (s *Sum) Form() linalg.Form {
	if s.Triangle != nil {
		return linalg.TriangleForm{R: s.Triangle.R()}
	}
	return linalg.GramForm{G: linalg.Whole(s.Gram)}
}

// Bound returns the metric D. An estimated one is raised such that D − CᵀC has no negative eigenvalue.
func (s *Sum) Bound() mat.Symmetric {
	if !s.estimated {
		return s.Metric
	}
	if s.Triangle == nil {
		return linalg.Raised(linalg.Whole(s.Metric), linalg.Whole(s.Gram))
	}
	var gram mat.SymDense
	gram.SymOuterK(1, s.Triangle.R().T())
	return linalg.Raised(linalg.Whole(s.Metric), &gram)
}

// Ready returns the error of Enough for the samples of the sum.
func (s *Sum) Ready() error { return Enough(s.Samples, s.Idle, s.Outputs, s.K) }

// NotFinite names the matrix that holds NaN or Inf, "the summed metric" or "the summed Gram matrix";
// "" if none does.
func (s *Sum) NotFinite() string {
	switch {
	case !linalg.IsFinite(s.Metric):
		return "the summed metric"
	case s.Gram != nil && !linalg.IsFinite(s.Gram):
		return "the summed Gram matrix"
	}
	return ""
}

// Enough returns an error unless the samples give at least one equation for each of k candidates. It
// wraps ErrNoSamples, ErrVanishingGradients or ErrTooFewRows.
func Enough(samples, idle, outputs, k int) error {
	if samples == 0 {
		return failure.ErrNoSamples
	}
	if idle == samples {
		return fmt.Errorf("%w (%d samples)", failure.ErrVanishingGradients, samples)
	}
	if rows := (samples - idle) * outputs; rows < k {
		return fmt.Errorf("%w: %d, want at least K = %d, one for each candidate: %s with a gradient give %d each; give at least %d, better some hundred, or take fewer candidates",
			failure.ErrTooFewRows, rows, k, spelling.Count(samples-idle, "sample"), outputs, (k+outputs-1)/outputs)
	}
	return nil
}

// Sums that are kept hold their matrices in these forms.
func init() { keep.Register((*mat.SymDense)(nil), linalg.Kronecker{}, linalg.PairedGram{}) }
