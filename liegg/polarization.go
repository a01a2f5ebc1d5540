package liegg

import (
	"fmt"
	"iter"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
)

// Method is how a polarization matrix is kept.
type Method int

// The methods of accumulation.
const (
	Gram       Method = iota + 1 // the Gram matrix CᵀC: singular values resolved to about 1e-8 of the largest
	QR                           // the R of a streamed QR decomposition: resolved to about 1e-15
	MatrixFree                   // nothing but products CᵀC·h, taken anew each time: resolved as Gram
)

// String is "Gram", "QR", "matrix-free", or "none" before the first chunk.
func (m Method) String() string {
	switch m {
	case Gram:
		return "Gram"
	case QR:
		return "QR"
	case MatrixFree:
		return "matrix-free"
	}
	return "none"
}

// Polarization is the network polarization matrix C of all samples so far, in O(K²) memory: its
// Gram matrix CᵀC or, if the chunks have rows, the R of a streamed QR decomposition. One
// polarization uses one of the two. It is not safe for concurrent use: accumulate one per
// goroutine and Merge them.
type Polarization struct {
	k        int
	samples  int
	idle     int
	outputs  int
	gram     mat.Symmetric
	triangle *linalg.Triangle
	metric   mat.Symmetric // nil before the first chunk
	moments  *Moments      // nil unless every chunk had them

	estimated bool // the metric is, of some samples
}

// NewPolarization returns an empty polarization for k candidates. It panics if
// k < 1.
func NewPolarization(k int) *Polarization {
	if k < 1 {
		panic(fmt.Sprintf("liegg: NewPolarization: k = %d candidates, want at least 1", k))
	}
	return &Polarization{k: k}
}

// Accumulate adds up a stream of chunks for k candidates. It stops at the first error and
// returns it unchanged. An empty stream is not an error here, but its spectrum is.
func Accumulate(k int, chunks iter.Seq2[Chunk, error]) (*Polarization, error) {
	p := NewPolarization(k)
	for chunk, err := range chunks {
		if err != nil {
			return nil, err
		}
		if err := p.Add(chunk); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Samples returns the number of samples so far, including idle ones.
func (p *Polarization) Samples() int { return p.samples }

// Idle returns the number of samples whose gradient vanished.
func (p *Polarization) Idle() int { return p.idle }

// Outputs is the number of rows per sample, 0 before the first chunk.
func (p *Polarization) Outputs() int { return p.outputs }

// Method is how the matrix is kept, 0 before the first chunk.
func (p *Polarization) Method() Method {
	switch {
	case p.triangle != nil:
		return QR
	case p.gram != nil:
		return Gram
	}
	return 0
}

// Add accumulates one chunk. The errors are ErrShape (also if the number of outputs
// changes), ErrMixed and *NotFiniteError. After an error the polarization is unchanged.
func (p *Polarization) Add(c Chunk) error {
	if err := c.check(p.k); err != nil {
		return err
	}
	if err := p.fits(c.Outputs, c.method()); err != nil {
		return err
	}
	if err := c.checkFinite(p.samples); err != nil {
		return err
	}
	p.accumulate(c)
	return nil
}

// accumulate adds a chunk that was checked.
func (p *Polarization) accumulate(c Chunk) {
	p.gather(c.Moments)
	p.count(c.Samples, c.Idle, c.Outputs)
	p.metric = linalg.Plus(p.metric, c.Metric)
	p.estimated = p.estimated || c.Estimated
	if c.Rows != nil {
		p.addRows(c.Rows)
	} else {
		p.gram = linalg.Plus(p.gram, c.Gram)
	}
}

// Merge adds all samples of q, as if its chunks had been added to p; q stays as it is. The
// errors are ErrShape and ErrMixed. After an error p is unchanged.
func (p *Polarization) Merge(q *Polarization) error {
	if q.k != p.k {
		return fmt.Errorf("%w: merging a polarization of %d candidates into one of %d", ErrShape, q.k, p.k)
	}
	if q.samples == 0 {
		return nil
	}
	if err := p.fits(q.outputs, q.Method()); err != nil {
		return err
	}
	p.gather(q.moments)
	p.count(q.samples, q.idle, q.outputs)
	p.metric = linalg.Plus(p.metric, q.metric)
	p.estimated = p.estimated || q.estimated
	if q.triangle != nil {
		p.addRows(q.triangle.R())
	} else {
		p.gram = linalg.Plus(p.gram, q.gram)
	}
	return nil
}

// fits tests whether a chunk or polarization can be added.
func (p *Polarization) fits(outputs int, m Method) error {
	if p.samples == 0 {
		return nil
	}
	if outputs != p.outputs {
		return fmt.Errorf("%w: %d outputs per sample after %d before", ErrShape, outputs, p.outputs)
	}
	if m != p.Method() {
		return fmt.Errorf("%w (%v after %v)", ErrMixed, m, p.Method())
	}
	return nil
}

// gather adds moments, before the samples they belong to are counted.
func (p *Polarization) gather(m *Moments) {
	if p.samples == 0 {
		p.moments = m.copied()
		return
	}
	p.moments = p.moments.add(m)
}

func (p *Polarization) count(samples, idle, outputs int) {
	p.samples += samples
	p.idle += idle
	p.outputs = outputs
}

func (p *Polarization) addRows(rows *mat.Dense) {
	if p.triangle == nil {
		p.triangle = linalg.NewTriangle(p.k)
	}
	p.triangle.Add(rows)
}

// form returns the form of what was accumulated.
func (p *Polarization) form() linalg.Form {
	if p.triangle != nil {
		return linalg.TriangleForm{R: p.triangle.R()}
	}
	return linalg.GramForm{G: linalg.Whole(p.gram)}
}

// bound returns the metric, above the Gram matrix if it was estimated.
func (p *Polarization) bound() mat.Symmetric {
	if !p.estimated {
		return p.metric
	}
	if p.triangle == nil {
		return linalg.Raised(linalg.Whole(p.metric), linalg.Whole(p.gram))
	}
	var gram mat.SymDense
	gram.SymOuterK(1, p.triangle.R().T())
	return linalg.Raised(linalg.Whole(p.metric), &gram)
}

// ready tests that a spectrum can be taken.
func (p *Polarization) ready() error {
	if err := enough(p.samples, p.idle, p.outputs, p.k); err != nil {
		return err
	}
	if !linalg.IsFinite(p.metric) {
		return &NotFiniteError{Sample: -1, What: "the summed metric"}
	}
	if p.gram != nil && !linalg.IsFinite(p.gram) {
		return &NotFiniteError{Sample: -1, What: "the summed Gram matrix"}
	}
	return nil
}

// enough tests that there are equations for k candidates.
func enough(samples, idle, outputs, k int) error {
	if samples == 0 {
		return ErrNoSamples
	}
	if idle == samples {
		return fmt.Errorf("%w (%d samples)", ErrVanishingGradients, samples)
	}
	if rows := (samples - idle) * outputs; rows < k {
		return fmt.Errorf("%w: %d, want at least K = %d: %d samples with a gradient give %d each; add samples or take fewer candidates",
			ErrTooFewRows, rows, k, samples-idle, outputs)
	}
	return nil
}
