package network

import (
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
)

// steep is the function a·exp(c|x|²) with a ∈ R^m: few samples have nearly all of
// its gradient, and scalings go along it, so that their ρ is 1.
func steep(m int, c float64) func(x *Node) *Node {
	rng := rand.New(rand.NewPCG(12, 0))
	a := make([]float64, m)
	for i := range a {
		a[i] = rng.NormFloat64()
	}
	return func(x *Node) *Node {
		size := MulScalar(ReduceAndKeep(Square(x), ReduceSum, -1), c)
		return Mul(Exp(size), ConstAs(x, [][]float64{a}))
	}
}

// However few samples decide, and whatever the probes say of them, nobody is told that
// metric and rows do not belong together.
func TestEstimatedMetricBelongsToTheRows(t *testing.T) {
	f := Exact(steep(20, .5))
	for seed := range uint64(20) {
		for _, s := range []Settings{{}, {Gram: true}, {Batch: 100}} {
			ρ := ok(Analyze(f, action.Linear(2, 4), Tensor(normal(seed, 1500, 8)), s))(t).Defects()
			if largest := ρ[len(ρ)-1]; largest > 1+1e-9 {
				t.Errorf("seed %d, %+v: ρ = %.12g", seed, s, largest)
			}
		}
	}
}

// outer is BᵀB for a random B of so many rows and k columns.
func outer(random *rand.Rand, rows, k int) *mat.SymDense {
	b := mat.NewDense(rows, k, nil)
	b.Apply(func(_, _ int, _ float64) float64 { return random.NormFloat64() }, b)
	var s mat.SymDense
	s.SymOuterK(1, b.T())
	return &s
}

// With D = SᵀΛS and G = SᵀMS, the least metric above both along the columns of S⁻¹ is
// Sᵀmax(Λ, M)S, also where D and G are singular; one that is above G stays as it is.
func TestRaised(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	const k = 5
	s := mat.NewDense(k, k, nil)
	s.Apply(func(_, _ int, _ float64) float64 { return random.NormFloat64() }, s)
	for i := range k { // units of candidates
		s.Set(i, 0, s.At(i, 0)*1e4)
	}
	made := func(d ...float64) *mat.SymDense {
		var m mat.SymDense
		m.SymOuterK(1, mat.NewDense(k, k, nil))
		for i, v := range d {
			m.SymRankOne(&m, v, s.RowView(i))
		}
		return &m
	}
	unit := mat.NewDiagDense(k, []float64{1e-4, 1, 1, 1, 1}) // takes the units out
	for _, c := range []struct{ d, g, want []float64 }{
		{[]float64{2, 3, 1, 1, .5}, []float64{1, 4, 0, 2, .5}, []float64{2, 4, 1, 2, .5}},
		{[]float64{2, 3, 1, 0, 0}, []float64{1, 4, 0, 0, 0}, []float64{2, 4, 1, 0, 0}},
		{[]float64{0, 0, 0, 0, 0}, []float64{0, 0, 0, 0, 0}, []float64{0, 0, 0, 0, 0}},
		{[]float64{0, 0, 1, 1, 1}, []float64{7, 0, 0, 0, 0}, []float64{7, 0, 1, 1, 1}},
	} {
		var got, want mat.Dense
		got.Product(unit, raised(made(c.d...), made(c.g...)), unit)
		want.Product(unit, made(c.want...), unit)
		expect.Near(t, "raised", got.RawMatrix().Data, want.RawMatrix().Data, 1e-9)
	}
	low := outer(random, 3, k)
	var high mat.SymDense
	high.AddSym(low, outer(random, 9, k))
	before := mat.DenseCopyOf(&high)
	if !mat.Equal(raised(&high, low), before) {
		t.Error("a metric that is above the Gram matrix was changed")
	}
}

// Probes see outputs that hang together: with ten whose sum is zero, two in 1024 of the
// probes of ±1 would see nothing of a sample.
func TestProbesMissNoSample(t *testing.T) {
	f := Exact(bilinear(12, 16, 10))
	s := ok(Analyze(f, action.Linear(2, 6), Tensor(normal(5, 4096, 12)), Settings{Head: CentredLogits, Mode: TangentMode}))(t)
	if s.Idle != 0 {
		t.Errorf("%d of %d samples have no gradient, it says", s.Idle, s.Samples)
	}
}
