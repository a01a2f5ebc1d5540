package flow_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
)

// coordinateOf is x_i, and squared ‖x‖², of shape [batch, 1].
func coordinateOf(x *Node, i int) *Node { return Slice(x, AxisRange(), AxisRange(i, i+1)) }
func squared(x *Node) *Node             { return ReduceAndKeep(Square(x), ReduceSum, -1) }

// quick follows flows at few points.
var quick = flow.Settings{Points: 3, Random: 2, Quiet: true}

// The units of outputs do not matter, unless it is wished that they do.
func TestOutputsInAnyUnits(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := network.Tensor(normal(41, 1000, 3))
	n := inGo(func(x *Node) *Node {
		return Concatenate([]*Node{MulScalar(squared(x), 1e6), coordinateOf(x, 0), AddScalar(MulScalar(coordinateOf(x, 1), 0), 3)}, -1)
	})
	for _, c := range []struct {
		axis   int
		bySize bool
		want   flow.Verdict
	}{{0, false, flow.Broken}, {1, false, flow.Invariant}, {0, true, flow.Invariant}} {
		s := quick
		s.BySize = c.bySize
		r := ok(flow.Test(n, action.Linear(3, 1), flow.Rotation(3, c.axis, c.axis+1), x, s))(t)
		if r.Verdict != c.want || (r.Curve.Delta[0] > .01) != (c.want == flow.Broken) {
			t.Errorf("by size %v: want %v, got\n%v", c.bySize, c.want, r)
		}
	}
	j := ok(flow.Judge(n, action.Linear(3, 1), x, quick))(t)
	if r := j.Confirmed(); r == nil || r.Dim != 1 || j.Verdict.Dim != 1 {
		t.Errorf("want so(2) alone, got\n%v", j)
	}
}

// One output of many that breaks a generator is named.
func TestOneOutputBreaksIt(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	n := inGo(func(x *Node) *Node {
		r := squared(x)
		outputs := []*Node{Add(r, MulScalar(coordinateOf(x, 0), .3))}
		for k := range 50 {
			outputs = append(outputs, Sin(MulScalar(r, float64(k+1)/50)))
		}
		return Concatenate(outputs, -1)
	})
	r := ok(flow.Test(n, action.Linear(3, 1), flow.Rotation(3, 0, 1), network.Tensor(normal(42, 1000, 3)), quick))(t)
	if r.Verdict != flow.Undetermined || r.Defect.Upper > .02 || !strings.Contains(r.String(), "output 1 breaks it") {
		t.Errorf("got\n%v", r)
	}
}

// A steep output that varies little does not show beside others, but breaks what they keep.
func TestSteepOutputBreaksIt(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := network.Tensor(normal(48, 3000, 3))
	for _, c := range []struct {
		kept   bool // by the steep output
		broken func(x *Node) *Node
	}{
		{false, func(x *Node) *Node { return coordinateOf(x, 2) }},
		{false, func(x *Node) *Node { return Mul(coordinateOf(x, 2), coordinateOf(x, 1)) }},
		{true, func(x *Node) *Node { return MulScalar(coordinateOf(x, 2), 1e-4) }},
	} {
		n := inGo(func(x *Node) *Node {
			r := Sqrt(squared(x))
			steep := Add(MulScalar(Cos(MulScalar(r, 2000)), .07), c.broken(x))
			return Concatenate([]*Node{r, Square(r), steep, Exp(Neg(r))}, -1)
		})
		for _, g := range []flow.Map{flow.Reflection(3, 2), flow.Permutation(1, 2, 1, 0)} {
			r := ok(flow.TestMap(n, action.Linear(3, 1), g, x, quick))(t)
			if named := strings.Contains(r.String(), "output 3 breaks it"); named == c.kept || (r.Verdict == flow.Invariant) != c.kept {
				t.Errorf("kept %v: got %v", c.kept, r)
			}
		}
		j := ok(flow.Judge(n, action.Linear(3, 1), x, quick))(t)
		r := j.Confirmed()
		if named := strings.Contains(j.String(), "output 3 breaks"); named == c.kept || (r != nil && r.Dim == 3) != c.kept || (j.Verdict.Answer == liegg.Symmetric && j.Verdict.Dim == 3) != c.kept {
			t.Errorf("kept %v: got\n%v", c.kept, j)
		}
	}
}

// above is 1 for positive numbers and 0 for others: its gradient vanishes.
func above(x *Node) *Node { return ConvertDType(GreaterThan(x, ZerosLike(x)), x.DType()) }

// What gradients do not see makes no symmetry: steps, signs, and outputs that are saturated.
func TestJumps(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := network.Tensor(normal(43, 1500, 3))
	for name, f := range map[string]func(x *Node) *Node{
		"a step":       func(x *Node) *Node { return Add(squared(x), MulScalar(above(coordinateOf(x, 0)), .5)) },
		"a small step": func(x *Node) *Node { return Add(squared(x), MulScalar(above(coordinateOf(x, 0)), .1)) },
		"a sign":       func(x *Node) *Node { return Add(squared(x), MulScalar(Sign(coordinateOf(x, 1)), .2)) },
		"a saturated output": func(x *Node) *Node {
			return Concatenate([]*Node{squared(x), Sigmoid(MulScalar(coordinateOf(x, 0), 1e7))}, -1)
		},
	} {
		n := inGo(f)
		r := ok(flow.Test(n, action.Linear(3, 1), flow.Rotation(3, 0, 1), x, quick))(t)
		if r.Verdict != flow.Undetermined || !strings.Contains(r.String(), "it jumps") {
			t.Errorf("%s: got\n%v", name, r)
		}
		j := ok(flow.Judge(n, action.Linear(3, 1), x, quick))(t)
		if j.Finding() == flow.Confirmed || j.Verdict.Answer != liegg.Undetermined || !strings.Contains(j.String(), "it jumps") {
			t.Errorf("%s: got\n%v", name, j)
		}
	}
	large := inGo(func(x *Node) *Node { return Add(squared(x), MulScalar(above(coordinateOf(x, 0)), 3)) })
	if r := ok(flow.Test(large, action.Linear(3, 1), flow.Rotation(3, 0, 1), x, quick))(t); r.Verdict != flow.Broken {
		t.Errorf("a large step breaks it: got\n%v", r)
	}
	kinks := inGo(func(x *Node) *Node { return Add(squared(x), Abs(coordinateOf(x, 2))) })
	if r := ok(flow.Test(kinks, action.Linear(3, 1), flow.Rotation(3, 0, 1), x, quick))(t); r.Verdict != flow.Invariant {
		t.Errorf("a kink is no jump: got\n%v", r)
	}
}

// Inputs on grids are interpolated as they move, for any channels and actions: a change that their
// gradients do not account for is no jump.
func TestInterpolationIsNoJump(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const n, side = 200, 16
	random := rand.New(rand.NewPCG(45, 0))
	values := make([]float64, 0, n*side*side*2)
	for range n {
		var centre [2][2]float64
		for c := range centre {
			centre[c] = [2]float64{random.NormFloat64() * .3, random.NormFloat64() * .3}
		}
		for p := range side * side {
			x, y := (float64(p%side)-7.5)/8, (float64(p/side)-7.5)/8
			for _, at := range centre {
				values = append(values, math.Exp(-8*((x-at[0])*(x-at[0])+(y-at[1])*(y-at[1]))))
			}
		}
	}
	weights := make([]float64, side*side)
	for p := range weights {
		x, y := (float64(p%side)-7.5)/8, (float64(p/side)-7.5)/8
		weights[p] = math.Exp(-4 * (x*x + y*y))
	}
	f := inGo(func(x *Node) *Node {
		squares := Square(Reshape(x, x.Shape().Dim(0), side*side, 2))
		return ReduceSum(Mul(squares, Const(x.Graph(), tensors.FromFlatDataAndDimensions(weights, 1, side*side, 1))), 1)
	})
	images := tensors.FromFlatDataAndDimensions(values, n, side, side, 2)
	raster := action.NewRaster(lie.GL(2), 2, side, side)
	for _, a := range []action.Action{raster, action.Product(action.Part{Action: raster, Shape: []int{side, side, 2}}), action.Restricted(raster, lie.SO(2))} {
		r := ok(flow.Test(f, a, flow.Rotation(2, 0, 1), network.Tensor(images), quick))(t)
		if strings.Contains(r.String(), "jumps") || !(r.Defect.Upper < .02) {
			t.Errorf("%v: got\n%v", a, r)
		}
	}
}

// inUnits returns n normal points of R³ in the given units, about a centre.
func inUnits(n int, units, centre [3]float64) network.Inputs {
	rng := rand.New(rand.NewPCG(44, 0))
	values := make([]float64, 3*n)
	for i := range values {
		values[i] = centre[i%3] + units[i%3]*rng.NormFloat64()
	}
	return network.Tensor(tensors.FromFlatDataAndDimensions(values, n, 3))
}

// Exact symmetries are confirmed in any units and from any origin.
func TestJudgeInAnyUnits(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, c := range []struct {
		name          string
		units, centre [3]float64
	}{
		{"1e9", [3]float64{1e9, 1e9, 1e9}, [3]float64{}},
		{"1e9, off the origin", [3]float64{1e9, 1e9, 1e9}, [3]float64{1e9, 1e9, 1e9}},
		{"far away", [3]float64{100, 100, 100}, [3]float64{1e5, 1e5, 1e5}},
		{"mixed", [3]float64{1e6, 1e-6, 1}, [3]float64{}},
		{"mixed and far away", [3]float64{1e6, 1e-3, 1}, [3]float64{1e8, 1, 100}},
	} {
		n := inGo(func(x *Node) *Node { // x² + y² + z in units
			u := Div(Sub(x, Const(x.Graph(), [][]float64{c.centre[:]})), Const(x.Graph(), [][]float64{c.units[:]}))
			return Add(Add(Square(coordinateOf(u, 0)), Square(coordinateOf(u, 1))), coordinateOf(u, 2))
		})
		j := ok(flow.Judge(n, action.Affine(3, 1), inUnits(1500, c.units, c.centre), flow.Settings{Points: 4, Random: 2, Quiet: true}))(t)
		if r := j.Confirmed(); r == nil || r.Dim != 3 || r.Delta > 1e-9 || j.Verdict.Answer != liegg.Symmetric {
			t.Errorf("%s: want three generators, got\n%v", c.name, j)
		}
	}
}

// If finite flows cannot be followed, the verdict remains, with the reason.
func TestVerdictWithoutFlows(t *testing.T) {
	n := inGo(func(x *Node) *Node { // defined only on the half sphere of the data
		return Log(Sub(coordinateOf(x, 0), Sqrt(Add(Square(coordinateOf(x, 1)), Square(coordinateOf(x, 2))))))
	})
	rng := rand.New(rand.NewPCG(45, 0))
	values := make([]float64, 0, 3000)
	for range 1000 {
		y, z := rng.NormFloat64(), rng.NormFloat64()
		values = append(values, math.Hypot(y, z)+1e-3+rng.ExpFloat64(), y, z)
	}
	j := ok(flow.Judge(n, action.Linear(3, 1), network.Tensor(tensors.FromFlatDataAndDimensions(values, 1000, 3)), quick))(t)
	if j.Verdict == nil || len(j.Rungs) == 0 {
		t.Fatalf("got\n%v", j)
	}
	for _, r := range j.Rungs {
		if r.Finding == flow.Undecided && r.Reason == "" {
			t.Errorf("no reason: %v", r)
		}
	}
}

// Rounding that changes f by itself refutes nothing.
func TestRoundingRefutesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	values := make([]float32, 3000)
	rng := rand.New(rand.NewPCG(46, 0))
	for i := range values {
		values[i] = float32(1e9 * rng.NormFloat64())
	}
	x := network.Tensor(tensors.FromFlatDataAndDimensions(values, 1000, 3))
	n := inGo(func(x *Node) *Node { return Sin(Sqrt(squared(x))) })
	j := ok(flow.Judge(n, action.Linear(3, 1), x, quick))(t)
	if j.Finding() != flow.Undecided || j.Verdict.Answer != liegg.Undetermined || !strings.Contains(j.String(), "rounding of the inputs alone") {
		t.Errorf("got\n%v", j)
	}
	r := ok(flow.Test(n, action.Linear(3, 1), flow.Rotation(3, 0, 1), x, quick))(t)
	if r.Verdict != flow.Undetermined || !strings.Contains(r.String(), "rounding of the inputs alone") {
		t.Errorf("got\n%v", r)
	}
}

// A function that is periodic under a fraction of a turn is also tested between its periods.
func TestSquareWavesOfTheAngle(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := network.Tensor(normal(47, 1000, 2))
	for _, turns := range []float64{16, 32, 64, 96, 320} {
		n := inGo(func(x *Node) *Node {
			angle := Atan2(coordinateOf(x, 1), coordinateOf(x, 0))
			return Add(Sign(Sin(MulScalar(StopGradient(angle), turns))), MulScalar(squared(x), .1))
		})
		j := ok(flow.Judge(n, action.Linear(2, 1), x, quick))(t)
		if j.Finding() == flow.Confirmed {
			t.Errorf("%g returns in a turn: got\n%v", turns, j)
		}
		if r := ok(flow.Test(n, action.Linear(2, 1), flow.Rotation(2, 0, 1), x, quick))(t); r.Verdict == flow.Invariant {
			t.Errorf("%g returns in a turn: got\n%v", turns, r)
		}
	}
}

// What breaks a symmetry late in the stream is followed, too.
func TestLateSamplesAreFollowed(t *testing.T) {
	values := make([]float64, 0, 3*8000)
	random := rand.New(rand.NewPCG(1, 1))
	for i := range 8000 {
		scale := 1.
		if i >= 4000 {
			scale = 4
		}
		for range 3 {
			values = append(values, scale*random.NormFloat64())
		}
	}
	x := network.Tensor(tensors.FromFlatDataAndDimensions(values, 8000, 3))
	n := inGo(func(x *Node) *Node {
		far := above(AddScalar(squared(x), -20))
		return Add(squared(x), MulScalar(Mul(Sign(coordinateOf(x, 0)), far), 20))
	})
	if j := ok(flow.Judge(n, action.Linear(3, 1), x, quick))(t); j.Finding() == flow.Confirmed {
		t.Errorf("got\n%v", j)
	}
}

// Of outputs that move by a declared representation, those that vary little do not show in the Δ of
// all together: an invariant beside a vector that is much larger. It is looked at on its own, as
// single outputs are.
func TestSmallOutputsThatMove(t *testing.T) {
	energyAndForce := action.Equivariant(action.Linear(3, 1), rep.Direct(rep.Invariants(3, 1), rep.Standard(3)))
	x := network.Tensor(normal(45, 400, 3))
	mirror := flow.Reflection(3, 0)
	both := mirror
	both.Out = mat.NewDense(4, 4, []float64{1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1})
	for name, c := range map[string]struct {
		energy  func(x *Node) *Node
		force   float64
		bySize  bool
		verdict flow.Verdict
		named   string
	}{
		"right":               {squared, 1e4, false, flow.Invariant, ""},
		"a small energy":      {func(x *Node) *Node { return coordinateOf(x, 0) }, 1e4, false, flow.Undetermined, "output 1 breaks it"},
		"a small energy, all": {func(x *Node) *Node { return coordinateOf(x, 0) }, 1e4, true, flow.Invariant, ""},
		"a constant energy":   {func(x *Node) *Node { return AddScalar(MulScalar(coordinateOf(x, 0), 0), 5) }, 1e4, false, flow.Invariant, ""},
	} {
		n := inGo(func(x *Node) *Node { return Concatenate([]*Node{c.energy(x), MulScalar(x, c.force)}, -1) })
		s := quick
		s.BySize, s.Reach = c.bySize, 1
		for what, r := range map[string]interface{ String() string }{
			"declared map": ok(flow.TestMap(n, energyAndForce, mirror, x, s))(t),
			"given map":    ok(flow.TestMap(n, energyAndForce, both, x, s))(t),
			"flow":         ok(flow.Test(n, energyAndForce, flow.Rotation(3, 0, 1), x, s))(t),
		} {
			verdict := flow.Undetermined
			switch r := r.(type) {
			case *flow.MapResult:
				verdict = r.Verdict
			case *flow.Result:
				verdict = r.Verdict
			}
			if verdict != c.verdict || !strings.Contains(r.String(), c.named) {
				t.Errorf("%s, %s: want %v and %q, got\n%v", name, what, c.verdict, c.named, r)
			}
		}
	}
	// A vector is one part, and is named as such.
	n := inGo(func(x *Node) *Node { return Concatenate([]*Node{MulScalar(squared(x), 1e4), Square(x)}, -1) })
	if r := ok(flow.TestMap(n, energyAndForce, mirror, x, quick))(t); r.Verdict != flow.Undetermined || !strings.Contains(r.String(), "outputs 2, 3, 4 break it") {
		t.Errorf("got\n%v", r)
	}
}

// One sample has no spread, and the network is not to blame.
func TestOneSample(t *testing.T) {
	n := inGo(func(x *Node) *Node { return x })
	if _, err := flow.TestMap(n, action.Equivariant(action.Linear(2, 1), rep.Standard(2)), flow.Reflection(2, 0), network.Tensor(normal(1, 1, 2)), quick); err == nil || errors.Is(err, flow.ErrConstant) || !strings.Contains(err.Error(), "one sample") {
		t.Errorf("got %v", err)
	}
}
