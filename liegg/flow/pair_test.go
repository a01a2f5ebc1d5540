package flow_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
)

// bodies are three points each.
func bodies(n int) network.Inputs { return drawn(groundtruth.Inertia(), n) }

var (
	freeTensor = action.Covariant(action.Linear(3, 3), action.Left(3, 3), action.Right(3, 3))
	tensor     = action.Equivariant(action.Linear(3, 3), rep.Tensor(rep.Standard(3), rep.Standard(3)))
)

// The inertia tensor rotates with the points and grows with their square: the pairs are (A, A, A) for
// rotations and (1, 2, 0) for scaling. A wrong B is found.
func TestPairsOfInertia(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	inertia := inGo(groundtruth.InertiaGraph)
	s := flow.Settings{Points: 4, Random: 3, Quiet: true, Reach: 2}
	turn, one, zero := flow.Rotation(3, 0, 1), flow.Scaling(3).H, mat.NewDense(3, 3, nil)
	back := flow.Rotation(3, 1, 0).H
	for _, c := range []struct {
		name string
		a    action.Equivariance
		h    flow.Hypothesis
		want flow.Verdict
	}{
		{"declared rotation", tensor, turn, flow.Invariant},
		{"declared scaling", tensor, flow.Scaling(3), flow.Invariant},
		{"declared shear", tensor, flow.Shear(3, 0, 1), flow.Broken},
		{"rotation", freeTensor, flow.Pair(freeTensor, turn, turn.H, turn.H), flow.Invariant},
		{"scaling", freeTensor, flow.Pair(freeTensor, flow.Scaling(3), one, one), flow.Invariant},
		{"scaling on one side", freeTensor, flow.Pair(freeTensor, flow.Scaling(3), doubled(one), zero), flow.Invariant},
		{"outputs turn back", freeTensor, flow.Pair(freeTensor, turn, back, back), flow.Broken},
		{"outputs stay", freeTensor, flow.Pair(freeTensor, turn, zero, zero), flow.Broken},
		{"outputs do not grow", freeTensor, flow.Pair(freeTensor, flow.Scaling(3), zero, zero), flow.Broken},
	} {
		r := ok(flow.Test(inertia, c.a, c.h, bodies(1000), s))(t)
		if r.Verdict != c.want || !r.Equivariant {
			t.Errorf("%s: want %v, got\n%v", c.name, c.want, r)
		}
		most := floats.Max(r.Curve.Delta)
		if c.want == flow.Invariant && (!(floats.Max(r.Curve.Upper) <= 1e-20) || !strings.Contains(r.String(), "equivariant")) {
			t.Errorf("%s: Δ = %g of the true pair:\n%v", c.name, most, r)
		}
		if c.want == flow.Broken && !(most >= .1) {
			t.Errorf("%s: Δ = %g of a wrong pair", c.name, most)
		}
		if random := r.Curve.Random[0]; !(random > 1e-3) {
			t.Errorf("%s: random pairs change it by %g", c.name, random)
		}
	}
}

func doubled(m *mat.Dense) *mat.Dense {
	var d mat.Dense
	d.Scale(2, m)
	return &d
}

// The definition: Δ(t) = E‖f(e^{tA}x) − e^{tB}f(x)‖²/(2·Var f), over both directions, computed
// sample by sample in Go.
func TestDeltaOfPairsIsItsDefinition(t *testing.T) {
	c := groundtruth.Inertia()
	x := c.Inputs(rand.New(rand.NewPCG(17, 0)), 50)
	values := ok(dataset.Values(x))(t)
	h := flow.Rotation(3, 0, 2)
	b := mat.NewDense(3, 3, []float64{.1, .2, 0, 0, 0, -.3, .5, 0, 0})
	pair := flow.Pair(freeTensor, h, b, h.H)
	curve := ok(flow.Along(inGo(c.Graph), freeTensor, pair.H, network.Tensor(x), flow.Settings{Points: 3, Random: -1, Reach: .7, Quiet: true}))(t)
	for i, at := range curve.T {
		change, variance := 0.0, 0.0
		mean := make([]float64, 9)
		for s := range 50 {
			floats.AddScaled(mean, 1./50, c.Value(values[s*9:s*9+9]))
		}
		for s := range 50 {
			own := values[s*9 : s*9+9]
			y := c.Value(own)
			variance += math.Pow(floats.Distance(y, mean, 2), 2)
			for _, sign := range []float64{at, -at} {
				var moved, turned mat.Dense
				moved.Mul(mat.NewDense(3, 3, own), lie.Exp(h.H, sign).T())
				turned.Product(lie.Exp(b, sign), mat.NewDense(3, 3, y), lie.Exp(h.H, sign).T())
				change += math.Pow(floats.Distance(c.Value(moved.RawMatrix().Data), turned.RawMatrix().Data, 2), 2) / 2
			}
		}
		if want := change / (2 * variance); math.Abs(curve.Delta[i]/want-1) > 1e-9 {
			t.Errorf("Δ(%g) = %g, want %g", at, curve.Delta[i], want)
		}
	}
}

// cross is the product x₁ × x₂ of two vectors: axial, it keeps its sign as both are mirrored at
// the origin, and turns as they do.
func cross(x *Node) *Node {
	at := func(i int) *Node { return Slice(x, AxisRange(), AxisRange(i, i+1)) }
	minor := func(a, b, c, d int) *Node { return Sub(Mul(at(a), at(d)), Mul(at(b), at(c))) }
	return Concatenate([]*Node{minor(1, 2, 4, 5), minor(2, 0, 5, 3), minor(0, 1, 3, 4)}, -1)
}

// A reflection turns outputs, too: of a polar vector by g, of an axial one by det(g)·g.
func TestMapsOfOutputs(t *testing.T) {
	two := action.Linear(3, 2)
	declared, free := action.Equivariant(two, rep.Standard(3)), action.Covariant(two, action.Unknown(3))
	sum := func(x *Node) *Node {
		r := Reshape(x, -1, 2, 3)
		size := AddScalar(ReduceAndKeep(Square(r), ReduceSum, -1), 1)
		return ReduceSum(Div(r, size), 1)
	}
	mirror := flow.Reflection(3, 0)
	axial := mat.NewDense(3, 3, []float64{1, 0, 0, 0, -1, 0, 0, 0, -1})
	s := flow.Settings{Quiet: true}
	x := func() network.Inputs { return network.Tensor(normal(1, 600, 6)) }
	for _, c := range []struct {
		name string
		f    func(*Node) *Node
		a    action.Equivariance
		out  *mat.Dense
		want flow.Verdict
		is   *mat.Dense
	}{
		{"polar, declared", sum, declared, nil, flow.Invariant, mirror.G},
		{"axial as a polar one", cross, declared, nil, flow.Broken, mirror.G},
		{"axial, given", cross, declared, axial, flow.Invariant, axial},
		{"polar, found", sum, free, nil, flow.Invariant, mirror.G},
		{"axial, found", cross, free, nil, flow.Invariant, axial},
		{"none", func(x *Node) *Node { return Add(cross(x), sum(x)) }, free, nil, flow.Broken, nil},
	} {
		g := mirror
		g.Out = c.out
		r := ok(flow.TestMap(inGo(c.f), c.a, g, x(), s))(t)
		if r.Verdict != c.want {
			t.Errorf("%s: want %v, got %v", c.name, c.want, r)
		}
		if c.is != nil && !mat.EqualApprox(r.Out, c.is, 1e-9) {
			t.Errorf("%s: outputs are moved by\n%v", c.name, mat.Formatted(r.Out))
		}
		if c.want == flow.Invariant && !(r.Delta.Upper < 1e-20) {
			t.Errorf("%s: Δ = %v", c.name, r.Delta)
		}
	}
	// The group is O(3) for polar and axial vectors, for any declared representation.
	for name, f := range map[string]func(*Node) *Node{"polar": sum, "axial": cross} {
		c := ok(flow.TestComponents(inGo(f), declared, classification.InvariantForms(lie.SO(3), 0)[0], x(), s))(t)
		if c.Group() != "O(3)" || c.Maps[0].Fitted != 300 {
			t.Errorf("%s: %v", name, c)
		}
	}
}

// Compare at equal speed of the inputs: rotations with the B that belongs to them, and others.
func TestCompareAndRefinePairs(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	inertia, turn := inGo(groundtruth.InertiaGraph), flow.Rotation(3, 0, 1)
	s := flow.Settings{Points: 4, Random: 2, Quiet: true, Reach: 1.5, Fit: flow.Fit{Samples: 300}}
	wrong := flow.Pair(freeTensor, turn, turn.H, flow.Rotation(3, 1, 0).H)
	wrong.Name = "outputs turn apart"
	c := ok(flow.Compare(inertia, freeTensor, []flow.Hypothesis{flow.Pair(freeTensor, turn, turn.H, turn.H), wrong}, bodies(600), s))(t)
	if !c.Apart(1) || !(c.Gap > 1e3) {
		t.Errorf("the true pair is not distinguished from a wrong one:\n%v", c)
	}

	// Judge confirms what gradients find.
	j := ok(flow.Judge(inertia, tensor, bodies(1000), s))(t)
	if c := j.Confirmed(); c == nil || c.Name != "so(3) ⊕ scaling" {
		t.Errorf("Judge: %v", j)
	}

	// Refine finds its way back from generators that are .1 off, in A and in B.
	for name, a := range map[string]action.Equivariance{"declared": tensor, "unknown": freeTensor} {
		random := rand.New(rand.NewPCG(7, 0))
		var start []*mat.Dense
		for _, h := range []*mat.Dense{flow.Rotation(3, 0, 1).H, flow.Rotation(3, 1, 2).H, flow.Rotation(3, 2, 0).H, flow.Scaling(3).H} {
			off := mat.DenseCopyOf(h)
			if a.Free() {
				off = a.Pair(h, h, h)
			}
			noise := make([]float64, a.Dim())
			for k := range noise {
				noise[k] = .05 * random.NormFloat64()
			}
			off.Add(off, a.Generator(noise))
			start = append(start, off)
		}
		r := ok(flow.Refine(inertia, a, lie.Span("start", start...), bodies(600), s))(t)
		truth := lie.Sum(lie.SO(3), lie.Scaling(3))
		was := lie.LargestAngle(lie.Span("inputs", a.Blocks(r.Before, 0)...), truth)
		is := lie.LargestAngle(lie.Span("inputs", a.Blocks(r.After, 0)...), truth)
		if !(was > .02) || !(is < 1e-5) || !r.Better() || !(r.DeltaAfter.Value < 1e-9) {
			t.Errorf("%s: from %g to %g rad off so(3) and scaling:\n%v", name, was, is, r)
		}
	}
}

// What a user can get wrong.
func TestBadPairs(t *testing.T) {
	turn := flow.Rotation(3, 0, 1)
	_, err := flow.Test(inGo(groundtruth.InertiaGraph), action.Equivariant(action.Linear(3, 3), rep.Standard(3)), turn, bodies(100), flow.Settings{Quiet: true})
	expect.Error(t, err, "moves 3 outputs, the model has 9")
	expect.Panic(t, "2 factors", func() { flow.Pair(freeTensor, turn, turn.H) })
	expect.Panic(t, "must be 3×3", func() { flow.Pair(freeTensor, turn, turn.H, identity4()) })
	expect.Panic(t, "h must be a 9×9", func() {
		_, _ = flow.Test(inGo(groundtruth.InertiaGraph), freeTensor, turn, bodies(100), flow.Settings{})
	})
	expect.Panic(t, "leaves outputs as they are", func() {
		g := flow.Reflection(3, 0)
		g.Out = identity4()
		_, _ = flow.TestMap(inGo(groundtruth.InertiaGraph), action.Linear(3, 3), g, bodies(100), flow.Settings{})
	})
	expect.Panic(t, "g.Out must be a 9×9", func() {
		g := flow.Reflection(3, 0)
		g.Out = identity4()
		_, _ = flow.TestMap(inGo(groundtruth.InertiaGraph), tensor, g, bodies(100), flow.Settings{})
	})
	expect.Panic(t, "without outputs that move", func() {
		a := action.Equivariant(action.Polynomial(2, 1, 2), rep.Invariants(action.GeneratorSize(action.Polynomial(2, 1, 2)), 2))
		one := make([]float64, a.Dim())
		one[0] = 1
		_, _ = flow.Along(inGo(cross), a, a.Generator(one), bodies(100), flow.Settings{})
	})
}

func identity4() *mat.Dense {
	m := mat.NewDense(4, 4, nil)
	for i := range 4 {
		m.Set(i, i, 1)
	}
	return m
}
