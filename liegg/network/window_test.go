package network

import (
	"fmt"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

// ofColours returns the means of red times green and of blue squared over the whole frame.
func ofColours(x *Node) *Node {
	at := func(c int) *Node { return Squeeze(Slice(x, AxisRange(), AxisElem(c)), 1) }
	return Stack([]*Node{ReduceMean(Mul(at(0), at(1)), 1, 2), ReduceMean(Square(at(2)), 1, 2)}, 1)
}

// windowless hides that an action has a window.
type windowless struct{ action.Action }

// Through a disc, a function of the whole frame is invariant under rotations of photographs, and
// nothing else. All analyses by gradients use f(window(x)), and verdicts say so.
func TestJudgeThroughAWindow(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const size, samples = 16, 240
	n, x := Exact(ofColours), photographs(samples, size)
	plane := action.ImageAffine(size, size, action.ChannelsFirst(3))
	disc := plane.Framed(action.Disc)
	byHand := Exact(func(x *Node) *Node { return ofColours(disc.Window()(x)) })
	v := ok(Judge(n, disc, Tensor(x), Settings{}))(t)
	turn := lie.SpanAffine("turn", disc.Generator([]float64{0, -1, 0, 1, 0, 0}))
	if v.Answer != liegg.Symmetric || v.Dim != 1 || lie.AngleTo(v.Algebra.Basis()[0], turn) > .01 {
		t.Errorf("through a disc: %v", v)
	}
	const words = "inputs are seen through a disc, continued by reflection"
	if !strings.Contains(v.String(), words) {
		t.Errorf("no word of the disc: %v", v)
	}
	want := ok(Judge(byHand, windowless{disc}, Tensor(x), Settings{}))(t)
	for i, d := range v.Defects {
		expect.Near(t, "ρ", []float64{d.Value}, []float64{want.Defects[i].Value}, 1e-9)
	}
	spectrum, hand := ok(Analyze(n, disc, Tensor(x), Settings{}))(t), ok(Analyze(byHand, windowless{disc}, Tensor(x), Settings{}))(t)
	expect.Near(t, "variances", spectrum.Variances(), hand.Variances(), 1e-9)
	labels := make([]int, samples)
	for i := range labels {
		labels[i] = i % 2
	}
	for name, b := range map[string]*liegg.Breakdown{
		"outputs": ok(JudgeByOutput(n, disc, Tensor(x), Settings{}))(t), "labels": ok(JudgeByLabel(n, disc, Tensor(x), labels, Settings{}))(t),
	} {
		if b.All.Dim != 1 || !strings.Contains(b.String(), words) {
			t.Errorf("by %s: %v", name, b)
		}
	}
	if v := ok(Judge(n, plane, Tensor(x), Settings{}))(t); v.Dim != 0 || strings.Contains(v.String(), "inputs are") {
		t.Errorf("on a background: %v", v)
	}
	if v := ok(Judge(n, plane.Framed(action.Reflection), Tensor(x), Settings{}))(t); !strings.Contains(v.String(), "inputs are continued by reflection") {
		t.Errorf("no word of the reflection: %v", v)
	}
}

// Gradients that were given belong to whole inputs.
func TestGivenGradientsHaveNoWindow(t *testing.T) {
	x := photographs(40, 8)
	n := ok(Given(x, nil, x))(t)
	plane := action.ImageAffine(8, 8, action.ChannelsFirst(3))
	_, err := Judge(n, plane.Framed(action.Disc), Tensor(x), Settings{})
	expect.Error(t, err, "whole inputs", "disc", "another frame")
	if _, err := Judge(n, plane.Framed(action.WrapAround), Tensor(x), Settings{}); err != nil {
		t.Error(err)
	}
}

// Without a window, Through returns the network itself.
func TestThroughNothing(t *testing.T) {
	n := Exact(ofColours)
	for _, a := range []action.Action{action.Linear(3, 2), action.ImageAffine(8, 8), action.ImageAffine(8, 8).Framed(action.Reflection)} {
		if n.Through(a) != n {
			t.Errorf("%v puts something in front of the network", a)
		}
	}
	n.Forward = func(*model.Scope, *Node) *Node { panic(fmt.Errorf("no network")) }
	_, err := n.Through(action.ImageAffine(8, 8, action.ChannelsFirst(3)).Framed(action.Disc)).Predict(photographs(2, 8))
	expect.Error(t, err, "no network")
}
