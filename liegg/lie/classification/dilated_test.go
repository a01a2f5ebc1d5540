package classification_test

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/examples"
)

// affineAbout returns an algebra of matrices as affine maps about a point.
func affineAbout(a lie.Algebra, centre ...float64) lie.Algebra {
	n := a.Size()
	var generators []*mat.Dense
	for _, h := range a.Basis() {
		b := mat.NewDense(n+1, n+1, nil)
		b.Slice(0, n, 0, n).(*mat.Dense).Copy(h)
		var moved mat.VecDense
		moved.MulVec(h, mat.NewVecDense(n, centre))
		for i := range n {
			b.Set(i, n, -moved.AtVec(i))
		}
		generators = append(generators, b)
	}
	return lie.SpanAffine(a.Name(), generators...)
}

// perturbedAffine adds affine maps of size θ to an orthonormal basis.
func perturbedAffine(r *rand.Rand, a lie.Algebra, θ float64) lie.Algebra {
	var generators []*mat.Dense
	for _, h := range a.Basis() {
		h = mat.DenseCopyOf(h)
		n, _ := h.Dims()
		for i := range n - 1 {
			for j := range n {
				h.Set(i, j, h.At(i, j)+θ/float64(n)*r.NormFloat64())
			}
		}
		generators = append(generators, h)
	}
	return lie.SpanAffine("", generators...)
}

// Rotations about a far centre are nearly translations. They are named as rotations, or not at all
// if the error hides their linear part; translations never become rotations.
func TestRotationsAboutAFarCentre(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 0))
	for _, away := range []float64{1, 30, 1e3, 1e5, 1e7} {
		for _, θ := range []float64{1e-12, 1e-9, 1e-6, 1e-3} {
			for _, c := range []struct {
				a    lie.Algebra
				name string
				sure bool // unless the error is too large
			}{
				{affineAbout(lie.SO(3), away, 0, 0), "so(3)", true},
				{affineAbout(lie.SL(2), away, 0), "sl(2,R)", true},
				{lie.SE(2), "se(2)", false},
				{affineAbout(lie.SE(2), away, 0, 0), "se(2)", false},
			} {
				id := identify(t, perturbedAffine(r, c.a, θ), θ)
				if id.Name != c.name && id.Name != "" && 3*θ*away < 1 {
					t.Errorf("%s, %g away, error %g: got %s", c.name, away, θ, id.Name)
				}
				if c.sure && id.Name != c.name && θ*away < 1e-4 {
					t.Errorf("%s, %g away, error %g: no name: %s", c.name, away, θ, id.Reason)
				}
				near := mat.NewDiagDense(c.a.Size(), nil)
				for i := range c.a.Size() {
					near.SetDiag(i, 1/away)
				}
				near.SetDiag(c.a.Size()-1, 1)
				off := lie.LargestAngle(examples.Conjugated(id.Algebra, mat.DenseCopyOf(near)), examples.Conjugated(c.a, mat.DenseCopyOf(near)))
				if id.Name == c.name && off > 10*θ*away+1e-6 {
					t.Errorf("%s, %g away, error %g: the algebra is off by %g", c.name, away, θ, off)
				}
			}
		}
	}
}
