package sums

// Blocks are the sums of blocks of consecutive samples, or of whole groups of dependent samples.
// Neighbouring blocks are merged when there are too many.
type Blocks struct {
	k     int
	limit int
	full  int         // samples that a block should hold
	named map[int]int // the index in Each of each name; nil for consecutive blocks

	Each []*Sum
}

// NewBlocks returns no blocks yet, for k candidates. There will be at most limit of them, an even
// number.
func NewBlocks(k, limit int) Blocks { return Blocks{k: k, limit: limit} }

// Named reports whether blocks have names.
func (b *Blocks) Named() bool { return b.named != nil }

// Samples returns the number of samples so far, including idle ones.
func (b *Blocks) Samples() int {
	n := 0
	for _, s := range b.Each {
		n += s.Samples
	}
	return n
}

// Last returns the last block; nil if there is none.
func (b *Blocks) Last() *Sum {
	if len(b.Each) == 0 {
		return nil
	}
	return b.Each[len(b.Each)-1]
}

// Add adds a part as a new block, or to the last block if that holds fewer samples than the blocks
// before it.
func (b *Blocks) Add(p Part) {
	if last := b.Last(); last != nil && last.Samples+p.Samples <= b.full {
		last.Add(p)
		return
	}
	b.full = max(b.full, p.Samples)
	b.begin(p)
}

// AddTo adds a part to the block of the given name.
func (b *Blocks) AddTo(name int, p Part) {
	if at, ok := b.named[name]; ok {
		b.Each[at].Add(p)
		return
	}
	b.begin(p)
	if b.named == nil {
		b.named = map[int]int{}
	}
	b.named[name] = len(b.Each) - 1
}

// begin begins a block.
func (b *Blocks) begin(p Part) {
	if len(b.Each) == b.limit {
		b.halve()
	}
	s := New(b.k)
	s.Add(p)
	b.Each = append(b.Each, s)
}

// halve merges each block with its neighbour.
func (b *Blocks) halve() {
	half := b.Each[:0]
	for i := 0; i < len(b.Each); i += 2 {
		s := b.Each[i]
		s.Merge(b.Each[i+1])
		half = append(half, s)
	}
	clear(b.Each[len(half):])
	b.Each = half
	for name := range b.named {
		b.named[name] /= 2
	}
	b.full *= 2
}

// All returns the sum of all blocks.
func (b *Blocks) All() *Sum { return merged(b.k, b.Each) }

// Halves are the sums of all blocks and of either half of them, and the blocks of the halves.
type Halves struct {
	All, Even, Odd      *Sum
	Blocks, Evens, Odds []*Sum
}

// Halves deals the blocks to two halves in turn, so that a drift of the data in time affects both
// equally. It merges the blocks, each once: the sum of all is the sum of the two halves.
func (b *Blocks) Halves() Halves {
	h := Halves{Blocks: b.Each}
	for i, s := range b.Each {
		if i%2 == 0 {
			h.Evens = append(h.Evens, s)
		} else {
			h.Odds = append(h.Odds, s)
		}
	}
	h.Even, h.Odd = merged(b.k, h.Evens), merged(b.k, h.Odds)
	h.All = merged(b.k, []*Sum{h.Even, h.Odd})
	return h
}
