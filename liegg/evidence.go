package liegg

import (
	"fmt"
	"iter"
	"math"

	"github.com/liegg/lab/liegg/internal/linalg"
	"gonum.org/v1/gonum/mat"
)

// Blocks is the number of blocks of samples that evidence asks for: half of
// them to fit generators, half to test them, so that each half holds the 50
// that an interval wants.
const Blocks = 128

// Evidence is the polarization matrix of a function kept in blocks of samples
// that follow each other, or of whole groups of samples that depend on each other, so that generators can be fitted to some samples and
// tested on others, with intervals. Memory is O(Blocks·K²), and 4 GiB at most
// for Gram matrices (6 GiB for QR; Judge needs a dozen K×K matrices besides): where
// blocks become too many, neighbours are merged. It is not safe for concurrent use.
type Evidence struct {
	k      int
	limit  int
	full   int // samples that a block should hold
	blocks []*Polarization
	named  map[int]int // the index in blocks of each name; nil where blocks follow each other

	dependence Dependence
	away       float64 // of the data from the origin, in units of their spread

	repeats   int
	plain     *Polarization // without sizes and weights, where chunks have it
	sizes     *Sizes        // nil where outputs are as the function has them
	influence *Influence    // nil where samples have no weights
	variation *Variation    // nil where it is not known
}

// NewEvidence returns empty evidence for k candidates. It panics if k < 1.
func NewEvidence(k int) *Evidence {
	if k < 1 {
		panic(fmt.Sprintf("liegg: NewEvidence: k = %d candidates, want at least 1", k))
	}
	return &Evidence{k: k, limit: blockLimit(k)}
}

// blockLimit is the even number of blocks from which on neighbours are merged.
func blockLimit(k int) int {
	limit := min(2*Blocks, max(2, blockMemory/(2*8*k*k)))
	return limit - limit%2
}

// BlockLimit is the number of blocks that evidence for k candidates can hold: name no
// more of them in AddTo.
func BlockLimit(k int) int { return blockLimit(k) }

// blockMemory is what the blocks may take, in bytes, and enoughBlocks the limit
// on their number that leaves an interval as many as it wants when neighbours
// were merged.
const (
	blockMemory  = 4 << 30
	enoughBlocks = 200
)

// judgeable is the largest K for which memory holds enough blocks.
var judgeable = int(math.Sqrt(blockMemory / (2 * 8 * enoughBlocks)))

// Gather collects evidence for k candidates from a stream of chunks, each of
// which becomes a block as long as there is room. It stops at the first error
// and returns it as it is. Where memory does not hold
// enough blocks, for K > 1158, it returns ErrTooManyCandidates before it takes
// any chunk: Judge would have to answer "undetermined" in the end.
func Gather(k int, chunks iter.Seq2[Chunk, error]) (*Evidence, error) {
	e := NewEvidence(k)
	if k > judgeable {
		return nil, fmt.Errorf("%w: K = %d, but memory holds sums for %d at most: restrict the candidates, or take the spectrum alone",
			ErrTooManyCandidates, k, judgeable)
	}
	for chunk, err := range chunks {
		if err != nil {
			return nil, err
		}
		if err := e.Add(chunk); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// Add adds a chunk as a block of its own, or to the last block if that holds
// fewer samples than those before it. The errors are those of
// Polarization.Add; samples are counted from the first chunk on.
//
// A chunk with a Block is added to that block, as AddTo does.
func (e *Evidence) Add(c Chunk) error {
	if c.Block != 0 {
		return e.AddTo(c.Block, c)
	}
	if err := e.admit(c, false); err != nil {
		return err
	}
	e.keepPlain(c)
	if last := e.last(); last != nil && last.Samples()+c.Samples <= e.full {
		last.accumulate(c)
		return nil
	}
	e.full = max(e.full, c.Samples)
	return e.begin(c)
}

// AddTo adds a chunk to the block of the given name, which is any number. It is for
// samples that are not independent: all that depend on each other belong into one
// block. Where blocks become too many, those that came one after the other are merged.
// It returns the errors of Add, and ErrShape where blocks have names and others have not.
func (e *Evidence) AddTo(name int, c Chunk) error {
	if err := e.admit(c, true); err != nil {
		return err
	}
	e.keepPlain(c)
	if at, ok := e.named[name]; ok {
		e.blocks[at].accumulate(c)
		return nil
	}
	if err := e.begin(c); err != nil {
		return err
	}
	if e.named == nil {
		e.named = map[int]int{}
	}
	e.named[name] = len(e.blocks) - 1
	return nil
}

// admit tests whether a chunk can follow what is there.
func (e *Evidence) admit(c Chunk, named bool) error {
	if err := c.check(e.k); err != nil {
		return err
	}
	if err := c.checkFinite(e.Samples()); err != nil {
		return err
	}
	last := e.last()
	if last == nil {
		return nil
	}
	if named != (e.named != nil) {
		return fmt.Errorf("%w: a chunk of a block with a name, and others without", ErrShape)
	}
	if err := last.fits(c.Outputs, c.method()); err != nil {
		return err
	}
	if (c.Sizes == nil) != (e.sizes == nil) {
		return fmt.Errorf("%w: outputs that were divided by their sizes, and others that were not", ErrShape)
	}
	return nil
}

// begin begins a block with a chunk that was admitted.
func (e *Evidence) begin(c Chunk) error {
	if len(e.blocks) == e.limit {
		if err := e.halve(); err != nil {
			return err
		}
	}
	p := NewPolarization(e.k)
	p.accumulate(c)
	e.blocks = append(e.blocks, p)
	return nil
}

// keepPlain keeps what the blocks do not hold of a chunk that was checked.
func (e *Evidence) keepPlain(c Chunk) {
	e.repeats += c.Repeats
	e.variation = e.variation.plus(c.Variation)
	if c.Plain == nil {
		return
	}
	if e.plain == nil {
		e.plain, e.sizes = NewPolarization(e.k), c.Sizes
	}
	e.plain.accumulate(*c.Plain)
	if c.Influence != nil {
		if e.influence == nil {
			e.influence = new(Influence)
		}
		e.influence.merge(c.Influence)
	}
}

func (e *Evidence) last() *Polarization {
	if len(e.blocks) == 0 {
		return nil
	}
	return e.blocks[len(e.blocks)-1]
}

// halve merges each block with its neighbour.
func (e *Evidence) halve() error {
	half := e.blocks[:0]
	for i := 0; i < len(e.blocks); i += 2 {
		p := e.blocks[i]
		if err := p.Merge(e.blocks[i+1]); err != nil {
			return err
		}
		half = append(half, p)
	}
	clear(e.blocks[len(half):])
	e.blocks = half
	for name := range e.named {
		e.named[name] /= 2
	}
	e.full *= 2
	return nil
}

// Samples is the number of samples seen, idle ones included.
func (e *Evidence) Samples() int {
	n := 0
	for _, b := range e.blocks {
		n += b.Samples()
	}
	return n
}

// Polarization is that of all samples, of outputs divided by their sizes where
// chunks have Sizes.
func (e *Evidence) Polarization() (*Polarization, error) { return merged(e.k, e.blocks) }

func merged(k int, blocks []*Polarization) (*Polarization, error) {
	sum := NewPolarization(k)
	for _, b := range blocks {
		if err := sum.Merge(b); err != nil {
			return nil, err
		}
	}
	return sum, nil
}

// Depends records what is known of the dependence of the samples: Judge doubts
// accordingly.
func (e *Evidence) Depends(d Dependence) { e.dependence = d }

// Away records how far the data lie from the origin, in units of their spread, where
// candidates are taken about it: see Verdict.doubts.
func (e *Evidence) Away(spreads float64) { e.away = spreads }

// halves splits the blocks by turns, so that data that drift in time drift in
// both.
func (e *Evidence) halves() (even, odd []*Polarization) {
	for i, b := range e.blocks {
		if i%2 == 0 {
			even = append(even, b)
		} else {
			odd = append(odd, b)
		}
	}
	return even, odd
}

// considered returns W, whose columns span the candidates h = W·g that are not
// trivial to the tolerance (see Moments.visible), nil for all, and the largest
// defect of a motion that is left out.
func (p *Polarization) considered(c Candidates, tolerance float64) (w *mat.Dense, unfelt float64, err error) {
	var scales *mat.Dense
	if p.moments != nil && p.moments.Inner != nil {
		scales = p.scales()
		c = subspace{c, scales}
	}
	w, unfelt, err = p.moments.visible(c, tolerance)
	if err != nil || w == nil {
		return scales, 0, err
	}
	return linalg.Times(scales, w), unfelt, nil
}

// scales returns diag(1/√D_kk): candidates in which all that move the data move
// them alike. Where velocities are measured in an inner product that suits the
// data, the bare candidates may differ by many orders of magnitude.
func (p *Polarization) scales() *mat.Dense {
	w := mat.NewDense(p.k, p.k, nil)
	for i := range p.k {
		w.Set(i, i, 1)
		if v := p.metric.At(i, i); v > 0 {
			w.Set(i, i, 1/math.Sqrt(v))
		}
	}
	return w
}

// restricted is the polarization of candidates h = W·g.
func (p *Polarization) restricted(w *mat.Dense) *Polarization {
	_, k := w.Dims()
	r := NewPolarization(k)
	r.count(p.samples, p.idle, p.outputs)
	r.moments = p.moments
	r.metric = linalg.Congruent(p.metric, w)
	if p.triangle != nil {
		var rows mat.Dense
		rows.Mul(p.triangle.R(), w)
		r.addRows(&rows)
	} else if p.gram != nil {
		r.addGram(linalg.Congruent(p.gram, w))
	}
	return r
}

// squares returns ‖C h‖² and hᵀDh for every column h.
func (p *Polarization) squares(h *mat.Dense) (a, b []float64) {
	if p.triangle != nil {
		var ch mat.Dense
		ch.Mul(p.triangle.R(), h)
		a = linalg.Dots(&ch, &ch)
	} else {
		a = linalg.QuadraticForms(p.gram, h)
	}
	b = linalg.QuadraticForms(p.metric, h)
	for j := range a {
		a[j], b[j] = max(0, a[j]), max(0, b[j]) // rounding
	}
	return a, b
}

// shown is the polarization of the spectrum that a verdict shows: of outputs as the
// function has them.
func (e *Evidence) shown(all *Polarization) *Polarization {
	if e.plain != nil {
		return e.plain
	}
	return all
}
