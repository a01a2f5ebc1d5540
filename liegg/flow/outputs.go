package flow

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/network"
)

// size scales outputs to one size, as network.Judge does: each is divided by the size of its
// gradients, and constants are left out.
func (e *experiment) size() error {
	sizes, err := network.OutputScales(e.network, e.mover, e.held, network.Settings{Head: e.s.Head, BySize: e.s.BySize})
	if err != nil {
		return err
	}
	if sizes == nil {
		return e.divide()
	}
	if len(sizes.Constant) > 0 {
		if err := e.findBlind(sizes.Constant); err != nil {
			return err
		}
	}
	e.sized = len(sizes.Gradients) - len(sizes.Constant)
	e.s.Head = multiplied(e.s.Head, sizes.Factors(len(sizes.Gradients)))
	return nil
}

// multiplied returns a head that multiplies outputs by factors, in float64.
func multiplied(head network.Head, factors []float64) network.Head {
	return network.NewHead(head.String()+", brought to one size", func(y *Node) *Node {
		y = ConvertDType(head.Rows(y), dtypes.Float64)
		return Mul(y, Const(y.Graph(), [][]float64{factors}))
	})
}

// findBlind finds outputs that vary although their gradients vanish.
func (e *experiment) findBlind(constant []int) error {
	p, err := e.network.NewProgram(e.s.Head, e.held, func(f func(*Node) *Node, x *Node, _ []*Node) []*Node { return []*Node{f(x)} })
	if err != nil {
		return err
	}
	defer p.Finalize()
	outputs, err := p.Run(e.held)
	if err != nil {
		return err
	}
	m := len(outputs[0]) / e.held.Len()
	for _, o := range constant {
		own := outputOf(outputs[0], o, m)
		if slices.Max(own)-slices.Min(own) > 100*e.epsilon*floats.Norm(own, math.Inf(1)) {
			e.blind = append(e.blind, o)
		}
	}
	return nil
}

// outputOf returns output o of m for every sample.
func outputOf(values []float64, o, m int) []float64 {
	own := make([]float64, len(values)/m)
	for i := range own {
		own[i] = values[i*m+o]
	}
	return own
}

// blindness returns the reasons to give no answer if outputs vary but have no gradient.
func (e *experiment) blindness() []string {
	if len(e.blind) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("output %d varies, but its gradient is zero: it jumps, which gradients do not see, or it is saturated", e.blind[0]+1)}
}

// breaker names an output that changes along a generator by more than all of them together
// may. It returns "" if no output certainly does. change and moved hold the terms of each
// output in the numerators of ρ² and Δ.
func (e *experiment) breaker(change, bound, moved []float64, tolerance float64) string {
	m := e.sized
	if m < 2 {
		return ""
	}
	width := len(change) / e.held.Len()
	for o := range width {
		own := outputOf(change, o, width)
		floats.Scale(float64(m), own)
		if floats.Sum(own) > e.s.Margin*e.s.Margin*floats.Sum(bound) {
			if ρ := ratios([][]float64{own}, bound, e.s)[0].root(); ρ.Lower > e.s.Margin {
				return fmt.Sprintf("output %d breaks it: its ρ = %v (95 %%) is larger than that of all %d together", o+1, ρ, m)
			}
		}
	}
	if o, δ := e.brokenOutput(moved, tolerance); o >= 0 {
		return fmt.Sprintf("output %d breaks it: along the finite flow its Δ = %v (95 %%) is larger than that of all %d together", o+1, δ, m)
	}
	return ""
}

// brokenOutput returns the output of which Δ, in units of its own variance, exceeds a limit most,
// or −1 if none certainly does. moved holds the terms of each output in the numerator of Δ. An
// output that varies little does not show in the Δ of all outputs together. Outputs that move together
// are not looked at.
func (e *experiment) brokenOutput(moved []float64, limit float64) (worst int, δ Interval) {
	worst = -1
	if e.sized < 2 {
		return worst, δ
	}
	n := e.held.Len()
	width := len(moved) / n
	for o := range width {
		own, before := outputOf(moved, o, width), outputOf(e.before, o, width)
		variance := variances(before, n)
		if floats.Sum(variance) <= math.Pow(100*e.epsilon, 2)*floats.Dot(before, before) { // it varies by rounding
			continue
		}
		if floats.Sum(own) <= limit*floats.Sum(variance) {
			continue
		}
		if its := ratios([][]float64{own}, variance, e.s)[0]; its.Lower > math.Max(limit, δ.Lower) {
			worst, δ = o, its
		}
	}
	return worst, δ
}
