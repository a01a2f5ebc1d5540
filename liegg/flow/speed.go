package flow

import (
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
)

// errUnmoved: no speed, no flow.
var errUnmoved = fmt.Errorf("flow: the generator does not move these inputs: %w", liegg.ErrUnmoved)

// speeds is the metric of speeds, D with hᵀDh = E‖H·x‖² over the first samples.
func (e *experiment) speeds() (*mat.SymDense, error) {
	const enough = 1000
	some, err := e.held.Part(0, min(enough, e.held.Len()))
	if err != nil {
		return nil, err
	}
	defer some.Finalize()
	p, err := e.network.NewProgram(e.s.Head, some, func(_ func(*Node) *Node, x *Node, _ []*Node) []*Node {
		batch, k := x.Shape().Dim(0), e.mover.Dim()
		t := Reshape(e.mover.Tangents(x), batch, k, x.Shape().Size()/batch)
		return []*Node{Einsum("bkp,blp->bkl", t, t)}
	})
	if err != nil {
		return nil, err
	}
	defer p.Finalize()
	outputs, err := p.Run(some)
	if err != nil {
		return nil, err
	}
	return meanOfSquares(outputs[0], e.mover.Dim(), some.Len()), nil
}

// meanOfSquares is the mean of n symmetric k×k matrices.
func meanOfSquares(values []float64, k, n int) *mat.SymDense {
	mean := mat.NewSymDense(k, nil)
	for first := 0; first < len(values); first += k * k {
		for i := range k {
			for j := i; j < k; j++ {
				mean.SetSym(i, j, mean.At(i, j)+values[first+i*k+j]/float64(n))
			}
		}
	}
	return mean
}

// speed is the root mean square of ‖H·x‖. Its square may be no float64 where it is
// one itself.
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
