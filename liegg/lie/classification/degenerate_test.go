package classification_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
)

// inUnequalUnits returns the algebra in a frame whose axes have the given lengths, turned at random. The
// basis is disturbed so that the span is off by about θ.
func inUnequalUnits(t *testing.T, a lie.Algebra, lengths []float64, θ float64, rng *rand.Rand) lie.Algebra {
	t.Helper()
	n := len(lengths)
	random := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			random.Set(i, j, rng.NormFloat64())
		}
	}
	var qr mat.QR
	qr.Factorize(random)
	var turn, frame mat.Dense
	qr.QTo(&turn)
	frame.Mul(&turn, mat.NewDiagDense(n, lengths))
	moved, err := a.Conjugate(&frame)
	if err != nil {
		t.Fatal(err)
	}
	basis := moved.Basis()
	for _, h := range basis {
		for i := range n {
			for j := range n {
				h.Set(i, j, h.At(i, j)+θ*rng.NormFloat64()/float64(n))
			}
		}
	}
	return lie.Span("estimate", basis...)
}

// A rotation along ellipses with axes a > b has the unit generator [0 1; −(b/a)² 0]. It is a
// rotation to one who knows it better than (b/a)², and a shear to one who does not. In between,
// it has no name. A boost along hyperbolas likewise.
func TestOneGeneratorIsNamedWithinItsError(t *testing.T) {
	rng := rand.New(rand.NewPCG(51, 0))
	for name, a := range map[string]lie.Algebra{"so(2)": lie.SO(2), "so(1,1)": lie.SOpq(1, 1)} {
		for range 100 {
			ratio := math.Pow(10, -3*rng.Float64())
			θ := math.Pow(10, -1-4*rng.Float64())
			got := identify(t, inUnequalUnits(t, a, []float64{1, ratio}, θ, rng), θ).Name
			switch known := ratio * ratio / θ; {
			case known < .3 && got == name,
				known > 8 && got != name,
				got != name && got != "shear" && got != "R":
				t.Errorf("%s with (b/a)² = %.2g known to %.2g: got %q", name, ratio*ratio, θ, got)
			}
		}
	}
}

// Rotations of an ellipsoid have no name if their invariant form is degenerate within the error.
// Otherwise they do, except for some of the cases between.
func TestNoNameWithADegenerateForm(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	u2 := lie.Span("u(2)", complexMatrices(2)...)
	for name, c := range map[string]struct {
		a    lie.Algebra
		flat []bool // axes that are shortened
	}{
		"so(3)":   {lie.SO(3), []bool{false, false, true}},
		"so(4)":   {lie.SO(4), []bool{false, true, true, true}},
		"so(1,3)": {lie.SOpq(1, 3), []bool{true, false, false, false}},
		"u(2)":    {u2, []bool{false, false, true, true}},
	} {
		rng := rand.New(rand.NewPCG(52, uint64(len(name)))) // the same for each case, in any order
		known, named := 0, 0
		for range 24 {
			ratio := math.Pow(10, -1.2*rng.Float64())
			lengths := make([]float64, len(c.flat))
			for i, flat := range c.flat {
				if lengths[i] = 1; flat {
					lengths[i] = ratio
				}
			}
			θ := math.Pow(10, -2-3*rng.Float64())
			id := identify(t, inUnequalUnits(t, c.a, lengths, θ, rng), 2*θ)
			degenerate := false
			for _, f := range id.Forms {
				degenerate = degenerate || f.Symmetric && f.Signature.Zero > 0
			}
			if id.Name == name && degenerate {
				t.Errorf("%s with (b/a)² = %.2g known to %.2g: %v", name, ratio*ratio, θ, id)
			}
			if ratio*ratio > 40*θ {
				known++
				if id.Name == name {
					named++
				} else if id.Name != "" {
					t.Errorf("%s with (b/a)² = %.2g known to %.2g: got %v", name, ratio*ratio, θ, id)
				}
			}
		}
		if known < 5 || 4*named < 3*known {
			t.Errorf("%s: %d of %d are named", name, named, known)
		}
	}
}

// complexMatrices are the skew-Hermitian k×k matrices as real ones on (Re, Im) pairs.
func complexMatrices(k int) (out []*mat.Dense) {
	put := func(m *mat.Dense, i, j int, re, im float64) {
		m.Set(2*i, 2*j, re)
		m.Set(2*i+1, 2*j+1, re)
		m.Set(2*i, 2*j+1, -im)
		m.Set(2*i+1, 2*j, im)
	}
	for i := range k {
		m := mat.NewDense(2*k, 2*k, nil)
		put(m, i, i, 0, 1)
		out = append(out, m)
		for j := range i {
			skew, symmetric := mat.NewDense(2*k, 2*k, nil), mat.NewDense(2*k, 2*k, nil)
			put(skew, i, j, 1, 0)
			put(skew, j, i, -1, 0)
			put(symmetric, i, j, 0, 1)
			put(symmetric, j, i, 0, 1)
			out = append(out, skew, symmetric)
		}
	}
	return out
}

// A generator with a nilpotent part and zero eigenvalues is not a rotation, a scaling or a boost, in
// any frame.
func TestMixedGeneratorsHaveNoSimpleName(t *testing.T) {
	rng := rand.New(rand.NewPCG(53, 0))
	for what, h := range map[string]*mat.Dense{
		"rotation along a screw":           mat.NewDense(4, 4, []float64{0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .5, 0, 0, 0, 0}),
		"translation and scaling":          mat.NewDense(3, 3, []float64{0, 0, 1, 0, -1, 0, 0, 0, 0}),
		"boost and shear of other vectors": mat.NewDense(4, 4, []float64{0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0}),
	} {
		n, _ := h.Dims()
		for range 20 {
			lengths := make([]float64, n)
			for i := range lengths {
				lengths[i] = 1 + rng.Float64()
			}
			for _, θ := range []float64{0, 1e-3} {
				if got := identify(t, inUnequalUnits(t, lie.Span(what, h), lengths, θ, rng), θ).Name; got != "R" {
					t.Errorf("%s, known to %g: got %q", what, θ, got)
				}
			}
		}
	}
}
