package moved

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// graphOf is graph code of outputs and what moves them; see network.NewCode.
type graphOf func(a action.Action, f func(x *Node) *Node, x *Node, arguments []*Node) []*Node

// outputCode is graph code of outputs as they are, and of outputs that are multiplied by factors.
// Factors depend on the samples, so they are an argument, and samples share a program.
type outputCode struct{ plain, multiplied network.Code }

func newOutputCode(graph graphOf) outputCode {
	code := func(graph graphOf) network.Code {
		return network.NewCode(func(a action.Action, f func(x *Node) *Node, x *Node, arguments []*Node) []*Node {
			return graph(a, seen(a, f), x, arguments)
		})
	}
	return outputCode{code(graph), code(func(a action.Action, f func(x *Node) *Node, x *Node, arguments []*Node) []*Node {
		times := func(x *Node) *Node { return Mul(ConvertDType(f(x), dtypes.Float64), arguments[0]) }
		return graph(a, times, x, arguments[1:])
	})}
}

// seen returns what is compared of outputs: of output images what their window shows, and other outputs as
// they are. A head that did this would be another one for each Outputs, and share no program.
func seen(a action.Action, f func(x *Node) *Node) func(x *Node) *Node {
	images, ok := a.(action.ImageToImage)
	if !ok {
		return f
	}
	return func(x *Node) *Node { return images.OutputsSeen(f(x)) }
}

// program returns the program of a code for the outputs, in the units in which they are compared.
func (o *Outputs) program(c outputCode) (*network.Program, error) {
	if o.factors == nil {
		return o.network.Kept(c.plain, o.s.Head, o.Action, o.Held)
	}
	return o.network.Kept(c.multiplied, o.s.Head, o.Action, o.Held, mat.NewDense(1, len(o.factors), o.factors))
}

// moves reports whether matrices move inputs: a field does not.
func moves(a action.Action) (action.Mover, bool) {
	m, ok := action.InputsOf(a).(action.Mover)
	return m, ok
}
