package flow_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
)

// onCircles are points of the plane at random angles, on circles of the given radii in turn.
func onCircles(seed uint64, n int, radii ...float64) (x *tensors.Tensor, angles []float64) {
	rng := rand.New(rand.NewPCG(seed, 0))
	points, angles := make([]float64, 2*n), make([]float64, n)
	for i := range n {
		angles[i] = math.Pi * (2*rng.Float64() - 1)
		sin, cos := math.Sincos(angles[i])
		r := radii[i%len(radii)]
		points[2*i], points[2*i+1] = r*cos, r*sin
	}
	return tensors.FromFlatDataAndDimensions(points, n, 2), angles
}

// sides is the class 0 to the right, 1 to the left, and 2 far from the origin.
func sides(x *Node) *Node {
	radius := Sqrt(squared(x))
	return Concatenate([]*Node{coordinateOf(x, 0), Neg(coordinateOf(x, 0)), MulScalar(AddScalar(radius, -2), 3)}, -1)
}

// A point to the right at the angle θ stays there until it is turned to ±π/2, a point far from
// the origin always.
func TestRangesOfClasses(t *testing.T) {
	const n = 1000
	x, angles := onCircles(1, n, 1, 4)
	r := ok(flow.TestRange(inGo(sides), action.Linear(2, 1), flow.Rotation(2, 0, 1), network.Tensor(x), flow.Answers{}, flow.Settings{Points: 100, Quiet: true, Groups: network.GroupsOf(1)}))(t)
	for i, θ := range angles {
		forward, backward := math.Inf(1), math.Inf(1)
		if i%2 == 0 {
			backward = math.Mod(θ+5*math.Pi/2, math.Pi) // from the edge of its side
			forward = math.Pi - backward
		}
		if math.Abs(r.Forward[i]-forward) > 1e-3 || math.Abs(r.Backward[i]-backward) > 1e-3 {
			t.Fatalf("the point at %g: %g and %g, want %g and %g", angles[i], r.Forward[i], r.Backward[i], forward, backward)
		}
	}
	if len(r.Classes) != 3 || !r.Angle || r.End != math.Pi || !math.IsInf(r.Limit, 1) || len(r.Reasons) > 0 {
		t.Fatalf("%v", r)
	}
	for _, c := range r.Classes[:2] {
		for _, side := range []flow.Interval{c.Forward, c.Backward} {
			if side.Lower > math.Pi/2 || side.Upper < math.Pi/2 || side.Upper-side.Lower > .8 || c.Kept != 0 {
				t.Errorf("%v, want π/2; %g is kept", side, c.Kept)
			}
		}
	}
	if c := r.Classes[2]; c.Name != "2" || c.Samples != n/2 || c.Kept < 1-1e-9 || !math.IsInf(c.Smaller().Lower, 1) {
		t.Errorf("%v", r)
	}
	if text := r.String(); !strings.Contains(text, "2 as far as followed, 180°") || !strings.Contains(text, "100 %") {
		t.Errorf("%v", text)
	}
}

// Outputs depart where a fine grid says.
func TestRangesOfDepartures(t *testing.T) {
	const n, departure = 300, .4
	x, angles := onCircles(2, n, 1)
	turn := flow.Rotation(2, 0, 1)
	stretched := func(x *Node) *Node {
		return Concatenate([]*Node{MulScalar(coordinateOf(x, 0), 2), coordinateOf(x, 1)}, -1)
	}
	spread := func(f func(θ float64) (a, b float64)) float64 {
		var a, b, squares float64
		for _, θ := range angles {
			u, v := f(θ)
			a, b, squares = a+u/n, b+v/n, squares+(u*u+v*v)/n
		}
		return math.Sqrt(squares - a*a - b*b)
	}
	for name, c := range map[string]struct {
		f      func(x *Node) *Node
		a      action.Action
		value  func(θ float64) (a, b float64)
		change func(θ, t float64) float64 // ‖f(exp(tA)x) − exp(tB)f(x)‖
	}{
		"outputs that stay": {coordinate, action.Linear(2, 1), func(θ float64) (a, b float64) { return math.Cos(θ), 0 },
			func(θ, t float64) float64 { return math.Abs(math.Cos(θ+t) - math.Cos(θ)) }},
		"outputs that turn": {stretched, action.Equivariant(action.Linear(2, 1), rep.Standard(2)), func(θ float64) (a, b float64) { return 2 * math.Cos(θ), math.Sin(θ) },
			func(θ, t float64) float64 {
				x, y := 2*math.Cos(θ), math.Sin(θ)
				return math.Hypot(2*math.Cos(θ+t)-(math.Cos(t)*x-math.Sin(t)*y), math.Sin(θ+t)-(math.Sin(t)*x+math.Cos(t)*y))
			}},
	} {
		s := flow.Settings{Points: 200, Reach: 2, Quiet: true, BySize: true}
		r := ok(flow.TestRange(inGo(c.f), c.a, turn, network.Tensor(x), flow.Answers{Departure: departure}, s))(t)
		limit := departure * spread(c.value)
		first := func(θ, sign float64) float64 {
			for t := 0.0; t <= 2; t += 1e-4 {
				if c.change(θ, sign*t) > limit {
					return t
				}
			}
			return math.Inf(1)
		}
		off := 0
		for i, θ := range angles {
			forward, backward := first(θ, 1), first(θ, -1)
			same := func(a, b float64) bool { return a == b || math.Abs(a-b) < 5e-3 }
			if !same(r.Forward[i], forward) || !same(r.Backward[i], backward) {
				off++ // touches the limit between two points
			}
		}
		if off > n/100 || len(r.Classes) != 1 || r.Classes[0].Name != "all" {
			t.Errorf("%s: %d samples of %d have another range:\n%v", name, off, n, r)
		}
	}
	still := func(x *Node) *Node { return x }
	r := ok(flow.TestRange(inGo(still), action.Equivariant(action.Linear(2, 1), rep.Standard(2)), turn, network.Tensor(x), flow.Answers{Departure: 1e-9}, flow.Settings{Quiet: true}))(t)
	if r.Classes[0].Kept < 1-1e-9 {
		t.Errorf("f(x) = x turns with x:\n%v", r)
	}
}

// 95 % of the intervals hold the truth; of samples that hang together they do with groups.
func TestRangeIntervals(t *testing.T) {
	const classes, each = 60, 100
	for _, c := range []struct {
		together int // points of a group
		groups   network.Groups
		least    int
	}{{1, network.Groups{}, 52}, {10, network.GroupsOf(10), 52}, {10, network.Groups{}, 0}} {
		rng := rand.New(rand.NewPCG(3, 0))
		points, names := make([]float64, 2*classes*each), make([]string, classes*each)
		θ := 0.0
		for i := range classes * each {
			if i%c.together == 0 {
				θ = 2 * math.Pi * rng.Float64()
			}
			sin, cos := math.Sincos(θ + 1e-3*rng.Float64())
			points[2*i], points[2*i+1], names[i] = cos, sin, fmt.Sprint(i/each)
		}
		x := tensors.FromFlatDataAndDimensions(points, classes*each, 2)
		r := ok(flow.TestRange(inGo(sides), action.Linear(2, 1), flow.Rotation(2, 0, 1), network.Tensor(x),
			flow.Answers{Classes: names}, flow.Settings{Groups: c.groups, Quiet: true}))(t)
		held := 0
		for _, class := range r.Classes {
			if class.Forward.Lower <= math.Pi/2 && math.Pi/2 <= class.Forward.Upper {
				held++
			}
		}
		alone := c.together > 1 && !c.groups.Given()
		if held < c.least || alone && (held > 45 || len(r.Reasons) == 0) {
			t.Errorf("groups of %d, told %v: %d of %d intervals hold the truth, reasons %v", c.together, c.groups.Given(), held, classes, r.Reasons)
		}
		if r.Classes[9].Name != "9" || r.Classes[10].Name != "10" {
			t.Errorf("classes in the order %v", r.Names())
		}
	}
}

// Flows end where they leave the data, along matrices and along orbits.
func TestRangesEndWithTheData(t *testing.T) {
	x := normal(5, 1000, 2)
	far := inGo(func(x *Node) *Node { return AddScalar(squared(x), -4) })
	r := ok(flow.TestRange(far, action.Linear(2, 1), flow.Scaling(2), network.Tensor(x), flow.Answers{Departure: .5}, flow.Settings{Quiet: true}))(t)
	if r.Angle || r.End != r.Limit || !(r.Limit < 1) || !strings.Contains(r.String(), "leaves the data") {
		t.Errorf("%v", r)
	}
	three, _ := onCircles(8, 3, 1) // every rotation leaves the range of three points
	r = ok(flow.TestRange(inGo(sides), action.Linear(2, 1), flow.Rotation(2, 0, 1), network.Tensor(three), flow.Answers{}, flow.Settings{Quiet: true}))(t)
	if text := r.String(); !strings.Contains(text, "leaves the data at once") || strings.Contains(text, "100 %") {
		t.Errorf("%v", text)
	}
	swirl := action.Polynomial(2, 1, 1) // linear fields, along their orbits
	r = ok(flow.TestRange(far, swirl, flow.Hypothesis{Name: "rotation", H: swirl.Lift(swirl.Field(flow.Rotation(3, 0, 1).H))}, network.Tensor(x), flow.Answers{Departure: .5}, flow.Settings{Quiet: true, Reach: 1, Points: 4}))(t)
	if !(r.Classes[0].Kept > .85) { // the others are stopped at the edge of the data
		t.Errorf("%v", r)
	}
}

func TestMisuseOfRanges(t *testing.T) {
	x, turn := network.Tensor(normal(5, 100, 2)), flow.Rotation(2, 0, 1)
	plane := action.Linear(2, 1)
	s := flow.Settings{Quiet: true, Points: 2}
	_, err := flow.TestRange(inGo(coordinate), plane, turn, x, flow.Answers{}, s)
	expect.Error(t, err, "Answers.Departure")
	_, err = flow.TestRange(inGo(sides), plane, turn, x, flow.Answers{Classes: []string{"a"}}, s)
	expect.Error(t, err, "1 classes for 100 samples")
	turned := action.Equivariant(plane, rep.Standard(2))
	expect.Panic(t, "moves outputs", func() { _, _ = flow.TestRange(inGo(sides), turned, turn, x, flow.Answers{}, s) })
	expect.Panic(t, "Share", func() { _, _ = flow.TestRange(inGo(sides), plane, turn, x, flow.Answers{Share: 1}, s) })
}

// cos 72θ changes its sign every 2.5°, and back: parameters 5° apart see too little.
func TestRangesTellChangesThatTheyMiss(t *testing.T) {
	x, _ := onCircles(2, 300, 1)
	turn := flow.Rotation(2, 0, 1)
	for fold, hidden := range map[float64]bool{72: true, 3: false} {
		f := func(x *Node) *Node {
			y := Cos(MulScalar(Atan2(coordinateOf(x, 1), coordinateOf(x, 0)), fold))
			return Concatenate([]*Node{y, Neg(y)}, -1)
		}
		r := ok(flow.TestRange(inGo(f), action.Linear(2, 1), turn, network.Tensor(x), flow.Answers{}, flow.Settings{Quiet: true}))(t)
		if told := slices.ContainsFunc(r.Reasons, func(s string) bool { return strings.Contains(s, "change back") }); told != hidden {
			t.Errorf("cos %gθ: %v", fold, r)
		}
	}
}
