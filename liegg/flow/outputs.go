package flow

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

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
// output in the numerators of ρ² and Δ. Of outputs that move, only Δ is looked at.
func (e *experiment) breaker(change, bound, moved []float64, tolerance float64) string {
	width := len(moved) / e.held.Len()
	if m := e.sized; m > 1 {
		for o := range width {
			own := outputOf(change, o, width)
			floats.Scale(float64(m), own)
			if floats.Sum(own) > e.s.Margin*e.s.Margin*floats.Sum(bound) {
				if ρ := ratios([][]float64{own}, bound, e.s)[0].root(); ρ.Lower > e.s.Margin {
					return fmt.Sprintf("output %d breaks it: its ρ = %v (95 %%) is larger than that of all %d together", o+1, ρ, m)
				}
			}
		}
	}
	if some, δ := e.brokenOutput(moved, tolerance, nil); some != nil {
		return fmt.Sprintf("%v it: along the finite flow Δ = %v (95 %%) of its own variance, larger than that of all %d outputs together", some, δ, width)
	}
	return ""
}

// together are outputs that move together, counted from 0 and in ascending order.
type together []int

// String returns "output 3 breaks" or "outputs 1, 2, 3 break".
func (t together) String() string {
	if len(t) == 1 {
		return fmt.Sprintf("output %d breaks", t[0]+1)
	}
	names := make([]string, len(t))
	for i, o := range t {
		names[i] = fmt.Sprint(o + 1)
	}
	return fmt.Sprintf("outputs %s break", strings.Join(names, ", "))
}

// of adds up the terms of these outputs for each of n samples.
func (t together) of(values []float64, n int) []float64 {
	sums, width := make([]float64, n), len(values)/n
	for i := range sums {
		for _, o := range t {
			sums[i] += values[i*width+o]
		}
	}
	return sums
}

// brokenOutput returns the outputs of which Δ, in units of their own variance, exceeds a limit most,
// or nil if none certainly do. moved holds the terms of each output in the numerator of Δ. Outputs
// that vary little do not show in the Δ of all outputs together. out is as for parts.
func (e *experiment) brokenOutput(moved []float64, limit float64, out *mat.Dense) (worst together, δ Interval) {
	n := e.held.Len()
	width := len(moved) / n
	for _, some := range e.parts(width, out) {
		var before []float64
		for i := range n {
			for _, o := range some {
				before = append(before, e.before[i*width+o])
			}
		}
		own, variance := some.of(moved, n), variances(before, n)
		if floats.Sum(variance) <= math.Pow(100*e.epsilon, 2)*floats.Dot(before, before) { // they vary by rounding
			continue
		}
		if floats.Sum(own) <= limit*floats.Sum(variance) {
			continue
		}
		if its := ratios([][]float64{own}, variance, e.s)[0]; its.Lower > math.Max(limit, δ.Lower) {
			worst, δ = some, its
		}
	}
	return worst, δ
}

// parts returns the outputs that are looked at on their own: each one if they were brought to one size,
// and otherwise those that a declared representation, or the matrix out of a map, moves together, such
// as an energy and each force. It is nil if there is only one part, or if outputs are of one quantity
// (Settings.BySize).
func (e *experiment) parts(width int, out *mat.Dense) (parts []together) {
	pair, moves := e.pair()
	if e.s.BySize || moves && pair.Free() || !moves && e.sized < 2 {
		return nil
	}
	part := make([]int, width) // the first output that each output moves with
	for o := range part {
		part[o] = o
	}
	if moves {
		for k := range pair.Dim() {
			h := make([]float64, pair.Dim())
			h[k] = 1
			join(part, pair.OutputGenerator(pair.LocalGenerator(h)))
		}
	}
	if out != nil {
		join(part, out)
	}
	of := make(map[int]together)
	for o, first := range part {
		of[first] = append(of[first], o)
	}
	if len(of) == 1 {
		return nil
	}
	for _, first := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, of[first])
	}
	return parts
}

// join joins the parts between which a matrix has entries.
func join(part []int, m *mat.Dense) {
	for i := range part {
		for j := range part {
			if from, to := max(part[i], part[j]), min(part[i], part[j]); from != to && m.At(i, j) != 0 {
				for k, p := range part {
					if p == from {
						part[k] = to
					}
				}
			}
		}
	}
}
