package liegg

import "math"

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

// blockLimit is the number of blocks, an even one, at which neighbours are merged.
func blockLimit(k int) int {
	limit := min(2*Blocks, max(2, blockMemory/(2*8*k*k)))
	return limit - limit%2
}

// BlockLimit is the largest number of blocks that evidence for k candidates can hold. AddTo
// must not be given more names than this.
func BlockLimit(k int) int { return blockLimit(k) }

// judgeable is the largest K for which enough blocks fit into memory.
var judgeable = int(math.Sqrt(blockMemory / (2 * 8 * enoughBlocks)))

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

func merged(k int, blocks []*Polarization) (*Polarization, error) {
	sum := NewPolarization(k)
	for _, b := range blocks {
		if err := sum.Merge(b); err != nil {
			return nil, err
		}
	}
	return sum, nil
}

// halves deals the blocks to two halves in turn, so that a drift of the data in time affects both
// equally.
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

// sums are the polarizations of all blocks and of either half of them.
type sums struct{ all, even, odd *Polarization }

// sums merges the blocks, each once: the sum of all is the sum of the two halves.
func (e *Evidence) sums() (s sums, err error) {
	even, odd := e.halves()
	if s.even, err = merged(e.k, even); err != nil {
		return s, err
	}
	if s.odd, err = merged(e.k, odd); err != nil {
		return s, err
	}
	s.all, err = merged(e.k, []*Polarization{s.even, s.odd})
	return s, err
}

// trustedBlocks is the smallest number of blocks for which intervals are given.
const trustedBlocks = 50
