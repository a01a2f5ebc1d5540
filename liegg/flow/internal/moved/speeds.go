package moved

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/network"
)

// ErrUnmoved is returned if a generator has no speed, and so no flow.
var ErrUnmoved = fmt.Errorf("flow: the generator does not move these inputs: %w", liegg.ErrUnmoved)

var (
	productsCode = network.NewInputCode(func(a action.Action, x *Node, _ []*Node) []*Node {
		return []*Node{velocityProducts(a, x)}
	})
	speedsCode = network.NewInputCode(func(a action.Action, x *Node, arguments []*Node) []*Node {
		return []*Node{action.Norm(a, inFloat64(velocityOf(a, x, arguments[0])))}
	})
)

// Speeds returns the metric of speeds, D with hᵀDh = E‖H·x‖² over the first samples, in the
// inner product of the action. No sample counts for much more than a typical one: compared
// with samples far out in a heavy tail, all others are at rest.
func (o *Outputs) Speeds() (*mat.SymDense, error) {
	const enough = 1000
	some, err := o.Held.Part(0, min(enough, o.Held.Len()))
	if err != nil {
		return nil, err
	}
	defer some.Finalize()
	p, err := o.network.Kept(productsCode, o.s.Head, o.Action, some)
	if err != nil {
		return nil, err
	}
	defer p.Finalize()
	outputs, err := p.Run(some)
	if err != nil {
		return nil, err
	}
	return boundedMean(outputs[0], o.Action.Dim()), nil
}

// SpeedsOf returns ‖A·x‖² at inputs, for the generator A of the given coefficients.
func (o *Outputs) SpeedsOf(held *network.Buffered, coefficients []float64) ([]float64, error) {
	p, err := o.network.Kept(speedsCode, o.s.Head, o.Action, held)
	if err != nil {
		return nil, err
	}
	defer p.Finalize()
	outputs, err := p.Run(held, mat.NewDense(1, len(coefficients), coefficients))
	if err != nil {
		return nil, err
	}
	return outputs[0], nil
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

// Speed returns the root mean square of ‖H·x‖. It may be a float64 when its square is not.
func Speed(d *mat.SymDense, h []float64) float64 {
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

// OutputSpeeds returns the metric of speeds of the outputs, E⟨B_k·f, B_l·f⟩/Var f, [K, K]. Only
// free factors count. A generator of the inputs that moves outputs, too, has the speed of the
// inputs.
func (o *Outputs) OutputSpeeds() *mat.SymDense {
	k := o.Action.Dim()
	d := mat.NewSymDense(k, nil)
	pair, ok := o.Pair()
	if !ok || !pair.Free() {
		return d
	}
	m, n, first := pair.Outputs(), o.Held.Len(), pair.Inputs().Dim()
	y := mat.NewDense(n, m, o.plainBefore())
	variance := floats.Sum(Variances(o.plainBefore(), n))
	velocities := make([]*mat.Dense, k)
	one := make([]float64, k)
	for i := first; i < k; i++ {
		one[i] = 1
		velocities[i] = new(mat.Dense)
		velocities[i].Mul(y, o.OutputGenerator(pair.Generator(one)).T())
		one[i] = 0
		for j := first; j <= i; j++ {
			d.SetSym(i, j, floats.Dot(velocities[i].RawMatrix().Data, velocities[j].RawMatrix().Data)/variance)
		}
	}
	return d
}

// Metric returns the metric of speeds of inputs and outputs together.
func (o *Outputs) Metric() (*mat.SymDense, error) {
	d, err := o.Speeds()
	if err != nil {
		return nil, err
	}
	var sum mat.SymDense
	sum.AddSym(d, o.OutputSpeeds())
	return &sum, nil
}

// Whitened returns W with WᵀDW = 1 and its left inverse, without candidates that do not move
// the data. It first scales candidates to unit speed: with inputs in mixed units their speeds
// differ by orders of magnitude.
func Whitened(d *mat.SymDense) (whiten, unwhiten *mat.Dense, err error) {
	axes, ok := linalg.AxesOf(d, 0)
	if !ok {
		panic("flow: the metric of speeds is not finite")
	}
	if axes = axes.Above(linalg.Nothing); axes.Vectors == nil {
		return nil, nil, ErrUnmoved
	}
	return axes.Whiten(), axes.Unwhiten(), nil
}
