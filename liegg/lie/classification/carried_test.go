package classification_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/lie/internal/examples"
)

// In any frame an algebra has the same name as in coordinates in which its error is isotropic, and
// the results are transformed to the given frame.
func TestIdentifyInAFrame(t *testing.T) {
	const θ = .005
	r := rand.New(rand.NewPCG(6, 0))
	for _, e := range []example{
		{"so(3)", lie.SO(3)}, {"so(5)", lie.SO(5)}, {"so(1,3)", lie.SOpq(1, 3)}, {"sp(4,R)", lie.Sp(2)}, {"u(2)", examples.Unitary(2, 0, false)},
		{"so(2)", lie.SO(2)}, {"Heisenberg", examples.Heisenberg(1)}, {"so(3) ⊕ scaling", lie.Sum(lie.SO(3), lie.Scaling(3))},
	} {
		for _, κ := range []float64{10, 100} {
			white := examples.Tilted(r, e.a, θ)
			back := examples.Frame(r, e.a.Size(), κ)
			var q mat.Dense
			if err := q.Inverse(back); err != nil {
				t.Fatal(err)
			}
			given := examples.Conjugated(white, back)
			id, err := identifyIn(&q, given, θ)
			if err != nil {
				t.Fatal(err)
			}
			if id.Name != e.name {
				t.Errorf("condition %g: want %s, got %v", κ, e.name, id)
			}
			if id.Algebra.Name() != e.name || lie.LargestAngle(examples.Conjugated(id.Algebra, &q), white) > 3*θ {
				t.Errorf("%s, condition %g: the algebra found is %g from the one given", e.name, κ, lie.LargestAngle(examples.Conjugated(id.Algebra, &q), white))
			}
			checkForms(t, id, back)
		}
	}
}

// checkForms asks that forms have unit norm and, in the frame that x = back·x' has
// been taken from, the defect that they state.
func checkForms(t *testing.T, id *classification.Identity, back *mat.Dense) {
	t.Helper()
	var q mat.Dense
	if err := q.Inverse(back); err != nil {
		t.Fatal(err)
	}
	white := examples.Conjugated(id.Algebra, &q)
	for _, f := range id.Forms {
		if math.Abs(mat.Norm(f.Q, 2)-1) > 1e-12 {
			t.Errorf("%s: a form of norm %g", id.Name, mat.Norm(f.Q, 2))
		}
		var form mat.Dense
		form.Product(back.T(), f.Q, back)
		form.Scale(1/mat.Norm(&form, 2), &form)
		var squares float64
		for _, h := range white.Basis() {
			var left, right mat.Dense
			left.Mul(h.T(), &form)
			right.Mul(&form, h)
			left.Add(&left, &right)
			squares += math.Pow(mat.Norm(&left, 2), 2)
		}
		if defect := math.Sqrt(squares); math.Abs(defect-f.Defect) > 1e-6 {
			t.Errorf("%s: a form of defect %g, said to be %g", id.Name, defect, f.Defect)
		}
	}
}

// A rotation with one coordinate in units a hundred times as small looks like a
// shear to an error of half a degree, but not in the right coordinates.
func TestIdentifyInMixedUnits(t *testing.T) {
	const θ = .008
	r := rand.New(rand.NewPCG(7, 0))
	units := mat.DenseCopyOf(mat.NewDiagDense(3, []float64{100, 1, 1}))
	q := mat.DenseCopyOf(mat.NewDiagDense(3, []float64{.01, 1, 1}))
	given := examples.Conjugated(examples.Tilted(r, lie.SO(3), θ), units)
	if id := identify(t, given, θ); id.Name != "se(2)" {
		t.Errorf("in mixed units: %v", id)
	}
	id, err := identifyIn(q, given, θ)
	if err != nil || id.Name != "so(3)" {
		t.Errorf("in units of one size: %v, %v", id, err)
	}
}

func TestCarriedBackNeedsAFrame(t *testing.T) {
	if _, err := identify(t, lie.SO(3), 0).CarriedBack(examples.Zeros(3)); err == nil {
		t.Error("a singular frame: no error")
	}
}

// identifyIn identifies q·a·q⁻¹ and carries what it finds back to the coordinates of a.
func identifyIn(q *mat.Dense, a lie.Algebra, angle float64) (*classification.Identity, error) {
	moved, err := a.Conjugate(q)
	if err != nil {
		return nil, err
	}
	id, err := classification.Identify(moved, angle)
	if err != nil {
		return nil, err
	}
	return id.CarriedBack(q)
}
