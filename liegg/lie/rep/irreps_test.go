package rep_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/examples"
	"github.com/liegg/lab/liegg/lie/rep"
)

// of are the matrices of a representation of an algebra.
func of(r rep.Representation, a lie.Algebra) (outputs []*mat.Dense) {
	for _, h := range a.Basis() {
		outputs = append(outputs, r.Of(h))
	}
	return outputs
}

// inOutputFrame are matrices in another frame, with noise.
func inOutputFrame(random *rand.Rand, matrices []*mat.Dense, noise float64) (moved []*mat.Dense) {
	n, _ := matrices[0].Dims()
	q := lie.Exp(examples.Noise(random, n), .2)
	inverse, _ := lie.Inverse(q)
	for _, m := range matrices {
		var x, off mat.Dense
		x.Product(q, m, inverse)
		off.Scale(noise, examples.Noise(random, n))
		x.Add(&x, &off)
		moved = append(moved, &x)
	}
	return moved
}

// Known decompositions, as Clebsch and Gordan have them: R³ ⊗ R³ = 0 ⊕ 1 ⊕ 2 and so on, in any frame
// of the outputs, with noise, too.
func TestIrreps(t *testing.T) {
	v4, v3, v2 := rep.Standard(4), rep.Standard(3), rep.Standard(2)
	quaternionic := lie.Span("su(2)", examples.Quaternions()...)
	for _, c := range []struct {
		a    lie.Algebra
		r    rep.Representation
		want string
	}{
		{lie.SO(3), v3, "so(3): 1"},
		{lie.SO(3), rep.Dual(v3), "so(3): 1"},
		{lie.SO(3), rep.Tensor(v3, v3), "so(3): 0 ⊕ 1 ⊕ 2"},
		{lie.SO(3), rep.SymmetricSquare(v3), "so(3): 0 ⊕ 2"},
		{lie.SO(3), rep.Direct(v3, rep.Invariants(3, 2), v3), "so(3): 2 × 0 ⊕ 2 × 1"},
		{lie.SO(3), rep.Tensor(v3, rep.SymmetricSquare(v3)), "so(3): 2 × 1 ⊕ 2 ⊕ 3"},
		{lie.SO(3), rep.Invariants(3, 4), "so(3): 4 × 0"},
		{quaternionic, rep.Standard(4), "su(2): 2 × 1/2"},
		{quaternionic, rep.SymmetricSquare(rep.Standard(4)), "so(3): 0 ⊕ 3 × 1"},
		{lie.SL(2), v2, "sl(2): 1/2"},
		{lie.SL(2), rep.Tensor(v2, v2), "sl(2): 0 ⊕ 1"},
		{lie.SL(2), rep.SymmetricSquare(rep.SymmetricSquare(v2)), "sl(2): 0 ⊕ 2"},
		{lie.SOpq(1, 3), v4, "so(1,3): (1/2,1/2)"},
		{lie.SOpq(1, 3), rep.Tensor(v4, v4), "so(1,3): (0,0) ⊕ [(1,0) ⊕ (0,1)] ⊕ (1,1)"},
		{lie.SOpq(1, 3), rep.Direct(v4, rep.Invariants(4, 2), v4), "so(1,3): 2 × (0,0) ⊕ 2 × (1/2,1/2)"},
		{lie.SOpq(1, 3), rep.Tensor(v4, rep.SymmetricSquare(v4)), "so(1,3): 2 × (1/2,1/2) ⊕ [(3/2,1/2) ⊕ (1/2,3/2)] ⊕ (3/2,3/2)"},
		{spinors(), v4, "so(1,3): [(1/2,0) ⊕ (0,1/2)]"},
		{lie.Sp(2), v4, "sp(4): 4"},
		{lie.Sp(2), rep.Tensor(v4, v4), "sp(4): 1 ⊕ 5 ⊕ 10"},
		{lie.Sp(2), rep.Tensor(v4, rep.SymmetricSquare(v4)), "sp(4): 4 ⊕ 16 ⊕ 20"},
		{lie.SO(5), rep.Tensor(rep.Standard(5), rep.Standard(5)), "so(5): 1 ⊕ 10 ⊕ 14"},
		{lie.SOpq(1, 4), rep.SymmetricSquare(rep.Standard(5)), "so(1,4): 1 ⊕ 14"},
		{lie.SOpq(2, 3), rep.SymmetricSquare(rep.Standard(5)), "sp(4): 1 ⊕ 14"},
		{lie.SO(2), v2, "so(2): 1"},
		{lie.SO(2), rep.Tensor(v2, v2), "so(2): 2 × 0 ⊕ 2"},
		{lie.SO(2), rep.Tensor(v2, rep.SymmetricSquare(v2)), "so(2): 2 × 1 ⊕ 3"},
	} {
		for _, noise := range []float64{0, 1e-3} {
			if noise > 0 && (testing.Short() || c.r.Dim() > 6) {
				continue // finding the nearest algebra takes long
			}
			random := rand.New(rand.NewPCG(3, 0))
			content := expect.OK(rep.Irreps(c.a.Basis(), inOutputFrame(random, of(c.r, c.a), noise), nil))(t)
			if got, _, _ := strings.Cut(content.String(), ", residual"); got != c.want {
				t.Errorf("%v, noise %g: got %v, want %s", c.r, noise, content, c.want)
			}
			if content.Residual > 20*noise+1e-9 || noise > 0 && content.Residual < noise/100 && c.a.Dim() > 1 {
				t.Errorf("%v: residual %g with noise %g", c.r, content.Residual, noise)
			}
			total := 0
			for _, p := range content.Parts {
				_, columns := p.Space.Dims()
				if total += columns; columns != p.Dim*p.Count {
					t.Errorf("%v: %d × %d dimensions, and a space of %d", c.r, p.Count, p.Dim, columns)
				}
			}
			if total != c.r.Dim() {
				t.Errorf("%v: the parts fill %d dimensions", c.r, total)
			}
		}
	}
}

// spinors are the generators of SL(2,C), complex 2×2 matrices without trace, as real ones.
func spinors() lie.Algebra {
	var generators []*mat.Dense
	for _, h := range lie.SL(2).Basis() {
		for _, by := range []*mat.Dense{mat.NewDense(2, 2, []float64{1, 0, 0, 1}), mat.NewDense(2, 2, []float64{0, -1, 1, 0})} {
			var m mat.Dense
			m.Kronecker(h, by)
			generators = append(generators, &m)
		}
	}
	return lie.Span("sl(2,C)", generators...)
}

// The spaces are kept by the generators, and outputs of a symmetric tensor have no part of spin 1.
func TestIrrepsOfOutputs(t *testing.T) {
	tensor := rep.Tensor(rep.Standard(3), rep.Standard(3))
	random := rand.New(rand.NewPCG(9, 0))
	values := mat.NewDense(50, 9, nil)
	for i := range 50 {
		m := examples.Noise(random, 3)
		for k := range 9 {
			values.Set(i, k, m.At(k/3, k%3)+m.At(k%3, k/3)+1e-4*random.NormFloat64())
		}
	}
	content := expect.OK(rep.Irreps(lie.SO(3).Basis(), of(tensor, lie.SO(3)), values))(t)
	if !strings.HasPrefix(content.String(), "so(3): 0 ⊕ 2,") || !strings.Contains(content.String(), "(0 is invariant, 1 a vector") || content.Residual > 1e-3 || content.Left > 1e-3 {
		t.Errorf("a symmetric tensor: %v", content)
	}
	if sum := content.Parts[0].Share + content.Parts[1].Share; sum < .999 || sum > 1 || content.Parts[0].Share < .05 {
		t.Errorf("shares %g and %g", content.Parts[0].Share, content.Parts[1].Share)
	}
	for _, p := range content.Parts {
		for _, b := range of(tensor, lie.SO(3)) {
			var moved, inside, back mat.Dense
			moved.Mul(b, p.Space)
			inside.Mul(p.Space.T(), &moved)
			back.Mul(p.Space, &inside)
			back.Sub(&moved, &back)
			if mat.Norm(&back, 2) > 1e-3 {
				t.Errorf("spin %g: generators lead out of its space by %g", p.Spin, mat.Norm(&back, 2))
			}
		}
	}
}

func TestIrrepsRefuses(t *testing.T) {
	for says, a := range map[string]lie.Algebra{"6 generators are not so(1,3)": lie.SO(4), "there are 15": lie.SO(6), "no rotation": lie.Scaling(2), "degenerate": lie.SE(2), "there are 4": lie.GL(2)} {
		_, err := rep.Irreps(a.Basis(), a.Basis(), nil)
		if !errors.Is(err, rep.ErrNoIrreps) {
			t.Errorf("%s: %v", a.Name(), err)
			continue
		}
		expect.Error(t, err, says)
	}
	// Matrices that are no representation of what moves inputs.
	turn := lie.SO(2).Basis()
	size, v3 := lie.UnitSpeed(turn[0]), of(rep.Standard(3), lie.SO(3))
	both := func(a, b float64) *mat.Dense {
		m := mat.NewDense(4, 4, nil)
		m.Set(0, 1, -a)
		m.Set(1, 0, a)
		m.Set(2, 3, -b)
		m.Set(3, 2, b)
		return m
	}
	double := func(matrices ...*mat.Dense) (all []*mat.Dense) {
		for _, m := range matrices {
			var d mat.Dense
			d.Scale(2, m)
			all = append(all, &d)
		}
		return all
	}
	defective := both(1, 1)
	defective.Set(0, 2, 1)
	defective.Set(1, 3, 1)
	for name, c := range map[string]struct {
		inputs, outputs []*mat.Dense
		values          *mat.Dense
		says            string
	}{
		"growth":                  {[]*mat.Dense{size}, []*mat.Dense{mat.NewDense(2, 2, []float64{1, 0, 0, 1})}, nil, "they are none"},
		"a shear":                 {[]*mat.Dense{size}, []*mat.Dense{mat.NewDense(2, 2, []float64{0, 1, 0, 0})}, nil, "they are none"},
		"turns and shears":        {[]*mat.Dense{size}, []*mat.Dense{defective}, nil, "they are none"},
		"half of a turn":          {[]*mat.Dense{size}, []*mat.Dense{mat.NewDense(2, 2, []float64{0, -.5, .5, 0})}, nil, "frequency 0.5"},
		"inputs never return":     {[]*mat.Dense{both(1, math.Sqrt2)}, []*mat.Dense{size}, nil, "never returns"},
		"twice as fast":           {lie.SO(3).Basis(), double(v3...), nil, "they are none"},
		"one stays":               {lie.SO(3).Basis(), []*mat.Dense{v3[0], v3[1], mat.NewDense(3, 3, nil)}, nil, "they are none"},
		"outputs keep to a plane": {lie.SO(3).Basis(), v3, mat.NewDense(3, 3, []float64{1, 0, 0, 0, 1, 0, 1, 1, 0}), "they are none"},
		"NaN":                     {lie.SO(3).Basis(), v3, mat.NewDense(1, 3, []float64{1, math.NaN(), 0}), "NaN"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := rep.Irreps(c.inputs, c.outputs, c.values)
			expect.Error(t, err, c.says)
		})
	}
	// Frequencies of inputs 1 and 2, and of outputs 1 and 3: halves of the largest one. What was learned
	// to be invariant moves a little.
	some := expect.OK(rep.Irreps([]*mat.Dense{both(1, 2.01)}, []*mat.Dense{both(.99, 3)}, nil))(t)
	still := expect.OK(rep.Irreps([]*mat.Dense{size}, []*mat.Dense{mat.NewDense(2, 2, []float64{.01, .02, -.01, .01})}, nil))(t)
	if !strings.HasPrefix(some.String(), "so(2): 1/2 ⊕ 3/2,") || some.Residual > .02 || !strings.HasPrefix(still.String(), "so(2): 2 × 0,") || still.Residual > .03 {
		t.Errorf("%v; %v", some, still)
	}
	golden := mat.NewDense(2, 2, []float64{0, -.618, .618, 0})
	_, err := rep.Irreps(lie.SO(2).Basis(), []*mat.Dense{golden}, nil)
	expect.Error(t, err, "frequency")
	expect.Panic(t, "3 matrices for inputs", func() { _, _ = rep.Irreps(lie.SO(3).Basis(), lie.SO(2).Basis(), nil) })
	expect.Panic(t, "4 columns", func() { _, _ = rep.Irreps(lie.SO(3).Basis(), lie.SO(3).Basis(), mat.NewDense(2, 4, nil)) })
}

// What an inertia tensor transforms as: a number and a quadrupole.
func ExampleIrreps() {
	tensor := rep.SymmetricSquare(rep.Standard(3))
	var outputs []*mat.Dense
	for _, h := range lie.SO(3).Basis() {
		outputs = append(outputs, tensor.Of(h))
	}
	content, err := rep.Irreps(lie.SO(3).Basis(), outputs, nil)
	fmt.Println(content.Parts, err)
	// Output:
	// [0 2] <nil>
}

// Values of fewer samples than outputs may miss directions, and the generators are not to blame.
func TestIrrepsOfFewValues(t *testing.T) {
	v := rep.Standard(3)
	r := rep.Direct(v, rep.SymmetricSquare(v))
	in, out := lie.SO(3).Basis(), of(r, lie.SO(3))
	random := rand.New(rand.NewPCG(31, 0))
	for n, want := range map[int]bool{1: false, 2: false, 30: true} {
		values := mat.NewDense(n, 9, nil)
		values.Apply(func(int, int, float64) float64 { return random.NormFloat64() }, values)
		c, err := rep.Irreps(in, out, values)
		if (err == nil) != want || err != nil && !strings.Contains(err.Error(), "give more values") {
			t.Errorf("%d values: got %v, %v", n, c, err)
		}
	}
}
