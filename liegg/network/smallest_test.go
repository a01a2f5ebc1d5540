package network

import (
	"math"
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network/internal/derivative"
)

// ball5 is f(x) = ¼(‖u‖⁴ + Σ_k w_k⁴) for x = (u, w), u in R⁵.
//
// Its algebra in gl(n) is so(5) on u, of dimension 10, and nothing else. For with
// A in blocks, ∇f·Ax = ‖u‖²·uᵀ(A_uu u + A_uw w) + Σ_k w_k³(A_wu u + A_ww w)_k is a
// polynomial in which the monomials w_k³u_j and w_k³w_j each have the coefficient
// A_kj, so that A_wu = A_ww = 0; uᵀA_uw w = 0 gives A_uw = 0, and uᵀA_uu u = 0
// makes A_uu skew.
func ball5(x *Node) *Node {
	u := ReduceSum(Square(Slice(x, AxisRange(), AxisRange(0, 5))), -1)
	w := ReduceSum(Square(Square(Slice(x, AxisRange(), AxisRange(5)))), -1)
	return MulScalar(Add(Square(u), w), .25)
}

// so5In is the algebra of ball5 on Rⁿ.
func so5In(n int) lie.Algebra {
	var basis []*mat.Dense
	for i := range 5 {
		for j := range i {
			a := mat.NewDense(n, n, nil)
			a.Set(i, j, 1)
			a.Set(j, i, -1)
			basis = append(basis, a)
		}
	}
	return lie.Span("so(5)", basis...)
}

// uniform draws float64 inputs [n, d] of unit variance; fourth powers of normal
// ones would make a few samples rule.
func uniform(seed uint64, n, d int) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(seed, 0))
	x := make([]float64, n*d)
	for i := range x {
		x[i] = math.Sqrt(3) * (2*rng.Float64() - 1)
	}
	return tensors.FromFlatDataAndDimensions(x, n, d)
}

// The smallest generators without K×K matrices agree with the dense result, for K = 225 and other
// actions of that size.
func TestMatrixFreeAgainstDense(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const n, m = 15, 20
	x := uniform(1, 1200, n)
	pulled := func(x *Node) *Node { // ∇f, which so(5) moves as x
		u, w := Slice(x, AxisRange(), AxisRange(0, 5)), Slice(x, AxisRange(), AxisRange(5))
		length := BroadcastToShape(ReduceAndKeep(Square(u), ReduceSum, -1), u.Shape())
		return Concatenate([]*Node{Mul(length, u), Mul(Square(w), w)}, -1)
	}
	for name, c := range map[string]struct {
		f func(x *Node) *Node
		a action.Action
	}{
		"linear":      {ball5, action.Linear(n, 1)},
		"whitened":    {ball5, ok(action.Linear(n, 1).Whitened(x))(t)},
		"affine":      {ball5, action.Affine(n, 1)},
		"restricted":  {ball5, action.Restricted(action.Linear(n, 1), sheared(n))},
		"equivariant": {pulled, action.Equivariant(action.Linear(n, 1), rep.Standard(n))},
	} {
		t.Run(name, func(t *testing.T) {
			x, samples := x, 1200
			if name == "equivariant" { // with n rows each
				x, samples = uniform(3, 150, n), 150
			}
			want := ok(Analyze(onXLA(t, Exact(c.f)), c.a, Tensor(x), Settings{Gram: true}))(t)
			got := ok(matrixFree(onXLA(t, Exact(c.f)), c.a, Tensor(x), Settings{Smallest: m, Batch: 500}))(t)
			sameSmallest(t, got, want, m)
			for order, found := range map[string]lie.Algebra{"s": got.Algebra(10), "ρ": got.DefectAlgebra(10)} {
				if θ := lie.LargestAngle(found, want.Algebra(10)); θ > 1e-6 {
					t.Errorf("the ten smallest by %s are %.1g rad from the dense ones", order, θ)
				}
			}
			if got.Method != liegg.MatrixFree || got.Samples != samples {
				t.Errorf("%v, %d samples", got.Method, got.Samples)
			}
		})
	}
}

// For data in a subspace the K×K metric is singular. Directions that the data do not have appear in no
// generator by ρ, with either method.
func TestMatrixFreeOnASubspace(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const n, m = 15, 20
	x := uniform(2, 800, n)
	tensors.MustMutableFlatData(x, func(v []float64) {
		for i := 0; i < len(v); i += n {
			v[i+14] = v[i+13] + v[i+12]
		}
	})
	a := action.Linear(n, 1)
	want := ok(Analyze(Exact(ball5), a, Tensor(x), Settings{Gram: true}))(t)
	got := ok(matrixFree(Exact(ball5), a, Tensor(x), Settings{Smallest: m}))(t)
	if want.Unmoved != n || len(got.ByDefect) != m {
		t.Fatalf("%d directions do not move the data, want %d; %d generators, want %d", want.Unmoved, n, len(got.ByDefect), m)
	}
	expect.Near(t, "ρ", got.Defects(), want.Defects()[:m], 1e-6)
	d, ratio := want.Gap()
	if θ := lie.LargestAngle(got.DefectAlgebra(d), want.DefectAlgebra(d)); θ > 1e-6 {
		t.Errorf("the %d smallest by ρ, a gap of %.0f, are %.1g rad from the dense ones", d, ratio, θ)
	}
}

// sheared is gl(n) in a basis that is not orthonormal.
func sheared(n int) lie.Algebra {
	basis := lie.GL(n).Basis()
	for i := range n {
		basis[i].Add(basis[i], basis[i*n])
	}
	return lie.Span("gl", basis...)
}

// sameSmallest compares the m smallest of a spectrum with one that lists all. The
// last few by ρ, which cannot be preconditioned, may be too slow to come.
func sameSmallest(t *testing.T, got, want *liegg.Spectrum, m int) {
	t.Helper()
	if len(got.BySingular) != m || len(got.ByDefect) < m-m/10 || len(got.ByDefect) > m || got.K != want.K || got.Idle != want.Idle {
		t.Fatalf("%d by s, %d by ρ of %d; want %d of %d", len(got.BySingular), len(got.ByDefect), got.K, m, want.K)
	}
	for j := range m {
		g, w := got.BySingular[j], want.BySingular[j]
		if math.Abs(g.Singular-w.Singular) > 1e-6*want.Largest() {
			t.Errorf("s_%d = %g, want %g (largest %g)", j+1, g.Singular, w.Singular, want.Largest())
		}
	}
	for j := range got.ByDefect {
		if g, w := got.ByDefect[j].Defect, want.ByDefect[j].Defect; math.Abs(g-w) > 1e-6 {
			t.Errorf("ρ_%d = %g, want %g", j+1, g, w)
		}
	}
	if r := got.Largest() / want.Largest(); r < .9 || r > 1+1e-9 {
		t.Errorf("the largest s is %g, want a little less than %g", got.Largest(), want.Largest())
	}
}

// The upper triangle of the Gram matrix agrees with the product.
func TestGramInStripes(t *testing.T) {
	const samples, outputs, k = 5, 2, derivative.StripedFrom + 3
	const r = samples * outputs
	rows := normal(3, samples, outputs, k)
	exec := ok(NewExec(goBackend(t), derivative.Gram))(t)
	got := ok(tensors.CopyFlatData[float64](ok(exec.Call(rows))(t)[0]))(t)
	m := mat.NewDense(r, k, ok(tensors.CopyFlatData[float64](rows))(t))
	var want mat.SymDense
	want.SymOuterK(1, m.T())
	for i := range k {
		expect.Near(t, "row", got[i*k+i:(i+1)*k], want.RawSymmetric().Data[i*k+i:(i+1)*k], 1e-12)
	}
}
