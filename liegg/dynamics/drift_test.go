package dynamics

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// A step of the integrator for an oscillator is a rotation by an angle that differs from dt by
// O(dt⁵), since the Gauss method conserves quadratic functions.
func TestGaussStepIsAccurateAndSymplectic(t *testing.T) {
	h := hamiltonian(func(z []*Node) *Node { return MulScalar(squares(z...), .5) })
	start := tensors.FromFlatDataAndDimensions([]float64{1, 0}, 1, 2)
	b := box{[]float64{-2, -2}, []float64{2, 2}}
	for _, dt := range []float64{.2, .1} {
		run := expect.OK(follow(h, start, b, dt))(t)
		expect.NoError(t, run.advance())
		z := expect.OK(run.held.Values())(t)
		run.finalize()
		if radius := math.Hypot(z[0], z[1]); math.Abs(radius-1) > 1e-12 {
			t.Errorf("dt = %g: the radius is %g", dt, radius)
		}
		if off := math.Abs(math.Atan2(-z[1], z[0]) - dt); off > math.Pow(dt, 5)/100 {
			t.Errorf("dt = %g: the angle is off by %g", dt, off)
		}
	}
}

// Along the pendulum the energy stays, and other functions do not.
func TestFollowTellsConservedFromOthers(t *testing.T) {
	h := hamiltonian(func(z []*Node) *Node { return Sub(MulScalar(Square(z[1]), .5), Cos(z[0])) })
	l := Monomials(2, "φ", "p").With(Observable{"cos φ", func(z *Node) *Node { return Cos(coordinates(z)[0]) }})
	energy := Quantity{l, []float64{0, 0, 0, 0, .5, -1}}
	if got := energy.Formula(0); got != "0.5p² − (cos φ)" {
		t.Errorf("the energy is %q", got)
	}
	momentum := Quantity{l, []float64{0, 1, 0, 0, 0, 0}}
	d := expect.OK(Follow(h, []Quantity{energy, momentum}, normal(3, 500, 2, 1), DriftSettings{Steps: 200}))(t)
	if d.Of[0] > 1e-6 || d.Of[1] < .3 || d.Random < .3 {
		t.Errorf("%v", d)
	}
}

// Trajectories end where they leave the data, and before steps that are too long.
func TestTrajectoriesEnd(t *testing.T) {
	free := hamiltonian(func(z []*Node) *Node { return MulScalar(Square(z[1]), .5) })
	l := Monomials(1, "x", "p")
	d := expect.OK(Follow(free, []Quantity{{l, []float64{0, 1}}}, normal(3, 500, 2, 1), DriftSettings{Steps: 300, Step: 1}))(t)
	if d.Left != 64 || d.Of[0] != 0 {
		t.Errorf("%v", d)
	}
	steep := hamiltonian(func(z []*Node) *Node { return Add(Square(z[1]), Square(Square(z[0]))) })
	d = expect.OK(Follow(steep, []Quantity{{l, []float64{0, 1}}}, normal(3, 500, 2, 3), DriftSettings{Steps: 2, Step: 5}))(t)
	if d.Unsettled == 0 {
		t.Errorf("%v", d)
	}
	still := network.Exact(func(z *Node) *Node { return ReduceAndKeep(ZerosLike(z), ReduceSum, -1) })
	_, err := Follow(still, []Quantity{{l, []float64{0, 1}}}, normal(3, 500, 2, 3), DriftSettings{})
	expect.Error(t, err, "moves none")
	expect.Panic(t, "no quantities", func() { Follow(free, nil, normal(3, 9, 2, 1), DriftSettings{}) })
	expect.Panic(t, "negative", func() {
		Follow(free, []Quantity{{l, []float64{0, 1}}}, normal(3, 9, 2, 1), DriftSettings{Steps: -1})
	})
}
