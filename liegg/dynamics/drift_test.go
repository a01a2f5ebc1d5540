package dynamics

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"

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
		run := expect.OK(follow(h, network.Outputs, start, &b, dt))(t)
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

// The course says how drift grows, and its mean square over the times is the drift. An energy that is
// one of several outputs is chosen by a head.
func TestDriftHasACourse(t *testing.T) {
	several := network.Exact(func(z *Node) *Node {
		x := coordinates(z)
		return Stack([]*Node{x[0], MulScalar(squares(x...), .5)}, -1)
	})
	energy := network.NewHead("the second output", func(y *Node) *Node { return SliceAxis(y, -1, AxisRange(1, 2)) })
	l, states := Monomials(2, "x", "p"), normal(3, 500, 2, 1)
	laws := expect.OK(Conserved(several, l, states, network.Settings{Head: energy}))(t)
	position := Quantity{l, []float64{1, 0, 0, 0, 0}}
	d := expect.OK(Follow(several, append(laws.Quantities, position), states, DriftSettings{Head: energy, Steps: 100}))(t)
	if len(d.Of) != 2 || d.Of[0] > 1e-9 || d.Of[1] < .3 {
		t.Fatalf("%v", d)
	}
	for i, course := range d.Course {
		if len(course) != len(d.Times) || len(d.RandomCourse) != len(d.Times) || course[0] != 0 || d.Times[0] != 0 {
			t.Errorf("quantity %d: %d drifts, %d of random functions, at %d times, from %g on", i, len(course), len(d.RandomCourse), len(d.Times), course[0])
		}
	}
	if d.Left == 0 && math.Abs(math.Sqrt(meanSquare(d.Course[1]))-d.Of[1]) > 1e-12 {
		t.Errorf("the drift is %g, its course has the root mean square %g", d.Of[1], math.Sqrt(meanSquare(d.Course[1])))
	}
}

func meanSquare(values []float64) float64 {
	return floats.Dot(values, values) / float64(len(values))
}

// Trajectories of an oscillator are circles, along which the energy keeps its value.
func TestTrajectories(t *testing.T) {
	h := hamiltonian(func(z []*Node) *Node { return MulScalar(squares(z...), .5) })
	start := tensors.FromFlatDataAndDimensions([]float64{1, 0, 0, 2}, 2, 2)
	each := expect.OK(Trajectories(h, start, DriftSettings{Step: .1, Steps: 300}))(t)
	l := Monomials(2, "x", "p")
	for i, path := range each {
		rows, _ := path.Dims()
		if last := 30 * math.Floor(float64(rows-1)/100); rows != 101 || math.Abs(path.At(rows-1, 0)-[]float64{math.Cos(last), 2 * math.Sin(last)}[i]) > 1e-3 {
			t.Errorf("trajectory %d has %d states and ends at %v", i, rows, path.RawRowView(rows-1))
		}
		states := tensors.FromFlatDataAndDimensions(path.RawMatrix().Data, rows, 2)
		for k, value := range expect.OK(Quantity{l, []float64{0, 0, .5, 0, .5}}.At(states))(t) {
			if want := .5 * float64((i+1)*(i+1)); math.Abs(value-want) > 1e-9 {
				t.Errorf("trajectory %d: the energy of state %d is %g, want %g", i, k, value, want)
			}
		}
	}
	expect.Panic(t, "Step", func() { Trajectories(h, start, DriftSettings{}) })
	_, err := Quantity{l, []float64{0, 0, .5, 0, .5}}.At(normal(1, 5, 4, 1))
	expect.Error(t, err, "shape [2]")
}
