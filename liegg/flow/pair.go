package flow

import (
	"fmt"
	"math"
	"sort"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/lie"
)

// motion is a finite transformation: g moves inputs, and out moves outputs in the units in which
// they are compared. If out is nil, outputs stay.
type motion struct{ g, out *mat.Dense }

// pair returns the action as an Equivariance; ok is false if it moves inputs only.
func (e *experiment) pair() (pair action.Equivariance, ok bool) {
	pair, ok = e.mover.(action.Equivariance)
	return pair, ok
}

func (e *experiment) inputs() action.Action { return action.InputsOf(e.mover) }

// still returns the identity on inputs.
func (e *experiment) still() *mat.Dense { return linalg.Identity(sizeOf(e.inputs())) }

// exp returns the motion exp(tH) of inputs and outputs.
func (e *experiment) exp(h *mat.Dense, t float64) motion {
	pair, ok := e.pair()
	if !ok {
		return motion{g: e.expInputs(h, t)}
	}
	return motion{e.expInputs(pair.Block(h, 0), t), lie.Exp(e.outputGenerator(h), t)}
}

// outputGenerator returns the matrix by which a generator moves outputs, in the units in which
// they are compared.
func (e *experiment) outputGenerator(h *mat.Dense) *mat.Dense {
	pair, _ := e.pair()
	return pair.OutputGenerator(action.Local(pair, h))
}

// inUnits converts a map of the outputs to the units in which they are compared, or back.
func (e *experiment) inUnits(out *mat.Dense, back bool) *mat.Dense {
	pair, _ := e.pair()
	sizes := pair.OutputSizes()
	if sizes == nil {
		return out
	}
	m := mat.DenseCopyOf(out)
	m.Apply(func(i, j int, v float64) float64 {
		if back {
			i, j = j, i
		}
		return v * (sizes[j] / sizes[i])
	}, m)
	return m
}

// divide measures each output in units of its size if the factors leave each one a unit of its
// own, as network.Judge does.
func (e *experiment) divide() error {
	pair, ok := e.pair()
	if !ok || e.s.BySize || !pair.FreeUnits() {
		return nil
	}
	values, err := e.plainOutputs()
	if err != nil {
		return err
	}
	m := pair.Outputs()
	sizes, inverse := make([]float64, m), make([]float64, m)
	for o := range sizes {
		squares := outputOf(values, o, m)
		floats.Mul(squares, squares)
		if sizes[o] = math.Sqrt(participation.Typical(squares)); sizes[o] == 0 {
			sizes[o] = 1
		}
		inverse[o] = 1 / sizes[o]
	}
	e.mover = pair.InUnits(sizes)
	e.s.Head = multiplied(e.s.Head, inverse)
	return nil
}

// residual returns the difference between f at moved inputs and f(x) moved.
func (e *experiment) residual(m motion) ([]float64, error) {
	y, err := e.after(m.g)
	if err != nil {
		return nil, err
	}
	target, err := e.target(m)
	if err != nil {
		return nil, err
	}
	floats.Sub(y, target)
	return y, nil
}

// target returns the outputs f(x) moved as m says, with which f at moved inputs is compared.
func (e *experiment) target(motion motion) ([]float64, error) {
	if e.images != nil && motion.g != nil {
		return e.images.moved(motion.g)
	}
	out := motion.out
	if out == nil {
		return e.before, nil
	}
	m, _ := out.Dims()
	y := mat.NewDense(e.held.Len(), m, nil)
	y.Mul(mat.NewDense(e.held.Len(), m, e.plainBefore()), out.T())
	values := y.RawMatrix().Data
	if e.bounded != nil {
		e.bounded.apply(values)
	}
	return values, nil
}

// plainBefore returns f(x) without the transform of boundOutputs.
func (e *experiment) plainBefore() []float64 {
	if e.bounded == nil {
		return e.before
	}
	return e.unbounded
}

// outputSpeeds returns the metric of speeds of the outputs, E⟨B_k·f, B_l·f⟩/Var f, [K, K]. Only
// free factors count. A generator of the inputs that moves outputs, too, has the speed of the
// inputs.
func (e *experiment) outputSpeeds() *mat.SymDense {
	k := e.mover.Dim()
	d := mat.NewSymDense(k, nil)
	pair, ok := e.pair()
	if !ok || !pair.Free() {
		return d
	}
	m, n, first := pair.Outputs(), e.held.Len(), pair.Inputs().Dim()
	y := mat.NewDense(n, m, e.plainBefore())
	variance := floats.Sum(variances(e.plainBefore(), n))
	velocities := make([]*mat.Dense, k)
	one := make([]float64, k)
	for i := first; i < k; i++ {
		one[i] = 1
		velocities[i] = new(mat.Dense)
		velocities[i].Mul(y, e.outputGenerator(pair.Generator(one)).T())
		one[i] = 0
		for j := first; j <= i; j++ {
			d.SetSym(i, j, floats.Dot(velocities[i].RawMatrix().Data, velocities[j].RawMatrix().Data)/variance)
		}
	}
	return d
}

// metric returns the metric of speeds of inputs and outputs together.
func (e *experiment) metric() (*mat.SymDense, error) {
	d, err := e.speeds()
	if err != nil {
		return nil, err
	}
	var sum mat.SymDense
	sum.AddSym(d, e.outputSpeeds())
	return &sum, nil
}

// turned returns the rows of one generator, [batch, m, 1], minus its velocities of the outputs y,
// and the squared norm of these velocities, [batch]. The norm is nil if outputs stay.
func (e *experiment) turned(rows, y, h *Node) (_, motion *Node) {
	moves, ok := e.mover.(interface{ OutputVelocities(y *Node) *Node })
	if !ok {
		return rows, nil
	}
	v := Einsum("bok,ik->boi", moves.OutputVelocities(y), ConvertDType(h, y.DType()))
	return Sub(rows, v), ReduceSum(Square(inFloat64(v)), 1, 2)
}

// lengthening returns the largest singular value of exp(tB) and exp(−tB): the factor by which the
// motion of the outputs can increase a difference between them.
func (e *experiment) lengthening(h *mat.Dense, t float64) float64 {
	if _, ok := e.pair(); !ok || t == 0 {
		return 1
	}
	largest := 1.0
	for _, at := range []float64{t, -t} {
		var svd mat.SVD
		if svd.Factorize(lie.Exp(e.outputGenerator(h), at), mat.SVDNone) {
			largest = max(largest, svd.Values(nil)[0])
		}
	}
	return largest
}

// foundOutputMap returns the matrix R that brings R·f(x) nearest to f(g·x) over the samples, by
// least squares. R maps a direction to 0 if the outputs have no part along it, or none larger
// than what the fit leaves unexplained of one output: its image would be noise.
func (e *experiment) foundOutputMap(g *mat.Dense) (*mat.Dense, error) {
	after, err := e.moved.Run(e.held, g)
	if err != nil {
		return nil, atMovedInputs(err)
	}
	e.passes++
	pair, _ := e.pair()
	m, n := pair.Outputs(), e.held.Len()
	before, wanted := mat.NewDense(n, m, e.plainBefore()), mat.NewDense(n, m, after[0])
	var svd mat.SVD
	if !svd.Factorize(before, mat.SVDThin) {
		return nil, fmt.Errorf("flow: the matrix of the outputs cannot be fitted: their singular values did not converge")
	}
	sizes := svd.Values(nil)
	above := func(limit float64) int {
		return max(1, sort.Search(len(sizes), func(i int) bool { return sizes[i] <= limit }))
	}
	var r, rest mat.Dense
	svd.SolveTo(&r, wanted, above(1e-12*sizes[0]))
	rest.Mul(before, &r)
	rest.Sub(wanted, &rest)
	svd.SolveTo(&r, wanted, above(max(1e-12*sizes[0], mat.Norm(&rest, 2)/math.Sqrt(float64(m)))))
	return mat.DenseCopyOf(r.T()), nil
}

// mustMoveOutputs panics unless out, if it is given, is a map of the outputs of the action.
func mustMoveOutputs(a action.Action, out *mat.Dense) {
	if out == nil {
		return
	}
	pair, ok := a.(action.Equivariance)
	if !ok {
		panic("flow: g.Out is given, but the action leaves outputs as they are: use action.Equivariant or action.Covariant")
	}
	if rows, columns := out.Dims(); rows != columns || rows != pair.Outputs() {
		panic(fmt.Sprintf("flow: g.Out must be a %d×%d matrix, got %d×%d", pair.Outputs(), pair.Outputs(), rows, columns))
	}
}

// plainOutputs returns the head's values at the unmoved inputs.
func (e *experiment) plainOutputs() ([]float64, error) {
	p, err := e.network.NewProgram(e.s.Head, e.held, func(f func(*Node) *Node, x *Node, _ []*Node) []*Node { return []*Node{f(x)} })
	if err != nil {
		return nil, err
	}
	defer p.Finalize()
	outputs, err := p.Run(e.held)
	if err != nil {
		return nil, err
	}
	return outputs[0], nil
}
