package operators

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
)

func init() {
	own["LayerNormalization"] = layerNormalization
	own["RMSNormalization"] = rootMeanSquare
	own["GroupNormalization"] = groupNormalization
	own["LpNormalization"] = lpNormalization
	own["MeanVarianceNormalization"] = meanVariance
}

// from returns the axes from the node's axis on.
func (o *operation) from(x *Node) (axes []int) {
	for axis := o.axis("axis", -1, x); axis < x.Rank(); axis++ {
		axes = append(axes, axis)
	}
	return axes
}

// centred returns x − mean, the mean, and 1/√(variance + ε) over axes, which
// keep size 1.
func centred(x *Node, axes []int, ε float64) (difference, mean, scale *Node) {
	mean = ReduceAndKeep(x, ReduceMean, axes...)
	difference = Sub(x, mean)
	variance := ReduceAndKeep(Square(difference), ReduceMean, axes...)
	return difference, mean, Inverse(Sqrt(AddScalar(variance, ε)))
}

// layerNormalization also returns the mean and 1/√(variance + ε).
func layerNormalization(o *operation) []*Node {
	x := o.input(0)
	difference, mean, scale := centred(x, o.from(x), o.node.Float("epsilon", 1e-5))
	y := Mul(Mul(difference, scale), ExpandLeftToRank(o.input(1), x.Rank()))
	if o.has(2) {
		y = Add(y, ExpandLeftToRank(o.input(2), x.Rank()))
	}
	return []*Node{y, mean, scale}
}

// rootMeanSquare divides by the root of the mean of squares.
func rootMeanSquare(o *operation) []*Node {
	x := o.input(0)
	square := ReduceAndKeep(Square(x), ReduceMean, o.from(x)...)
	y := Div(x, Sqrt(AddScalar(square, o.node.Float("epsilon", 1e-5))))
	return []*Node{Mul(y, ExpandLeftToRank(o.input(1), x.Rank()))}
}

// groupNormalization normalises groups of channels of each sample. Scales are
// of channels, and before operator set 21 of groups.
func groupNormalization(o *operation) []*Node {
	x, groups := o.input(0), o.node.Integer("num_groups", 0)
	n, channels := x.Shape().Dim(0), x.Shape().Dim(1)
	if groups < 1 || channels%groups != 0 {
		panic(fmt.Errorf("it has %d groups for %d channels", groups, channels))
	}
	difference, _, scale := centred(Reshape(x, n, groups, -1), []int{2}, o.node.Float("epsilon", 1e-5))
	y := Reshape(Mul(difference, scale), x.Shape().Dimensions...)
	column := slices.Repeat([]int{1}, x.Rank())
	column[1] = channels
	spread := func(v *Node) *Node {
		if v.Shape().Size() != channels {
			v = BroadcastToDims(Reshape(v, groups, 1), groups, channels/groups)
		}
		return Reshape(v, column...)
	}
	return []*Node{Add(Mul(y, spread(o.input(1))), spread(o.input(2)))}
}

// lpNormalization divides by the norm along an axis. Where that is 0, so is
// the result.
func lpNormalization(o *operation) []*Node {
	x, p := o.input(0), float64(o.node.Integer("p", 2))
	norm := root(ReduceAndKeep(power(x, p), ReduceSum, o.axis("axis", -1, x)), p)
	atZero := IsZero(norm)
	return []*Node{Div(x, Where(atZero, OnesLike(norm), norm))}
}

// meanVariance normalises over axes, without a scale.
func meanVariance(o *operation) []*Node {
	x := o.input(0)
	axes := o.node.Integers("axes")
	if axes == nil {
		axes = []int{0, 2, 3}
	}
	mean := ReduceAndKeep(x, ReduceMean, axes...)
	difference := Sub(x, mean)
	deviation := Sqrt(ReduceAndKeep(Square(difference), ReduceMean, axes...))
	return []*Node{Div(difference, AddScalar(deviation, 1e-9))}
}
