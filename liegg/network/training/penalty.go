package training

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/internal/derivative"
)

// Penalty adds to the loss how much a network f breaks the symmetries of an algebra,
//
//	Weight · E Σ_k ‖J(x)·A_k·x − B_k·f(x)‖² / E‖f(x) − E f‖²,
//
// with the orthonormal basis A_k of the algebra, J = ∂f/∂x, and B_k = 0 for invariance. It is the
// squared change of f along the generators, per unit of their parameters, in units of the spread
// of f over the batch, so that it has no unit, and shrinking outputs does not lower it. For
// CrossEntropy f are the centred logits.
//
// Each sample of a batch is asked about one of the generators in turn (about several, if there
// are more generators than samples), which makes a step about three times as expensive as
// without, whatever the dimension of the algebra. As batches are drawn anew, all meet all.
//
// Forward mode gives J·A_k·x (see the derivatives of package network), and GoMLX differentiates
// that by the weights. The zero value means no penalty.
type Penalty struct {
	// Weight is λ. On standardised targets .01 to 1 are usual.
	Weight float64
	// Action moves the inputs that the network is trained on: if these are standardised, their
	// generators must be, too, which rotations of whole vectors are. An action.Equivariance says
	// how targets move, in the units of training.
	Action action.Action
	// Algebra holds the generators, such as those that network.Judge has found.
	Algebra lie.Algebra
}

// given reports whether there is a penalty.
func (p Penalty) given() bool { return p.Weight != 0 }

// check panics if the fields do not fit each other.
func (p Penalty) check(l Loss) {
	if !p.given() {
		return
	}
	if !(p.Weight > 0) || math.IsInf(p.Weight, 0) {
		panic(fmt.Sprintf("training: Penalty.Weight must be a number from 0, got %v", p.Weight))
	}
	if p.Action == nil || p.Algebra.Dim() == 0 {
		panic("training: Penalty needs an Action and an Algebra of its generators")
	}
	if n := action.GeneratorSize(p.Action); p.Algebra.Size() != n {
		panic(fmt.Sprintf("training: Penalty.Algebra must hold %d×%d matrices, as the action does, got %v", n, n, p.Algebra))
	}
	if _, moves := p.Action.(action.Equivariance); moves && l == CrossEntropy {
		panic("training: Penalty: no generator moves labels, so with CrossEntropy the action must be one of inputs alone")
	}
	if _, off, err := action.Coefficients(p.Action, p.Algebra.Basis()...); err != nil || floats.Norm(off, math.Inf(1)) > 1e-6 {
		panic(fmt.Sprintf("training: Penalty.Algebra %v holds matrices that are not generators of the action", p.Algebra))
	}
}

// fits returns an error if the inputs, of a shape without the batch, or the outputs do not fit.
func (p Penalty) fits(input []int, outputs int) error {
	if !p.given() {
		return nil
	}
	if err := p.Action.Check(input); err != nil {
		return fmt.Errorf("training: the penalty: %w", err)
	}
	if pair, ok := p.Action.(action.Equivariance); ok && pair.Outputs() != outputs {
		return fmt.Errorf("training: the penalty: the action moves %d outputs, the network has %d: choose a representation that fits them", pair.Outputs(), outputs)
	}
	return nil
}

// String says what is penalised.
func (p Penalty) String() string {
	if !p.given() {
		return "no penalty"
	}
	return fmt.Sprintf("penalty %g on breaking %v", p.Weight, p.Algebra)
}

// windowed is x [batch, input…] as the action sees it, and x itself if it sees all.
func (p Penalty) windowed(x *Node) *Node {
	if f, ok := action.InputsOf(p.Action).(action.Framer); ok {
		if window := f.Window(); window != nil {
			return window(x)
		}
	}
	return x
}

// velocities are A_k·x of samples x [N, input…] in batches of b: of D generators for each
// sample, as [D, N, input…], and which ones, as [D, N, d] of zeros and ones.
func (p Penalty) velocities(x *Node, b int) (v, which *Node) {
	inputs := action.InputsOf(p.Action)
	basis, d := p.Algebra.Basis(), p.Algebra.Dim()
	if pair, ok := p.Action.(action.Equivariance); ok {
		for i, h := range basis {
			basis[i] = pair.Block(h, 0)
		}
	}
	h, _, err := action.Coefficients(inputs, basis...)
	if err != nil {
		panic(err)
	}
	n, k := x.Shape().Dim(0), inputs.Dim()
	each := (d + b - 1) / b
	chosen, weights := make([]float64, each*n*d), make([]float64, each*n*k)
	for i := range each * n {
		g := (i/n*b + i%n%b) % d
		chosen[i*d+g] = 1
		mat.Col(weights[i*k:(i+1)*k], g, h)
	}
	t := Reshape(inputs.Tangents(x), n, k, -1)
	v = Einsum("nkp,enk->enp", t, nodes.Constant(x, weights, each, n, k))
	return Reshape(v, append([]int{each}, x.Shape().Dimensions...)...), nodes.Constant(x, chosen, each, n, d)
}

// broken is the penalty without its weight, [S], of S networks side by side, of inputs of the
// given shape: of their outputs y as a function of x, on b samples each. Axes may be merged.
func (p Penalty) broken(x, y *Node, s int, input []int, l Loss) *Node {
	m := y.Shape().Dim(-1)
	b := y.Shape().Size() / (s * m)
	v, which := p.velocities(Reshape(x, append([]int{s * b}, input...)...), b)
	each, d := which.Shape().Dim(0), which.Shape().Dim(2)
	vs := make([]*Node, each)
	for e := range vs {
		vs[e] = Reshape(Slice(v, AxisElem(e)), x.Shape().Dimensions...)
	}
	pushed := derivative.Push(x, vs, Reshape(y, s*b, m))[0] // [s·b, m, D]
	change := TransposeAllAxes(Reshape(pushed, s, b, m, each), 3, 0, 1, 2)
	y = Reshape(y, s, b, m)
	if l == CrossEntropy {
		change, y = Sub(change, ReduceAndKeep(change, ReduceMean, -1)), Sub(y, ReduceAndKeep(y, ReduceMean, -1))
	}
	if pair, ok := p.Action.(action.Equivariance); ok {
		moved := Einsum("kij,sbj->sbki", p.outputs(pair, y), y)
		change = Sub(change, Einsum("sbki,esbk->esbi", moved, Reshape(which, each, s, b, d)))
	}
	squares := MulScalar(ReduceSum(Square(change), 0, 2, 3), float64(d)/float64(each*b))
	spread := ReduceSum(Square(Sub(y, ReduceAndKeep(y, ReduceMean, 1))), 1, 2)
	tiny := Scalar(y.Graph(), y.DType(), float64(m)*1e-30)
	return Div(squares, Max(DivScalar(spread, float64(b)), tiny))
}

// outputs are the matrices B_k, [d, m, m].
func (p Penalty) outputs(pair action.Equivariance, like *Node) *Node {
	var values []float64
	for _, h := range p.Algebra.Basis() {
		values = append(values, pair.OutputGenerator(h).RawMatrix().Data...)
	}
	return nodes.Constant(like, values, p.Algebra.Dim(), pair.Outputs(), pair.Outputs())
}

// fingerprint changes with all that the penalty depends on: velocities at some inputs stand for
// the action, whose fields cannot all be written down.
func (p Penalty) fingerprint(source Source) (text string, err error) {
	if !p.given() {
		return "", nil
	}
	defer graphpanic.Catch(&err)
	backend, err := network.Backend()
	if err != nil {
		return "", err
	}
	digest := sha256.New()
	fmt.Fprintln(digest, p.Weight, p.Action)
	for _, h := range p.Algebra.Basis() {
		fmt.Fprintln(digest, h.RawMatrix())
		if pair, ok := p.Action.(action.Equivariance); ok {
			fmt.Fprintln(digest, pair.OutputGenerator(h).RawMatrix())
		}
	}
	for batch, err := range (endless{Source: source}).batches() {
		if err == nil {
			err = complete(batch.Batch)
		}
		if err != nil {
			return "", err
		}
		defer batch.finalize()
		x := batch.Inputs[0]
		if err := p.fits(x.Shape().Dimensions[1:], p.moved()); err != nil {
			return "", err
		}
		v, err := ExecOnce(backend, func(x *Node) *Node {
			defer graphpanic.WithError()
			v, _ := p.velocities(Slice(x, AxisRange(0, min(8, x.Shape().Dim(0)))), 1)
			return v
		}, x)
		if err != nil {
			return "", err
		}
		values, err := dataset.Values(v)
		fmt.Fprintln(digest, values)
		return hex.EncodeToString(digest.Sum(nil)), err
	}
	panic("an endless data set has ended")
}

// moved is the number of outputs that the action moves; 0 for none.
func (p Penalty) moved() int {
	if pair, ok := p.Action.(action.Equivariance); ok {
		return pair.Outputs()
	}
	return 0
}
