package action

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/nodes"
)

// Gram sums the products of rows without building the rows, if it knows a way that
// is faster: only for many candidates of Vectors. For x and gradients of shape [batch,
// input…] it returns Σᵢ Σ_g c cᵀ over the rows c = Contract(x, g)ᵢ as a float64 [K, K]
// node, and otherwise nil.
func Gram(a Action, x *Node, gradients []*Node) *Node {
	_, sums := GramPairs(a)
	if sums == nil {
		return nil
	}
	v := a.(Vectors)
	rows, columns := newTriangle(v.n), newTriangle(v.columns())
	all := rows.whole(sums(x, gradients))               // [n, n, …]
	all = columns.whole(TransposeAllAxes(all, 2, 0, 1)) // [columns, columns, n, n]
	return Reshape(TransposeAllAxes(all, 2, 0, 3, 1), v.Dim(), v.Dim())
}

// GramPairs returns graph code for the numbers by which Gram is known, a float64 node, and what
// reads them. It is a quarter of them, and no more than that is computed. Both are nil if Gram
// returns nil.
//
// The action handles a single vector, for which a row is g ⊗ x̃. So
//
//	Σᵢ Σ_g (g gᵀ) ⊗ (x̃ x̃ᵀ)
//
// needs the upper triangles of two symmetric matrices per sample, whose product has a quarter of
// K² numbers, regardless of the number of gradients.
func GramPairs(a Action) (of func(sums []float64) linalg.PairedGram, sums func(x *Node, gradients []*Node) *Node) {
	v, ok := a.(Vectors)
	if !ok || v.c > 1 || v.Dim() <= fromRows {
		return nil, nil
	}
	rows, columns := newTriangle(v.n), newTriangle(v.columns())
	of = func(sums []float64) linalg.PairedGram {
		return linalg.PairedGram{Left: rows.pairs(), Right: columns.pairs(), Sums: mat.NewDense(rows.count(), columns.count(), sums)}
	}
	return of, v.gramSums
}

// fromRows is the number of candidates of Vectors up to which building rows
// is as fast.
const fromRows = 64

// gramSums returns the sums of PairedGram, [pairs, pairs].
func (v Vectors) gramSums(x *Node, gradients []*Node) *Node {
	batch := x.Shape().Dim(0)
	covectors := make([]*Node, len(gradients))
	for i, g := range gradients {
		covectors[i] = turned(Reshape(g, batch, v.n))
	}
	vectors := turned(Reshape(v.homogeneous(x), batch, v.columns()))
	rows, columns := newTriangle(v.n), newTriangle(v.columns())
	return Einsum("pr,qr->pq", rows.squares(covectors), columns.squares([]*Node{vectors}))
}

// turned returns [batch, n] as [n, batch] in float64, which XLA multiplies on
// all cores.
func turned(x *Node) *Node { return ConvertDType(TransposeAllAxes(x, 1, 0), dtypes.Float64) }

// triangle is the upper triangle of a symmetric n×n matrix, in strips of rows
// that start at their first row's diagonal. A few numbers of the lower
// triangle are included, too.
type triangle struct {
	n      int
	strips []int // first row of each; n after the last
}

const mostStrips = 16

func newTriangle(n int) triangle {
	t := triangle{n: n}
	count := min(n, mostStrips)
	for i := range count + 1 {
		t.strips = append(t.strips, i*n/count)
	}
	return t
}

// squares returns the triangles of Σ_x x xᵀ for each sample, [numbers,
// batch], for vectors x [n, batch].
func (t triangle) squares(xs []*Node) *Node {
	strips := make([]*Node, len(t.strips)-1)
	for i := range strips {
		from, to := t.strips[i], t.strips[i+1]
		for _, x := range xs {
			batch := x.Shape().Dim(1)
			left := Reshape(Slice(x, AxisRange(from, to)), to-from, 1, batch)
			right := Reshape(Slice(x, AxisRange(from)), 1, t.n-from, batch)
			strips[i] = nodes.Plus(strips[i], Mul(left, right))
		}
		strips[i] = Reshape(strips[i], -1, strips[i].Shape().Dim(2))
	}
	return Concatenate(strips, 0)
}

// pairs numbers the entries as squares does.
func (t triangle) pairs() linalg.Pairs {
	at := make([]int32, t.n*t.n)
	next := int32(0)
	for s := range len(t.strips) - 1 {
		from, to := t.strips[s], t.strips[s+1]
		for i := from; i < to; i++ {
			for j := from; j < t.n; j++ {
				at[i*t.n+j], at[j*t.n+i] = next, next
				next++
			}
		}
	}
	return linalg.Pairs{N: t.n, At: at}
}

// count is the number of entries that squares returns.
func (t triangle) count() (numbers int) {
	for s := range len(t.strips) - 1 {
		numbers += (t.strips[s+1] - t.strips[s]) * (t.n - t.strips[s])
	}
	return numbers
}

// whole returns the matrices [n, n, …] of triangles [numbers, …].
func (t triangle) whole(numbers *Node) *Node {
	indices := Const(numbers.Graph(), tensors.FromFlatDataAndDimensions(t.pairs().At, t.n*t.n, 1))
	all := Gather(numbers, indices)
	return Reshape(all, append([]int{t.n, t.n}, numbers.Shape().Dimensions[1:]...)...)
}
