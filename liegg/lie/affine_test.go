package lie_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
)

// Translations of any length are inverted exactly, and do not spoil what else a map does.
func TestInverse(t *testing.T) {
	for _, q := range []*mat.Dense{
		lie.TranslationBy(1e15, -3), lie.TranslationBy(.1, .2, .3),
		mat.NewDense(3, 3, []float64{2, 1, 1e12, 0, 3, -1e9, 0, 0, 1}),
		mat.NewDense(3, 3, []float64{0, -1, 1e8, 1, 0, 1, 0, 0, 4}),
		mat.NewDense(2, 2, []float64{1, 2, 3, 4}),
	} {
		inverse, err := lie.Inverse(q)
		if err != nil {
			t.Fatal(err)
		}
		var product mat.Dense
		product.Mul(inverse, q)
		n, _ := q.Dims()
		if linear := product.Slice(0, n-1, 0, n-1); !mat.EqualApprox(linear, linalg.Identity(n-1), 1e-15*float64(n)*4) {
			t.Errorf("q⁻¹q = %v for q = %v", mat.Formatted(&product), mat.Formatted(q))
		}
		if rest := product.At(0, n-1); !(math.Abs(rest) <= 1e-15*math.Abs(q.At(0, n-1)*inverse.At(0, 0))) {
			t.Errorf("q⁻¹q moves the origin by %g", rest)
		}
	}
	if _, err := lie.Inverse(mat.NewDense(2, 2, []float64{1, 2, 2, 4})); err == nil {
		t.Error("a singular matrix was inverted")
	}
}

// An algebra of affine maps keeps its dimension, and comes back, from far away.
func TestConjugateFarAway(t *testing.T) {
	for _, c := range [][]float64{{100, -100}, {465000, 5249000}, {1e8, 3}} {
		there, back := lie.TranslationBy(c...), lie.TranslationBy(-c[0], -c[1])
		moved, err := lie.SE(2).Conjugate(there)
		if err != nil || moved.Dim() != 3 {
			t.Fatalf("se(2) about %v: %v, %v", c, moved, err)
		}
		home, err := moved.Conjugate(back)
		if err != nil || home.Dim() != 3 {
			t.Fatalf("back from %v: %v, %v", c, home, err)
		}
		far := math.Hypot(c[0], c[1])
		if angle := lie.LargestAngle(home, lie.SE(2)); !(angle < 1e-15*far*far+1e-12) && !(angle < 1e-6) {
			t.Errorf("from %v it came back %g rad off", c, angle)
		}
	}
}

func TestCommonFixedPoint(t *testing.T) {
	about := func(a lie.Algebra, c ...float64) lie.Algebra {
		moved, err := a.Conjugate(lie.TranslationBy(c...))
		if err != nil {
			t.Fatal(err)
		}
		return moved
	}
	affine := func(a lie.Algebra) lie.Algebra {
		var gens []*mat.Dense
		for _, h := range a.Basis() {
			n, _ := h.Dims()
			g := mat.NewDense(n+1, n+1, nil)
			g.Slice(0, n, 0, n).(*mat.Dense).Copy(h)
			gens = append(gens, g)
		}
		return lie.SpanAffine("linear", gens...)
	}
	for _, c := range []struct {
		what string
		a    lie.Algebra
		want []float64
	}{
		{"rotations of space", about(affine(lie.SO(3)), .5, -1, 2), []float64{.5, -1, 2}},
		{"a rotation of the plane", about(affine(lie.SO(2)), 3, 4), []float64{3, 4}},
		{"scaling", about(affine(lie.Scaling(2)), 1, 1), []float64{1, 1}},
		{"turns about an axis", affine(lie.Span("axis", lie.SO(3).Basis()[0])), nil},
		{"all rigid motions", lie.SE(2), nil},
		{"translations", lie.Translations(2), nil},
		{"a drift that grows by a hundredth", lie.SpanAffine("drift", mat.NewDense(2, 2, []float64{.01, 1, 0, 0})), nil},
	} {
		got, ok := lie.CommonFixedPoint(c.a, .05)
		if ok != (c.want != nil) {
			t.Errorf("%s: fixed point %v, %v; want %v", c.what, got, ok, c.want)
			continue
		}
		for i := range c.want {
			if !(math.Abs(got[i]-c.want[i]) < 1e-9) {
				t.Errorf("%s: fixed point %v, want %v", c.what, got, c.want)
			}
		}
	}
}

func TestPointText(t *testing.T) {
	for want, c := range map[string]struct {
		x          []float64
		resolution float64
	}{
		"(465000, 5249000)": {[]float64{465000.0004, 5248999.9996}, .03},
		"(0.641, −0.58)":    {[]float64{.64062, -.58}, .001},
		"(0, 1e+20)":        {[]float64{-.0001, 1e20}, .01},
		"(12345.678, −0.5)": {[]float64{12345.678, -.5}, 0},
		"(0)":               {[]float64{0}, 0},
	} {
		if got := lie.PointText(c.x, c.resolution); got != want {
			t.Errorf("%v to %g: %s, want %s", c.x, c.resolution, got, want)
		}
	}
}
