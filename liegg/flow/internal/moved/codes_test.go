package moved

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow/internal/sampling"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

func TestMain(m *testing.M) { expect.MainInGo(m, network.BackendVariable) }

// Measuring a network again, or at other samples, reuses its programs: for outputs as they are, outputs
// that are scaled to one size, and output images.
func TestProgramsAreReused(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 0))
	for name, c := range map[string]struct {
		a       action.Action
		outputs int
	}{
		"one output":   {action.ImageLinear(4, 4), 1},
		"many outputs": {action.ImageLinear(4, 4), 3},
		"images":       {action.Onto(action.ImageLinear(4, 4), action.ImageLinear(4, 4)), 16},
	} {
		built := 0
		n := network.Exact(func(x *Node) *Node {
			built++
			return Slice(Square(Reshape(x, x.Shape().Dim(0), -1)), AxisRange(), AxisRange(0, c.outputs))
		})
		measure := func() (graphs int) {
			values := make([]float64, 40*16)
			for i := range values {
				values[i] = random.NormFloat64()
			}
			held := expect.OK(network.Buffer(network.Tensor(tensors.FromFlatDataAndDimensions(values, 40, 4, 4)), 20))(t)
			before := built
			expect.OK(New(n, c.a, held, sampling.Plan{Resamples: 200}, Settings{Outside: .1, Tolerance: 1e-4}))(t).Finalize()
			return built - before
		}
		first := measure()
		if again := measure(); again >= first || again > 3 {
			t.Errorf("%s: %d graphs are built at first, and %d again", name, first, again)
		}
	}
}

// A closer look at some samples compares their outputs in the same units.
func TestCloserKeepsUnits(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 0))
	values := make([]float64, 200*2)
	for i := range values {
		values[i] = random.NormFloat64() * math.Exp(random.NormFloat64())
	}
	f := func(x *Node) *Node {
		return Concatenate([]*Node{MulScalar(Sin(x), 30), Slice(Square(x), AxisRange(), AxisRange(0, 1))}, 1)
	}
	for name, a := range map[string]action.Action{
		"invariant": action.Linear(2, 1), "outputs move": action.Covariant(action.Linear(2, 1), action.Unknown(3)),
	} {
		held := expect.OK(network.Buffer(network.Tensor(tensors.FromFlatDataAndDimensions(slices.Clone(values), 200, 2)), 100))(t)
		o := expect.OK(New(network.Exact(f), a, held, sampling.Plan{Resamples: 200}, Settings{Outside: .1, Tolerance: 1e-4, AsTheyAre: true}))(t)
		defer o.Finalize()
		near := expect.OK(o.Closer([]int{3, 10, 17, 180}))(t)
		defer near.Finalize()
		var want []float64
		for _, i := range []int{3, 10, 17, 180} {
			want = append(want, o.Before[3*i:3*i+3]...)
		}
		expect.Near(t, name, near.Before, want, 1e-12)
	}
}
