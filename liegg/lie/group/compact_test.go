package group_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/internal/examples"
)

// turningMatrix returns blockdiag(ω₁J, ω₂J, …), with a fixed axis if the size is odd, conjugated by a
// random matrix of moderate condition.
func turningMatrix(rng *rand.Rand, n int, ω ...float64) *mat.Dense {
	h := mat.NewDense(n, n, nil)
	for k, v := range ω {
		h.Set(2*k, 2*k+1, -v)
		h.Set(2*k+1, 2*k, v)
	}
	stretch := mat.NewDense(n, n, nil)
	for i := range n {
		stretch.Set(i, i, 1+.5*rng.Float64())
	}
	var frame, inverse, out mat.Dense
	frame.Mul(examples.Orthogonal(rng, n), stretch)
	if err := inverse.Inverse(&frame); err != nil {
		panic(err)
	}
	out.Product(&frame, h, &inverse)
	return &out
}

// tiltMatrix adds noise that turns h by about the angle.
func tiltMatrix(rng *rand.Rand, h *mat.Dense, angle float64) *mat.Dense {
	n, _ := h.Dims()
	noise := examples.Noise(rng, n)
	noise.Scale(mat.Norm(h, 2)*math.Tan(angle)/mat.Norm(noise, 2), noise)
	noise.Add(h, noise)
	return noise
}

func TestCompactGeneratorsTurnBackToTheIdentity(t *testing.T) {
	for _, c := range []struct {
		n           int
		ω           []float64
		angle       float64
		frequencies string
		period      int
	}{
		{2, []float64{3}, .02, "[1]", 1},
		{3, []float64{-.2}, .02, "[1]", 1},
		{4, []float64{1, 1}, .01, "[1]", 1},
		{4, []float64{2, 1}, .01, "[1 1/2]", 2},
		{5, []float64{2, 4}, .01, "[1 1/2]", 2},
		{5, []float64{3, 2}, .003, "[1 2/3]", 3},
		{7, []float64{6, 3, 2}, .002, "[1 1/2 1/3]", 6},
		{4, []float64{7, 5}, 0, "[1 5/7]", 7},
		{8, []float64{1, 1, 1, 1}, .02, "[1]", 1},
	} {
		for seed := range uint64(20) {
			rng := rand.New(rand.NewPCG(seed, 10))
			h := tiltMatrix(rng, turningMatrix(rng, c.n, c.ω...), c.angle)
			got := group.CompactOf(h, c.angle)
			if !got.Compact || fmt.Sprint(got.Frequencies) != c.frequencies || got.Period != c.period {
				t.Errorf("ω = %v, seed %d: %v", c.ω, seed, got)
				continue
			}
			if d := examples.Distance(lie.Exp(got.Turn(), 2*math.Pi), linalg.Identity(c.n)); d > 1e-10 {
				t.Errorf("ω = %v, seed %d: exp(2π·turn) is %g from the identity", c.ω, seed, d)
			}
			if got.Moved > 6*c.angle+1e-12 || examples.Distance(got.H, lie.UnitSpeed(h)) > (6*c.angle+1e-12)*mat.Norm(got.H, 2) {
				t.Errorf("ω = %v, seed %d: snapping moved it by %g", c.ω, seed, got.Moved)
			}
		}
	}
}

func TestIncommensurateFrequencies(t *testing.T) {
	φ := (1 + math.Sqrt(5)) / 2
	rng := rand.New(rand.NewPCG(1, 11))
	c := group.CompactOf(turningMatrix(rng, 5, φ, 1), 0)
	if !c.Compact || c.Period != 0 || c.Turn() != nil || !strings.Contains(c.String(), "1, 0.62, incommensurate") {
		t.Errorf("%v", c)
	}
	if group.CompactOf(turningMatrix(rng, 4, φ, 1), .05).Period > 1 {
		t.Error("an error of 3° cannot tell the golden mean from everything else")
	}
}

func TestWhatIsNotCompact(t *testing.T) {
	screw := mat.NewDense(4, 4, []float64{0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0})
	resonant := mat.NewDense(4, 4, []float64{0, -1, 1, 0, 1, 0, 0, 1, 0, 0, 0, -1, 0, 0, 1, 0})
	spiral := mat.NewDense(2, 2, []float64{.3, -1, 1, .3})
	for name, c := range map[string]struct {
		h      *mat.Dense
		reason string
	}{
		"boost":       {lie.SOpq(1, 1).Basis()[0], "real part of 1 times"},
		"scaling":     {lie.Scaling(3).Basis()[0], "real part"},
		"spiral":      {spiral, "real part of 0.29"},
		"shear":       {mat.NewDense(2, 2, []float64{0, 1, 0, 0}), "nilpotent"},
		"translation": {lie.Translations(2).Basis()[0], "nilpotent"},
		"screw":       {screw, "semisimple"},
		"resonant":    {resonant, "semisimple"},
		"zero":        {mat.NewDense(2, 2, nil), "zero"},
	} {
		for seed := range uint64(20) {
			rng := rand.New(rand.NewPCG(seed, 12))
			for _, angle := range []float64{0, .003, .02} {
				got := group.CompactOf(tiltMatrix(rng, c.h, angle), angle)
				if got.Compact || got.Period != 0 || got.Frequencies != nil {
					t.Errorf("%s, angle %g: %v", name, angle, got)
				}
				if angle == 0 && !strings.Contains(got.Reason, c.reason) {
					t.Errorf("%s: %q does not speak of %q", name, got.Reason, c.reason)
				}
			}
		}
	}
}

// An affine rotation stays affine, about its own centre.
func TestCompactAffineRotation(t *testing.T) {
	h := mat.NewDense(3, 3, []float64{.01, -2, 4, 2.02, 0, -2, 0, 0, 0})
	c := group.CompactOf(h, .01)
	if !c.Compact || c.Period != 1 {
		t.Fatalf("%v", c)
	}
	x, ok := lie.FixedPoint(c.H)
	if !ok || math.Hypot(x[0]-1, x[1]-2) > .05 {
		t.Errorf("fixed point %v, %v", x, ok)
	}
}

func TestCompactOverAnAlgebra(t *testing.T) {
	for seed := range uint64(10) {
		rng := rand.New(rand.NewPCG(seed, 13))
		for _, want := range []struct {
			a       lie.Algebra
			compact int
		}{{lie.SO(5), 10}, {lie.SOpq(1, 3), 3}, {lie.SE(3), 3}, {lie.Scaling(2), 0}, {lie.Trivial(2), 0}} {
			n := 0
			a := want.a
			if a.Dim() > 0 {
				a = examples.Scrambled(rng, a, .005)
			}
			for _, c := range group.Compact(a, .005) {
				if c.Compact {
					n++
				}
				if c.Compact != (c.Period == 1) {
					t.Errorf("%s, seed %d: %v", a.Name(), seed, c)
				}
			}
			if n != want.compact {
				t.Errorf("%s, seed %d: %d compact generators, want %d", a.Name(), seed, n, want.compact)
			}
		}
	}
}

func TestCompactOfMisuse(t *testing.T) {
	defer func() {
		if message, _ := recover().(string); !strings.HasPrefix(message, "lie: CompactOf: angle") {
			t.Errorf("panic %q", message)
		}
	}()
	group.CompactOf(linalg.Identity(2), -1)
}

func ExampleCompactOf() {
	fmt.Println(group.CompactOf(mat.NewDense(2, 2, []float64{0, -.7, .7, 0}), 0))
	fmt.Println(group.CompactOf(lie.SO(4).Generator([]float64{2, 0, 0, 0, 0, 1}), 0))
	fmt.Println(group.CompactOf(lie.SOpq(1, 1).Basis()[0], 0))
	// Output:
	// compact, frequency 1: exp(2πH) = 1
	// compact, frequencies 1, 1/2: exp(2π·2H) = 1
	// not compact: an eigenvalue has a real part of 1 times the spectral radius
}
