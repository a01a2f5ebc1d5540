package moved

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow/internal/motion"
	"github.com/liegg/lab/liegg/network"
)

// Rates returns the program of f along a generator at moved inputs. It takes (x, h, g) to the
// square of the derivative of each output at g·x, ‖J‖²‖A·x‖² and ‖J‖² there, f(g·x), and
// ‖A·x‖². There is no g if a field moves inputs.
func (o *Outputs) Rates() (*network.Program, error) {
	if o.rate != nil {
		return o.rate, nil
	}
	var err error
	o.rate, err = o.program(ratesCode)
	return o.rate, err
}

var ratesCode = newOutputCode(func(a action.Action, f func(x *Node) *Node, x *Node, arguments []*Node) []*Node {
	if m, ok := moves(a); ok {
		x = m.Moved(x, arguments[1])
	}
	one := oneGenerator{a, velocityOf(a, x, arguments[0])}
	y := f(x)
	rows, energy := network.Rows(one, x, y)
	speed := action.Norm(one, inFloat64(one.velocity))
	energy = inFloat64(energy)
	bound := Mul(energy, speed)
	rows, outputs := turned(a, rows, y, arguments[0])
	if outputs != nil {
		bound = MulScalar(Add(bound, outputs), 2)
	}
	return []*Node{Square(inFloat64(Squeeze(rows, -1))), bound, energy, y, speed}
})

// Slope returns √Σ‖d/ds f(exp(sH)x)‖², averaged over s = t and s = −t.
func (o *Outputs) Slope(h *mat.Dense, t float64) (float64, error) {
	coefficients, _ := motion.Coefficients(o.Action, h)
	p, err := o.Rates()
	if err != nil {
		return 0, err
	}
	squares := 0.0
	err = o.BothWays(h, t, func(held *network.Buffered, g motion.Finite) error {
		arguments := []mat.Matrix{mat.NewDense(1, len(coefficients), coefficients)}
		if o.Field == nil {
			arguments = append(arguments, g.In)
		}
		outputs, err := p.Run(held, arguments...)
		if err != nil {
			return err
		}
		o.Passes++
		if _, ok := o.Pair(); ok && o.bounded != nil {
			o.bounded.steepest(outputs[0])
		} else if o.bounded != nil {
			o.bounded.slopes(outputs[0], outputs[3])
		}
		squares += floats.Sum(outputs[0]) / 2
		return nil
	})
	return math.Sqrt(squares), err
}

// turned returns the rows of one generator, [batch, m, 1], minus its velocities of the outputs y,
// and the squared norm of these velocities, [batch]. The norm is nil if outputs stay.
func turned(a action.Action, rows, y, h *Node) (_, speed *Node) {
	moves, ok := a.(interface{ OutputVelocities(y *Node) *Node })
	if !ok {
		return rows, nil
	}
	v := Einsum("bok,ik->boi", moves.OutputVelocities(y), ConvertDType(h, y.DType()))
	return Sub(ConvertDType(rows, v.DType()), v), ReduceSum(Square(inFloat64(v)), 1, 2)
}

// oneGenerator is the action of a single generator of another action, given by its velocity
// at the inputs of a program. It measures as the other action does.
type oneGenerator struct {
	action.Action
	velocity *Node
}

// velocityOf returns Σ_k h_k A_k·x for coefficients h [1, K], in the shape of x.
func velocityOf(a action.Action, x, h *Node) *Node {
	batch := x.Shape().Dim(0)
	all := Reshape(a.Tangents(x), batch, a.Dim(), x.Shape().Size()/batch)
	return Reshape(Einsum("bkp,ok->bp", all, ConvertDType(h, x.DType())), x.Shape().Dimensions...)
}

// Dim is 1.
func (o oneGenerator) Dim() int { return 1 }

// Inner returns the inner product of the whole action.
func (o oneGenerator) Inner() *mat.SymDense {
	if m, ok := o.Action.(action.Measured); ok {
		return m.Inner()
	}
	return nil
}

// Moves returns the numbers that the whole action moves.
func (o oneGenerator) Moves() []bool { return action.Moves(o.Action) }

// Norm returns the norm of the whole action.
func (o oneGenerator) Norm(v *Node) *Node { return action.Norm(o.Action, v) }

// DualNorm returns the dual norm of the whole action.
func (o oneGenerator) DualNorm(g *Node) *Node { return action.DualNorm(o.Action, g) }

// Tangents returns the velocity.
func (o oneGenerator) Tangents(*Node) *Node { return ExpandAxes(o.velocity, 1) }

// Contract pairs g with the velocity.
func (o oneGenerator) Contract(_, g *Node) *Node {
	return Reshape(sumPerSample(Mul(g, o.velocity)), g.Shape().Dim(0), 1)
}

// sumPerSample sums all axes but the first.
func sumPerSample(x *Node) *Node {
	batch := x.Shape().Dim(0)
	return ReduceSum(Reshape(x, batch, x.Shape().Size()/batch), -1)
}

func inFloat64(x *Node) *Node { return ConvertDType(x, dtypes.Float64) }
