package dynamics

import (
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	h, l := kepler(2, "x", "y", "u", "v")
	states := normal(1, 1000, 4, 1)
	laws := expect.OK(Conserved(h, l, states, network.Settings{}))(t)
	drift := expect.OK(Follow(h, laws.Quantities, states, DriftSettings{Steps: 5}))(t)
	ode := ODE{Names: []string{"x", "y", "z"}, Degree: 1}
	found := expect.OK(ode.Of(field(lorenz), normal(2, 1000, 3, 1), network.Settings{}))(t)
	rigid := PointSymmetry{Quantity{fields(1, []string{"x"}), []float64{1, 0}}, Quantity{Library{names: []string{"x"}, exponents: [][]int{{0}}}, []float64{1}}}
	pde := evolution(1, second...)
	heat := expect.OK(pde.Of(rightHandSide{{{1, []int{0, 0, 0, 0, 1}}}}.network(), normal(1, 1000, 5, 1), network.Settings{}))(t)
	lagrangian := Lagrangian{Names: []string{"x", "y"}, Degree: 1, Gauge: 1, Scaling: true}
	ofFree := expect.OK(lagrangian.Of(lagrangianOf(freeParticle), states, network.Settings{}))(t)
	expect.Printed(t, []any{lagrangian, ofFree, ofFree.Fields[0], pde, heat, heat.Fields[0], l, l.own[0], Canonical{library: l}, laws.Quantities[0], laws, laws.Algebra, drift, DriftSettings{}, ode, found, rigid})
}
