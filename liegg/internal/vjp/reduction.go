package vjp

import (
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
)

// reducedExtreme is the rule of ReduceMax and ReduceMin: all entries that
// attain the extreme get equal shares.
func reducedExtreme(node, v *Node) []*Node {
	x := node.Inputs()[0]
	axes := parametersOf(node).ints("axes")
	if len(axes) == 0 {
		axes = iota(0, x.Rank())
	}
	kept := slices.Clone(x.Shape().Dimensions)
	for _, axis := range axes {
		kept[axis] = 1
	}
	spread := func(y *Node) *Node { return BroadcastToDims(Reshape(y, kept...), x.Shape().Dimensions...) }
	attained := indicator(Equal(x, spread(node)), x)
	count := ReduceSum(attained, axes...)
	return []*Node{Mul(attained, spread(Div(v, count)))}
}

// indicator returns 1 where a condition holds, and 0 elsewhere, in the type
// of x.
func indicator(condition, x *Node) *Node { return ConvertDType(condition, x.DType()) }

// batchNorm is the rule of a batch normalisation with outputs normalised
// values, means and variances, from the definition of all three.
func batchNorm(node *Node, vs []*Node) []*Node {
	p := parametersOf(node)
	axis := p.int("featureAxis")
	var inputs []*Node // separate from those of the graph, on which vs depends as well
	for _, input := range node.Inputs() {
		inputs = append(inputs, Identity(input))
	}
	x := inputs[0]
	axes := slices.DeleteFunc(iota(0, x.Rank()), func(a int) bool { return a == axis })
	column := slices.Repeat([]int{1}, x.Rank())
	column[axis] = x.Shape().Dim(axis)
	wide := func(y *Node) *Node { return BroadcastToShape(Reshape(y, column...), x.Shape()) }

	mean := ReduceMean(x, axes...)
	centred := Sub(x, wide(mean))
	variance := ReduceMean(Square(centred), axes...)
	std := Sqrt(AddScalar(variance, p.field("epsilon").Float()))
	y := Add(Mul(Div(centred, wide(std)), wide(inputs[1])), wide(inputs[2]))

	sum := ReduceAllSum(Mul(y, vs[0]))
	for i, moment := range []*Node{mean, variance} {
		sum = Add(sum, ReduceAllSum(Mul(moment, vs[1+i])))
	}
	return Gradient(sum, inputs...)
}
