package classification_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/lie/internal/examples"
)

func TestNearestClosedFindsTheAlgebra(t *testing.T) {
	const θ = .02
	r := rand.New(rand.NewPCG(1, 1))
	for _, a := range []lie.Algebra{lie.SO(4), lie.SOpq(1, 3), lie.SL(3), lie.Sp(2), lie.SE(2), lie.SE(3), examples.Heisenberg(1), lie.Sum(lie.SO(3), lie.Scaling(3)), examples.Unitary(2, 0, false)} {
		noisy := examples.Tilted(r, a, θ)
		c, moved, err := classification.NearestClosed(noisy)
		if err != nil {
			t.Errorf("%s: %v", a.Name(), err)
			continue
		}
		if ρ := lie.ClosureResidual(c); ρ > 1e-8 || ρ > lie.ClosureResidual(noisy)/1e3 {
			t.Errorf("%s: closure residual %g after, %g before", a.Name(), ρ, lie.ClosureResidual(noisy))
		}
		if moved > 1.2*θ || moved != lie.LargestAngle(noisy, c) {
			t.Errorf("%s: moved %g, the angle is %g; the true algebra is %g away", a.Name(), moved, lie.LargestAngle(noisy, c), θ)
		}
		if back := lie.LargestAngle(c, a); back > 1.2*θ {
			t.Errorf("%s: %g from the true algebra", a.Name(), back)
		}
	}
}

// A space is not rejected for its brackets if these are the only information about its error.
func TestClosureAngleExplainsTheBrackets(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for _, θ := range []float64{1e-9, 1e-4, .02, .2} {
		for range 10 {
			a := examples.Tilted(r, lie.SOpq(2, 1), θ)
			least := lie.ClosureAngle(a)
			if least > θ {
				t.Errorf("at %g from so(2,1) the closure angle is %g", θ, least)
			}
			if id := identify(t, a, least); strings.Contains(id.Reason, "not closed") {
				t.Errorf("at %g: %s", θ, id.Reason)
			}
			if id := identify(t, a, least/2); θ > 1e-6 && !strings.Contains(id.Reason, "not closed") {
				t.Errorf("half the closure angle of a space at %g: %v", θ, id)
			}
		}
	}
}

func TestNearestClosedLeavesAlgebras(t *testing.T) {
	for _, a := range []lie.Algebra{lie.Trivial(3), lie.Scaling(2), lie.GL(3), lie.SO(5), lie.SE(3), examples.Heisenberg(2)} {
		c, moved, err := classification.NearestClosed(a)
		if err != nil || moved > 1e-14 || c.Dim() != a.Dim() || c.Homogeneous() != a.Homogeneous() || lie.LargestAngle(a, c) > 1e-14 {
			t.Errorf("%v: %v, moved %g, error %v", a, c, moved, err)
		}
	}
}

// gl(4) has no subalgebra of dimension 14: the largest are sl(4), of 15, and
// the stabilisers of a line, of 13.
func TestNearestClosedWhereThereIsNone(t *testing.T) {
	a := randomSpace(rand.New(rand.NewPCG(2, 1)), 4, 14)
	if c, moved, err := classification.NearestClosed(a); !errors.Is(err, classification.ErrNotClosed) {
		t.Errorf("%v of closure residual %g, %g away, error %v", c, lie.ClosureResidual(c), moved, err)
	}
}
