package liegg

import (
	"fmt"
	"iter"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/internal/sums"
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
type Polarization struct{ sum *sums.Sum }

// NewPolarization returns an empty polarization for k candidates. It panics if
// k < 1.
func NewPolarization(k int) *Polarization {
	if k < 1 {
		panic(fmt.Sprintf("liegg: NewPolarization: k = %d candidates, want at least 1", k))
	}
	return &Polarization{sums.New(k)}
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
func (p *Polarization) Samples() int { return p.sum.Samples }

// Idle returns the number of samples whose gradient vanished.
func (p *Polarization) Idle() int { return p.sum.Idle }

// Outputs is the number of rows per sample, 0 before the first chunk.
func (p *Polarization) Outputs() int { return p.sum.Outputs }

// Method is how the matrix is kept, 0 before the first chunk.
func (p *Polarization) Method() Method { return methodOf(p.sum) }

// method is how a chunk wants to be kept.
func (c Chunk) method() Method {
	if c.Rows != nil {
		return QR
	}
	return Gram
}

// methodOf is how a sum is kept, 0 before the first samples.
func methodOf(s *sums.Sum) Method {
	switch {
	case s.Triangle != nil:
		return QR
	case s.Gram != nil:
		return Gram
	}
	return 0
}

// Add accumulates one chunk. The errors are ErrShape (also if the number of outputs
// changes), ErrMixed and *NotFiniteError. After an error the polarization is unchanged.
func (p *Polarization) Add(c Chunk) error {
	if err := c.check(p.sum.K); err != nil {
		return err
	}
	if err := fit(p.sum, c.Outputs, c.method()); err != nil {
		return err
	}
	if err := c.checkFinite(p.sum.Samples); err != nil {
		return err
	}
	p.sum.Add(c.part())
	return nil
}

// Merge adds all samples of q, as if its chunks had been added to p; q stays as it is. The
// errors are ErrShape and ErrMixed. After an error p is unchanged.
func (p *Polarization) Merge(q *Polarization) error {
	if q.sum.K != p.sum.K {
		return fmt.Errorf("%w: merging a polarization of %d candidates into one of %d", ErrShape, q.sum.K, p.sum.K)
	}
	if q.sum.Samples > 0 {
		if err := fit(p.sum, q.sum.Outputs, q.Method()); err != nil {
			return err
		}
	}
	p.sum.Merge(q.sum)
	return nil
}

// fit tests whether samples with so many outputs can be added to a sum.
func fit(s *sums.Sum, outputs int, m Method) error {
	if s.Samples == 0 {
		return nil
	}
	if outputs != s.Outputs {
		return fmt.Errorf("%w: %d outputs per sample after %d before", ErrShape, outputs, s.Outputs)
	}
	if kept := methodOf(s); m != kept {
		return fmt.Errorf("%w (%v after %v)", ErrMixed, m, kept)
	}
	return nil
}

// String summarises the polarization.
func (p *Polarization) String() string {
	return fmt.Sprintf("polarization matrix: %s, %d without a gradient, %s, K = %d, kept as %v",
		spelling.Count(p.Samples(), "sample"), p.Idle(), spelling.Count(p.Outputs(), "output"), p.sum.K, p.Method())
}
