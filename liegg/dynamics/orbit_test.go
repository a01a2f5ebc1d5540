package dynamics

import (
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// orbit returns states along one trajectory.
func orbit(t *testing.T, h *network.Network, start []float64, step float64, count int) *tensors.Tensor {
	p := expect.OK(follow(h, network.Head{}, tensors.FromFlatDataAndDimensions(start, 1, len(start)), nil, step))(t)
	defer p.finalize()
	var values []float64
	for range count {
		values = append(values, expect.OK(p.held.Values())(t)...)
		expect.NoError(t, p.advance())
	}
	return tensors.FromFlatDataAndDimensions(values, count, len(start))
}

// On one orbit, laws are right or undetermined, even if the caller says that states are independent.
func TestConservedOnOneOrbit(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	planar, keplerLibrary := kepler(2, "x", "y", "u", "v")
	oscillator := func(ω float64) *network.Network {
		return hamiltonian(func(z []*Node) *Node {
			return Add(MulScalar(squares(z[0], z[2]), .5), MulScalar(squares(z[1], z[3]), ω/2))
		})
	}
	two, three := Monomials(2, "x", "y", "u", "v"), Monomials(3, "x", "y", "u", "v")
	golden := (1 + math.Sqrt(5)) / 2
	for name, c := range map[string]struct {
		h     *network.Network
		l     Library
		start []float64
		step  float64
		laws  int // −1: undetermined, for the reason that it is one orbit
	}{
		"Kepler, an ellipse":                     {planar, keplerLibrary, []float64{1, 0, 0, .8}, .02, -1},
		"isotropic oscillator, an ellipse":       {oscillator(1), two, []float64{1, 0, .3, .8}, .1, -1},
		"oscillator that fills a torus":          {oscillator(golden), two, []float64{1, .5, .3, .8}, .3, 2},
		"the same with functions of degree 3":    {oscillator(golden), three, []float64{1, .5, .3, .8}, .3, -1},
		"Hénon–Heiles, a regular orbit":          {henonHeiles(1, 1, -1./3), three, []float64{0, .1, .3, .05}, .3, 1},
		"Hénon–Heiles, an orbit that is chaotic": {henonHeiles(1, 1, -1./3), three, []float64{0, -.15, .538, .05}, .3, 1},
	} {
		states := orbit(t, c.h, c.start, c.step, 2000)
		laws := expect.OK(Conserved(c.h, c.l, states, network.Settings{Groups: network.GroupsOf(1)}))(t)
		answer := laws.Verdict.Answer
		switch text := laws.Verdict.String(); {
		case c.laws < 0 && (answer != liegg.Undetermined || !strings.Contains(text, "one orbit")):
			t.Errorf("%s: want undetermined, since it is one orbit: %s", name, text)
		case c.laws >= 0 && (answer != liegg.Symmetric || len(laws.Quantities) != c.laws):
			t.Errorf("%s: want %d laws: %s", name, c.laws, text)
		}
	}
}
