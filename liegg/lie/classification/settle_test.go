package classification_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/lie/internal/examples"
)

// The algebra nearest to this space has one chain of ideals within the angle error, of
// a radical of dimension 1. Algebras that have it exactly are .7 rad away. The search
// is given up beyond the reach. Without a reach it ends where steps no longer lower the
// residual; it used to take 83 steps.
func TestHopelessClaimsAreGivenUp(t *testing.T) {
	const angle = .0506
	r := rand.New(rand.NewPCG(213, 0))
	a := examples.Conjugated(examples.Beside(lie.SO(3), lie.SL(2)), examples.Frame(r, 5, 1+3*r.Float64()))
	near, _, err := classification.NearestClosed(examples.Tilted(r, a, .0675))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		reach float64
		steps int
	}{{1.3 * angle, 4}, {math.Inf(1), 60}} {
		claims := classification.Claims(near, angle, c.reach)
		if len(claims) != 1 {
			t.Fatalf("%d claims, want 1: %+v", len(claims), claims)
		}
		if got := claims[0]; got.Steps > c.steps || got.Moved < 1.3*angle {
			t.Errorf("reach %g: %+v, want it farther away than .066 after %d steps at most", c.reach, got, c.steps)
		}
	}
}

// Near nilpotent algebras the residual takes many steps to halve. A search that ends
// before finds an algebra that is a tenth farther away.
func TestNearestToNilpotent(t *testing.T) {
	r := rand.New(rand.NewPCG(480, 0))
	a := examples.Conjugated(examples.Heisenberg(2), examples.Frame(r, 4, 1+3*r.Float64()))
	_, moved, err := classification.NearestClosed(examples.Tilted(r, a, .03))
	if err != nil || moved > .026 {
		t.Errorf("nearest algebra %g rad away, want .0259; %v", moved, err)
	}
}
