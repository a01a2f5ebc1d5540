package classification_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/lie/internal/examples"
)

type example struct {
	name string
	a    lie.Algebra
}

// known are algebras whose names are known.
func known() []example {
	turn := lie.SO(2).Basis()[0]
	list := []example{
		{"so(7)", lie.SO(7)}, {"so(8)", lie.SO(8)}, {"sl(2,R)", lie.Sp(1)}, {"sp(4,R)", lie.Sp(2)}, {"sp(6,R)", lie.Sp(3)}, {"sp(8,R)", lie.Sp(4)},
		{"so(1,1)", lie.SOpq(1, 1)}, {"so(2,1)", lie.SOpq(2, 1)}, {"so(2,1)", lie.SOpq(1, 2)}, {"so(1,3)", lie.SOpq(1, 3)}, {"so(1,3)", lie.SOpq(3, 1)},
		{"so(2,2)", lie.SOpq(2, 2)}, {"so(1,4)", lie.SOpq(4, 1)}, {"so(2,3)", lie.SOpq(2, 3)}, {"so(2,4)", lie.SOpq(2, 4)}, {"so(3,3)", lie.SOpq(3, 3)},
		{"so(1,5)", lie.SOpq(1, 5)}, {"so(3,4)", lie.SOpq(4, 3)},
		{"g2", examples.Exceptional(1)}, {"g2(2)", examples.Exceptional(-1)}, {"su(2)", examples.Unitary(2, 0, true)}, {"u(2)", examples.Unitary(2, 0, false)}, {"su(3)", examples.Unitary(3, 0, true)}, {"u(3)", examples.Unitary(3, 0, false)}, {"su(1,2)", examples.Unitary(1, 2, true)},
		{"u(1,2)", examples.Unitary(2, 1, false)}, {"u(1,1)", examples.Unitary(1, 1, false)}, {"su(4)", examples.Unitary(4, 0, true)}, {"su(2,2)", examples.Unitary(2, 2, true)}, {"su(1,3)", examples.Unitary(1, 3, true)},
		{"sl(2,C)", examples.OverComplex(lie.SL(2))}, {"sl(3,C)", examples.OverComplex(lie.SL(3))}, {"sp(4,C)", examples.OverComplex(lie.Sp(2))}, {"gl(2,C)", examples.OverComplex(lie.GL(2))},
		{"sl(2,H)", examples.Quaternionic(examples.SlH)}, {"sp(2)", examples.Quaternionic(examples.SpH(1))}, {"sp(1,1)", examples.Quaternionic(examples.SpH(-1))},
		{"se(1,1)", examples.Moving(lie.SOpq(1, 1))}, {"iso(1,3)", examples.Moving(lie.SOpq(1, 3))}, {"se(3)", examples.Moving(lie.SO(3))}, {"sl(2,R) ⋉ R²", examples.Moving(lie.SL(2))},
		{"sl(3,R) ⋉ R³", examples.Moving(lie.SL(3))}, {"sp(4,R) ⋉ R⁴", examples.Moving(lie.Sp(2))}, {"scaling ⋉ R²", examples.Moving(lie.Scaling(2))},
		{"(so(3) ⊕ scaling) ⋉ R³", examples.Moving(lie.Sum(lie.SO(3), lie.Scaling(3)))}, {"(so(2) ⊕ scaling) ⋉ R²", examples.Moving(lie.Sum(lie.SO(2), lie.Scaling(2)))},
		{"u(2) ⋉ R⁴", examples.Moving(examples.Unitary(2, 0, false))}, {"aff(1)", lie.Affine(1)}, {"(scaling ⊕ shear) ⋉ R²", examples.Moving(lie.Span("", mat.NewDense(2, 2, []float64{1, 0, 0, 1}), examples.Entry(2, 0, 1)))},
		{"Heisenberg", examples.Heisenberg(1)}, {"Heisenberg(5)", examples.Heisenberg(2)}, {"translations(1)", lie.Translations(1)}, {"translations(3)", lie.Translations(3)},
		{"so(3) ⊕ scaling", lie.Sum(lie.SO(3), lie.Scaling(3))}, {"so(4) ⊕ scaling", lie.Sum(lie.SO(4), lie.Scaling(4))},
		{"so(1,3) ⊕ scaling", lie.Sum(lie.SOpq(1, 3), lie.Scaling(4))}, {"so(2) ⊕ scaling", lie.Sum(lie.SO(2), lie.Scaling(2))},
		{"so(1,1) ⊕ scaling", lie.Sum(lie.SOpq(1, 1), lie.Scaling(2))}, {"so(3) ⊕ so(2)", examples.Beside(lie.SO(3), lie.SO(2))},
		{"so(3) ⊕ so(3)", examples.Beside(lie.SO(3), lie.SO(3))}, {"so(3) ⊕ sl(2,R)", examples.Beside(lie.SO(3), lie.SL(2))}, {"sl(3,R) ⊕ so(4)", examples.Beside(lie.SL(3), lie.SO(4))},
		{"so(2) ⊕ so(2)", examples.Beside(lie.SO(2), lie.SO(2))}, {"so(2) ⊕ so(1,1)", examples.Beside(lie.SO(2), lie.SOpq(1, 1))},
		{"gl(3,R) ⊕ so(2)", examples.Beside(lie.GL(3), lie.SO(2))}, {"gl(3,R) ⊕ gl(2,R)", examples.Beside(lie.GL(3), lie.GL(2))}, {"gl(2,H)", lie.Sum(examples.Quaternionic(examples.SlH), lie.Scaling(8))}, {"se(2) ⊕ se(2)", examples.Beside(lie.SE(2), lie.SE(2))}, {"se(3) ⊕ so(3)", examples.Beside(lie.SE(3), lie.SO(3))},
		{"so(3) ⊕ Heisenberg", examples.Beside(examples.Heisenberg(1), lie.SO(3))},
		{"so(2)", lie.Span("", examples.Blocks(turn, examples.Zeros(2)))}, {"so(2)", lie.Span("", examples.Blocks(turn, turn))},
		{"shear", lie.Span("", examples.Entry(2, 0, 1))}, {"shear", lie.Span("", examples.Entry(3, 0, 1))}, {"scaling", lie.GL(1)}, {"{0}", lie.Trivial(3)},
	}
	for n := 2; n <= 5; n++ {
		list = append(list, example{fmt.Sprintf("so(%d)", n), lie.SO(n)}, example{fmt.Sprintf("sl(%d,R)", n), lie.SL(n)}, example{fmt.Sprintf("gl(%d,R)", n), lie.GL(n)},
			example{fmt.Sprintf("se(%d)", n), lie.SE(n)}, example{fmt.Sprintf("aff(%d)", n), lie.Affine(n)}, example{"scaling", lie.Scaling(n)})
	}
	return list
}

func identify(t *testing.T, a lie.Algebra, angle float64) *classification.Identity {
	t.Helper()
	id, err := classification.Identify(a, angle)
	if err != nil {
		t.Fatalf("%v: %v", a, err)
	}
	return id
}

func TestIdentifyExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	for _, e := range known() {
		if id := identify(t, e.a, 0); id.Name != e.name {
			t.Errorf("%s is called %q: %v", e.name, id.Name, id)
		}
		if e.a.Dim() > 10 || examples.AffineRows(e.a) || e.a.Homogeneous() {
			continue
		}
		if id := identify(t, examples.Conjugated(e.a, examples.Frame(r, e.a.Size(), 4)), 0); id.Name != e.name {
			t.Errorf("%s conjugated is called %q: %v", e.name, id.Name, id)
		}
	}
}

// Rotations about a common centre that is not the origin are rotations.
func TestIdentifyAboutAnotherCentre(t *testing.T) {
	for n := 2; n <= 4; n++ {
		var gens []*mat.Dense
		q := examples.Zeros(n + 1)
		for i := range n + 1 {
			q.Set(i, i, 1)
			q.Set(i, n, float64(1+i))
		}
		for _, e := range lie.SO(n).Basis() {
			gens = append(gens, examples.Blocks(e, examples.Zeros(1)))
		}
		id := identify(t, examples.Conjugated(lie.Span("", gens...), q), 0)
		if want := fmt.Sprintf("so(%d)", n); id.Name != want {
			t.Errorf("%s about another centre: %v", want, id)
		}
	}
}

func TestIdentifySplitsIdeals(t *testing.T) {
	id := identify(t, examples.Beside(lie.SL(3), lie.SO(4)), 0)
	if got := strings.Join(id.IdealNames, ","); got != "sl(3,R),su(2),su(2)" {
		t.Errorf("ideals %s", got)
	}
	for i, a := range id.Ideals {
		for _, b := range id.Ideals[i+1:] {
			for _, x := range a.Basis() {
				for _, y := range b.Basis() {
					if v := mat.Norm(lie.Bracket(x, y), 2); v > 1e-9 {
						t.Fatalf("[%s,%s] = %g", a.Name(), b.Name(), v)
					}
				}
			}
		}
	}
}

// Levi's theorem: the algebra is the sum of a semisimple algebra and the radical, for any origin.
func TestIdentifyLevi(t *testing.T) {
	q := mat.NewDense(4, 4, []float64{1, 0, 0, 3, 0, 2, 0, -1, 0, 0, 1, 5, 0, 0, 0, 1})
	id := identify(t, examples.Conjugated(lie.SE(3), q), 0)
	if id.Levi.Dim() != 3 || id.Radical.Dim() != 3 || lie.ClosureResidual(id.Levi) > 1e-9 {
		t.Fatalf("Levi part %v, radical %v", id.Levi, id.Radical)
	}
	if θ := lie.LargestAngle(lie.Sum(id.Levi, id.Radical), id.Algebra); θ > 1e-9 {
		t.Errorf("they span a space at angle %g", θ)
	}
	if θ := lie.LargestAngle(id.Radical, lie.Translations(3)); θ > 1e-9 {
		t.Errorf("radical at %g from the translations", θ)
	}
}

func TestIdentifyGivesReasons(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 0))
	tests := []struct {
		a     lie.Algebra
		angle float64
		want  string
	}{
		{randomSpace(r, 3, 4), .01, "not closed"},
		{lie.SO(3), .5, "too large"},
		{lie.Span("filiform", examples.Entry(4, 0, 1), mat.NewDense(4, 4, []float64{0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0}), examples.Entry(4, 0, 2), examples.Entry(4, 0, 3)), 0, "none of those"},
	}
	for _, c := range tests {
		id := identify(t, c.a, c.angle)
		if id.Name != "" || !strings.Contains(id.Reason, c.want) || !strings.Contains(id.String(), c.want) {
			t.Errorf("%v", id)
		}
	}
}

// The text about a space that is no Lie algebra contains nothing that follows from brackets. The text
// about {0} lists no forms, since it leaves all of them invariant.
func TestIdentityStringOfNoAlgebra(t *testing.T) {
	open := identify(t, randomSpace(rand.New(rand.NewPCG(5, 0)), 3, 4), .01).Details()
	if strings.Contains(open, "Killing") || !strings.HasSuffix(open, "\ndimension 4") {
		t.Errorf("%s", open)
	}
	if nothing := identify(t, lie.Trivial(3), 0).Details(); strings.Contains(nothing, "form") {
		t.Errorf("%s", nothing)
	}
}

// The first line is for those who know no Killing forms; these are among the details.
func TestIdentityString(t *testing.T) {
	id := identify(t, lie.SOpq(1, 3), 0)
	if got, want := id.String(), "so(1,3), in 4×4 matrices: leaves unchanged a metric with the signs + − − −"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	details := id.Details()
	for _, want := range []string{id.String(), "Killing form with the signs (3,3,0)", "invariant symmetric form (1,3,0)", "closure residual"} {
		if !strings.Contains(details, want) {
			t.Errorf("%q is not in\n%s", want, details)
		}
	}
	for want, a := range map[string]lie.Algebra{
		"a length (a positive quadratic form)": lie.SO(3), "a symplectic form": lie.Sp(2), "sl(3,R), in 3×3 matrices": lie.SL(3),
		"a quadratic form with the signs + 0 and a symplectic form": lie.Span("", mat.NewDense(2, 2, []float64{0, 1, 0, 0})),
	} {
		if got := identify(t, a, 0).String(); !strings.Contains(got, want) || strings.Contains(got, "\n") {
			t.Errorf("%q, want %q in it", got, want)
		}
	}
}

func TestIdentifyPanics(t *testing.T) {
	for _, angle := range []float64{-1, math.NaN(), math.Inf(1)} {
		mustPanic(t, "lie: Identify: angle", func() { _, _ = classification.Identify(lie.SO(3), angle) })
		mustPanic(t, "lie: InvariantForms: angle", func() { classification.InvariantForms(lie.SO(3), angle) })
	}
	s := lie.Structure(lie.SO(3))
	mustPanic(t, "lie: At: k = 3", func() { s.At(0, 1, 3) })
	mustPanic(t, "lie: Adjoint: i = -1", func() { s.Adjoint(-1) })
}

// Known algebras at the given angle error, and at four times it, for which chains of ideals that no near
// algebra has take longest.
func BenchmarkIdentify(b *testing.B) {
	const angle = .01
	r := rand.New(rand.NewPCG(6, 0))
	for _, a := range []lie.Algebra{lie.SO(5), lie.SE(3), lie.SE(4), lie.SL(4), lie.GL(4), lie.SO(8), lie.Sp(4), examples.Heisenberg(2), examples.Beside(lie.SO(3), lie.SL(2))} {
		for _, share := range []float64{1, 4} {
			noisy := a
			if a.Dim() < a.Size()*a.Size() {
				noisy = examples.Tilted(r, a, share*angle)
			}
			b.Run(fmt.Sprintf("%s/noise×%g", a.Name(), share), func(b *testing.B) {
				for b.Loop() {
					if _, err := classification.Identify(noisy, angle); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func mustPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		if message, _ := recover().(string); !strings.Contains(message, want) {
			t.Errorf("panic %q, want %q", message, want)
		}
	}()
	f()
}
