package call

import (
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/device"
)

// Small results come back in one tensor, large ones apart, and both are the same for the caller.
func TestResultsTogether(t *testing.T) {
	backend := ok(device.Default())(t)
	for _, size := range []int{3, mostPacked} {
		exec := ok(model.NewExec(backend, model.NewStore(), func(_ *model.Scope, x *Node) []*Node {
			return Packed([]*Node{ReduceAllSum(x), Reshape(AddScalar(x, 1), -1, 1)})
		}))(t)
		x := tensors.FromFlatDataAndDimensions(slices.Repeat([]float64{2}, size), size)
		results := ok(exec.Call(x))(t)
		if want := map[int]int{3: 1, mostPacked: 2}[size]; len(results) != want {
			t.Errorf("%d numbers come in %d tensors, want %d", size+1, len(results), want)
		}
		tensor.Finalize(results...)
		values := ok(Unpacked(exec, x))(t)
		if len(values) != 2 || !slices.Equal(values[0], []float64{2 * float64(size)}) || !slices.Equal(values[1], slices.Repeat([]float64{3}, size)) {
			t.Errorf("results of %d numbers: %d, the first %v", size, len(values), values[0])
		}
		exec.Finalize()
		tensor.Finalize(x)
	}
}

func TestMain(m *testing.M) { expect.MainInGo(m, device.Variable) }

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }
