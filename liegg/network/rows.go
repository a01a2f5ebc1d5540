package network

import (
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
)

// Rows builds the polarization rows J(x)·T(x) of outputs y [batch, m] with respect to x
// [batch, input…], as [batch, m, K], and ‖J_i‖²_F, [batch]. For many outputs ‖J_i‖²_F is an
// unbiased estimate from random probes, the same ones each time.
func Rows(a action.Action, x, y *Node) (rows, energy *Node) {
	mode := ReverseMode
	if m := y.Shape().Dim(1); m > manyOutputs {
		mode = chooseMode(m, a.Dim(), x.Shape().Size()/x.Shape().Dim(0), 1)
	}
	var z *Node
	if mode == TangentMode {
		z = constantProbes(y)
	}
	j := jacobianRows(mode, a, x, y, z)
	return j.rows, j.energy
}

// sharedProbes is the number of probes if all samples share them.
const sharedProbes = 4

// constantProbes returns probes of ±1 for y, [batch, sharedProbes, m].
func constantProbes(y *Node) *Node {
	random := rand.New(rand.NewPCG(1, 0))
	m := y.Shape().Dim(1)
	values := make([]float32, sharedProbes*m)
	for i := range values {
		values[i] = float32(random.IntN(2)*2 - 1)
	}
	z := Const(y.Graph(), tensors.FromFlatDataAndDimensions(values, 1, sharedProbes, m))
	return BroadcastToDims(z, y.Shape().Dim(0), sharedProbes, m)
}

// manyOutputs is the number of outputs from which on Rows pushes velocities forward instead
// of pulling back each output.
const manyOutputs = 32
