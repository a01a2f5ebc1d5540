package liegg

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/internal/sums"
)

// Blocks is the number of blocks of samples that evidence asks for. Half of them fit
// generators and half test them, and each half holds the 50 blocks that an interval needs.
const Blocks = 128

// blockMemory is the largest memory for the blocks, in bytes. enoughBlocks is the smallest
// limit on their number that leaves enough blocks for an interval after neighbours were
// merged.
const (
	blockMemory  = 4 << 30
	enoughBlocks = 200
)

// BlockLimit is the largest number of blocks, an even one, that evidence for k candidates can hold.
// Then neighbours are merged. AddTo must not be given more names than this.
func BlockLimit(k int) int {
	limit := min(2*Blocks, max(2, blockMemory/(2*8*k*k)))
	return limit - limit%2
}

// judgeable is the largest K for which enough blocks fit into memory.
var judgeable = int(math.Sqrt(blockMemory / (2 * 8 * enoughBlocks)))

// Evidence is the polarization matrix of a function, kept in blocks of consecutive samples or
// of whole groups of dependent samples. So generators can be fitted to some samples and
// tested on others, with intervals. Memory is O(Blocks·K²), at most 4 GiB for Gram matrices
// and 6 GiB for QR, because neighbouring blocks are merged when there are too many. Judge
// needs two dozen K×K matrices besides. Evidence is not safe for concurrent use.
type Evidence struct {
	k      int
	blocks sums.Blocks

	dependence Dependence
	away       float64 // of the data from the origin, in units of their spread
	missing    float64 // see Misses: the root of the share

	repeats   int
	plain     *sums.Sum     // without scales and weights; nil if chunks have no Plain
	scales    *OutputScales // nil if outputs are not scaled
	influence *Influence    // nil if samples have no weights
	variation *Variation    // nil if it is not known
}

// NewEvidence returns empty evidence for k candidates. It panics if k < 1.
func NewEvidence(k int) *Evidence {
	if k < 1 {
		panic(fmt.Sprintf("liegg: NewEvidence: k = %d candidates, want at least 1", k))
	}
	return &Evidence{k: k, blocks: sums.NewBlocks(k, BlockLimit(k))}
}

// Gather collects evidence for k candidates from a stream of chunks. Each chunk becomes a
// block as long as there is room. Gather stops at the first error and returns it unchanged.
// If enough blocks do not fit into memory, for K > 1158, it returns ErrTooManyCandidates
// before it takes a chunk, because Judge could only answer "undetermined".
func Gather(k int, chunks iter.Seq2[Chunk, error]) (*Evidence, error) {
	e := NewEvidence(k)
	if k > judgeable {
		return nil, fmt.Errorf("%w: K = %d, but memory holds sums for %d at most: restrict the candidates; network.Analyze gives their spectrum without a verdict",
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

// Add adds a chunk as a new block, or to the last block if that holds fewer samples than the
// blocks before it. It returns the errors of Polarization.Add, in which samples are counted from
// the first chunk on.
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
	e.blocks.Add(c.part())
	return nil
}

// AddTo adds a chunk to the block of the given name, which may be any number. It is for
// samples that are not independent: all that depend on each other belong in one block. If
// there are too many blocks, consecutive ones are merged. It returns the errors of Add, and
// ErrShape if some blocks have names and others do not.
func (e *Evidence) AddTo(name int, c Chunk) error {
	if err := e.admit(c, true); err != nil {
		return err
	}
	e.keepPlain(c)
	e.blocks.AddTo(name, c.part())
	return nil
}

// admit tests whether a chunk can be added to the blocks so far.
func (e *Evidence) admit(c Chunk, named bool) error {
	if err := c.check(e.k); err != nil {
		return err
	}
	if err := c.checkFinite(e.Samples()); err != nil {
		return err
	}
	last := e.blocks.Last()
	if last == nil {
		return nil
	}
	if named != e.blocks.Named() {
		return fmt.Errorf("%w: a chunk of a block with a name, and others without", ErrShape)
	}
	if err := fit(last, c.Outputs, c.method()); err != nil {
		return err
	}
	if (c.Scales == nil) != (e.scales == nil) {
		return fmt.Errorf("%w: outputs that were divided by their sizes, and others that were not", ErrShape)
	}
	return nil
}

// keepPlain keeps those parts of a checked chunk that the blocks do not hold.
func (e *Evidence) keepPlain(c Chunk) {
	e.repeats += c.Repeats
	e.variation = e.variation.plus(c.Variation)
	if c.Plain == nil {
		return
	}
	if e.plain == nil {
		e.plain, e.scales = sums.New(e.k), c.Scales
	}
	e.plain.Add(c.Plain.part())
	if c.Influence != nil {
		if e.influence == nil {
			e.influence = new(Influence)
		}
		e.influence.merge(c.Influence)
	}
}

// Samples returns the number of samples so far, including idle ones.
func (e *Evidence) Samples() int { return e.blocks.Samples() }

// Polarization returns the polarization of all samples. If chunks have Scales, the outputs
// are divided by them.
func (e *Evidence) Polarization() (*Polarization, error) { return &Polarization{e.blocks.All()}, nil }

// Depends records what is known about the dependence of the samples. Judge takes it into
// account.
func (e *Evidence) Depends(d Dependence) { e.dependence = d }

// Away records how far the data lie from the origin, in units of their spread, if the
// candidates are taken about the origin. Judge doubts verdicts on data too far from it.
func (e *Evidence) Away(spreads float64) { e.away = spreads }

// shown returns the polarization for the spectrum that a verdict shows: of the outputs as
// the function gives them.
func (e *Evidence) shown(all *sums.Sum) *sums.Sum {
	if e.plain != nil {
		return e.plain
	}
	return all
}

// Defects returns the relative defects of at most 40 smallest directions with their
// intervals, as Judge measures them: ascending in the half of the samples that they were
// fitted to, and measured on the other half. Nothing is left out as trivial. The result is
// nil if there are too few samples: fewer than 50 blocks in each half, or a half that cannot
// be analysed on its own. It panics if a field of the rule is out of its range.
func (e *Evidence) Defects(rule Rule) []Estimate {
	rule = rule.withDefaults()
	if len(e.blocks.Each) < 2*defects.Trusted {
		return nil
	}
	t, err := defects.NewTrial(e.blocks.Halves(), (*defects.Variation)(e.variation), nil)
	if err != nil {
		return nil
	}
	return estimates(t, defects.Tested, rule)
}

// DefectInterval returns the confidence interval of the relative defect
// ρ = √(Σ_j ‖C h_j‖² / Σ_j h_jᵀ D h_j) of the columns of h, K×d: coefficients of
// generators that were chosen without these samples. Its ends are NaN if there are fewer
// than 50 blocks of samples. It panics if h does not have K rows, or if a field of the rule
// is out of its range.
func (e *Evidence) DefectInterval(h *mat.Dense, rule Rule) Interval {
	if rows, _ := h.Dims(); rows != e.k {
		panic("liegg: DefectInterval: h must have a row for each candidate")
	}
	rule = rule.withDefaults()
	if len(e.blocks.Each) < defects.Trusted {
		return Interval{math.NaN(), math.NaN()}
	}
	a, b := make([]float64, len(e.blocks.Each)), make([]float64, len(e.blocks.Each))
	as, bs := sums.Squares(e.blocks.Each, h)
	for i := range e.blocks.Each {
		a[i], b[i] = floats.Sum(as[i]), floats.Sum(bs[i])
	}
	return RatioInterval(a, b, rule.Confidence, rule.Resamples, rand.New(rand.NewPCG(rule.Seed, 0)))
}

// String summarises the evidence.
func (e *Evidence) String() string {
	return fmt.Sprintf("evidence: %s in %s, K = %d", spelling.Count(e.Samples(), "sample"), spelling.Count(len(e.blocks.Each), "block"), e.k)
}
