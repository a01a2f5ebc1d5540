package action_test

import (
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/network"
)

// gl(3) on two positions beside a scaling of two masses.
func positionsAndMasses() action.Blocks {
	return action.Product(action.Part{Action: action.Linear(3, 2), Shape: []int{2, 3}}, action.Part{Action: action.Linear(1, 2), Shape: []int{2}})
}

// moment is Σ m_v ‖r_v‖² + m₁ r₁·r₂: it keeps its value if positions turn, and if
// they shrink while masses grow as their inverse square.
func moment(x *Node) *Node {
	r := Reshape(Slice(x, AxisRange(), AxisRange(0, 6)), -1, 2, 3)
	m := Slice(x, AxisRange(), AxisRange(6, 8))
	first, second := Slice(r, AxisRange(), AxisElem(0)), Slice(r, AxisRange(), AxisElem(1))
	cross := ReduceSum(Mul(first, second), 1, 2)
	return Add(ReduceSum(Mul(m, ReduceSum(Square(r), 2)), 1), Mul(Reshape(Slice(m, AxisRange(), AxisElem(0)), -1), cross))
}

func TestProductOfPositionsAndMasses(t *testing.T) {
	a := positionsAndMasses()
	s := spectrum(t, a, moment, normals(31, 300, 8))
	if d := zeros(s); d != 4 {
		t.Fatalf("%d generators, want 4\n%v", d, s)
	}
	var want []*mat.Dense
	for _, h := range lie.SO(3).Basis() {
		want = append(want, a.Generator(append(h.RawMatrix().Data, 0)))
	}
	want = append(want, a.Generator([]float64{-.5, 0, 0, 0, -.5, 0, 0, 0, -.5, 1}))
	if θ := lie.LargestAngle(s.Algebra(4), lie.Span("true", want...)); θ > 1e-10 {
		t.Errorf("%g off", θ)
	}
}

func TestSeparateMatrices(t *testing.T) {
	f := func(x *Node) *Node {
		v := Reshape(x, -1, 2, 2)
		squares := ReduceSum(Square(v), 2)
		return Add(Sin(Slice(squares, AxisRange(), AxisElem(0))), Square(Slice(squares, AxisRange(), AxisElem(1))))
	}
	x := normals(32, 200, 4)
	a := action.Separate(action.Linear(2, 1), []int{2}, 2)
	s := spectrum(t, a, f, x)
	turns := lie.Span("so(2) + so(2)", a.Generator([]float64{1: -1, 2: 1, 7: 0}), a.Generator([]float64{5: -1, 6: 1, 7: 0}))
	if d := zeros(s); d != 2 || lie.LargestAngle(s.Algebra(2), turns) > 1e-10 {
		t.Errorf("%d generators, want a rotation for each\n%v", d, s)
	}
	if d := zeros(spectrum(t, action.Linear(2, 2), f, x)); d != 1 {
		t.Errorf("%d generators of one matrix for both, want 1", d)
	}
}

// |⟨z, w⟩|² of two vectors of C² does not change under u(2).
func TestComplexVectors(t *testing.T) {
	f := func(x *Node) *Node {
		part := func(v, axis int) *Node {
			return Reshape(Slice(Reshape(x, -1, 2, 2, 2), AxisRange(), AxisElem(v), AxisRange(), AxisElem(axis)), -1, 2)
		}
		re := ReduceSum(Add(Mul(part(0, 0), part(1, 0)), Mul(part(0, 1), part(1, 1))), 1)
		im := ReduceSum(Sub(Mul(part(0, 0), part(1, 1)), Mul(part(0, 1), part(1, 0))), 1)
		return Add(Square(re), Square(im))
	}
	s := spectrum(t, action.ComplexLinear(2, 2), f, normals(33, 200, 8))
	if d := zeros(s); d != 4 {
		t.Fatalf("%d generators, want 4\n%v", d, s)
	}
	id, err := classification.Identify(s.Algebra(4), 0)
	if err != nil || id.Name != "u(2)" {
		t.Errorf("identified as %v (%v), want u(2)", id, err)
	}
	for _, h := range s.Algebra(4).Basis() {
		if lie.Bias(h) > 1e-10 {
			t.Errorf("a generator of u(2) with bias %g", lie.Bias(h))
		}
	}
}

// Restriction to the rotations and scaling leaves what of them is a symmetry.
func TestRestricted(t *testing.T) {
	a := action.Restricted(action.Linear(3, 1), lie.Sum(lie.SO(3), lie.Scaling(3)))
	f := func(x *Node) *Node { return ReduceSum(Square(x), 1) }
	s := spectrum(t, a, f, normals(34, 100, 3))
	if d := zeros(s); s.K != 4 || d != 3 || lie.LargestAngle(s.Algebra(3), lie.SO(3)) > 1e-10 {
		t.Errorf("%d of %d generators, want so(3)\n%v", d, s.K, s)
	}
}

// judge is network.Judge on an exact function, strictly.
func judge(t *testing.T, a action.Action, f func(x *Node) *Node, x *tensors.Tensor) *liegg.Verdict {
	t.Helper()
	n := network.Exact(f)
	n.Backend = backend()
	v, err := network.Judge(n, a, network.Tensor(x), network.Settings{Rule: liegg.Rule{Threshold: 1e-6}})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Motions to which a function does not respond are also trivial in products and restrictions.
func TestTrivialGeneratorsOfProducts(t *testing.T) {
	x := normals(35, 3000, 8)
	light := func(x *Node) *Node { // without masses, and without the second position
		return ReduceSum(Square(Slice(x, AxisRange(), AxisRange(0, 2))), 1)
	}
	for name, c := range map[string]struct {
		a            action.Action
		f            func(x *Node) *Node
		dim, ignored int
	}{
		"all matters":           {positionsAndMasses(), moment, 4, 0},
		"masses and z ignored":  {positionsAndMasses(), light, 1, 3 + 1 + 0},
		"restricted to turning": {action.Restricted(positionsAndMasses(), turning()), moment, 3, 0},
	} {
		v := judge(t, c.a, c.f, x)
		if v.Answer != liegg.Symmetric || v.Dim != c.dim || v.Ignored != c.ignored {
			t.Errorf("%s: want %d generators and %d trivial, got %d and %d:\n%v", name, c.dim, c.ignored, v.Dim, v.Ignored, v)
		}
	}
}

// turning is so(3) on positions, beside nothing.
func turning() lie.Algebra {
	a := positionsAndMasses()
	var gens []*mat.Dense
	for _, h := range lie.SO(3).Basis() {
		gens = append(gens, a.Generator(append(h.RawMatrix().Data, 0)))
	}
	return lie.Span("so(3) on positions", gens...)
}

// Masses in grams instead of kilograms change nothing once the action is whitened.
func TestWhitenedProductsKnowNoUnits(t *testing.T) {
	x := normals(36, 3000, 8)
	grams := normals(36, 3000, 8)
	tensors.MustMutableFlatData(grams, func(v []float64) {
		for i := range v {
			if i%8 > 5 {
				v[i] *= 1000
			}
		}
	})
	same := func(x *Node) *Node {
		units := Reshape(Const(x.Graph(), []float64{1, 1, 1, 1, 1, 1, .001, .001}), 1, 8)
		return moment(Mul(x, units))
	}
	defects := func(f func(x *Node) *Node, x *tensors.Tensor) []float64 {
		a, err := action.Whiten(positionsAndMasses(), x)
		if err != nil {
			t.Fatal(err)
		}
		return spectrum(t, a, f, x).Defects()[4:]
	}
	expect.Near(t, "relative defects", defects(same, grams), defects(moment, x), 1e-9)
	if _, err := action.Whiten(positionsAndMasses(), normals(1, 3, 7)); err == nil {
		t.Error("inputs of 7 numbers were whitened by")
	}
	raster := action.ImageProjective(9, 9)
	if a, err := action.Whiten(raster, x); err != nil || a.Dim() != 8 {
		t.Errorf("an image was whitened to %T, %v", a, err)
	}
}

func TestRangeOfProducts(t *testing.T) {
	rng := rand.New(rand.NewPCG(37, 0))
	outside := positionsAndMasses().(action.Ranger).Range(random(rng, 8*500))
	still := lie.Exp(mat.NewDense(4, 4, nil), 1)
	if at := outside(still); at > .02 {
		t.Errorf("unmoved, %g are outside", at)
	}
	heavy := mat.NewDense(4, 4, []float64{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 100})
	if at := outside(heavy); at < .9 {
		t.Errorf("with masses 100 times as large only %g are outside", at)
	}
}

func TestMisuseOfCombinationsPanics(t *testing.T) {
	for name, f := range map[string]func(){
		"no parts":              func() { action.Product() },
		"a part that fits not":  func() { action.Product(action.Part{Action: action.Linear(3, 1), Shape: []int{4}}) },
		"a part without action": func() { action.Product(action.Part{Shape: []int{4}}) },
		"nothing together":      func() { action.Together() },
		"no copies":             func() { action.Separate(action.Linear(2, 1), []int{2}, 0) },
		"no such block":         func() { positionsAndMasses().Block(mat.NewDense(4, 4, nil), 2) },
		"a block of another":    func() { positionsAndMasses().Block(mat.NewDense(3, 3, nil), 0) },
		"of another size":       func() { action.Restricted(action.Linear(3, 1), lie.SO(2)) },
		"no generators":         func() { action.Restricted(action.ComplexLinear(1, 1), lie.GL(2)) },
		"an empty algebra":      func() { action.Restricted(action.Linear(3, 1), lie.Trivial(3)) },
		"complex of size 0":     func() { action.ComplexGL(0) },
		"no axes":               func() { action.NewRaster(lie.GL(1), 1) },
		"a flat volume":         func() { action.VolumeLinear(2, 9, 9) },
		"an algebra too large":  func() { action.NewRaster(lie.GL(4), 1, 9, 9) },
		"a negative degree":     func() { action.Polynomial(2, 1, -1) },
		"a name too few":        func() { p := action.Polynomial(2, 1, 1); p.Field(p.Generator(make([]float64, 6))).Formula(0, "x") },
		"no Mover":              func() { action.Agrees(backend(), slow{action.Linear(3, 1)}, normals(1, 2, 3), nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", name)
				}
			}()
			f()
		}()
	}
}
