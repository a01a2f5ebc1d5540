package action

import (
	"fmt"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"
)

// Blocks is an Action composed of parts. Its generators are block-diagonal,
// diag(A₁, A₂, …), with the generators of the parts as blocks, and its
// coefficients are the coefficients of the parts one after the other.
// Different parts commute.
type Blocks interface {
	Action

	// Block returns a copy of the i-th block of a generator, i from 0: the
	// generator of the i-th part. It panics if there is no such part or h has
	// another size.
	Block(h *mat.Dense, i int) *mat.Dense
}

// blocks are the parts of a Blocks.
type blocks []Action

// Dim returns the sum over the parts.
func (b blocks) Dim() int {
	k := 0
	for _, a := range b {
		k += a.Dim()
	}
	return k
}

// Generator returns diag(A₁, A₂, …).
func (b blocks) Generator(h []float64) *mat.Dense { return b.diagonal(h, Action.Generator) }

// diagonal lays out one matrix of each part.
func (b blocks) diagonal(h []float64, of func(a Action, h []float64) *mat.Dense) *mat.Dense {
	if len(h) != b.Dim() {
		panic(fmt.Sprintf("action: a generator has %d coefficients, got len(h) = %d", b.Dim(), len(h)))
	}
	matrices := make([]*mat.Dense, len(b))
	for i, a := range b {
		matrices[i] = of(a, h[:a.Dim()])
		h = h[a.Dim():]
	}
	return blockDiagonal(matrices)
}

// Homogeneous reports whether a single part is homogeneous. Several affine
// blocks together are not an affine map in homogeneous form.
func (b blocks) Homogeneous() bool { return len(b) == 1 && IsHomogeneous(b[0]) }

// Block returns the i-th block of a generator.
func (b blocks) Block(h *mat.Dense, i int) *mat.Dense {
	if i < 0 || i >= len(b) {
		panic(fmt.Sprintf("action: Block: i = %d of %d blocks", i, len(b)))
	}
	from, to := b.span(i)
	_, all := b.span(len(b) - 1)
	if rows, columns := h.Dims(); rows != all || columns != all {
		panic(fmt.Sprintf("action: Block: h must be %d×%d, got %d×%d", all, all, rows, columns))
	}
	return mat.DenseCopyOf(h.Slice(from, to, from, to))
}

// span returns the range of the i-th block among the rows of a generator.
func (b blocks) span(i int) (from, to int) {
	for _, a := range b[:i] {
		from += GeneratorSize(a)
	}
	return from, from + GeneratorSize(b[i])
}

// node cuts the i-th block out of a matrix of the group.
func (b blocks) node(g *Node, i int) *Node {
	from, to := b.span(i)
	return Slice(g, AxisRange(from, to), AxisRange(from, to))
}

// innerOf returns the inner product of a, nil if it is Euclidean.
func innerOf(a Action) *mat.SymDense {
	if m, ok := a.(Measured); ok {
		return m.Inner()
	}
	return nil
}

// list merges runs of equal parts.
func (b blocks) list() string {
	var parts []string
	for i := 0; i < len(b); {
		text, run := fmt.Sprint(b[i]), 1
		for i+run < len(b) && fmt.Sprint(b[i+run]) == text {
			run++
		}
		i += run
		if run > 1 {
			text = fmt.Sprintf("%d times %s", run, text)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}
