package dataset

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

func TestO5IsRepeatable(t *testing.T) {
	a := O5(rand.New(rand.NewPCG(2022, 0)), 100)
	b := O5(rand.New(rand.NewPCG(2022, 0)), 100)
	if a.Fingerprint() != b.Fingerprint() {
		t.Error("the same seed gave different samples")
	}
	if c := O5(rand.New(rand.NewPCG(2023, 0)), 100); a.Fingerprint() == c.Fingerprint() {
		t.Error("another seed gave the same samples")
	}
}

func TestO5Inputs(t *testing.T) {
	s := O5(rand.New(rand.NewPCG(1, 0)), 20_000)
	x := make([]float64, s.X.Size())
	for i, v := range tensors.MustCopyFlatData[float32](s.X) {
		x[i] = float64(v)
	}
	mean, std := stat.MeanStdDev(x, nil)
	if math.Abs(mean) > .01 || math.Abs(std-1) > .01 {
		t.Errorf("inputs have mean %.4f and standard deviation %.4f, want 0 and 1", mean, std)
	}
	y := tensors.MustCopyFlatData[float32](s.Y)
	for i := range y {
		if want := float32(O5Target(x[10*i : 10*i+10])); y[i] != want {
			t.Fatalf("target %d is %g, the function of the stored input is %g", i, y[i], want)
		}
	}
}

func TestO5TargetKnownValue(t *testing.T) {
	// ‖x₁‖ = 2, ‖x₂‖ = 3, x₁·x₂ = 0 and then 6.
	for _, c := range []struct{ x2a, x2b, cos float64 }{{0, 3, 0}, {3, 0, 1}} {
		got := O5Target([]float64{2, 0, 0, 0, 0, c.x2a, c.x2b, 0, 0, 0})
		if want := math.Sin(2) - 27.0/2 + c.cos; math.Abs(got-want) > 1e-14 {
			t.Errorf("f = %g, want %g", got, want)
		}
	}
}

// randomRotation returns a random orthogonal n×n matrix: the Q of a Gaussian matrix.
func randomRotation(rng *rand.Rand, n int) *mat.Dense {
	g := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			g.Set(i, j, rng.NormFloat64())
		}
	}
	var qr mat.QR
	qr.Factorize(g)
	var q mat.Dense
	qr.QTo(&q)
	return &q
}

// rotate5 moves both vectors of x by q.
func rotate5(q *mat.Dense, x []float64) []float64 {
	moved := make([]float64, 10)
	for _, at := range []int{0, 5} {
		mat.NewVecDense(5, moved[at:at+5]).MulVec(q, mat.NewVecDense(5, x[at:at+5]))
	}
	return moved
}

func TestO5TargetIsInvariant(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for range 100 {
		x := make([]float64, 10)
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		before, after := O5Target(x), O5Target(rotate5(randomRotation(rng, 5), x))
		if math.Abs(after-before) > 1e-12*(1+math.Abs(before)) {
			t.Fatalf("f(x) = %g, f(Qx) = %g", before, after)
		}
	}
}
