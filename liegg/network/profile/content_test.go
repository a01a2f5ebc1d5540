package profile

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
)

// A vector has spin 1, its length 0, and products of components those of x ⊗ x: x₁² is a third of
// |x|² and, orthogonal to it, a part of spin 2.
func TestContentOfExactLayers(t *testing.T) {
	f := func(x *Node) *Node {
		v := network.Layer(MulScalar(x, 2), "vector")
		one := func(i int) *Node { return Slice(v, AxisRange(), AxisRange(i, i+1)) }
		network.Layer(AddScalar(ReduceAndKeep(Square(v), ReduceSum, -1), 3), "length")
		network.Layer(Concatenate([]*Node{Mul(one(0), one(1)), Mul(one(1), one(2))}, -1), "product")
		network.Layer(Square(one(0)), "square")
		network.Layer(AddScalar(MulScalar(one(0), 0), 7), "constant")
		return Add(one(0), ReduceAndKeep(Square(v), ReduceSum, -1))
	}
	x := normal(12, 60, 3)
	c := ok(Content(inGo(f), action.Linear(3, 1), lie.SO(3), 0, network.Tensor(x), ContentSettings{Largest: 2, Samples: 50}))(t)
	want := map[string][]float64{"vector": {0, 1, 0}, "length": {1, 0, 0}, "product": {0, 0, 1}}
	for _, l := range c.Layers {
		if own, ok := want[l.Name]; ok {
			expect.Near(t, l.Name, l.Shares, own, 1e-9)
		}
		if sum := l.Shares[0] + l.Shares[1] + l.Shares[2] + l.Rest; l.Name != "constant" && math.Abs(sum-1) > 1e-9 {
			t.Errorf("%v adds up to %g", l, sum)
		}
	}
	square, constant, output := c.Layers[3], c.Layers[4], c.Layers[5]
	if !(square.Shares[0] > .2 && square.Shares[2] > .2 && square.Shares[1] < 1e-9) || !math.IsNaN(constant.Rest) || !(output.Shares[0] > .5 && output.Shares[1] > .03 && output.Shares[2] < 1e-9) {
		t.Errorf("%v", c)
	}
	// E∫(x₁² − E x₁²)² = E|x|⁴/5 − (E|x|²/3)², of which spin 2 has E|x|⁴·4/45.
	var two, four float64
	tensors.MustConstFlatData(x, func(v []float64) {
		for i := range 50 {
			r := v[3*i]*v[3*i] + v[3*i+1]*v[3*i+1] + v[3*i+2]*v[3*i+2]
			two, four = two+r/50, four+r*r/50
		}
	})
	if share := four * 4 / 45 / (four/5 - two*two/9); math.Abs(square.Shares[2]-share) > 1e-9 {
		t.Errorf("x₁² has %g of spin 2, want %g", square.Shares[2], share)
	}
}

// Frequencies of the plane, in the frame in which an algebra was found; inputs of frequencies 1 and
// 1/2.
func TestContentOfFrequencies(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 0))
	frame := lie.Exp(lie.SO(2).Basis()[0], random.Float64())
	f := func(x *Node) *Node {
		one := func(i int) *Node { return Slice(x, AxisRange(), AxisRange(i, i+1)) }
		network.Layer(one(1), "vector")
		network.Layer(Sub(Square(one(0)), Square(one(1))), "quadrupole")
		return Mul(one(0), Sub(Square(one(0)), MulScalar(Square(one(1)), 3)))
	}
	rotations := ok(lie.SO(2).Conjugate(frame))(t)
	c := ok(Content(inGo(f), action.Linear(2, 1), rotations, 0, network.Tensor(normal(13, 40, 2)), ContentSettings{}))(t)
	for i, want := range [][]float64{{0, 1, 0, 0, 0}, {0, 0, 1, 0, 0}, {0, 0, 0, 1, 0}} {
		expect.Near(t, c.Layers[i].Name, c.Layers[i].Shares, want, 1e-9)
	}
	if text := c.String(); !strings.Contains(text, "quadrupole") || !strings.Contains(text, "0 does not change, m turns m times") || !strings.Contains(text, "100.0 %") {
		t.Error(text)
	}
}

// Frequency 13 looks like frequency 4 at 17 equal steps: that is told, and gone with more steps.
func TestContentOfHighFrequencies(t *testing.T) {
	f := func(x *Node) *Node { // cos 13θ
		x = Div(x, Sqrt(ReduceAndKeep(Square(x), ReduceSum, -1)))
		a, b := Slice(x, AxisRange(), AxisRange(0, 1)), Slice(x, AxisRange(), AxisRange(1, 2))
		re, im := a, b
		for range 12 {
			re, im = Sub(Mul(re, a), Mul(im, b)), Add(Mul(re, b), Mul(im, a))
		}
		return re
	}
	for degree, known := range map[int]bool{0: false, 30: true} {
		c := ok(Content(inGo(f), action.Linear(2, 1), lie.SO(2), 0, network.Tensor(normal(14, 40, 2)), ContentSettings{Degree: degree}))(t)
		told := strings.Contains(c.String(), "not known well")
		if told == known || known != (c.Change < 1e-9) || known && math.Abs(c.Layers[0].Rest-1) > 1e-9 {
			t.Errorf("degree %d, change %g:\n%v", degree, c.Change, c)
		}
	}
	if text := (&Contents{Change: math.NaN()}).String(); !strings.Contains(text, "not compared") {
		t.Error(text)
	}
}

func TestContentRefuses(t *testing.T) {
	x, f := network.Tensor(normal(13, 40, 4)), inGo(squared)
	if _, err := Content(f, action.Linear(4, 1), lie.SO(4), 0, x, ContentSettings{Largest: 1}); !errors.Is(err, rep.ErrNoIrreps) {
		t.Errorf("so(4): %v", err)
	}
	if _, err := Content(f, action.Linear(4, 1), lie.Scaling(4), 0, x, ContentSettings{}); !errors.Is(err, group.ErrNotCompact) {
		t.Errorf("scaling: %v", err)
	}
	wantPanic(t, "size 3", func() { Content(f, action.Linear(4, 1), lie.SO(3), 0, x, ContentSettings{}) })
}

// Where do vectors become numbers?
func ExampleContent() {
	f := network.Exact(func(x *Node) *Node {
		h := network.Layer(MulScalar(x, 2), "scaled")
		return ReduceAndKeep(Square(h), ReduceSum, -1)
	})
	x := tensors.FromFlatDataAndDimensions([]float64{1, 0, 0, .3, 1, 2, .5, -1, 1}, 3, 3)
	c := must.M1(Content(f, action.Linear(3, 1), lie.SO(3), 0, network.Tensor(x), ContentSettings{Largest: 2}))
	for _, l := range c.Layers {
		fmt.Printf("%s: spin 0 %.0f %%, spin 1 %.0f %%\n", l.Name, 100*l.Shares[0], 100*l.Shares[1])
	}
	// Output:
	// scaled: spin 0 0 %, spin 1 100 %
	// output: spin 0 100 %, spin 1 0 %
}
