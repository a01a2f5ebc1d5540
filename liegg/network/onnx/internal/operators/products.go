package operators

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/network/onnx/internal/folding"
)

func init() {
	own["ReduceProd"] = reduceProduct
	own["Det"] = func(o *operation) []*Node { return []*Node{determinant(o.input(0))} }
}

// reduceProduct multiplies along axes, in pairs. The derivative of a product
// by one of its factors is then right also if factors are 0.
func reduceProduct(o *operation) []*Node {
	x := o.input(0)
	axes := o.node.Integers("axes")
	if axes == nil && o.has(1) {
		axes = o.integers(1)
	}
	if len(axes) == 0 {
		for axis := range x.Rank() {
			axes = append(axes, axis)
		}
	}
	var kept []int
	for i := range axes {
		axes[i] = folding.FromFirst(axes[i], x.Rank())
		x = productAlong(x, axes[i])
	}
	for axis, n := range x.Shape().Dimensions {
		if !slices.Contains(axes, axis) || o.node.Integer("keepdims", 1) != 0 {
			kept = append(kept, n)
		}
	}
	return []*Node{Reshape(x, kept...)}
}

// productAlong multiplies all elements along an axis, which keeps size 1.
func productAlong(x *Node, axis int) *Node {
	for n := x.Shape().Dim(axis); n > 1; n = x.Shape().Dim(axis) {
		half := n / 2
		pairs := Mul(SliceAxis(x, axis, AxisRange(0, half)), SliceAxis(x, axis, AxisRange(half, 2*half)))
		if n%2 == 1 {
			pairs = Concatenate([]*Node{pairs, SliceAxis(x, axis, AxisRange(2*half, n))}, axis)
		}
		x = pairs
	}
	return x
}

// mostRows is the largest size of a matrix whose determinant is written out.
const mostRows = 32

// determinant returns the determinants of matrices [..., n, n].
func determinant(x *Node) *Node {
	dims := x.Shape().Dimensions
	n := dims[len(dims)-1]
	if len(dims) < 2 || dims[len(dims)-2] != n || n > mostRows {
		panic(fmt.Errorf("matrices of shape %v are not supported; square ones of up to %d rows are", dims, mostRows))
	}
	batch := slices.Clone(dims[:len(dims)-2])
	x = Reshape(x, -1, n, n)
	if n <= 4 {
		return Reshape(expanded(x, firstOf(n), firstOf(n)), batch...)
	}
	return Reshape(eliminated(x), batch...)
}

func firstOf(n int) []int {
	values := make([]int, n)
	for i := range values {
		values[i] = i
	}
	return values
}

// expanded returns the minor of the given rows and columns by Laplace's
// expansion, whose derivative is right for singular matrices, too.
func expanded(x *Node, rows, columns []int) *Node {
	at := func(i, j int) *Node {
		return Reshape(Slice(x, AxisRange(), AxisElem(i), AxisElem(j)), x.Shape().Dim(0))
	}
	if len(rows) == 0 {
		return Ones(x.Graph(), shapes.Make(x.DType(), x.Shape().Dim(0)))
	}
	var sum *Node
	for k, column := range columns {
		others := slices.Delete(slices.Clone(columns), k, k+1)
		term := Mul(at(rows[0], column), expanded(x, rows[1:], others))
		switch {
		case sum == nil:
			sum = term
		case k%2 == 1:
			sum = Sub(sum, term)
		default:
			sum = Add(sum, term)
		}
	}
	return sum
}

// eliminated multiplies the pivots of Gaussian elimination, with the largest
// element of a column as its pivot.
func eliminated(x *Node) *Node {
	batch, n := x.Shape().Dim(0), x.Shape().Dim(1)
	product := Ones(x.Graph(), shapes.Make(x.DType(), batch))
	for ; n > 1; n-- {
		column := Reshape(SliceAxis(x, 2, AxisElem(0)), batch, n)
		pivotRow := StopGradient(ArgMax(Abs(column), 1, dtypes.Int32))
		chosen := Equal(Iota(x.Graph(), shapes.Make(dtypes.Int32, batch, n), 1), BroadcastToDims(InsertAxes(pivotRow, -1), batch, n))
		pick := ConvertDType(chosen, x.DType())
		row := DotGeneral(pick, []int{1}, []int{0}, x, []int{1}, []int{0}) // [batch, n]
		pivot := Reshape(SliceAxis(row, 1, AxisElem(0)), batch)
		first := Reshape(SliceAxis(x, 1, AxisElem(0)), batch, n)
		// The first row takes the place of the pivot's, and the pivot's is removed.
		swapped := Where(BroadcastToDims(InsertAxes(chosen, -1), batch, n, n), BroadcastToDims(InsertAxes(first, 1), batch, n, n), x)
		rest := SliceAxis(swapped, 1, AxisRange(1))
		atZero := IsZero(pivot)
		safe := Where(atZero, OnesLike(pivot), pivot)
		factors := Div(SliceAxis(rest, 2, AxisElem(0)), Reshape(safe, batch, 1, 1))
		x = SliceAxis(Sub(rest, Mul(factors, InsertAxes(row, 1))), 2, AxisRange(1))
		sign := Where(Equal(pivotRow, ZerosLike(pivotRow)), OnesLike(pivot), Neg(OnesLike(pivot)))
		product = Mul(product, Mul(sign, pivot))
	}
	return Mul(product, Reshape(x, batch))
}
