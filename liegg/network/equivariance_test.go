package network

import (
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
)

// inertia is Σ_v (‖r_v‖² 1 − r_v r_vᵀ) of three points of R³, nine outputs.
func inertia(x *Node) *Node {
	r := Reshape(x, -1, 3, 3)
	outer := Einsum("bvi,bvj->bij", r, r)
	size := ReduceSum(Square(r), 1, 2)
	one := ConvertDType(Const(x.Graph(), [][]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}), x.DType())
	return Reshape(Sub(Mul(Reshape(size, -1, 1, 1), Reshape(one, 1, 3, 3)), outer), -1, 9)
}

// The inertia tensor turns with the points and grows with their square: so(3) and
// scaling, whether the two factors on the 3×3 output are free or tied. With free
// factors there is one gauge, (0, 1, −1), that moves nothing.
func TestEquivarianceOfInertia(t *testing.T) {
	points := action.Linear(3, 3)
	x := normal(4, 2000, 9)
	for _, c := range []struct {
		a          action.Equivariance
		k, d, idle int
	}{
		{action.Covariant(points, action.Left(3, 3), action.Right(3, 3)), 27, 4, 1},
		{action.Covariant(points, action.Both(3)), 18, 4, 0},
		{action.Equivariant(points, lie.Tensor(lie.Standard(3), lie.Standard(3))), 9, 4, 0},
		{action.Equivariant(points, lie.Invariants(3, 9)), 9, 0, 0},
	} {
		p := ok(Polarize(Exact(inertia), c.a, Tensor(x), Settings{}))(t)
		s := ok(p.Spectrum(c.a))(t)
		v := ok(Judge(Exact(inertia), c.a, Tensor(x), Settings{}))(t)
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
		if θ := lie.LargestAngle(inputs(c.a, v.Algebra), lie.Sum(lie.SO(3), lie.Scaling(3))); θ > 1e-9 {
			t.Errorf("K = %d: inputs move by an algebra %g off so(3) + scaling", c.k, θ)
		}
	}
}

// inputs is what an algebra of pairs does to the inputs.
func inputs(a action.Equivariance, pairs lie.Algebra) lie.Algebra {
	var blocks []*mat.Dense
	for _, h := range pairs.Basis() {
		blocks = append(blocks, a.Block(h, 0))
	}
	return lie.Span("inputs", blocks...)
}

// A rotation of inputs that turns outputs half as fast: B is found, not assumed.
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

// Two bodies of equal mass on a spring in the plane, (q₁, p₁, q₂, p₂) ↦ a step of
// motion. One 8×8 matrix that commutes with the step, B = A. A short step nearly
// commutes with all matrices, so the rule is strict.
func TestTwoBodies(t *testing.T) {
	exactly := Settings{Rule: liegg.Rule{Threshold: 1e-6}}
	step := twoBodyStep()
	motion := Exact(func(z *Node) *Node {
		r := relativeLength(z)
		linear := Einsum("ij,bj->bi", constant64(z, step), z)
		return Add(linear, Mul(Reshape(Sub(OnesLike(r), Exp(Neg(r))), -1, 1), pull(z)))
	})
	whole := action.Equivariant(action.Linear(8, 1), lie.Standard(8))
	z := normal(6, 6000, 8)
	general := ok(Judge(motion, whole, Tensor(z), exactly))(t)
	if general.Answer != liegg.Symmetric || general.Dim != 9 {
		t.Errorf("general frame, so(2) and 8 that commute with the free motion of the centre: got\n%v", general)
	}
	tensors.MustMutableFlatData(z, func(v []float64) {
		for i := 0; i < len(v); i += 8 {
			for j := range 4 {
				v[i+4+j] = -v[i+j]
			}
		}
	})
	centre := ok(Judge(motion, whole, Tensor(z), exactly))(t)
	if centre.Answer != liegg.Symmetric || centre.Dim != 1 || centre.Ignored != 32 {
		t.Errorf("centre-of-mass frame, 1 and 32 trivial: got\n%v", centre)
	}
	plane := action.Equivariant(action.Linear(2, 4), lie.Copies(lie.Standard(2), 4))
	if v := ok(Judge(motion, plane, Tensor(normal(6, 6000, 8)), exactly))(t); v.Name() != "so(2)" {
		t.Errorf("one 2×2 matrix for all four vectors: got\n%v", v)
	}
}

// twoBodyStep is free motion for a time of .1: q += .1·p.
func twoBodyStep() *mat.Dense {
	m := mat.NewDense(8, 8, nil)
	for i := range 8 {
		m.Set(i, i, 1)
		if i%4 < 2 {
			m.Set(i, i+2, .1)
		}
	}
	return m
}

// relativeLength is ‖q₁ − q₂‖².
func relativeLength(z *Node) *Node {
	d := Sub(Slice(z, AxisRange(), AxisRange(0, 2)), Slice(z, AxisRange(), AxisRange(4, 6)))
	return ReduceSum(Square(d), -1)
}

// pull changes the momenta along q₂ − q₁ and against it.
func pull(z *Node) *Node {
	d := MulScalar(Sub(Slice(z, AxisRange(), AxisRange(4, 6)), Slice(z, AxisRange(), AxisRange(0, 2))), .2)
	zero := ZerosLike(d)
	return Concatenate([]*Node{zero, d, zero, Neg(d)}, -1)
}

func constant64(like *Node, m *mat.Dense) *Node {
	r, c := m.Dims()
	return ConvertDType(Const(like.Graph(), tensors.FromFlatDataAndDimensions(m.RawMatrix().Data, r, c)), like.DType())
}

// All modes of differentiation give the same spectrum of pairs.
func TestEquivarianceInAllModes(t *testing.T) {
	a := action.Covariant(action.Linear(3, 3), action.Both(3))
	x := normal(4, 500, 9)
	reference := ok(Analyze(Exact(inertia), a, Tensor(x), Settings{Mode: ReverseMode}))(t)
	got := ok(Analyze(Exact(inertia), a, Tensor(x), Settings{Mode: CoordinateMode}))(t)
	near(t, "singular values", got.Variances(), reference.Variances(), 1e-9)
	near(t, "defects", got.Defects()[4:], reference.Defects()[4:], 1e-9)
}

func TestEquivarianceErrors(t *testing.T) {
	a := action.Equivariant(action.Linear(3, 3), lie.Standard(3))
	if _, err := Analyze(Exact(inertia), a, Tensor(normal(4, 50, 9)), Settings{}); err == nil || !strings.Contains(err.Error(), "moves 3 outputs, the model has 9") {
		t.Errorf("a representation of the wrong dimension: %v", err)
	}
	defer func() {
		if r := recover(); r == nil {
			t.Error("factors on different outputs: no panic")
		}
	}()
	action.Covariant(action.Linear(3, 3), action.Unknown(3), action.Unknown(4))
}
