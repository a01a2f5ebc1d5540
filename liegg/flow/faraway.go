package flow

import (
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// farAway bounds the share of a linear map's speed that differs between inputs. Below it, the
// inputs lie far from the origin.
const farAway = .1

// movesAsTranslation returns a reason to give no answer if a linear map moves inputs far from the
// origin nearly as a translation would, so that ρ cannot tell the two apart. It returns "" if
// there is no such problem.
//
// With μ the mean of the inputs, A·x = A·μ + A·(x − μ). Only the second part belongs to the
// map alone. Its share of the speed is √(E‖A·(x − μ)‖²/E‖A·x‖²).
func (e *experiment) movesAsTranslation(r *Result, d defects, coefficients []float64) (string, error) {
	m, ok := e.mover.(action.Measured)
	if e.field != nil || action.Translates(e.mover) || !ok || m.Inner() == nil || r.Defect.Upper > e.s.Margin {
		return "", nil
	}
	values, err := e.held.Values()
	if err != nil {
		return "", err
	}
	n := e.held.Len()
	width := len(values) / n
	mean, away, moves := make([]float64, width), 0.0, action.Moves(e.mover)
	for j := range mean {
		if moves != nil && !moves[j] {
			continue
		}
		var deviation float64
		if mean[j], deviation = stat.PopMeanStdDev(outputOf(values, j, width), nil); deviation > 0 {
			away = max(away, math.Abs(mean[j])/deviation)
		}
	}
	if away*farAway < 1 {
		return "", nil
	}
	for i, v := range values {
		values[i] = v - mean[i%width]
	}
	centred, err := e.held.With(values)
	if err != nil {
		return "", err
	}
	defer centred.Finalize()
	own, err := e.motions(centred, coefficients)
	if err != nil {
		return "", err
	}
	floats.Mul(own, d.weight)
	share := math.Sqrt(floats.Sum(own) / floats.Sum(d.motion))
	if share > farAway || r.Defect.Upper <= e.s.Margin*share {
		return "", nil
	}
	return fmt.Sprintf("the inputs lie so far from the origin that it moves them as a translation would, to within %.2g of its speed: subtract a centre, or take affine candidates", share), nil
}

// motions returns ‖A·x‖² at the inputs.
func (e *experiment) motions(held *network.Buffered, coefficients []float64) ([]float64, error) {
	p, err := e.network.NewProgram(e.s.Head, e.held, func(_ func(*Node) *Node, x *Node, arguments []*Node) []*Node {
		return []*Node{action.Norm(e.mover, inFloat64(velocityOf(e.mover, x, arguments[0])))}
	})
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
