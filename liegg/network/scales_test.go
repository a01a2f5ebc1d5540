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
)

// lognormal returns samples of numbers exp(σz), z normal.
func lognormal(seed uint64, samples, numbers int, σ float64) *tensors.Tensor {
	random := rand.New(rand.NewPCG(seed, 0))
	x := make([]float64, samples*numbers)
	for i := range x {
		x[i] = math.Exp(σ * random.NormFloat64())
	}
	return tensors.FromFlatDataAndDimensions(x, samples, numbers)
}

// Of lognormal numbers a few are the whole extent of the data, and along them logarithms hardly
// vary. All changes of scale of x and y alike are symmetries by that measure, but of these
// functions only those that leave a product of powers or a length in place.
func TestDataOfManySizes(t *testing.T) {
	if testing.Short() {
		t.Skip("slow: it compiles dozens of programs")
	}
	log := func(x *Node, i int) *Node { return Log(axis(x, i)) }
	for _, c := range []struct {
		name  string
		f     func(x *Node) *Node
		truth int
	}{
		{"log x·log y", func(x *Node) *Node { return Mul(log(x, 0), log(x, 1)) }, 0},
		{"log² x + log² y", func(x *Node) *Node { return Add(Square(log(x, 0)), Square(log(x, 1))) }, 0},
		{"sin log x + cos log y", func(x *Node) *Node { return Add(Sin(log(x, 0)), Cos(log(x, 1))) }, 0},
		{"tanh log x·tanh log y", func(x *Node) *Node { return Mul(Tanh(log(x, 0)), Tanh(log(x, 1))) }, 0},
		{"log x y²", func(x *Node) *Node { return Add(log(x, 0), MulScalar(log(x, 1), 2)) }, 1},
		{"log ‖x‖", func(x *Node) *Node { return Log(ReduceSum(Square(x), -1)) }, 1},
	} {
		f := Exact(func(x *Node) *Node { return Reshape(c.f(x), -1, 1) })
		for _, σ := range []float64{1, 2.6} {
			for _, a := range []action.Action{action.Linear(2, 1), action.Affine(2, 1)} {
				v := ok(Judge(f, a, Tensor(lognormal(1, 4000, 2, σ)), Settings{}))(t)
				if v.Answer == liegg.Undetermined {
					if said := strings.Join(v.Reasons, "\n"); σ != 1 && !strings.Contains(said, "many sizes") {
						t.Errorf("%s, σ = %g, K = %d: the reason is not named:\n%v", c.name, σ, a.Dim(), v)
					}
					continue
				}
				if firm := v.Answer == liegg.None; firm != (c.truth == 0) || v.Dim != c.truth {
					t.Errorf("%s, σ = %g, K = %d: want %d generators, got\n%v", c.name, σ, a.Dim(), c.truth, v)
				}
			}
		}
	}
}

// What is exact stays firm on such data.
func TestExactOnDataOfManySizes(t *testing.T) {
	f := Exact(func(x *Node) *Node { return Log(ReduceAndKeep(Square(x), ReduceSum, -1)) })
	for _, σ := range []float64{2, 2.6, 5} {
		v := ok(Judge(f, action.Linear(3, 1), Tensor(lognormal(2, 4000, 3, σ)), Settings{}))(t)
		if v.Answer != liegg.Symmetric || v.Name() != "so(3)" {
			t.Errorf("σ = %g: want so(3), got\n%v", σ, v)
		}
	}
}

// Far from the origin single precision rounds x by more than a wave length of sin ‖x‖. Then
// derivatives along rotations are zero to rounding, and nothing tells whether f varies.
func TestSteepToRounding(t *testing.T) {
	wave := Exact(func(x *Node) *Node { return Sin(Sqrt(ReduceAndKeep(Square(x), ReduceSum, -1))) })
	for _, far := range []float64{1e9, 1e12} {
		wide := gaussian(3, 2000, far, far, far)
		single := Tensor(asFloat32(wide))
		v := ok(Judge(wave, action.Linear(3, 1), single, Settings{}))(t)
		if v.Answer != liegg.Undetermined || !strings.Contains(strings.Join(v.Reasons, "\n"), "rounding") {
			t.Errorf("at %g in float32: want undetermined by rounding, got\n%v", far, v)
		}
		if v := ok(Judge(wave, action.Linear(3, 1), Tensor(wide), Settings{}))(t); v.Name() != "so(3)" {
			t.Errorf("at %g in float64: want so(3), got\n%v", far, v)
		}
	}
}

func asFloat32(x *tensors.Tensor) *tensors.Tensor {
	wide := tensors.MustCopyFlatData[float64](x)
	single := make([]float32, len(wide))
	for i, v := range wide {
		single[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(single, x.Shape().Dimensions...)
}
