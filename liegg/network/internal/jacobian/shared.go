package jacobian

import (
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
)

// Shared builds the rows of outputs y [batch, m] with respect to x in a mode with few passes, for
// programs that draw no probes: these are constants, the same for all samples.
func Shared(a action.Action, x, y *Node) Contribution {
	mode := ReverseMode
	if m := y.Shape().Dim(1); m > ManyOutputs {
		mode = Choose(m, a.Dim(), x.Shape().Size()/x.Shape().Dim(0), 1)
	}
	var z *Node
	if mode == TangentMode {
		z = constantProbes(y)
	}
	return Of(mode, a, x, y, z)
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

// ManyOutputs is the number of outputs from which on Shared pushes velocities forward instead
// of pulling back each output.
const ManyOutputs = 32
