package symmetrise_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/symmetrise"
)

// A map that the connected group has already must move outputs as the group does.
func TestWithMapsOfTheConnectedGroup(t *testing.T) {
	negative := func(m *mat.Dense) *mat.Dense {
		var n mat.Dense
		n.Scale(-1, m)
		return &n
	}
	for _, c := range []struct {
		n       int
		algebra lie.Algebra
	}{{2, lie.SO(2)}, {3, lie.SO(3)}} {
		vectors := action.Equivariant(action.Linear(c.n, 1), lie.Standard(c.n))
		g := ok(symmetrise.Over(vectors, c.algebra, 0, lie.HaarSettings{Degree: 3}))(t)
		quarter := lie.Exp(flow.Rotation(c.n, 0, 1).H, math.Pi/2)
		mirror, other := flow.Reflection(c.n, 0), flow.Reflection(c.n, 1)
		mirror.Out, other.Out = mirror.G, other.G
		axial, otherwise := mirror, other
		axial.Out, otherwise.Out = negative(mirror.G), negative(other.G)
		for name, maps := range map[string]struct {
			maps  []flow.Map
			wrong bool
		}{
			"a rotation":                  {[]flow.Map{{Name: "quarter", G: quarter, Out: quarter}}, false},
			"a rotation, outputs negated": {[]flow.Map{{Name: "quarter", G: quarter, Out: negative(quarter)}}, true},
			"a reflection":                {[]flow.Map{mirror}, false},
			"a reflection, axial":         {[]flow.Map{axial}, false},
			"two reflections":             {[]flow.Map{mirror, other}, false},
			"two reflections, one axial":  {[]flow.Map{mirror, otherwise}, true},
		} {
			_, err := g.With(maps.maps...)
			if maps.wrong != (err != nil) || maps.wrong && (!errors.Is(err, symmetrise.ErrNotClosed) || !strings.Contains(err.Error(), "correct Map.Out")) {
				t.Errorf("%d dimensions, %s: %v", c.n, name, err)
			}
		}
	}
}
