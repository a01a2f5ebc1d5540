package flow

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// defects are ‖J_i T_i h‖² and ‖J_i‖²_F ‖T_i h‖² of each sample, whose sums make
// the relative defect ρ².
type defects struct {
	change, bound []float64
	idle          int
}

func (e *experiment) defectProgram() (*network.Program, error) {
	return e.network.NewProgram(e.s.Head, e.held, func(f func(*Node) *Node, x *Node, arguments []*Node) []*Node {
		one := oneGenerator{e.mover, velocityOf(e.mover, x, arguments[0])}
		rows, energy := network.Rows(one, x, f(x))
		return []*Node{sumPerSample(Square(rows)), Mul(energy, sumPerSample(Square(one.velocity))), energy}
	})
}

func (e *experiment) defects(p *network.Program, coefficients []float64) (defects, error) {
	outputs, err := p.Run(e.held, mat.NewDense(1, len(coefficients), coefficients))
	if err != nil {
		return defects{}, err
	}
	d := defects{change: outputs[0], bound: outputs[1]}
	energy := outputs[2]
	mean := floats.Sum(energy) / float64(len(energy))
	for _, v := range energy {
		if v <= 1e-12*mean {
			d.idle++
		}
	}
	if d.idle == len(energy) {
		return d, fmt.Errorf("%w (%d samples)", liegg.ErrVanishingGradients, len(energy))
	}
	if floats.Sum(d.bound) == 0 {
		return d, liegg.ErrUnmoved
	}
	return d, nil
}

// oneGenerator is the action of a single generator of another action, by its
// velocity at the inputs of a program.
type oneGenerator struct {
	action.Action
	velocity *Node
}

// velocityOf is Σ_k h_k A_k·x for coefficients h [1, K], of x's shape.
func velocityOf(a action.Action, x, h *Node) *Node {
	batch := x.Shape().Dim(0)
	all := Reshape(a.Tangents(x), batch, a.Dim(), x.Shape().Size()/batch)
	return Reshape(Einsum("bkp,ok->bp", all, ConvertDType(h, x.DType())), x.Shape().Dimensions...)
}

// Dim is 1.
func (o oneGenerator) Dim() int { return 1 }

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
