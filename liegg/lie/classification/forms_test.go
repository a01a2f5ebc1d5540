package classification_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/lie/internal/examples"
)

func TestInvariantFormsOfNamedAlgebras(t *testing.T) {
	for _, c := range []struct {
		a    lie.Algebra
		want []classification.Signature // of symmetric forms, then antisymmetric ones
		sym  int
	}{
		{lie.SO(5), []classification.Signature{{Plus: 5}}, 1},
		{lie.SOpq(3, 1), []classification.Signature{{Plus: 1, Minus: 3}}, 1},
		{lie.Sp(2), []classification.Signature{{Plus: 2, Minus: 2}}, 0},
		{lie.SL(2), []classification.Signature{{Plus: 1, Minus: 1}}, 0},
		{lie.SL(3), nil, 0},
		{examples.Unitary(2, 0, false), []classification.Signature{{Plus: 4}, {Plus: 2, Minus: 2}}, 1},
		{lie.SE(2), []classification.Signature{{Plus: 1, Zero: 2}}, 1}, // the last coordinate, squared
		{lie.Scaling(2), nil, 0},
	} {
		forms := classification.InvariantForms(c.a, 0)
		if len(forms) != len(c.want) {
			t.Errorf("%s: %d forms, want %d", c.a.Name(), len(forms), len(c.want))
			continue
		}
		for i, f := range forms {
			if f.Signature != c.want[i] || f.Symmetric != (i < c.sym) || math.Abs(mat.Norm(f.Q, 2)-1) > 1e-14 {
				t.Errorf("%s: %+v, want %v", c.a.Name(), f, c.want[i])
			}
			for _, h := range c.a.Basis() {
				checkInvariant(t, h, f.Q)
			}
		}
	}
}

func checkInvariant(t *testing.T, h, q *mat.Dense) {
	t.Helper()
	var left, right mat.Dense
	left.Mul(h.T(), q)
	right.Mul(q, h)
	left.Add(&left, &right)
	if v := mat.Norm(&left, 2); v > 1e-12 {
		t.Errorf("HᵀQ + QH = %g", v)
	}
}

// M⁻¹·skew preserves the metric M.
func TestInvariantFormRecoversTheMetric(t *testing.T) {
	inverse := mat.DenseCopyOf(mat.NewDiagDense(3, []float64{1, 1. / 4, 1. / 9}))
	var gens []*mat.Dense
	for _, e := range lie.SO(3).Basis() {
		var g mat.Dense
		g.Mul(inverse, e)
		gens = append(gens, &g)
	}
	f := classification.InvariantForms(lie.Span("conjugate so(3)", gens...), 0)[0]
	for i, want := range []float64{1, 4, 9} {
		if got := f.Q.At(i, i) / f.Q.At(0, 0); math.Abs(got-want) > 1e-12 {
			t.Errorf("Q_%d%d/Q_00 = %g, want %g", i, i, got, want)
		}
	}
}

func TestFrameMakesAlgebrasStandard(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, a := range []lie.Algebra{lie.SO(3), lie.SO(5), lie.SOpq(1, 3), lie.SOpq(2, 2), lie.SOpq(2, 3), lie.Sp(1), lie.Sp(2), lie.Sp(3)} {
		moved := examples.Conjugated(a, examples.Frame(r, a.Size(), 4))
		q, err := classification.InvariantForms(moved, 0)[0].Frame()
		if err != nil {
			t.Fatal(err)
		}
		if θ := lie.LargestAngle(examples.Conjugated(moved, q), a); θ > 1e-11 {
			t.Errorf("%s in its frame is at an angle of %g", a.Name(), θ)
		}
		if d := math.Abs(mat.Det(q)); math.Abs(d-1) > 1e-12 {
			t.Errorf("%s: determinant %g", a.Name(), d)
		}
	}
}

func TestFrameOfAStandardMetricIsTheIdentity(t *testing.T) {
	q, err := classification.InvariantForms(lie.SOpq(1, 3), 0)[0].Frame()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		for j := range 4 {
			if want := map[bool]float64{true: 1}[i == j]; math.Abs(q.At(i, j)-want) > 1e-12 {
				t.Errorf("q_%d%d = %g", i, j, q.At(i, j))
			}
		}
	}
}

func TestFrameOfADegenerateForm(t *testing.T) {
	_, err := classification.InvariantForms(lie.SE(2), 0)[0].Frame()
	if !errors.Is(err, classification.ErrDegenerate) {
		t.Errorf("error %v", err)
	}
}

// The metric found from a noisy estimate is the true one up to the noise.
func TestInvariantFormOfANoisyAlgebra(t *testing.T) {
	const θ = .005
	noisy := examples.Tilted(rand.New(rand.NewPCG(3, 2)), lie.SOpq(1, 3), θ)
	if n := len(classification.InvariantForms(noisy, 0)); n != 0 {
		t.Errorf("%d exact forms", n)
	}
	forms := classification.InvariantForms(noisy, θ)
	if len(forms) != 1 || !forms[0].Symmetric || forms[0].Defect > 4*θ {
		t.Fatalf("%+v", forms)
	}
	cos := 0.
	for i, s := range []float64{1, -1, -1, -1} {
		cos += s * forms[0].Q.At(i, i) / 2
	}
	if cos < .9999 {
		t.Errorf("cosine %g to diag(1,−1,−1,−1)", cos)
	}
}
