package flow

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// defects holds w·‖J_i T_i h‖² and w·‖J_i‖²_F ‖T_i h‖² of each sample, whose sums give the
// relative defect ρ², and w·‖T_i h‖². The weights w are those of Influence. For pairs (A, B) the
// first two are w·‖J_i·A·x_i − B·f(x_i)‖² and 2w·(‖J_i‖²_F ‖A·x_i‖² + ‖B·f(x_i)‖²).
type defects struct {
	change, bound, motion []float64
	each                  []float64 // change of each output
	weight                []float64
	s                     Settings
	idle                  int
	rounding              float64 // largest ρ that rounding alone gives an exact symmetry
	influence             Influence
}

// defects measures a generator at the inputs before they are moved.
func (e *experiment) defects(coefficients []float64) (defects, error) {
	p, err := e.rates()
	if err != nil {
		return defects{}, err
	}
	arguments := []mat.Matrix{mat.NewDense(1, len(coefficients), coefficients)}
	if e.field == nil {
		arguments = append(arguments, e.still())
	}
	outputs, err := p.Run(e.held, arguments...)
	if err != nil {
		return defects{}, err
	}
	d := defects{change: e.perSample(outputs[0]), bound: outputs[1], motion: outputs[4], each: outputs[0], rounding: e.rounding, s: e.s}
	energy := outputs[2]
	d.idle = idle(energy)
	if d.idle == len(energy) {
		return d, fmt.Errorf("%w (%d samples)", liegg.ErrVanishingGradients, len(energy))
	}
	if floats.Sum(d.bound) == 0 {
		return d, liegg.ErrUnmoved
	}
	d.weigh()
	return d, nil
}

// idle counts the samples with (nearly) no gradient: ‖J‖² is below 10⁻¹² of the mean, or of
// the median of the nonzero ones if that is smaller.
func idle(energy []float64) int {
	usual := floats.Sum(energy) / float64(len(energy))
	if nonzero := slices.DeleteFunc(slices.Clone(energy), func(v float64) bool { return v == 0 }); len(nonzero) > 0 {
		slices.Sort(nonzero)
		usual = min(usual, nonzero[len(nonzero)/2])
	}
	count := 0
	for _, v := range energy {
		if v <= 1e-12*usual {
			count++
		}
	}
	return count
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
