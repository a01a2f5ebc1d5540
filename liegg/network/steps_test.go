package network

import (
	"math"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
)

// rounded are inputs rounded to multiples of a step.
func rounded(x *tensors.Tensor, step float64) *tensors.Tensor {
	tensors.MustMutableFlatData(x, func(v []float64) {
		for i := range v {
			v[i] = math.Round(v[i]/step) * step
		}
	})
	return x
}

// first is x₁, [batch, 1].
func first(x *Node) *Node { return Slice(x, AxisRange(), AxisElem(0)) }

// squareNorm is ‖x‖², [batch, 1].
func squareNorm(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) }

// bumps is a·sin²(πx/step): 0, with its gradient, at the multiples of step.
func bumps(x *Node, step, a float64) *Node {
	return MulScalar(Square(Sin(MulScalar(x, math.Pi/step))), a)
}

// jump rounds without a gradient, and quantised has the gradient 1.
func jump(x *Node) *Node { return StopGradient(Round(x)) }

func quantised(x *Node, step float64) *Node {
	return Add(x, StopGradient(Sub(MulScalar(Round(DivScalar(x, step)), step), x)))
}

// Gradients at the samples see neither what lies between the points of a lattice nor jumps. Verdicts
// that rest on them are not firm, whatever moves the inputs.
func TestGradientsThatDoNotTell(t *testing.T) {
	three, whole := gaussian(4, 6000, ones(3)...), rounded(gaussian(5, 6000, 6, 6, 6), 1)
	r2, linear := squareNorm, action.Linear(3, 1)
	for name, c := range map[string]struct {
		f func(x *Node) *Node
		x *tensors.Tensor
		a action.Action
	}{
		"between whole numbers": {func(x *Node) *Node { return Add(r2(x), bumps(first(x), 1, 100)) }, whole, linear},
		"between two decimals":  {func(x *Node) *Node { return Add(r2(x), bumps(first(x), .01, 2)) }, rounded(gaussian(5, 6000, ones(3)...), .01), linear},
		"rounded":               {func(x *Node) *Node { return Add(r2(x), jump(first(x))) }, three, linear},
		"sign":                  {func(x *Node) *Node { return Add(r2(x), MulScalar(Sign(first(x)), 2)) }, three, linear},
		"a narrow cliff":        {func(x *Node) *Node { return Add(r2(x), MulScalar(Tanh(MulScalar(first(x), 1e6)), 2)) }, three, linear},
		"straight through":      {func(x *Node) *Node { return Add(r2(x), MulScalar(Sub(first(x), quantised(first(x), 2)), 10)) }, three, linear},
		"the second output": {func(x *Node) *Node {
			return Concatenate([]*Node{MulScalar(r2(x), 100), Add(r2(x), MulScalar(jump(first(x)), 2))}, -1)
		}, three, linear},
		"a low step": {func(x *Node) *Node {
			return Add(r2(x), MulScalar(ConvertDType(GreaterThan(first(x), OnesLike(first(x))), x.DType()), .05))
		}, three, linear},
		"zero on one side": {func(x *Node) *Node { // at most of the samples
			return Mul(ConvertDType(GreaterThan(first(x), MulScalar(OnesLike(first(x)), .5)), x.DType()), Cos(Sqrt(r2(x))))
		}, three, linear},
		"affine":            {func(x *Node) *Node { return Add(r2(x), MulScalar(jump(first(x)), 2)) }, three, action.Affine(3, 1)},
		"polynomial fields": {func(x *Node) *Node { return Add(r2(x), MulScalar(jump(first(x)), 2)) }, gaussian(4, 6000, ones(2)...), action.Polynomial(2, 1, 2)},
		"a field of many sizes": {func(x *Node) *Node { // r⁻¹²x̂(1 + .9 cos θ)
			r2 := squareNorm(x)
			return Mul(Mul(x, PowScalar(r2, -6.5)), AddScalar(MulScalar(Div(first(x), Sqrt(r2)), .9), 1))
		}, three, action.Equivariant(linear, rep.Standard(3))},
		"a vector that jumps, rotated": {func(x *Node) *Node { return Mul(x, AddScalar(jump(first(x)), 2)) }, three, action.Equivariant(linear, rep.Standard(3))},
	} {
		v := ok(Judge(Exact(c.f), c.a, Tensor(c.x), Settings{}))(t)
		why := "gradients at the samples do not say how f changes"
		if name == "a field of many sizes" { // one sample has most of the gradient, and says so first
			why = "a few samples outweigh the others"
		}
		if v.Answer != liegg.Undetermined || !strings.Contains(v.String(), why) {
			t.Errorf("%s: want no firm answer, since gradients do not tell, got\n%v", name, v)
		}
		if name == "the second output" && !strings.Contains(v.String(), "output 2 changes by") {
			t.Errorf("output 2 is not named:\n%v", v)
		}
	}
}

// Symmetric functions stay symmetric: on lattices, with jumps across the orbits, steep ones,
// quantised ones, and broken ones whose gradients tell.
func TestStepsOfSymmetricFunctions(t *testing.T) {
	three, whole := gaussian(4, 6000, ones(3)...), rounded(gaussian(5, 6000, 6, 6, 6), 1)
	r2, linear := squareNorm, action.Linear(3, 1)
	for name, c := range map[string]struct {
		f func(x *Node) *Node
		x *tensors.Tensor
		a action.Action
	}{
		"on whole numbers":  {r2, whole, linear},
		"jumps of a radius": {func(x *Node) *Node { return Add(Sqrt(r2(x)), jump(r2(x))) }, three, linear},
		"steep":             {func(x *Node) *Node { return Cos(MulScalar(Sqrt(r2(x)), 200)) }, three, linear},
		"in float32":        {r2, single(t, three), linear},
		"8 bits":            {func(x *Node) *Node { return r2(quantised(x, 8./256)) }, three, linear},
		"an output of two":  {func(x *Node) *Node { return Concatenate([]*Node{r2(x), quantised(r2(x), .1)}, -1) }, three, linear},
		"broken a little":   {func(x *Node) *Node { return Add(r2(x), MulScalar(PowScalar(first(x), 3.), .02)) }, three, linear},
		"a steep field":     {func(x *Node) *Node { return Mul(x, PowScalar(r2(x), -6.5)) }, three, action.Equivariant(linear, rep.Standard(3))},
		"a vector":          {func(x *Node) *Node { return Mul(x, Exp(MulScalar(r2(x), -.5))) }, three, action.Equivariant(linear, rep.Standard(3))},
	} {
		v := ok(Judge(Exact(c.f), c.a, Tensor(c.x), Settings{}))(t)
		if v.Answer != liegg.Symmetric || v.Dim != 3 {
			t.Errorf("%s: want so(3), got\n%v", name, v)
		}
	}
}

// Generators that lead out of where f is defined are no symmetries.
func TestStepsOutOfTheDomain(t *testing.T) {
	x := gaussian(1, 2000, 1, 1, 1)
	tensors.MustMutableFlatData(x, func(v []float64) {
		for row := range slices.Chunk(v, 3) {
			floats.Scale(1/floats.Norm(row, 2), row)
		}
	})
	cosine := func(x *Node) *Node { return Div(Slice(x, AxisRange(), AxisElem(0)), Sqrt(squareNorm(x))) }
	for name, c := range map[string]struct {
		f  func(x *Node) *Node
		is string // the algebra; empty if it is undetermined
	}{
		"defined on a shell": {func(x *Node) *Node {
			return Add(cosine(x), MulScalar(Log(Sub(Const(x.Graph(), 1e-4), Square(AddScalar(squareNorm(x), -1)))), 0))
		}, ""},
		"defined all around": {cosine, "so(2) ⊕ scaling"},
	} {
		v := ok(Judge(Exact(c.f), action.Linear(3, 1), Tensor(x), Settings{}))(t)
		if c.is == "" && (v.Answer != liegg.Undetermined || !strings.Contains(v.String(), "not finite")) || c.is != "" && (v.Answer != liegg.Symmetric || v.Name() != c.is) {
			t.Errorf("%s: want %q:\n%v", name, c.is, v)
		}
	}
}

// Functions that agree on a surface on which the data lie have symmetries of their own there. Generators that
// lead off the surface are symmetries only if f says so there, too.
func TestStepsOffSurfaces(t *testing.T) {
	at := func(x *Node, i int) *Node { return Slice(x, AxisRange(), AxisElem(i)) }
	with := func(x *tensors.Tensor, change func(row []float64)) *tensors.Tensor {
		width := x.Shape().Dim(1)
		tensors.MustMutableFlatData(x, func(v []float64) {
			for row := range slices.Chunk(v, width) {
				change(row)
			}
		})
		return x
	}
	constant := func(row []float64) { row[len(row)-1] = 1 }
	classes := func(row []float64) {
		n := len(row)
		row[n-2] = max(0, math.Copysign(1, row[n-1]))
		row[n-1] = 1 - row[n-2]
	}
	unit := func(row []float64) { floats.Scale(1/floats.Norm(row, 2), row) }
	for name, c := range map[string]struct {
		f  func(x *Node) *Node
		x  *tensors.Tensor
		is string // the algebra; empty if it is undetermined
	}{
		"a constant column":          {func(x *Node) *Node { return Add(Square(at(x, 0)), MulScalar(at(x, 1), 2)) }, with(gaussian(1, 2000, 1, 1), constant), ""},
		"two numbers and a constant": {func(x *Node) *Node { return Add(Add(Square(at(x, 0)), Square(at(x, 1))), MulScalar(at(x, 2), 2)) }, with(gaussian(1, 2000, 1, 1, 1), constant), ""},
		"two classes":                {func(x *Node) *Node { return Add(Square(at(x, 0)), MulScalar(at(x, 1), 2)) }, with(gaussian(1, 2000, 1, 1, 1), classes), ""},
		"a circle":                   {func(x *Node) *Node { return Add(Mul(at(x, 0), at(x, 1)), Square(AddScalar(squareNorm(x), -1))) }, with(gaussian(1, 2000, 1, 1), unit), ""},
		"a sphere": {func(x *Node) *Node {
			return Add(Add(Mul(at(x, 0), at(x, 1)), Square(at(x, 2))), Square(AddScalar(squareNorm(x), -1)))
		}, with(gaussian(1, 2000, 1, 1, 1), unit), ""},
		"a plane, symmetric beyond": {squareNorm, with(gaussian(1, 2000, 1, 1, 1), constant), "so(3)"},
		"a circle, and beyond":      {func(x *Node) *Node { return Mul(at(x, 0), at(x, 1)) }, with(gaussian(1, 2000, 1, 1), unit), "so(1,1)"},
	} {
		v := ok(Judge(Exact(c.f), action.Linear(c.x.Shape().Dim(1), 1), Tensor(c.x), Settings{}))(t)
		switch {
		case c.is == "" && (v.Answer != liegg.Undetermined || !strings.Contains(v.String(), "out of their range at once")):
			t.Errorf("%s: want undetermined:\n%v", name, v)
		case c.is != "" && (v.Answer != liegg.Symmetric || v.Identity.Name != c.is):
			t.Errorf("%s: want %s:\n%v", name, c.is, v)
		}
	}
}

// Parts are looked at in the same way.
func TestStepsOfParts(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := gaussian(4, 6000, ones(3)...)
	f := Exact(func(x *Node) *Node {
		return Concatenate([]*Node{squareNorm(x), Add(squareNorm(x), MulScalar(jump(first(x)), 2))}, -1)
	})
	b := ok(JudgeByOutput(f, action.Linear(3, 1), Tensor(x), Settings{}))(t)
	if b.All.Answer != liegg.Undetermined || b.Parts[0].Answer() != liegg.Symmetric || b.Parts[1].Answer() != liegg.Undetermined {
		t.Errorf("output 1 is so(3), output 2 and both together jump; got\n%v", b)
	}
	// it jumps where x₁ > 0 alone
	labels := make([]int, 6000)
	for i, v := range tensors.MustCopyFlatData[float64](x) {
		if i%3 == 0 && v > 0 {
			labels[i/3] = 1
		}
	}
	half := Exact(func(x *Node) *Node {
		return Add(squareNorm(x), MulScalar(jump(MulScalar(Max(first(x), ZerosLike(first(x))), 2)), 2))
	})
	b = ok(JudgeByLabel(half, action.Linear(3, 1), Tensor(x), labels, Settings{}))(t)
	if b.All.Answer != liegg.Undetermined || b.Parts[1].Answer() != liegg.Undetermined {
		t.Errorf("samples with label 1 jump; got\n%v", b)
	}
	// of 40 shells, the outermost one jumps
	shells, wide := 40, gaussian(4, 20_000, ones(3)...)
	labels = make([]int, 20_000)
	for i, r := range tensors.MustCopyFlatData[float64](ok(Exact(squareNorm).Predict(wide))(t)) {
		labels[i] = min(int(4*r), shells-1)
	}
	outermost := Exact(func(x *Node) *Node {
		far := ConvertDType(GreaterThan(squareNorm(x), MulScalar(OnesLike(first(x)), float64(shells-1)/4)), x.DType())
		return Add(squareNorm(x), Mul(far, jump(MulScalar(first(x), 2))))
	})
	b = ok(JudgeByLabel(outermost, action.Linear(3, 1), Tensor(wide), labels, Settings{}))(t)
	for i, part := range b.Parts {
		if last := i == shells-1; (last || i < shells/2) && (part.Answer() == liegg.Symmetric) == last {
			t.Errorf("of 40 shells, the outermost jumps; shell %d: %v", i+1, part)
		}
	}
}

// Gradients that were given at the points of a lattice say nothing of what lies between, and nobody
// can ask.
func TestGivenOnALattice(t *testing.T) {
	for _, step := range []float64{1, .01} {
		x := rounded(gaussian(5, 6000, 3, 3, 3), step)
		j := ok(x.Clone())(t)
		v := ok(Judge(ok(Given(x, nil, j))(t), action.Linear(3, 1), Tensor(x), Settings{}))(t)
		if want := map[float64]liegg.Answer{1: liegg.Undetermined, .01: liegg.Symmetric}[step]; v.Answer != want || v.Dim != 3 {
			t.Errorf("gradients x at multiples of %g: want %v, got\n%v", step, want, v)
		}
	}
}

// A function that gradients call exact may not jump at a single sample: one in a thousand of these
// lies beyond the step.
func TestRareJumpsAreNoExactSymmetry(t *testing.T) {
	for _, beyond := range []float64{0, 2.5} {
		f := func(x *Node) *Node {
			past := ConvertDType(GreaterThan(Slice(x, AxisRange(), AxisElem(0)), Const(x.Graph(), beyond)), x.DType())
			return Add(ReduceAndKeep(Square(x), ReduceSum, -1), MulScalar(StopGradient(past), 15))
		}
		v := ok(Judge(Exact(f), action.Linear(3, 1), Tensor(gaussian(4, 3000, ones(3)...)), Settings{}))(t)
		if v.Answer != liegg.Undetermined || !strings.Contains(v.String(), "jumps") {
			t.Errorf("a step at %g: %v", beyond, v)
		}
	}
}

// A step far out has no gradient, and hardly any of the samples that steps move lies near it. The
// extreme samples show it: those with extreme outputs, and those with extreme coordinates.
func TestStepsFarOut(t *testing.T) {
	x, beyond := gaussian(4, 20_000, ones(3)...), func(x *Node) *Node {
		return ConvertDType(GreaterThan(first(x), MulScalar(OnesLike(first(x)), 3.3)), x.DType())
	}
	for name, by := range map[string]float64{"of the output": 1e5, "of a coordinate": 2} {
		v := ok(Judge(Exact(func(x *Node) *Node { return Add(squareNorm(x), MulScalar(beyond(x), by)) }), action.Linear(3, 1), Tensor(x), Settings{}))(t)
		if v.Answer != liegg.Undetermined || !strings.Contains(v.String(), "gradients at the samples do not say how f changes") {
			t.Errorf("a step that is extreme %s: want no firm answer, got\n%v", name, v)
		}
	}
}

// A function that jumps along directions in which it has no gradient is not called unchanged there, and
// one that ignores these directions is.
func TestStepsWithoutGradient(t *testing.T) {
	x := gaussian(4, 3000, ones(3)...)
	at := func(x *Node, i int) *Node { return Slice(x, AxisRange(), AxisElem(i)) }
	disc := func(x *Node) *Node { return Add(Square(at(x, 0)), Square(at(x, 1))) }
	linear, translations := action.Linear(3, 1), action.Restricted(action.Affine(3, 1), lie.Translations(3))
	for name, c := range map[string]struct {
		f     func(x *Node) *Node
		a     action.Action
		jumps bool
	}{
		"stairs":               {func(x *Node) *Node { return Add(disc(x), jump(MulScalar(at(x, 2), 3))) }, linear, true},
		"stairs, shifted":      {func(x *Node) *Node { return Add(disc(x), jump(MulScalar(at(x, 2), 3))) }, translations, true},
		"stairs of a radius":   {func(x *Node) *Node { return Add(Square(at(x, 2)), jump(MulScalar(disc(x), 10))) }, linear, true},
		"a step for few":       {func(x *Node) *Node { return Add(disc(x), jump(MulScalar(at(x, 2), .2))) }, linear, true},
		"a step of one in two": {func(x *Node) *Node { return Concatenate([]*Node{disc(x), Add(disc(x), jump(at(x, 2)))}, -1) }, linear, true},
		"ignored":              {disc, linear, false},
		"ignored, shifted":     {disc, translations, false},
		"ignored askew":        {func(x *Node) *Node { return Tanh(ReduceAndKeep(x, ReduceSum, -1)) }, linear, false},
		"not reached":          {func(x *Node) *Node { return Add(disc(x), Max(ZerosLike(at(x, 2)), AddScalar(at(x, 2), -6))) }, linear, false},
		"weak":                 {func(x *Node) *Node { return Add(disc(x), MulScalar(at(x, 2), 1e-3)) }, linear, false},
	} {
		v := ok(Judge(Exact(c.f), c.a, Tensor(x), Settings{}))(t)
		told := strings.Contains(v.String(), "along directions in which its gradient vanishes")
		if told != c.jumps || (v.Answer == liegg.Undetermined) != c.jumps {
			t.Errorf("%s: jumps %v, got\n%v", name, c.jumps, v)
		}
	}
}
