package groundtruth

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"
)

// symmetryTypes counts the generators that are skew-symmetric, symmetric, and neither.
func symmetryTypes(basis []*mat.Dense) (skew, symmetric, neither int) {
	for _, a := range basis {
		var sum mat.Dense
		sum.Add(a, a.T())
		switch {
		case mat.Norm(&sum, 2) == 0:
			skew++
		case mat.Equal(a, a.T()):
			symmetric++
		default:
			neither++
		}
	}
	return skew, symmetric, neither
}

func TestFormsOfTheOrthogonalAlgebras(t *testing.T) {
	for _, want := range []struct {
		c                        Case
		skew, symmetric, neither int
	}{
		{SO5(), 10, 0, 0},
		{SO13(), 3, 3, 0}, // rotations and boosts
		{ConjugateSO3(), 0, 0, 3},
	} {
		skew, symmetric, neither := symmetryTypes(want.c.Algebra)
		if skew != want.skew || symmetric != want.symmetric || neither != want.neither {
			t.Errorf("%s: %d skew, %d symmetric, %d neither", want.c.Name, skew, symmetric, neither)
		}
	}
}

func TestSymplecticAlgebrasKeepTheForm(t *testing.T) {
	for _, c := range []Case{SP4(), SL2()} {
		n := c.Size
		omega := mat.NewDense(n, n, nil)
		for i := range n / 2 {
			omega.Set(i, i+n/2, 1)
			omega.Set(i+n/2, i, -1)
		}
		for k, a := range c.Algebra {
			var left, right mat.Dense
			left.Mul(a.T(), omega)
			right.Mul(omega, a)
			left.Add(&left, &right)
			if mat.Norm(&left, 2) != 0 || mat.Trace(a) != 0 {
				t.Errorf("%s: generator %d does not keep Ω", c.Name, k)
			}
		}
	}
}

func TestBreakShrinksWithEpsilon(t *testing.T) {
	var last float64
	for _, epsilon := range []float64{.1, .01, .001} {
		c := Broken(epsilon)
		rows := polarization(t, c, c.Inputs(rand.New(rand.NewPCG(3, 3)), 600))
		var svd mat.SVD
		svd.Factorize(rows, mat.SVDNone)
		s := svd.Values(nil)
		if last != 0 && math.Abs(s[7]/last-.1) > .01 {
			t.Errorf("ε = %g: the approximate generators go from %.2e to %.2e, want a tenth", epsilon, last, s[7])
		}
		last = s[7]
	}
}

func TestSamplesAreRepeatableAndConsistent(t *testing.T) {
	eachCase(t, func(t *testing.T, c Case, rng *rand.Rand) {
		s := c.Samples(rng, 30)
		if again := c.Samples(rand.New(rand.NewPCG(11, 11)), 30); again.Fingerprint() != s.Fingerprint() {
			t.Error("the same seed gave different samples")
		}
		y, err := graph.CallOnce(backend(t), c.Graph, s.X) // in float32
		if err != nil {
			t.Fatal(err)
		}
		want := tensors.MustCopyFlatData[float32](s.Y)
		for i, got := range tensors.MustCopyFlatData[float32](y) {
			if diff := math.Abs(float64(got - want[i])); diff > 1e-4*(1+math.Abs(float64(want[i]))) {
				t.Errorf("sample %d: the graph in float32 gives %g, the target is %g", i, got, want[i])
			}
		}
	})
}

func TestByName(t *testing.T) {
	if c, err := ByName("sp4"); err != nil || c.Dim != 10 {
		t.Errorf("sp4: %v, %v", c.Name, err)
	}
	if _, err := ByName("so6"); err == nil || !strings.Contains(err.Error(), "so13") {
		t.Errorf("error %v does not list the names", err)
	}
}
