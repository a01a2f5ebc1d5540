package flow

import (
	"math"
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow/internal/moved"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/network"
)

// On 1000 fresh data sets of 2000 samples the 95 % interval for ρ of a fixed
// generator covers the true value in 92–98 %. For ‖x‖² + εx₁³ and the rotation of
// axes 1 and 2, J·Hx = 3εx₁²x₂, so with Gaussian moments
//
//	ρ² = 27ε² / (40 + 9ε²·18).
//
// It is a hard case: the sums are of sixth-order moments.
func TestCoverageOfDefect(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const ε, sets, size = .1, 1000, 2000
	truth := math.Sqrt(27 * ε * ε / (40 + 9*ε*ε*18))
	d := manyDefects(t, groundtruth.Broken(ε), sets*size)
	s := Settings{}.withDefaults()
	covered := 0
	for i := range sets {
		s.Seed = uint64(i)
		part := func(v []float64) []float64 { return v[i*size : (i+1)*size] }
		ρ := intervals(s.plan().Ratios([][]float64{part(d.change)}, part(d.bound)))[0].root()
		if ρ.Lower <= truth && truth <= ρ.Upper {
			covered++
		}
	}
	if share := float64(covered) / sets; share < .92 || share > .98 {
		t.Errorf("the 95 %% interval covers the true ρ = %.4f in %.1f %% of data sets", truth, 100*share)
	} else {
		t.Logf("the 95 %% interval covers ρ = %.4f in %.1f %%", truth, 100*share)
	}
}

// The same for Δ = 1 − cos t of f(x) = x₁ turned by t, on data sets of 500.
func TestCoverageOfDelta(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const sets, size = 1000, 500
	sin, cos := math.Sincos(1)
	random := rand.New(rand.NewPCG(29, 0))
	covered := 0
	for i := range sets {
		values, change := make([]float64, size), make([]float64, size)
		for j := range values {
			x, y := random.NormFloat64(), random.NormFloat64()
			d := cos*x - sin*y - x
			values[j], change[j] = x, d*d/2
		}
		s := Settings{Seed: uint64(i)}.withDefaults()
		if δ := s.plan().Ratios([][]float64{change}, moved.Variances(values, size))[0]; δ.Lower <= 1-cos && 1-cos <= δ.Upper {
			covered++
		}
	}
	if share := float64(covered) / sets; share < .92 || share > .98 {
		t.Errorf("the 95 %% interval covers Δ = %.3f in %.1f %% of data sets", 1-cos, 100*share)
	} else {
		t.Logf("the 95 %% interval covers Δ = %.3f in %.1f %%", 1-cos, 100*share)
	}
}

// inGo is network.Exact in pure Go, which builds small programs ten times as fast as XLA.
func inGo(t *testing.T, f func(x *Node) *Node) *network.Network {
	t.Helper()
	n := network.Exact(f)
	n.Backend = expect.OK(purego.New())(t)
	return n
}

// manyDefects returns the defects of n samples for the rotation of axes 1 and 2 of R³.
func manyDefects(t *testing.T, c groundtruth.Case, n int) defects {
	t.Helper()
	x := c.Inputs(rand.New(rand.NewPCG(23, 0)), n)
	e, err := buffered(inGo(t, c.Graph), action.Linear(3, 1), network.Tensor(x), Settings{}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Finalize()
	d, err := e.defects([]float64{0, -1, 0, 1, 0, 0, 0, 0, 0})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Random flows move the data at the speed that was asked for.
func TestRandomFlowsHaveEqualSpeed(t *testing.T) {
	c := groundtruth.SO13()
	x := c.Inputs(rand.New(rand.NewPCG(5, 0)), 400)
	e, err := buffered(inGo(t, c.Graph), action.Linear(4, 2), network.Tensor(x), Settings{Random: 4}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Finalize()
	d, err := e.Speeds()
	if err != nil {
		t.Fatal(err)
	}
	flows, err := e.randomFlows(pace{inputs: d, ofInputs: .7})
	if err != nil {
		t.Fatal(err)
	}
	s := e.Action.(action.Measured).Inner()
	for _, h := range flows {
		square := 0.0
		values := tensors.MustCopyFlatData[float64](x)
		for first := 0; first < len(values); first += 4 {
			var v mat.VecDense
			v.MulVec(h, mat.NewVecDense(4, values[first:first+4]))
			square += mat.Inner(&v, s, &v) / 400
		}
		if math.Abs(math.Sqrt(square)-.7) > 1e-9 {
			t.Errorf("a random generator moves the data at %g, want .7", math.Sqrt(square))
		}
	}
}

func TestHoldsInterpolates(t *testing.T) {
	c := Curve{T: []float64{1, 2, 3}, Upper: []float64{.01, .03, .01}, Tolerance: .02}
	if got := c.holdsTo(c.Tolerance); math.Abs(got-1.5) > 1e-12 {
		t.Errorf("the upper bound crosses .02 at 1.5, got %g", got)
	}
	c.Tolerance = .04
	if got := c.holdsTo(c.Tolerance); got != 3 {
		t.Errorf("it holds throughout, got %g", got)
	}
	c.Tolerance = .005
	if got := c.holdsTo(c.Tolerance); math.Abs(got-.5) > 1e-12 {
		t.Errorf("it crosses .005 half way to the first point, got %g", got)
	}
}
