package dynamics

import (
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// lagrangianOf returns ½‖q̇‖² + rest as a network of states.
func lagrangianOf(rest func(q, v *Node) *Node) *network.Network {
	return network.Exact(func(z *Node) *Node {
		q, v := halves(z)
		kinetic := MulScalar(ReduceAndKeep(Square(v), ReduceSum, -1), .5)
		return Add(kinetic, rest(q, v))
	})
}

func component(z *Node, i int) *Node { return SliceAxis(z, -1, AxisRange(i, i+1)) }

func freeParticle(q, _ *Node) *Node { return ZerosLike(component(q, 0)) }
func harmonic(q, _ *Node) *Node     { return MulScalar(ReduceAndKeep(Square(q), ReduceSum, -1), -.5) }
func newtonian(q, _ *Node) *Node    { return Inverse(Sqrt(ReduceAndKeep(Square(q), ReduceSum, -1))) }
func pendulum(q, _ *Node) *Node     { return Cos(q) }

// magnetic is a field B = 2 across the plane.
func magnetic(q, v *Node) *Node {
	return Sub(Mul(component(q, 0), component(v, 1)), Mul(component(q, 1), component(v, 0)))
}

// lagrangianCases are Lagrangians whose point symmetries are in textbooks.
var lagrangianCases = map[string]struct {
	rest    func(q, v *Node) *Node
	names   []string
	gauge   int
	scaling bool
	want    int    // symmetries
	one     string // of them
	charges int
}{
	"free particle":             {freeParticle, []string{"x", "y"}, 0, false, 3, "y∂x − x∂y", 3},
	"free particle, scaled":     {freeParticle, []string{"x", "y"}, 1, true, 4, "0.5x∂x + 0.5y∂y, δL = L", 3},
	"oscillator in the plane":   {harmonic, []string{"x", "y"}, 2, false, 1, "y∂x − x∂y", 1},
	"oscillator in space":       {harmonic, []string{"x", "y", "z"}, 0, true, 4, "0.5x∂x + 0.5y∂y + 0.5z∂z, δL = L", 3},
	"Kepler in the plane":       {newtonian, []string{"x", "y"}, 1, true, 1, "y∂x − x∂y", 1},
	"Kepler in space":           {newtonian, []string{"x", "y", "z"}, 0, false, 3, "y∂x − x∂y", 3},
	"charge in a field":         {magnetic, []string{"x", "y"}, 2, false, 3, "∂x, δL = d(y)/dt", 3},
	"charge, without functions": {magnetic, []string{"x", "y"}, 0, false, 1, "y∂x − x∂y", 1},
	"pendulum":                  {pendulum, []string{"φ"}, 3, true, 0, "", 0},
}

func TestLagrangiansHaveTheKnownSymmetries(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for name, c := range lagrangianCases {
		t.Run(name, func(t *testing.T) {
			n := len(c.names)
			states := normal(5, 3000, 2*n, 1)
			if strings.HasPrefix(name, "Kepler") {
				states = awayFromCollisions(t, states, n)
			}
			l := lagrangianOf(c.rest)
			found := expect.OK(Lagrangian{Names: c.names, Degree: 1, Gauge: c.gauge, Scaling: c.scaling}.Of(l, states, network.Settings{}))(t)
			if len(found.Fields) != c.want || c.want > 0 && !exact(found.Verdict) {
				t.Fatalf("want %d symmetries:\n%v\n%v", c.want, found, found.Verdict)
			}
			if c.one != "" && !lists(found, c.one) {
				t.Errorf("%s is missing in:\n%v", c.one, found)
			}
			if c.charges > 0 {
				checkCharges(t, l, found, states, c.charges)
			}
		})
	}
}

func lists(found *LagrangianSymmetries, formula string) bool {
	for _, s := range found.Fields {
		if s.Formula(1e-6) == formula {
			return true
		}
	}
	return false
}

// awayFromCollisions replaces positions near the origin by ones on the unit sphere.
func awayFromCollisions(t *testing.T, states *tensors.Tensor, n int) *tensors.Tensor {
	z := expect.OK(tableOf(states))(t)
	rows, columns := z.Dims()
	var values []float64
	for i := range rows {
		row, r := z.RawRowView(i), 0.
		for _, x := range row[:n] {
			r = math.Hypot(r, x)
		}
		for j := range n {
			row[j] *= (1 + r) / r
		}
		values = append(values, row...)
	}
	return tensors.FromFlatDataAndDimensions(values, rows, columns)
}

// checkCharges follows the charges along trajectories.
func checkCharges(t *testing.T, l *network.Network, found *LagrangianSymmetries, states *tensors.Tensor, charges int) {
	t.Helper()
	drift := expect.OK(found.Follow(l, states, DriftSettings{Steps: 100, Trajectories: 20}))(t)
	if len(drift.Of) != charges || drift.Unsettled == drift.Trajectories || drift.Random < .01 {
		t.Fatalf("want %d charges: %v", charges, drift)
	}
	for _, d := range drift.Of {
		if d > 1e-5*drift.Random {
			t.Errorf("a charge drifts: %v", drift)
		}
	}
}

// The charges of shifts in a magnetic field are v_x − 2y and v_y + 2x.
func TestChargesOfShiftsInAField(t *testing.T) {
	states, l := normal(1, 2000, 4, 1), lagrangianOf(magnetic)
	found := expect.OK(Lagrangian{Names: []string{"x", "y"}, Gauge: 1}.Of(l, states, network.Settings{}))(t)
	charges, z := expect.OK(found.Charges(l, network.Head{}, states))(t), expect.OK(tableOf(states))(t)
	for i := range 5 {
		x, y, vx, vy := z.At(i, 0), z.At(i, 1), z.At(i, 2), z.At(i, 3)
		expect.Near(t, "charges", charges.RawRowView(i), []float64{vx - 2*y, vy + 2*x}, 1e-9)
	}
	accelerations := expect.OK(Accelerations(l, network.Head{}, states))(t)
	for i := range 5 {
		expect.Near(t, "accelerations", accelerations.RawRowView(i), []float64{2 * z.At(i, 3), -2 * z.At(i, 2)}, 1e-9)
	}
}

// The graph of accelerations gives those of the solver, for a mass that turns with the position.
func TestLagrangianField(t *testing.T) {
	l := func(z *Node) *Node {
		q, v := halves(z)
		along := ReduceAndKeep(Mul(v, Sin(q)), ReduceSum, -1)
		return Add(MulScalar(ReduceAndKeep(Square(v), ReduceSum, -1), .5), Add(MulScalar(Square(along), .3), magnetic(q, v)))
	}
	states := normal(1, 50, 6, 1)
	want := expect.OK(Accelerations(network.Exact(l), network.Head{}, states))(t)
	got := expect.OK(tableOf(expect.OK(network.Exact(LagrangianField(l)).Predict(states))(t)))(t)
	for i := range 50 {
		expect.Near(t, "accelerations", mat.Row(nil, i, got), want.RawRowView(i), 1e-9)
	}
}

func TestLagrangiansRefuse(t *testing.T) {
	states := normal(1, 500, 4, 1)
	linear := network.Exact(func(z *Node) *Node { return Mul(component(z, 0), component(z, 3)) })
	_, err := Accelerations(linear, network.Head{}, states)
	expect.Error(t, err, "singular", "condition number")
	two := network.Exact(func(z *Node) *Node { return SliceAxis(z, -1, AxisRange(0, 2)) })
	_, err = Lagrangian{Names: []string{"x", "y"}}.Of(two, states, network.Settings{})
	expect.Error(t, err, "one output")
	_, err = Lagrangian{Names: []string{"x"}}.Of(lagrangianOf(freeParticle), states, network.Settings{})
	expect.Error(t, err, "[N, 2]")
	expect.Panic(t, "Names", func() { Lagrangian{}.Of(lagrangianOf(freeParticle), states, network.Settings{}) })
}
