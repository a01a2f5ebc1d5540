package flow

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/vjp"
)

// errUnmoved is returned if a generator has no speed, and so no flow.
var errUnmoved = fmt.Errorf("flow: the generator does not move these inputs: %w", liegg.ErrUnmoved)

// speeds returns the metric of speeds, D with hᵀDh = E‖H·x‖² over the first samples, in the
// inner product of the action. No sample counts for much more than a typical one: compared
// with samples far out in a heavy tail, all others are at rest.
func (e *experiment) speeds() (*mat.SymDense, error) {
	const enough = 1000
	some, err := e.held.Part(0, min(enough, e.held.Len()))
	if err != nil {
		return nil, err
	}
	defer some.Finalize()
	p, err := e.network.NewProgram(e.s.Head, some, func(_ func(*Node) *Node, x *Node, _ []*Node) []*Node {
		return []*Node{velocityProducts(e.mover, x)}
	})
	if err != nil {
		return nil, err
	}
	defer p.Finalize()
	outputs, err := p.Run(some)
	if err != nil {
		return nil, err
	}
	return boundedMean(outputs[0], e.mover.Dim()), nil
}

// velocityProducts returns the inner products of the velocities A_k·x and A_l·x of each
// sample, [batch, K, K]. S·v is half the gradient of ‖v‖² = vᵀSv.
func velocityProducts(a action.Action, x *Node) *Node {
	batch, k := x.Shape().Dim(0), a.Dim()
	size := x.Shape().Size() / batch
	t := a.Tangents(ConvertDType(x, dtypes.Float64))
	each := Reshape(t, append([]int{batch * k}, x.Shape().Dimensions[1:]...)...)
	dual := MulScalar(vjp.Gradients(ReduceAllSum(action.Norm(a, each)), each)[0], .5)
	return Einsum("bkp,blp->bkl", Reshape(t, batch, k, size), Reshape(dual, batch, k, size))
}

// boundedMean returns the mean of symmetric k×k matrices with the weights min(1,
// κ·typical/trace). Traces are taken with candidates in units of their typical square.
func boundedMean(values []float64, k int) *mat.SymDense {
	n := len(values) / (k * k)
	traces, column := make([]float64, n), make([]float64, n)
	for j := range k {
		for i := range n {
			column[i] = values[i*k*k+j*k+j]
		}
		if typical := participation.Typical(column); typical > 0 {
			floats.AddScaled(traces, 1/typical, column)
		}
	}
	most := participation.BoundedBy * participation.Typical(traces)
	mean := mat.NewSymDense(k, nil)
	for s, trace := range traces {
		w := 1 / float64(n)
		if trace > most {
			w *= most / trace
		}
		for i := range k {
			for j := i; j < k; j++ {
				mean.SetSym(i, j, mean.At(i, j)+w*values[s*k*k+i*k+j])
			}
		}
	}
	return mean
}

// speed returns the root mean square of ‖H·x‖. It may be a float64 when its square is not.
func speed(d *mat.SymDense, h []float64) float64 {
	largest := floats.Norm(h, math.Inf(1))
	if largest == 0 {
		return 0
	}
	v := mat.NewVecDense(len(h), nil)
	for k, x := range h {
		v.SetVec(k, x/largest)
	}
	return largest * math.Sqrt(max(0, mat.Inner(v, d, v)))
}
