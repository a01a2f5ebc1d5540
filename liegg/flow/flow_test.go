package flow_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/janpfeifer/must"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// TestMain has the kernel lay the XLA plugin in the cache folder, as a user would.
func TestMain(m *testing.M) { expect.Main(m, network.BackendVariable) }

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }

// inGo is network.Exact in pure Go, which builds small programs ten times as fast as XLA.
func inGo(f func(x *Node) *Node) *network.Network {
	n := network.Exact(f)
	n.Backend = pureGo()
	return n
}

var pureGo = sync.OnceValue(func() compute.Backend { return must.M1(purego.New()) })

// drawn returns fresh inputs of a case.
func drawn(c groundtruth.Case, n int) network.Inputs {
	return network.Tensor(c.Inputs(rand.New(rand.NewPCG(17, 0)), n))
}

func test(t *testing.T, c groundtruth.Case, h flow.Hypothesis, s flow.Settings) *flow.Result {
	t.Helper()
	return ok(flow.Test(inGo(c.Graph), c.Action(), h, drawn(c, 2000), s))(t)
}

// An exact function does not change along the flows of its algebra, and changes along random ones.
func TestExactSymmetriesHold(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, c := range groundtruth.All() {
		if c.Dim == 0 || c.Outputs != nil {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			curve := ok(flow.Along(inGo(c.Graph), c.Action(), lie.UnitSpeed(c.Algebra[c.Dim-1]), drawn(c, 500),
				flow.Settings{Reach: 6, Points: 4, Random: 3}))(t)
			last := len(curve.T) - 1
			for i, upper := range curve.Upper {
				if !(upper < 1e-20) {
					t.Errorf("Δ(%g) ≤ %g along an exact symmetry", curve.T[i], upper)
				}
			}
			if curve.Holds != curve.T[last] || curve.T[last] > curve.Limit {
				t.Errorf("holds up to %g of %g; the data end at %g", curve.Holds, curve.T[last], curve.Limit)
			}
			for i, inside := range curve.Inside {
				low, mean, high := curve.RandomLow[i], curve.Random[i], curve.RandomHigh[i]
				if inside == 0 && !(math.IsNaN(low) && math.IsNaN(mean) && math.IsNaN(high)) || inside > 0 && !(low <= mean && mean <= high && mean > 1e-4) {
					t.Errorf("at t = %g the %d random flows within the data change it by %g in %g…%g", curve.T[i], inside, mean, low, high)
				}
			}
		})
	}
}

// coordinate is f(x) = x₁ on R².
func coordinate(x *Node) *Node { return Slice(x, AxisRange(), AxisRange(0, 1)) }

// Of f(x) = x₁ on isotropic data, turned by t, Δ(t) = 1 − cos t.
func TestDeltaIsItsDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 0))
	x := tensors.FromScalarAndDimensions(float32(0), 5000, 2)
	tensors.MustMutableFlatData(x, func(v []float32) {
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
	})
	s := flow.Settings{Points: 5, Random: -1, Tolerance: .3}
	c := ok(flow.Along(network.Exact(coordinate), action.Linear(2, 1), flow.Rotation(2, 0, 1).H, network.Tensor(x), s))(t)
	for i, at := range c.T {
		want := 1 - math.Cos(at)
		if c.Lower[i] > want || want > c.Upper[i] || c.Upper[i]-c.Lower[i] > .1 {
			t.Errorf("Δ(%.2f) = %.3f (%.3f…%.3f), want %.3f", at, c.Delta[i], c.Lower[i], c.Upper[i], want)
		}
	}
	if c.Random != nil || math.Abs(c.T[4]-math.Pi) > 1e-12 {
		t.Errorf("no random flows and a reach of π were asked for, got %v and %g", c.Random, c.T[4])
	}
	if want := "holds up to t = 0.7 only"; c.Holds < .6 || c.Holds > .8 || !strings.Contains(c.Verdict(), "only") {
		t.Errorf("%q with %g, want about %q", c.Verdict(), c.Holds, want)
	}
}

func TestVerdicts(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	so5, broken, se3 := groundtruth.SO5(), groundtruth.Broken(.1), groundtruth.SE3()
	for _, c := range []struct {
		on     groundtruth.Case
		h      flow.Hypothesis
		margin float64
		want   flow.Verdict
	}{
		{so5, flow.Rotation(5, 1, 3), .02, flow.Invariant},
		{so5, flow.Scaling(5), .02, flow.Broken},
		{so5, flow.Boost(5, 0, 2), .02, flow.Broken},
		{broken, flow.Rotation(3, 1, 2), .02, flow.Invariant},
		{broken, flow.Rotation(3, 0, 1), .02, flow.Broken}, // ρ = .0805
		{broken, flow.Rotation(3, 0, 1), .2, flow.Invariant},
		{broken, flow.Rotation(3, 0, 1), .081, flow.Undetermined},
		{se3, flow.Translation(3, 1), .02, flow.Invariant},
		{se3, flow.Rotation(3, 0, 2), .02, flow.Invariant}, // as [H 0; 0 0]
		{se3, flow.Shear(3, 0, 2), .02, flow.Broken},
		{groundtruth.SO13(), flow.Boost(4, 0, 2), .02, flow.Invariant},
	} {
		r := test(t, c.on, c.h, flow.Settings{Margin: c.margin, Points: 2, Random: -1})
		if r.Verdict != c.want {
			t.Errorf("%s: want %v, got\n%v", c.on.Name, c.want, r)
		}
		if !strings.Contains(r.String(), r.Verdict.String()) || !strings.Contains(r.String(), c.h.Name) {
			t.Errorf("the result does not print its verdict: %v", r)
		}
		if r.Verdict == flow.Undetermined && (len(r.Reasons) == 0 || !strings.Contains(r.String(), r.Reasons[0])) {
			t.Errorf("%s: undetermined for the reasons %q, which it does not print: %v", c.on.Name, r.Reasons, r)
		}
	}
}

// A flow that carries the data away is cut there.
func TestCurveEndsWithTheData(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	r := test(t, groundtruth.SE3(), flow.Translation(3, 0), flow.Settings{Reach: 100, Points: 4, Random: -1})
	if last := r.Curve.T[3]; last != r.Curve.Limit || last > 3 {
		t.Errorf("points of N(0,1) translated by %g are said to be within the data; limit %g", last, r.Curve.Limit)
	}
	if !strings.Contains(r.Curve.Verdict(), "leaves the data") {
		t.Errorf("the verdict does not say why it ends: %q", r.Curve.Verdict())
	}
}

func TestFiniteMaps(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	so5, sl2 := groundtruth.SO5(), groundtruth.SL2()
	for _, c := range []struct {
		name string
		on   groundtruth.Case
		a    action.Action
		g    flow.Map
		want flow.Verdict
	}{
		{"a reflection, in O(5)", so5, action.Linear(5, 2), flow.Reflection(5, 3), flow.Invariant},
		{"a permutation of axes, in O(5)", so5, action.Linear(5, 2), flow.Permutation(1, 1, 0, 2, 4, 3), flow.Invariant},
		{"the two vectors exchanged", so5, action.Linear(10, 1), flow.Permutation(5, 1, 0), flow.Broken},
		{"a reflection, not in SL(2)", sl2, action.Linear(2, 2), flow.Reflection(2, 0), flow.Broken},
		{"a quarter turn", sl2, action.Linear(2, 2), flow.Map{Name: "turn", G: lie.Exp(flow.Rotation(2, 0, 1).H, math.Pi/2)}, flow.Invariant},
		{"far out of the data", sl2, action.Linear(2, 2), flow.Map{Name: "stretch", G: mat.NewDense(2, 2, []float64{9, 0, 0, 1. / 9})}, flow.Undetermined},
		{"a reflection of points", groundtruth.SE3(), action.Affine(3, 3), flow.Reflection(3, 2), flow.Invariant},
	} {
		r := ok(flow.TestMap(inGo(c.on.Graph), c.a, c.g, drawn(c.on, 1000), flow.Settings{}))(t)
		if r.Verdict != c.want {
			t.Errorf("%s: want %v, got %v", c.name, c.want, r)
		}
		if (r.Verdict == flow.Undetermined) != (len(r.Reasons) > 0) {
			t.Errorf("%s: %v for the reasons %q", c.name, r.Verdict, r.Reasons)
		}
	}
}

// Random flows end where they leave the data, in numbers and in words.
func TestRandomFlowsEnd(t *testing.T) {
	c := groundtruth.Broken(.1)
	curve := ok(flow.Along(inGo(c.Graph), c.Action(), flow.Rotation(3, 1, 2).H, drawn(c, 500), flow.Settings{Random: 4}))(t)
	last := len(curve.T) - 1
	if curve.Inside[0] != 4 || curve.Inside[last] != 0 || !math.IsNaN(curve.Random[last]) || !math.IsNaN(curve.RandomLow[last]) || !math.IsNaN(curve.RandomHigh[last]) {
		t.Errorf("within the data are %v random flows, whose mean is %v", curve.Inside, curve.Random)
	}
	if lines := strings.Split(strings.TrimSpace(curve.String()), "\n"); !strings.HasSuffix(lines[len(lines)-1], "–") || strings.Contains(curve.String(), "NaN") {
		t.Errorf("the curve prints\n%v", curve)
	}
	for i := 1; i <= last; i++ {
		if curve.Inside[i] > curve.Inside[i-1] || curve.Inside[i] > 0 && curve.Random[i] == curve.Random[i-1] {
			t.Errorf("at t = %g, %g, random flows are at %g and %g, %d and %d of them", curve.T[i-1], curve.T[i], curve.Random[i-1], curve.Random[i], curve.Inside[i-1], curve.Inside[i])
		}
	}
}

func TestNamedGenerators(t *testing.T) {
	for _, c := range []struct {
		h    flow.Hypothesis
		x    []float64
		t    float64
		want []float64
	}{
		{flow.Rotation(3, 0, 2), []float64{1, 5, 0}, math.Pi / 2, []float64{0, 5, 1}},
		{flow.Boost(2, 0, 1), []float64{1, 0}, 1, []float64{math.Cosh(1), math.Sinh(1)}},
		{flow.Shear(2, 1, 0), []float64{2, 1}, 3, []float64{2, 7}},
		{flow.Scaling(2), []float64{2, 1}, math.Ln2, []float64{4, 2}},
		{flow.Translation(2, 1), []float64{2, 1}, 3, []float64{2, 4}},
	} {
		for i, v := range lie.Orbit(c.h.H, c.x, []float64{c.t})[0] {
			if math.Abs(v-c.want[i]) > 1e-12 {
				t.Errorf("%s takes %v to coordinate %d = %g, want %v", c.h.Name, c.x, i, v, c.want)
			}
		}
	}
}

// Names count coordinates from 1, as the formulas of package lie do.
func TestNamesAreThoseOfFormulas(t *testing.T) {
	for _, h := range []flow.Hypothesis{flow.Rotation(12, 0, 10), flow.Shear(12, 0, 10)} {
		for term := range strings.FieldsFuncSeq(lie.Formula(h.H, false, 0), func(r rune) bool { return r == '∂' || r == ' ' }) {
			if strings.HasPrefix(term, "x") && !strings.Contains(h.Name, term) {
				t.Errorf("%q is the field %s", h.Name, lie.Formula(h.H, false, 0))
			}
		}
	}
	if got, want := flow.Rotation(12, 0, 10).Name, "rotation x₁→x₁₁"; got != want {
		t.Errorf("the name is %q, want %q", got, want)
	}
	if got, want := flow.Reflection(3, 2).Name, "reflection of x₃"; got != want {
		t.Errorf("the name is %q, want %q", got, want)
	}
}

// The same seed gives the same bits, and GoMLX in pure Go the same answer.
func TestRepeatableAndOnBothBackends(t *testing.T) {
	c := groundtruth.Broken(.1)
	s := flow.Settings{Points: 3, Random: 2, Seed: 5}
	run := func(n *network.Network) *flow.Result {
		return ok(flow.Test(n, c.Action(), flow.Rotation(3, 0, 1), drawn(c, 300), s))(t)
	}
	first := run(network.Exact(c.Graph))
	if again := run(network.Exact(c.Graph)); again.String() != first.String() {
		t.Errorf("the same test gave\n%v\nand then\n%v", first, again)
	}
	if other := run(inGo(c.Graph)); math.Abs(other.Defect.Value-first.Defect.Value) > 1e-9 || math.Abs(other.Curve.Random[2]-first.Curve.Random[2]) > 1e-9 {
		t.Errorf("in pure Go\n%v\nand\n%v", other, first)
	}
}

// A flow is not reported as lost if the interval is only too wide: the text distinguishes the measured
// value from the certain one.
func TestVerdictOfAWideInterval(t *testing.T) {
	wide := flow.Curve{T: []float64{1, 2}, Delta: []float64{.001, .002}, Upper: []float64{.01, math.Inf(1)}, Tolerance: .05, Holds: 1, Limit: math.Inf(1)}
	if says := wide.Verdict(); !strings.Contains(says, "sure up to t = 1;") || !strings.Contains(says, "more inputs") {
		t.Errorf("got %q", says)
	}
}

// The units of one coordinate must not make a generator look like a symmetry. Defects agree with
// network.Judge.
func TestDefectInMixedUnits(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	scaled := func(x *Node) *Node {
		return Div(x, ConvertDType(Const(x.Graph(), [][]float64{{100, 1, 1}}), x.DType()))
	}
	n := inGo(func(x *Node) *Node { return groundtruth.None().Graph(scaled(x)) })
	rng, values := rand.New(rand.NewPCG(17, 0)), make([]float64, 2000*3)
	for i := range values {
		values[i] = 4*rng.Float64() - 2 // no tails, so that no sample is weighted down
	}
	x := tensors.FromFlatDataAndDimensions(values, 2000, 3)
	s := flow.Settings{Points: 2, Random: -1}
	plain := ok(flow.Test(inGo(groundtruth.None().Graph), action.Linear(3, 1), flow.Shear(3, 0, 1), network.Tensor(x), s))(t)
	tensors.MustMutableFlatData(x, func(v []float64) {
		for i := 0; i < len(v); i += 3 {
			v[i] *= 100
		}
	})
	shear := ok(flow.Test(n, action.Linear(3, 1), flow.Shear(3, 0, 1), network.Tensor(x), s))(t)
	if shear.Verdict != flow.Broken || math.Abs(shear.Defect.Value/plain.Defect.Value-1) > 1e-6 {
		t.Errorf("the units of the first coordinate change ρ from %v to %v (%v)", plain.Defect, shear.Defect, shear.Verdict)
	}
	whitened := ok(action.Linear(3, 1).Whitened(x))(t)
	for _, g := range ok(network.Analyze(n, whitened, network.Tensor(x), network.Settings{}))(t).ByDefect {
		r := ok(flow.Test(n, action.Linear(3, 1), flow.Hypothesis{H: g.H}, network.Tensor(x), s))(t)
		if math.Abs(r.Defect.Value-g.Defect) > 1e-9 {
			t.Errorf("ρ = %.10f by flow.Test, %.10f in the spectrum that network.Judge takes", r.Defect.Value, g.Defect)
		}
	}
}

// XLA's fusions for CPUs made log‖x‖ infinite in batches of 4096 and more.
func TestLargeBatches(t *testing.T) {
	c := groundtruth.None() // for its inputs in R³
	length := network.Exact(func(x *Node) *Node { return Log(Sqrt(ReduceSum(Square(x), -1))) })
	r := ok(flow.Test(length, action.Linear(3, 1), flow.Rotation(3, 0, 1), drawn(c, 5000), flow.Settings{Batch: 5000, Points: 2, Random: -1}))(t)
	if r.Verdict != flow.Invariant {
		t.Errorf("log‖x‖ along a rotation: %v", r)
	}
}
