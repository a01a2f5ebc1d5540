package rep_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/examples"
	"github.com/liegg/lab/liegg/lie/rep"
)

func representations() []rep.Representation {
	v := rep.Standard(3)
	return []rep.Representation{
		v, rep.Invariants(3, 4), rep.Dual(v), rep.Tensor(v, v), rep.Tensor(v, rep.Dual(v)), rep.SymmetricSquare(v),
		rep.Direct(v, rep.Invariants(3, 2), rep.SymmetricSquare(v)), rep.Copies(v, 3), rep.SymmetricSquare(rep.Tensor(v, v)),
	}
}

// A representation preserves brackets, and its exponential is the representation of the group: the
// definitions.
func TestRepresentationsKeepBrackets(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	for _, r := range representations() {
		a, b := examples.Noise(random, 3), examples.Noise(random, 3)
		var difference mat.Dense
		difference.Sub(r.Of(lie.Bracket(a, b)), lie.Bracket(r.Of(a), r.Of(b)))
		if n, _ := difference.Dims(); n != r.Dim() || mat.Norm(&difference, 2) > 1e-12 {
			t.Errorf("%s: dimension %d of %d, brackets differ by %g", r.Name(), n, r.Dim(), mat.Norm(&difference, 2))
		}
	}
}

// The definition of a finite transformation of outputs: ρ(exp A) = exp ρ(A), and ρ(gh) = ρ(g)ρ(h),
// also of reflections.
func TestRepresentationsOfMaps(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 0))
	reflection := mat.NewDense(3, 3, []float64{-1, 0, 0, 0, 1, 0, 0, 0, 1})
	for _, r := range representations() {
		a := examples.Noise(random, 3)
		g := lie.Exp(a, 1)
		if !mat.EqualApprox(r.OfMap(g), lie.Exp(r.Of(a), 1), 1e-9*mat.Norm(r.OfMap(g), 2)) {
			t.Errorf("%s: ρ(exp A) ≠ exp ρ(A)", r.Name())
		}
		var both, product mat.Dense
		both.Mul(g, reflection)
		product.Mul(r.OfMap(g), r.OfMap(reflection))
		if !mat.EqualApprox(r.OfMap(&both), &product, 1e-9*mat.Norm(&product, 2)) {
			t.Errorf("%s: ρ(gh) ≠ ρ(g)ρ(h)", r.Name())
		}
	}
	expect.Panic(t, "singular", func() { rep.Standard(2).OfMap(mat.NewDense(2, 2, nil)) })
	expect.Panic(t, "takes 2×2", func() { rep.Standard(2).OfMap(reflection) })
}

// What representations are of: tensors as matrices, the pairing of vectors with
// covectors, lengths of symmetric tensors.
func TestRepresentationsAct(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 0))
	a, m := examples.Noise(random, 3), examples.Noise(random, 3)
	v := rep.Standard(3)
	var want, right mat.Dense
	want.Mul(a, m)
	right.Mul(m, a.T())
	want.Add(&want, &right)
	var got mat.VecDense
	got.MulVec(rep.Tensor(v, v).Of(a), mat.NewVecDense(9, m.RawMatrix().Data))
	if !mat.EqualApprox(&got, mat.NewVecDense(9, want.RawMatrix().Data), 1e-12) {
		t.Error("a tensor does not move as A·M + M·Aᵀ")
	}
	var pairing mat.Dense
	pairing.Add(rep.Dual(v).Of(a).T(), v.Of(a))
	if mat.Norm(&pairing, 2) > 1e-15 {
		t.Error("the pairing of vectors and covectors is not left alone")
	}
	turn := lie.SO(3).Basis()[0]
	if lie.Bias(rep.SymmetricSquare(v).Of(turn)) > 1e-15 {
		t.Error("a rotation does not keep the length of a symmetric tensor")
	}
}

func TestRepresentationsPanic(t *testing.T) {
	for want, f := range map[string]func(){
		"takes 2×2":         func() { rep.Direct(rep.Standard(3), rep.Standard(2)) },
		"at least 1":        func() { rep.Standard(0) },
		"no representation": func() { rep.Direct() },
		"a is 2×2":          func() { rep.Standard(3).Of(mat.NewDense(2, 2, nil)) },
	} {
		func() {
			defer func() {
				if r := recover(); r == nil || !strings.Contains(r.(string), want) {
					t.Errorf("panic %v, want one with %q", r, want)
				}
			}()
			f()
		}()
	}
}

func TestSummands(t *testing.T) {
	vector := rep.Standard(3)
	for _, c := range []struct {
		r    rep.Representation
		want []int
	}{
		{vector, []int{3}},
		{rep.Tensor(vector, vector), []int{9}},
		{rep.Copies(vector, 4), []int{12}},
		{rep.Invariants(3, 2), []int{1, 1}},
		{rep.Dual(rep.Direct(rep.Invariants(3, 2), rep.Copies(vector, 2), rep.Direct(vector, rep.SymmetricSquare(vector)))), []int{1, 1, 6, 3, 6}},
	} {
		if got := c.r.Summands(); !slices.Equal(got, c.want) {
			t.Errorf("%s has summands %v, want %v", c.r.Name(), got, c.want)
		}
	}
}
