package network

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
)

// The inertia tensor rotates with the points and grows with their square: so(3) and scaling, for free
// and for tied factors on the 3×3 output. With free factors there is one gauge, (0, 1, −1), that moves
// nothing.
func TestEquivarianceOfInertia(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	points := action.Linear(3, 3)
	x := normal(4, 2000, 9)
	for _, c := range []struct {
		a          action.Equivariance
		k, d, idle int
	}{
		{action.Covariant(points, action.Left(3, 3), action.Right(3, 3)), 27, 4, 1},
		{action.Covariant(points, action.Both(3)), 18, 4, 0},
		{action.Equivariant(points, rep.Tensor(rep.Standard(3), rep.Standard(3))), 9, 4, 0},
		{action.Equivariant(points, rep.Invariants(3, 9)), 9, 0, 0},
	} {
		p := ok(Polarize(Exact(groundtruth.InertiaGraph), c.a, Tensor(x), Settings{}))(t)
		s := ok(p.Spectrum(c.a))(t)
		v := ok(Judge(Exact(groundtruth.InertiaGraph), c.a, Tensor(x), Settings{}))(t)
		if s.K != c.k || v.Dim != c.d || s.Unmoved != c.idle || v.Ignored != c.idle {
			t.Errorf("K = %d, want %d; %d generators of %d and %d that move nothing of %d:\n%v", s.K, c.k, v.Dim, c.d, s.Unmoved, c.idle, v)
			continue
		}
		if c.d == 0 {
			continue
		}
		if zero := s.BySingular[c.d+c.idle-1].Singular / s.BySingular[c.k-1].Singular; zero > 1e-12 {
			t.Errorf("K = %d: zeros at %g", c.k, zero)
		}
		if θ := lie.LargestAngle(lie.Span("inputs", c.a.Blocks(v.Algebra, 0)...), lie.Sum(lie.SO(3), lie.Scaling(3))); θ > 1e-9 {
			t.Errorf("K = %d: inputs move by an algebra %g off so(3) + scaling", c.k, θ)
		}
	}
}

// Outputs rotate half as fast as inputs: B is found, not assumed.
func TestUnknownOutputs(t *testing.T) {
	squareRoot := func(z *Node) *Node { // (r, φ) ↦ (√r cos 2φ, √r sin 2φ): outputs turn twice as fast
		x, y := Slice(z, AxisRange(), AxisElem(0)), Slice(z, AxisRange(), AxisElem(1))
		length := Sqrt(Add(Square(x), Square(y)))
		scale := Sqrt(Div(OnesLike(length), Mul(length, Square(length))))
		return Concatenate([]*Node{Mul(scale, Sub(Square(x), Square(y))), MulScalar(Mul(scale, Mul(x, y)), 2)}, -1)
	}
	a := action.Covariant(action.Linear(2, 1), action.Unknown(2))
	v := ok(Judge(Exact(squareRoot), a, Tensor(normal(5, 3000, 2)), Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 2 {
		t.Fatalf("rotation and scaling: got\n%v", v)
	}
	for _, h := range v.Algebra.Basis() {
		in, out := a.Block(h, 0), a.Block(h, 1)
		turn, turned := in.At(1, 0)-in.At(0, 1), out.At(1, 0)-out.At(0, 1)
		grow, grown := mat.Trace(in), mat.Trace(out)
		if math.Abs(turned-2*turn) > 1e-9 || math.Abs(grown-grow/2) > 1e-9 {
			t.Errorf("inputs turn by %g and grow by %g, outputs by %g and %g", turn, grow, turned, grown)
		}
	}
}

// The motion of two bodies of equal mass: one 8×8 matrix that commutes with it,
// B = A, and one 2×2 matrix for all four vectors.
func TestTwoBodies(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	motion := Exact(groundtruth.TwoBodyGraph)
	states := func(centred bool) *tensors.Tensor {
		return dataset.Float64(groundtruth.TwoBodySamples(rand.New(rand.NewPCG(6, 0)), 4000, centred).X)
	}
	exactly := Settings{Rule: liegg.Rule{Threshold: 1e-6}}
	whole := action.Equivariant(action.Linear(8, 1), rep.Standard(8))
	general := ok(Judge(motion, whole, Tensor(states(false)), exactly))(t)
	if general.Answer != liegg.Symmetric || general.Dim != 9 {
		t.Errorf("general frame, so(2) and 8 that commute with the free motion of the centre: got\n%v", general)
	}
	centre := ok(Judge(motion, whole, Tensor(states(true)), exactly))(t)
	if centre.Answer != liegg.Symmetric || centre.Dim != 1 || centre.Ignored != 32 {
		t.Errorf("centre-of-mass frame, 1 and 32 trivial: got\n%v", centre)
	}
	plane := action.Equivariant(action.Linear(2, 4), rep.Copies(rep.Standard(2), 4))
	if v := ok(Judge(motion, plane, Tensor(states(false)), exactly))(t); v.Name() != "so(2)" {
		t.Errorf("one 2×2 matrix for all four vectors: got\n%v", v)
	}
}

// All modes of differentiation give the same spectrum of pairs, on XLA and in pure Go.
func TestEquivarianceInAllModes(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	a := action.Covariant(action.Linear(3, 3), action.Both(3))
	x := normal(4, 500, 9)
	reference := ok(Analyze(Exact(groundtruth.InertiaGraph), a, Tensor(x), Settings{Mode: ReverseMode}))(t)
	got := ok(Analyze(onXLA(t, Exact(groundtruth.InertiaGraph)), a, Tensor(x), Settings{Mode: CoordinateMode}))(t)
	expect.Near(t, "singular values", got.Variances(), reference.Variances(), 1e-9)
	expect.Near(t, "defects", got.Defects()[4:], reference.Defects()[4:], 1e-9)
}

func TestEquivarianceErrors(t *testing.T) {
	a := action.Equivariant(action.Linear(3, 3), rep.Standard(3))
	if _, err := Analyze(Exact(groundtruth.InertiaGraph), a, Tensor(normal(4, 50, 9)), Settings{}); err == nil || !strings.Contains(err.Error(), "moves 3 outputs, the model has 9") {
		t.Errorf("a representation of the wrong dimension: %v", err)
	}
	defer func() {
		if r := recover(); r == nil {
			t.Error("factors on different outputs: no panic")
		}
	}()
	action.Covariant(action.Linear(3, 3), action.Unknown(3), action.Unknown(4))
}

// A field that oscillates quickly is steep everywhere. A part that does not turn with the inputs
// has a small ρ beside it, but is a large part of the field: f departs from g f(x) over one
// extent of the data by much of its spread.
func TestSteepEquivariance(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	length := func(x *Node) *Node { return Sqrt(ReduceAndKeep(Square(x), ReduceSum, -1)) }
	oscillating := func(x *Node) *Node { return Mul(x, Sin(MulScalar(length(x), 40))) }
	part := func(x *Node, i int) *Node { return Slice(x, AxisRange(), AxisElem(i)) }
	space, plane := action.Linear(3, 1), action.Linear(2, 1)
	for name, c := range map[string]struct {
		f     func(x *Node) *Node
		n     int
		a     action.Action
		d     int
		exact bool
	}{
		"oscillation": {oscillating, 3, action.Equivariant(space, rep.Standard(3)), 3, true},
		"beside a uniform field": {func(x *Node) *Node {
			return Add(oscillating(x), ConstAs(x, [][]float64{{0, .6, 0}}))
		}, 3, action.Equivariant(space, rep.Standard(3)), 1, true},
		"beside a strain": {func(x *Node) *Node {
			return Add(oscillating(x), Mul(x, ConstAs(x, [][]float64{{.8, .8, -.8}})))
		}, 3, action.Equivariant(space, rep.Standard(3)), 1, true},
		"beside a uniform field, outputs that move freely": {func(x *Node) *Node {
			return Add(oscillating(x), ConstAs(x, [][]float64{{0, 0, .8}}))
		}, 3, action.Covariant(space, action.Unknown(3)), 1, true},
		"beside a shear flow in the plane": {func(x *Node) *Node {
			return Add(oscillating(x), Concatenate([]*Node{part(x, 1), ZerosLike(part(x, 1))}, -1))
		}, 2, action.Equivariant(plane, rep.Standard(2)), 0, false},
		"beside a little of one": {func(x *Node) *Node {
			return Add(oscillating(x), MulScalar(Concatenate([]*Node{part(x, 1), ZerosLike(part(x, 1))}, -1), .05))
		}, 2, action.Equivariant(plane, rep.Standard(2)), 1, false},
	} {
		v := ok(Judge(Exact(c.f), c.a, Tensor(normal(40, 4000, c.n)), Settings{}))(t)
		if v.Answer != liegg.Symmetric && v.Answer != liegg.None || v.Dim != c.d || c.exact && v.Defects[c.d-1].Value > v.Spectrum.Resolution() {
			t.Errorf("%s: want %d, got\n%v", name, c.d, v)
		}
	}
}
