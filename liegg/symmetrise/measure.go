package symmetrise

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/progress"
)

// Measure compares a network with its mean f̄ over a group, at inputs [N, input…] that it was not
// fitted to. The inputs are kept in memory, and the network runs Group.Len + 1 times on each.
//
// Measure returns an error if the action does not fit the inputs or the outputs, if the number of
// targets or labels differs from the number of samples, or if the model panics or fails;
// liegg.ErrNoSamples; a *liegg.NotFiniteError, also if f is not finite at moved inputs;
// flow.ErrConstant, or an error if there is one sample only; and ErrOutside. It panics if n or g is nil.
func Measure(n *network.Network, g *Group, inputs network.Inputs, s Settings) (*Cost, error) {
	s = s.withDefaults()
	if n == nil || g == nil {
		panic("symmetrise: Measure: the network and the group must not be nil")
	}
	held, err := network.Buffer(inputs, s.Batch)
	if err != nil {
		return nil, err
	}
	defer held.Finalize()
	m := &measurement{group: g, held: held, s: s}
	if err := m.check(); err != nil {
		return nil, err
	}
	if m.targets, err = s.targets(held.Len()); err != nil {
		return nil, err
	}
	if err := m.run(n.Through(g.action)); err != nil {
		return nil, err
	}
	return m.cost()
}

// ErrOutside is returned if the group moves the data out of their range.
var ErrOutside = errors.New("symmetrise: elements of the group move the data out of their range, where the network extrapolates: average over a smaller group, or about the centre of the data, or allow it")

// measurement sums over the elements of a group. The sums are of d = ρ(g)⁻¹f(g·x) − f(x), for each
// output of each sample, so that small errors keep their digits.
type measurement struct {
	group   *Group
	held    *network.Buffered
	s       Settings
	targets []float64 // nil for none

	outputs  []float64 // f(x)
	mean     []float64 // Σ w d
	squares  []float64 // Σ w d²
	distance []float64 // Σ w (d + f(x) − y)², with targets
	draws    []float64 // Σ over draws of the squares of their means, for random elements
	control  []float64 // Σ w d over the elements of shifted rules, for the first samples
	outside  float64
}

// targets returns the numbers in Settings.Targets, or nil if there are none.
func (s Settings) targets(n int) ([]float64, error) {
	if len(s.Labels) > 0 && len(s.Labels) != n {
		return nil, fmt.Errorf("symmetrise: %d labels for %d samples: give one for each, in their order", len(s.Labels), n)
	}
	if s.Targets == nil {
		return nil, nil
	}
	if shape := s.Targets.Shape(); shape.Rank() != 2 || shape.Dim(0) != n {
		return nil, fmt.Errorf("symmetrise: targets of shape %v for %d samples: give them as [N, outputs], one for each sample", shape.Dimensions, n)
	}
	values, err := dataset.Values(s.Targets)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(values, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }); i >= 0 {
		return nil, &liegg.NotFiniteError{Sample: i * n / len(values), What: "target"}
	}
	return values, nil
}

// check returns an error if something does not fit, and measures how much of the data the group
// moves out of their range.
func (m *measurement) check() (err error) {
	if m.outside, err = m.group.outside(m.held); err == nil && m.outside > m.s.Outside {
		err = m.group.tooFar(m.outside, m.held.Len(), "Settings.Outside allows more")
	}
	return err
}

// run runs the network on the inputs, both unmoved and moved.
func (m *measurement) run(n *network.Network) (err error) {
	plain, err := n.NewProgram(m.s.Head, m.held, func(f func(*Node) *Node, x *Node, _ []*Node) []*Node {
		return []*Node{ConvertDType(f(x), dtypes.Float64)}
	})
	if err != nil {
		return err
	}
	defer plain.Finalize()
	outputs, err := plain.Run(m.held)
	if err != nil {
		return err
	}
	m.outputs = outputs[0]
	width := len(m.outputs) / m.held.Len()
	if pair, ok := m.group.action.(action.Equivariance); ok && pair.Outputs() != width {
		return wrongOutputs(pair.Outputs(), width)
	}
	if m.targets != nil && len(m.targets) != len(m.outputs) {
		return fmt.Errorf("symmetrise: targets have %d numbers for each sample, the model has %d outputs", len(m.targets)/m.held.Len(), width)
	}
	moved, err := n.NewProgram(m.s.Head, m.held, m.turnedBack)
	if err != nil {
		return err
	}
	defer moved.Finalize()
	if err := m.overGroup(moved); err != nil {
		return err
	}
	return m.shifted(moved)
}

// turnedBack builds ρ(g)⁻¹f(g·x) from x, g and ρ(g)⁻¹.
func (m *measurement) turnedBack(f func(*Node) *Node, x *Node, arguments []*Node) []*Node {
	y := ConvertDType(f(action.InputsOf(m.group.action).(action.Mover).Moved(x, arguments[0])), dtypes.Float64)
	if len(arguments) > 1 {
		y = Einsum("bj,ij->bi", y, arguments[1])
	}
	return []*Node{y}
}

// differences returns d of an element, for held samples of which the first one is number from.
func (m *measurement) differences(p *network.Program, held *network.Buffered, from int, x node) ([]float64, error) {
	arguments := []mat.Matrix{x.g}
	if x.out != nil {
		back, err := x.back()
		if err != nil {
			return nil, err
		}
		arguments = append(arguments, back)
	}
	outputs, err := p.Run(held, arguments...)
	if err != nil {
		var left *liegg.NotFiniteError
		if errors.As(err, &left) && left.What == "output" {
			there := *left
			there.What = liegg.MovedOutput
			there.Sample += from
			return nil, &there
		}
		return nil, err
	}
	from *= len(m.outputs) / m.held.Len()
	floats.Sub(outputs[0], m.outputs[from:from+len(outputs[0])])
	return outputs[0], nil
}

// overGroup sums over all elements.
func (m *measurement) overGroup(p *network.Program) error {
	size := len(m.outputs)
	m.mean, m.squares, m.draws = make([]float64, size), make([]float64, size), make([]float64, size)
	if m.targets != nil {
		m.distance = make([]float64, size)
	}
	bar := progress.Unless(m.s.Quiet, "averaging over the group", len(m.group.nodes))
	defer bar.Done()
	draw := make([]float64, size)
	for i, x := range m.group.nodes {
		d, err := m.differences(p, m.held, 0, x)
		if err != nil {
			return err
		}
		for k, v := range d {
			m.mean[k] += x.weight * v
			m.squares[k] += x.weight * v * v
			if m.targets != nil {
				off := v + m.outputs[k] - m.targets[k]
				m.distance[k] += x.weight * off * off
			}
			draw[k] += v / float64(m.group.size)
		}
		if i+1 == len(m.group.nodes) || m.group.nodes[i+1].draw != x.draw {
			for k, v := range draw {
				m.draws[k] += v * v
				draw[k] = 0
			}
		}
		bar.At(i+1, "")
	}
	return nil
}

// An exact rule is checked at the first samples, in parts: each part has a shift of its own, so that a
// shift that happens to map elements to elements does not decide alone.
const (
	controlled = 200
	shifts     = 8
)

// shifted sums over the elements g·h of a rule with a random h, for the first samples. The change
// of the mean is the error of the rule.
func (m *measurement) shifted(p *network.Program) error {
	if m.group.rule == nil || m.group.Random() {
		return nil
	}
	rule, err := group.Haar(m.group.rule.Algebra, m.group.angle, group.HaarSettings{Random: true, Samples: shifts, Seed: m.s.Seed})
	if err != nil {
		return err
	}
	some := min(controlled, m.held.Len())
	parts := min(shifts, some)
	for i, h := range rule.Nodes[:parts] {
		sum, err := m.shiftedBy(p, nodeOf(m.group.action, h), i*some/parts, (i+1)*some/parts)
		if err != nil {
			return err
		}
		m.control = append(m.control, sum...)
	}
	return nil
}

// shiftedBy sums over the elements g·h for the samples from…to−1.
func (m *measurement) shiftedBy(p *network.Program, h node, from, to int) ([]float64, error) {
	part, err := m.held.Part(from, to)
	if err != nil {
		return nil, err
	}
	defer part.Finalize()
	h.weight = 1
	sum := make([]float64, part.Len()*len(m.outputs)/m.held.Len())
	for _, x := range m.group.nodes {
		d, err := m.differences(p, part, from, x.times(h))
		if err != nil {
			return nil, err
		}
		floats.AddScaled(sum, x.weight, d)
	}
	return sum, nil
}

// random returns the random stream of resamples.
func (s Settings) random() *rand.Rand { return rand.New(rand.NewPCG(s.Seed, 0x73796d)) }
