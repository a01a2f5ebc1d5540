package symmetrise_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/symmetrise"
)

// A map that the connected group has already must move outputs as the group does.
func TestWithMapsOfTheConnectedGroup(t *testing.T) {
	negative := func(m *mat.Dense) *mat.Dense {
		var n mat.Dense
		n.Scale(-1, m)
		return &n
	}
	for _, c := range []struct {
		n       int
		algebra lie.Algebra
	}{{2, lie.SO(2)}, {3, lie.SO(3)}} {
		vectors := action.Equivariant(action.Linear(c.n, 1), rep.Standard(c.n))
		g := ok(symmetrise.Over(vectors, c.algebra, 0, group.HaarSettings{Degree: 3}))(t)
		quarter := lie.Exp(flow.Rotation(c.n, 0, 1).H, math.Pi/2)
		mirror, other := flow.Reflection(c.n, 0), flow.Reflection(c.n, 1)
		mirror.Out, other.Out = mirror.G, other.G
		axial, otherwise := mirror, other
		axial.Out, otherwise.Out = negative(mirror.G), negative(other.G)
		for name, maps := range map[string]struct {
			maps  []flow.Map
			wrong bool
		}{
			"a rotation":                  {[]flow.Map{{Name: "quarter", G: quarter, Out: quarter}}, false},
			"a rotation, outputs negated": {[]flow.Map{{Name: "quarter", G: quarter, Out: negative(quarter)}}, true},
			"a reflection":                {[]flow.Map{mirror}, false},
			"a reflection, axial":         {[]flow.Map{axial}, false},
			"two reflections":             {[]flow.Map{mirror, other}, false},
			"two reflections, one axial":  {[]flow.Map{mirror, otherwise}, true},
		} {
			_, err := g.With(maps.maps...)
			if maps.wrong != (err != nil) || maps.wrong && (!errors.Is(err, symmetrise.ErrNotClosed) || !strings.Contains(err.Error(), "correct Map.Out")) {
				t.Errorf("%d dimensions, %s: %v", c.n, name, err)
			}
		}
	}
}

// Maps that are added one after the other make the group that they make together, also if they do not
// commute.
func TestWithOneAfterTheOther(t *testing.T) {
	plane := action.Linear(2, 1)
	mirror, swap := flow.Reflection(2, 0), flow.Permutation(1, 1, 0)
	together := ok(symmetrise.OverMaps(plane, mirror, swap))(t)
	after := ok(ok(symmetrise.OverMaps(plane, mirror))(t).With(swap))(t)
	again := ok(after.With(mirror))(t)
	for _, g := range []*symmetrise.Group{together, after, again} {
		if g.Len() != 8 {
			t.Errorf("%v: want the 8 elements of the symmetries of a square, got %d", g, g.Len())
		}
	}
	// x₁²x₂⁴ has the mean (x₁²x₂⁴ + x₁⁴x₂²)/2, and x₁x₂ the mean 0.
	n := network.Exact(func(x *Node) *Node {
		a, b := Slice(x, AxisRange(), AxisRange(0, 1)), Slice(x, AxisRange(), AxisRange(1, 2))
		return Concatenate([]*Node{Mul(Square(a), Square(Square(b))), Mul(a, b)}, -1)
	})
	x := normal(6, 40, 2)
	c := ok(symmetrise.Measure(n, after, network.Tensor(rows(x, 2)), symmetrise.Settings{Quiet: true}))(t)
	for i := range 40 {
		a, b := x[2*i]*x[2*i], x[2*i+1]*x[2*i+1]
		if want := (a*b*b + a*a*b) / 2; math.Abs(c.Mean[2*i]-want) > 1e-9*(1+want) || math.Abs(c.Mean[2*i+1]) > 1e-12 {
			t.Fatalf("sample %d: want means %v and 0, got %v", i, want, c.Mean[2*i:2*i+2])
		}
	}
}
