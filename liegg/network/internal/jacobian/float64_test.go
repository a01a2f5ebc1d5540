package jacobian

import (
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/lie/rep"
)

// A model, or a head, may compute in float64 although inputs are float32. y = 2x moves as x does.
func TestRowsOfOutputsInFloat64(t *testing.T) {
	backend := expect.OK(purego.New())(t)
	a := action.Equivariant(action.Linear(2, 1), rep.Standard(2))
	for _, mode := range []Mode{ReverseMode, TangentMode, CoordinateMode} {
		results, err := CallOnceN(backend, func(x *Node) []*Node {
			y := MulScalar(ConvertDType(x, dtypes.Float64), 2)
			var z *Node
			if mode == TangentMode {
				z = constantProbes(y)
			}
			j := Of(mode, a, x, y, z)
			w := Const(x.Graph(), [][]float64{{10, 100}})
			rows := []*Node{j.Rows, j.Covariant(a, y).Rows, j.Weighted(a, x, y, w, z).Rows}
			for i, r := range rows {
				rows[i] = ConvertDType(r, dtypes.Float64)
			}
			return rows
		}, tensors.FromFlatDataAndDimensions([]float32{3, -5}, 1, 2))
		if err != nil {
			t.Fatalf("mode %d: %v", mode, err)
		}
		for i, want := range [][]float64{
			{6, -10, 0, 0, 0, 0, 6, -10},
			{0, 0, 0, 0, 0, 0, 0, 0},
			{60, -100, 0, 0, 0, 0, 600, -1000},
		} {
			expect.Near(t, "rows", tensors.MustCopyFlatData[float64](results[i]), want, 1e-6)
		}
	}
}
