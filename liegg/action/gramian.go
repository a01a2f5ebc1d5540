package action

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// Gram sums the products of rows without building the rows, if it knows a way that
// is faster: only for many candidates of Vectors. For x and gradients of shape [batch,
// input…] it returns Σᵢ Σ_g c cᵀ over the rows c = Contract(x, g)ᵢ as a float64 [K, K]
// node, and otherwise nil.
func Gram(a Action, x *Node, gradients []*Node) *Node {
	if v, ok := a.(Vectors); ok {
		return v.gram(x, gradients)
	}
	return nil
}

// fromRows is the number of candidates of Vectors up to which building rows
// is as fast.
const fromRows = 64

// gram handles a single vector, for which a row is g ⊗ x̃. So
//
//	Σᵢ Σ_g (g gᵀ) ⊗ (x̃ x̃ᵀ)
//
// needs the upper triangles of two symmetric matrices per sample, whose
// product has a quarter of K² numbers, regardless of the number of gradients.
func (v Vectors) gram(x *Node, gradients []*Node) *Node {
	if v.c > 1 || v.Dim() <= fromRows {
		return nil
	}
	batch := x.Shape().Dim(0)
	covectors := make([]*Node, len(gradients))
	for i, g := range gradients {
		covectors[i] = turned(Reshape(g, batch, v.n))
	}
	vectors := turned(Reshape(v.homogeneous(x), batch, v.columns()))
	rows, columns := newTriangle(v.n), newTriangle(v.columns())
	sums := Einsum("pr,qr->pq", rows.squares(covectors), columns.squares([]*Node{vectors}))
	sums = rows.whole(sums)                               // [n, n, …]
	sums = columns.whole(TransposeAllAxes(sums, 2, 0, 1)) // [columns, columns, n, n]
	return Reshape(TransposeAllAxes(sums, 2, 0, 3, 1), v.Dim(), v.Dim())
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
			strips[i] = plus(strips[i], Mul(left, right))
		}
		strips[i] = Reshape(strips[i], -1, strips[i].Shape().Dim(2))
	}
	return Concatenate(strips, 0)
}

// whole returns the matrices [n, n, …] of triangles [numbers, …].
func (t triangle) whole(numbers *Node) *Node {
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
	indices := Const(numbers.Graph(), tensors.FromFlatDataAndDimensions(at, t.n*t.n, 1))
	all := Gather(numbers, indices)
	return Reshape(all, append([]int{t.n, t.n}, numbers.Shape().Dimensions[1:]...)...)
}
