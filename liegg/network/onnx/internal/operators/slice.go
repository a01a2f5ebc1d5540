package operators

import (
	"errors"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/network/onnx/internal/folding"
)

func init() { own["Slice"] = slice }

// slice takes elements forwards, and backwards from the reversed input.
func slice(o *operation) []*Node {
	x := o.input(0)
	var in []*folding.Tensor
	for i := 1; i < o.inputs(); i++ {
		if !o.has(i) {
			in = append(in, nil)
			continue
		}
		in = append(in, o.known(i))
	}
	cuts, ok := folding.CutsOf(x.Shape().Dimensions, in)
	if !ok {
		panic(errors.New("its axes or steps are out of bounds"))
	}
	var reversed []int
	specs := make([]SliceAxisSpec, len(cuts))
	for axis, c := range cuts {
		n := x.Shape().Dim(axis)
		if c.Count == 0 {
			panic(errors.New("it takes no elements, which is not supported"))
		}
		if c.Step < 0 {
			reversed = append(reversed, axis)
			c.Start, c.Step = n-1-c.Start, -c.Step
		}
		c.Step = min(c.Step, n)
		specs[axis] = AxisRange(c.Start, c.Start+(c.Count-1)*c.Step+1).Stride(c.Step)
	}
	if len(reversed) > 0 {
		x = Reverse(x, reversed...)
	}
	return []*Node{Slice(x, specs...)}
}
