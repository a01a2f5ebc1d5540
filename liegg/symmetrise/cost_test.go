package symmetrise_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/symmetrise"
)

// An output whose mean over the elements is wrong is not known better than its rule, however small it
// is beside the others: cos 16θ is its own mean over 16 steps.
func TestSmallOutputOfHighFrequency(t *testing.T) {
	n := network.Exact(func(x *Node) *Node {
		re, im := Slice(x, AxisRange(), AxisRange(0, 1)), Slice(x, AxisRange(), AxisRange(1, 2))
		r := Sqrt(Add(Square(re), Square(im)))
		first := Add(r, re)
		re, im = Div(re, r), Div(im, r)
		for range 4 {
			re, im = Sub(Square(re), Square(im)), MulScalar(Mul(re, im), 2)
		}
		return Concatenate([]*Node{first, MulScalar(re, 1e-4)}, -1)
	})
	labels := make([]string, 300)
	for i := range labels {
		labels[i] = "all"
	}
	const truth = 1e-4 * math.Sqrt2 / 2
	for degree, known := range map[int]bool{15: false, 16: true} {
		g := ok(symmetrise.Over(action.Linear(2, 1), lie.SO(2), 0, group.HaarSettings{Degree: degree}))(t)
		c := ok(symmetrise.Measure(n, g, network.Tensor(rows(normal(3, 300, 2), 2)), symmetrise.Settings{Labels: labels, Quiet: true}))(t)
		e := c.Outputs[1].Error
		if e.Lower > truth || e.Upper < truth || known != (e.Upper-e.Lower < .2*truth) {
			t.Errorf("degree %d: want %v within the interval, narrow %v, got %v", degree, truth, known, e)
		}
		if l := c.Labels[0].Error; math.Abs(l.Value-c.Error.Value) > 1e-12 || math.Abs(l.Lower-c.Error.Lower) > .1*c.Error.Value {
			t.Errorf("degree %d: one label has all samples: want %v, got %v", degree, c.Error, l)
		}
	}
}

// Copies of samples do not make the interval of a label narrower, if groups say so.
func TestGroupsOfLabels(t *testing.T) {
	const copies, distinct = 20, 60
	base := normal(5, distinct, 2)
	var x []float64
	var labels []string
	var groups []int
	for range copies {
		x = append(x, base...)
		for i := range distinct {
			labels, groups = append(labels, []string{"a", "b"}[i%2]), append(groups, i)
		}
	}
	n := network.Exact(func(x *Node) *Node { return ReduceAndKeep(Exp(MulScalar(x, .5)), ReduceSum, -1) })
	g := ok(symmetrise.Over(action.Linear(2, 1), lie.SO(2), 0, group.HaarSettings{}))(t)
	measure := func(x []float64, labels []string, groups network.Groups) *symmetrise.Cost {
		return ok(symmetrise.Measure(n, g, network.Tensor(rows(x, 2)), symmetrise.Settings{Labels: labels, Groups: groups, Quiet: true}))(t)
	}
	plain := measure(base, labels[:distinct], network.Groups{})
	grouped := measure(x, labels, network.GroupsBy(groups))
	for i, p := range plain.Labels {
		q := grouped.Labels[i]
		width, want := q.Error.Upper-q.Error.Lower, p.Error.Upper-p.Error.Lower
		if math.Abs(q.Error.Value-p.Error.Value) > 1e-9 || width < .7*want || width > 1.4*want {
			t.Errorf("label %s: want about %v, got %v", p.Name, p.Error, q.Error)
		}
	}
}

// One sample has no spread, and hardly a range: the error says so.
func TestOneSampleHasNoSpread(t *testing.T) {
	n := network.Exact(func(x *Node) *Node { return ReduceAndKeep(Exp(x), ReduceSum, -1) })
	g := ok(symmetrise.Over(action.Linear(2, 1), lie.SO(2), 0, group.HaarSettings{}))(t)
	one := network.Tensor(rows([]float64{1, 2}, 2))
	if _, err := symmetrise.Measure(n, g, one, symmetrise.Settings{Outside: 1, Quiet: true}); err == nil || !strings.Contains(err.Error(), "one sample") {
		t.Errorf("got %v", err)
	}
	if _, err := symmetrise.Measure(n, g, one, symmetrise.Settings{Quiet: true}); !errors.Is(err, symmetrise.ErrOutside) || !strings.Contains(err.Error(), "give more inputs") {
		t.Errorf("got %v", err)
	}
}
