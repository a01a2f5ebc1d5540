package group_test

import (
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

func diagonalMatrix(v ...float64) *mat.Dense { return mat.DenseCopyOf(mat.NewDiagDense(len(v), v)) }

// symplecticForm is Ω = [0 I; −I 0] of size 2n.
func symplecticForm(n int) *mat.Dense {
	m := mat.NewDense(2*n, 2*n, nil)
	for i := range n {
		m.Set(i, n+i, 1)
		m.Set(n+i, i, -1)
	}
	return m
}

// inRandomFrame is the form FᵀQF in the frame F, and the algebra F⁻¹aF that
// preserves it.
func inRandomFrame(t *testing.T, rng *rand.Rand, q *mat.Dense, a lie.Algebra) (*mat.Dense, lie.Algebra) {
	n, _ := q.Dims()
	var frame, inverse, moved mat.Dense
	frame.Scale(.15, examples.Noise(rng, n))
	frame.Add(&frame, examples.Orthogonal(rng, n))
	if err := inverse.Inverse(&frame); err != nil {
		t.Fatal(err)
	}
	moved.Product(frame.T(), q, &frame)
	moved.Scale(1/mat.Norm(&moved, 2), &moved)
	c, err := a.Conjugate(&inverse)
	if err != nil {
		t.Fatal(err)
	}
	return &moved, c
}

// formsWithGroups are forms with their algebras and the number of other
// components.
func formsWithGroups() []struct {
	q     *mat.Dense
	a     lie.Algebra
	count int
} {
	return []struct {
		q     *mat.Dense
		a     lie.Algebra
		count int
	}{
		{diagonalMatrix(1), lie.SO(1), 1},
		{diagonalMatrix(1, 1, 1, 1, 1), lie.SO(5), 1},
		{diagonalMatrix(-1, -1, -1), lie.SO(3), 1},
		{diagonalMatrix(1, -1), lie.SOpq(1, 1), 3},
		{diagonalMatrix(1, -1, -1, -1), lie.SOpq(1, 3), 3},
		{diagonalMatrix(1, 1, -1, -1, -1), lie.SOpq(2, 3), 3},
		{symplecticForm(1), lie.Sp(1), 1},
		{symplecticForm(2), lie.Sp(2), 1},
		{symplecticForm(3), lie.Sp(3), 1},
	}
}

func TestComponentRepresentativesAreIsometriesThatNormaliseTheAlgebra(t *testing.T) {
	for seed := range uint64(10) {
		rng := rand.New(rand.NewPCG(seed, 14))
		for _, f := range formsWithGroups() {
			q, a := f.q, f.a
			if seed > 0 {
				q, a = inRandomFrame(t, rng, f.q, f.a)
			}
			found, err := group.ComponentRepresentatives(q)
			if err != nil || len(found) != f.count {
				t.Fatalf("%s, seed %d: %d representatives, want %d, error %v", a.Name(), seed, len(found), f.count, err)
			}
			for _, c := range found {
				checkRepresentative(t, q, a, c)
			}
		}
	}
}

func checkRepresentative(t *testing.T, q *mat.Dense, a lie.Algebra, c group.Representative) {
	t.Helper()
	var moved, want mat.Dense
	moved.Product(c.G.T(), q, c.G)
	want.Scale(float64(c.Sign), q)
	if d := examples.Distance(&moved, &want); d > 1e-12 {
		t.Errorf("%s, %s: GᵀQG is %g from %d·Q", a.Name(), c.Name, d, c.Sign)
	}
	if d := mat.Det(c.G); math.Abs(d-c.Det) > 1e-12 {
		t.Errorf("%s, %s: determinant %g, said to be %g", a.Name(), c.Name, d, c.Det)
	}
	b, err := a.Conjugate(c.G)
	if err != nil {
		t.Fatal(err)
	}
	if θ := lie.LargestAngle(a, b); θ > 1e-12 {
		t.Errorf("%s, %s: G·a·G⁻¹ is at angle %g", a.Name(), c.Name, θ)
	}
}

// The signs of det G on a maximal plus space, and on the whole space, distinguish the four components of
// O(p,q).
func TestComponentRepresentativesLieInDifferentComponents(t *testing.T) {
	q := diagonalMatrix(1, 1, -1, -1, -1)
	found, err := group.ComponentRepresentatives(q)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[2]bool]bool{{true, true}: true} // the component of the identity
	for _, c := range found {
		seen[[2]bool{mat.Det(c.G.Slice(0, 2, 0, 2)) > 0, mat.Det(c.G) > 0}] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d of 4 components", len(seen))
	}
}

func TestComponentRepresentativesOfStandardFormsAreDiagonal(t *testing.T) {
	noisy := tiltMatrix(rand.New(rand.NewPCG(1, 15)), diagonalMatrix(1, -1, -1, -1), 0)
	noisy.Set(1, 2, .004)
	noisy.Set(2, 1, .004)
	noisy.Set(0, 0, .99)
	for _, c := range []struct {
		q    *mat.Dense
		want []*mat.Dense
	}{
		{diagonalMatrix(1, 1, 1), []*mat.Dense{diagonalMatrix(-1, 1, 1)}},
		{noisy, []*mat.Dense{diagonalMatrix(-1, 1, 1, 1), diagonalMatrix(1, -1, 1, 1), diagonalMatrix(-1, -1, 1, 1)}},
		{symplecticForm(2), []*mat.Dense{diagonalMatrix(1, 1, -1, -1)}},
	} {
		found, err := group.ComponentRepresentatives(c.q)
		if err != nil || len(found) != len(c.want) {
			t.Fatalf("%v, error %v", found, err)
		}
		for k := range found {
			if d := examples.Distance(found[k].G, c.want[k]); d > .02 {
				t.Errorf("%s is\n%v", found[k].Name, mat.Formatted(found[k].G))
			}
		}
	}
}

// A form whose axes are light-like has no coordinate axis to reflect.
func TestComponentRepresentativesOfALightConeForm(t *testing.T) {
	q := mat.NewDense(2, 2, []float64{0, 1, 1, 0})
	found, err := group.ComponentRepresentatives(q)
	if err != nil || len(found) != 3 {
		t.Fatalf("%v, error %v", found, err)
	}
	for _, c := range found {
		checkRepresentative(t, q, lie.Span("so(1,1)", diagonalMatrix(1, -1)), c)
	}
}

func TestComponentRepresentativesErrors(t *testing.T) {
	for want, q := range map[string]*mat.Dense{
		"neither":    mat.NewDense(2, 2, []float64{1, 1, 0, 1}),
		"degenerate": diagonalMatrix(1, 1, 1e-4),
		"zero":       mat.NewDense(2, 2, nil),
		"3×3 form is degenerate": mat.NewDense(3, 3, []float64{ // odd and antisymmetric
			0, 1, 2, -1, 0, 3, -2, -3, 0}),
	} {
		if _, err := group.ComponentRepresentatives(q); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: error %v", want, err)
		}
	}
}

func representativeNames(list []group.Representative) string {
	var out []string
	for _, c := range list {
		out = append(out, c.Name)
	}
	return strings.Join(out, "; ")
}

func TestDiscreteCandidates(t *testing.T) {
	rotation12 := lie.Span("so(2)", lie.SO(3).Basis()[0])
	for _, c := range []struct {
		a     lie.Algebra
		forms []*mat.Dense
		want  string
	}{
		{lie.SL(3), nil, "reflection of axis 1; −1"},
		{lie.GL(2), nil, "reflection of axis 1; −1"},
		{lie.SO(3), nil, "reflection of axis 1; −1"},
		{lie.SO(5), []*mat.Dense{linalg.Identity(5)}, "reflection; −1"},
		{lie.SOpq(1, 3), []*mat.Dense{diagonalMatrix(1, -1, -1, -1)},
			"reflection of a plus axis; reflection of a minus axis; reflection of a plus and a minus axis; −1"},
		{lie.Sp(2), []*mat.Dense{symplecticForm(2)}, "anti-symplectic map (takes the form to its negative); −1"},
		{rotation12, []*mat.Dense{diagonalMatrix(1, 1, 0)}, "reflection of axis 1; reflection of axis 3; −1"},
		{rotation12, []*mat.Dense{diagonalMatrix(1, 1, .5)}, "reflection; reflection of axis 3; −1"},
		{lie.SE(3), []*mat.Dense{linalg.Identity(3)}, "reflection; −1"},
		{lie.SE(2), nil, "reflection of axis 1; −1"},
		{examples.Inertia(), []*mat.Dense{diagonalMatrix(.1, .4, .9)}, "reflection; −1"},
		{lie.Scaling(2), nil, "reflection of axis 1; reflection of axis 2; −1"},
	} {
		found := group.DiscreteCandidates(c.a, c.forms...)
		if got := representativeNames(found); got != c.want {
			t.Errorf("%s: %q, want %q", c.a.Name(), got, c.want)
		}
		for _, g := range found {
			if b, err := c.a.Conjugate(g.G); err != nil || lie.LargestAngle(b, c.a) > 1e-12 || math.Abs(mat.Det(g.G)-g.Det) > 1e-12 {
				t.Errorf("%s, %s: does not normalise, or determinant %g", c.a.Name(), g.Name, mat.Det(g.G))
			}
			if n := c.a.Size(); c.a.Homogeneous() && g.G.At(n-1, n-1) != 1 {
				t.Errorf("%s, %s is not affine", c.a.Name(), g.Name)
			}
		}
	}
}

// Of what preserves the length, a reflection does not normalise u(2), complex
// conjugation does, in every orthonormal frame.
func TestCompanionOfTheUnitaryAlgebraIsConjugation(t *testing.T) {
	for seed := range uint64(10) {
		frame := examples.Orthogonal(rand.New(rand.NewPCG(seed, 17)), 4)
		a, err := examples.Unitary(2, 0, false).Conjugate(frame)
		if err != nil || lie.ClosureResidual(a) > 1e-14 {
			t.Fatalf("%v, error %v", a, err)
		}
		var ω mat.Dense
		ω.Product(frame, symplecticForm(2), frame.T())
		found := group.DiscreteCandidates(a, linalg.Identity(4), &ω)
		if got := representativeNames(found); got != "anti-symplectic map (takes the form to its negative); −1" {
			t.Errorf("seed %d: %q", seed, got)
		}
	}
}

// With noise in the algebra and in the form the candidates are the same.
func TestDiscreteCandidatesOfNoisyEstimates(t *testing.T) {
	for seed := range uint64(10) {
		rng := rand.New(rand.NewPCG(seed, 16))
		a := examples.Scrambled(rng, lie.SOpq(1, 3), .01)
		noise := examples.Noise(rng, 4)
		noise.Add(noise, mat.DenseCopyOf(noise.T()))
		noise.Scale(.005/mat.Norm(noise, 2), noise)
		noise.Add(noise, diagonalMatrix(.5, -.5, -.5, -.5))
		if got := representativeNames(group.DiscreteCandidates(a, noise)); strings.Count(got, ";") != 3 {
			t.Errorf("seed %d: %q", seed, got)
		}
	}
}

// The span of (x₁ + x₂)∂₁ is moved by a flip of either axis.
func TestCandidatesThatDoNotNormaliseAreLeftOut(t *testing.T) {
	shear := lie.Span("oblique", mat.NewDense(2, 2, []float64{1, 1, 0, 0}))
	for _, c := range group.DiscreteCandidates(shear) {
		if c.Name != "−1" {
			t.Errorf("%s is listed, yet moves the algebra", c.Name)
		}
	}
}

func TestDiscreteCandidatesMisuse(t *testing.T) {
	defer func() {
		if message, _ := recover().(string); !strings.HasPrefix(message, "lie: DiscreteCandidates: form 0") {
			t.Errorf("panic %q", message)
		}
	}()
	group.DiscreteCandidates(lie.SE(3), linalg.Identity(4))
}
