package extraction

import (
	"math/rand/v2"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// The sizes of many outputs are measured by random tangents: for v from N(0, 1), the mean of
// (J·v)_o² is ‖∇f_o‖². With p tangents at each of n samples, the relative error of a size is
// 1/√(2·n·p), and all outputs share the passes.
const (
	sizeProbes     = 8   // least number of tangents at each sample
	sizeProbesOver = 512 // least number of tangents at all samples together
)

// sizeProbesFor returns p for n samples.
func sizeProbesFor(n int) int { return max(sizeProbes, (sizeProbesOver+n-1)/n) }

// probing reports whether outputs are to be measured by random tangents: if these take fewer
// passes than the given number of gradients, if gradients have the Euclidean norm, and if
// tangents can be pushed forward. If so, it sets e.measuring to the program.
func (e *Program) probing(backend compute.Backend, c stream.Chunk, probes, gradients int) bool {
	if m, ok := e.Action.(action.Measured); ok && m.Inner() != nil {
		return false
	}
	if e.mode == jacobian.ReverseMode || 2*probes > gradients {
		return false
	}
	exec, err := model.NewExec(backend, e.Network.Store, e.probedGraph)
	if err != nil {
		return false
	}
	if _, err := exec.Compile(c.X.Shape(), c.X.Shape()); err != nil {
		exec.Finalize()
		return false
	}
	e.measuring, e.measuringByProbes = exec, true
	return true
}

// probedGraph computes the results of sizesGraph for a batch x [batch, input…] with tangents v,
// with (J·v)_o² in place of ‖∇f_o‖².
func (e *Program) probedGraph(scope *model.Scope, x, v *Node) []*Node {
	y := e.Y(scope, x)
	pushed := Squeeze(derivative.Push(x, []*Node{action.Moving(e.Action, v)}, y)[0], -1)
	square := func(y *Node) *Node { return Square(ConvertDType(y, dtypes.Float64)) }
	return []*Node{square(pushed), square(y), action.Norm(e.Action, ConvertDType(x, dtypes.Float64))}
}

// addProbed adds all outputs at every sample, measured by probedGraph with a number of tangents.
func (m *sizeSums) addProbed(exec *model.Exec, c stream.Chunk, probes int, random *rand.Rand) error {
	defer tensor.Finalize(c.X)
	var values [][]float64
	for range probes {
		v := normalLike(c.X, random)
		next, err := call.Values(exec, c.X, v)
		tensor.Finalize(v)
		if err != nil {
			return err
		}
		if values == nil {
			values = next
			continue
		}
		for i, s := range next[0] {
			values[0][i] += s
		}
	}
	for i := range values[0] {
		values[0][i] /= float64(probes)
	}
	m.addValues(values, c.Count)
	return nil
}

// normalLike draws normal numbers in the shape and type of x.
func normalLike(x *tensors.Tensor, random *rand.Rand) *tensors.Tensor {
	v := tensors.FromShape(x.Shape())
	if x.DType() == dtypes.Float64 {
		tensors.MustMutableFlatData(v, func(values []float64) { fillNormal(values, random) })
	} else {
		tensors.MustMutableFlatData(v, func(values []float32) { fillNormal(values, random) })
	}
	return v
}

func fillNormal[T float32 | float64](values []T, random *rand.Rand) {
	for i := range values {
		values[i] = T(random.NormFloat64())
	}
}
