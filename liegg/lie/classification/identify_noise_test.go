package classification_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/lie/internal/examples"
)

// The ground truth of trained networks, and the degenerate neighbours of
// larger claims, at noise of 1° known to a factor of 3.
func TestIdentifyNoisy(t *testing.T) {
	const θ, trials = .017, 3
	r := rand.New(rand.NewPCG(2, 0))
	metric := mat.DenseCopyOf(mat.NewDiagDense(3, []float64{1, 1. / 2, 1. / 3}))
	list := []example{
		{"so(5)", lie.SO(5)}, {"so(1,3)", lie.SOpq(1, 3)}, {"sp(4,R)", lie.Sp(2)}, {"sl(2,R)", lie.SL(2)}, {"se(3)", lie.SE(3)}, {"so(3)", examples.Conjugated(lie.SO(3), metric)},
		{"so(4)", lie.SO(4)}, {"so(2,2)", lie.SOpq(2, 2)}, {"Heisenberg", examples.Heisenberg(1)}, {"se(2)", lie.SE(2)}, {"u(2)", examples.Unitary(2, 0, false)},
		{"so(3) ⊕ scaling", lie.Sum(lie.SO(3), lie.Scaling(3))}, {"so(2) ⊕ scaling", lie.Sum(lie.SO(2), lie.Scaling(2))}, {"so(2)", lie.SO(2)}, {"so(1,1)", lie.SOpq(1, 1)},
		{"scaling", lie.Scaling(3)}, {"sl(2,R) ⋉ R²", examples.Moving(lie.SL(2))}, {"se(1,1)", examples.Moving(lie.SOpq(1, 1))}, {"sl(3,R)", lie.SL(3)},
	}
	runs, right := 0, 0
	for _, e := range list {
		for _, factor := range []float64{1. / 3, 1, 3} {
			for range trials {
				a := e.a
				if !examples.AffineRows(a) {
					a = examples.Conjugated(a, examples.Frame(r, a.Size(), 1+2*r.Float64()))
				}
				id := identify(t, examples.Tilted(r, a, θ), θ*factor)
				runs++
				if id.Name == e.name {
					right++
				} else {
					t.Logf("%s at angle × %.2g: %v", e.name, factor, id)
				}
			}
		}
	}
	if right < runs*95/100 {
		t.Errorf("%d of %d right", right, runs)
	}
}

// Unconstrained noise breaks the last row of homogeneous matrices: the
// translations become nearly so(4) or so(1,3).
func TestIdentifyEuclideanAmongAllMatrices(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 0))
	for range 4 {
		a := examples.Conjugated(lie.SE(3), examples.Orthogonal(r, 4))
		id := identify(t, examples.Tilted(r, a, .01), .01)
		if id.Name != "se(3)" {
			t.Errorf("%v", id)
		}
		if alt := strings.Join(id.Alternatives, " "); alt != "so(4)" && alt != "so(1,3)" {
			t.Errorf("alternatives %q to se(3)", alt)
		}
		if want := (classification.Fingerprint{Dim: 6, Derived: 6, Radical: 3, Rank: 2, Killing: classification.Signature{Minus: 3, Zero: 3}}); id.Fingerprint != want {
			t.Errorf("%v, want %v", id.Fingerprint, want)
		}
	}
}

// checkHonest requires that a named algebra closes up to the given angle error, and is at most four
// times as far away.
func checkHonest(t *testing.T, a lie.Algebra, angle float64) {
	t.Helper()
	id := identify(t, a, angle)
	if id.Name == "" {
		if id.Reason == "" {
			t.Errorf("no name and no reason for %v", a)
		}
		return
	}
	if ρ := lie.ClosureResidual(a); ρ > 8*math.Sin(angle)+1e-9 {
		t.Errorf("%q for a space of closure residual %g at angle %g", id.Name, ρ, angle)
	}
	if ρ := lie.ClosureResidual(id.Algebra); ρ > 1e-6 {
		t.Errorf("%q for an algebra of closure residual %g", id.Name, ρ)
	}
	if θ := lie.LargestAngle(a, id.Algebra); θ > 4*angle+1.001e-6 {
		t.Errorf("%q at %g from the space given, angle %g", id.Name, θ, angle)
	}
}

func randomSpace(r *rand.Rand, n, d int) lie.Algebra {
	gens := make([]*mat.Dense, d)
	for i := range gens {
		gens[i] = examples.Noise(r, n)
	}
	return lie.Span("random", gens...)
}

func TestIdentifyRandomSpaces(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 0))
	for range 2 {
		for n := 1; n <= 4; n++ {
			for d := 1; d <= n*n; d++ {
				a := randomSpace(r, n, d)
				checkHonest(t, a, 0)
				checkHonest(t, a, .017)
			}
		}
	}
}

// Spaces that close by accident, at angle errors that explain it, are nearest to
// algebras of other structure than noise about a known algebra leads to: planes that
// claim a nilpotent algebra of dimension 2 that is not abelian, spaces with nothing
// to move at the start, and one whose nearest abelian algebra is beyond reach.
func TestIdentifyAccidentalAlgebras(t *testing.T) {
	for _, c := range []struct {
		seed  uint64
		n, d  int
		angle float64
	}{
		{2207, 2, 2, .0525870352}, {62, 3, 2, .0777}, {4777, 2, 3, .0999}, {5447, 2, 3, .0836}, {6087, 2, 3, .0999}, {6977, 2, 3, .0999},
	} {
		checkHonest(t, randomSpace(rand.New(rand.NewPCG(c.seed, 0)), c.n, c.d), c.angle)
	}
	r := rand.New(rand.NewPCG(7, 0))
	for range 300 {
		n := 2 + r.IntN(2)
		a := randomSpace(r, n, 2+r.IntN(n))
		if angle := lie.ClosureAngle(a) * (1 + r.Float64()); angle < .1 {
			checkHonest(t, a, angle)
		}
	}
}

func FuzzIdentify(f *testing.F) {
	f.Add(uint64(1), 3, 4, .017)
	f.Add(uint64(2), 4, 6, .05)
	f.Add(uint64(3), 2, 3, 0.)
	f.Fuzz(func(t *testing.T, seed uint64, n, d int, angle float64) {
		if n < 1 || n > 4 || d < 1 || d > n*n || !(angle >= 0 && angle < .1) {
			t.Skip()
		}
		checkHonest(t, randomSpace(rand.New(rand.NewPCG(seed, 0)), n, d), angle)
	})
}

// Known algebras, in any frame, at noise of any share of the angle error.
func FuzzIdentifyNoisy(f *testing.F) {
	f.Add(uint64(1), .01, 1.)
	f.Add(uint64(22), .05, 3.)
	f.Add(uint64(40), 1e-6, .1)
	f.Add(uint64(213), .016875, 4.) // algebras with the radical claimed are far away
	f.Add(uint64(204), 3.703703703703703e-07, 5.296296296296298)
	known := slices.DeleteFunc(known(), func(e example) bool {
		full := e.a.Dim() == e.a.Size()*e.a.Size() || examples.AffineRows(e.a) && e.a.Dim() == e.a.Size()*(e.a.Size()-1)
		return full || e.a.Dim() == 0 || e.a.Dim() > 7 || e.a.Size() > 5
	})
	f.Fuzz(func(t *testing.T, seed uint64, angle, share float64) {
		if !(angle > 0 && angle < .1) || !(share > 0 && share*angle < .5) {
			t.Skip()
		}
		r := rand.New(rand.NewPCG(seed, 0))
		a := known[seed%uint64(len(known))].a
		if !examples.AffineRows(a) {
			a = examples.Conjugated(a, examples.Frame(r, a.Size(), 1+3*r.Float64()))
		}
		checkHonest(t, examples.Tilted(r, a, share*angle), angle)
	})
}
