package network

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/lie"
)

// ofPairs is the sum of a potential over the distances of particles in space.
func ofPairs(potential func(r *Node) *Node, particles, dim int) *Network {
	return Exact(func(x *Node) *Node {
		x = Reshape(x, x.Shape().Dim(0), particles, dim)
		var sum *Node
		for i := range particles {
			for j := range i {
				apart := Sub(Slice(x, AxisRange(), AxisElem(i)), Slice(x, AxisRange(), AxisElem(j)))
				sum = nodes.Plus(sum, potential(Sqrt(ReduceSum(Square(apart), -1, -2))))
			}
		}
		return ExpandAxes(sum, -1)
	})
}

// A few near-collisions must not decide what a singular potential is invariant under.
func TestSingularPotentials(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for name, potential := range map[string]func(r *Node) *Node{
		"gravity": func(r *Node) *Node { return Neg(Reciprocal(r)) },
		"Lennard-Jones": func(r *Node) *Node {
			s := Reciprocal(PowScalar(r, 6))
			return Sub(Square(s), s)
		},
		"logarithm": Log,
	} {
		for _, of := range []struct{ particles, dim int }{{2, 2}, {3, 3}} {
			x := gaussian(3, 4000, ones(of.particles*of.dim)...)
			v := ok(Judge(ofPairs(potential, of.particles, of.dim), action.Linear(of.dim, of.particles), Tensor(x), Settings{}))(t)
			if want := lie.SO(of.dim); v.Answer != liegg.Symmetric || v.Dim != want.Dim() || lie.LargestAngle(v.Algebra, want) > 1e-7 {
				t.Errorf("%s of %d particles in %d dimensions: want %v, got\n%v", name, of.particles, of.dim, want, v)
			}
			if n := v.Influence.Effective(); n < 400 {
				t.Errorf("%s: the samples count as %g", name, n)
			}
		}
	}
}

// Near its null cone x² − y² is steep everywhere and varies little: the scaling has a small
// ρ and is no symmetry.
func TestSteepIsNotVaried(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 0))
	x := make([]float64, 0, 2*5000)
	for range 5000 {
		y, m := 5+5*random.Float64(), .5+random.Float64()
		x = append(x, math.Hypot(y, m), y*float64(1-2*random.IntN(2)))
	}
	f := Exact(func(x *Node) *Node { return Sub(Square(axis(x, 0)), Square(axis(x, 1))) })
	v := ok(Judge(f, action.Linear(2, 1), Tensor(tensors.FromFlatDataAndDimensions(x, 5000, 2)), Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 1 || lie.LargestAngle(v.Algebra, lie.SOpq(1, 1)) > 1e-9 {
		t.Errorf("so(1,1): got\n%v", v)
	}
	if !strings.Contains(v.String(), "only because f is steep") {
		t.Errorf("why the scaling is none is not said:\n%v", v)
	}
}

// One sample far away must not decide anything.
func TestFarOutlier(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, far := range []float64{1e3, 1e6} {
		for _, c := range []groundtruth.Case{groundtruth.SL2(), groundtruth.SE3(), groundtruth.None()} {
			x := c.Inputs(rand.New(rand.NewPCG(1, 0)), 4000)
			tensors.MustMutableFlatData(x, func(v []float64) {
				v[c.Vectors*c.Size*7] = far
			})
			v := ok(Judge(Exact(c.Graph), c.Action(), Tensor(x), Settings{}))(t)
			if v.Dim != c.Dim || v.Answer == liegg.Undetermined || v.Answer == liegg.Approximate || c.Dim > 0 && v.Name() != c.Lie {
				t.Errorf("%s with a sample at %g: got\n%v", c.Name, far, v)
			}
		}
	}
}

// A function with a gradient at one sample only has no verdict. If only a few samples have one, the
// verdict names them.
func TestAllWeightOnOneSample(t *testing.T) {
	x := gaussian(1, 4000, 1, 1, 1)
	tensors.MustMutableFlatData(x, func(v []float64) { v[3*1234] = 30 })
	spike := Exact(func(x *Node) *Node { // flat except for x₁ > 20
		return Square(MaxScalar(AddScalar(ReduceSum(Abs(x), -1), -20), 0))
	})
	v, err := Judge(spike, action.Linear(3, 1), Tensor(x), Settings{})
	if err == nil && v.Answer != liegg.Undetermined {
		t.Errorf("one sample has a gradient: got\n%v", v)
	}
	if err != nil && !strings.Contains(err.Error(), "gradient") {
		t.Error(err)
	}
}

// raw is the linear action in the units of the inputs as they are, as one's own may be.
type raw struct{ action.Action }

// Units of an action that does not measure by the data must not make f steep.
func TestVariationWantsExtents(t *testing.T) {
	f := Exact(func(x *Node) *Node { return ReduceSum(Square(MulScalar(x, 1e3)), -1) })
	own := raw{action.Linear(3, 1)}
	v := ok(Judge(f, own, Tensor(gaussian(1, 4000, 1e-3, 1e-3, 1e-3)), Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 3 || v.Defects[0].Variation != 0 {
		t.Errorf("so(3): got\n%v", v)
	}
}
