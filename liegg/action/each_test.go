package action_test

import (
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

// Each input moves as Moved moves it alone, by a matrix of its own, and so do gradients by the
// matrices.
func TestMovedEachIsMoved(t *testing.T) {
	const batch = 4
	random := rand.New(rand.NewPCG(5, 0))
	normal := func(dimensions ...int) *tensors.Tensor {
		x := tensors.FromScalarAndDimensions(0.0, dimensions...)
		tensors.MustMutableFlatData(x, func(values []float64) {
			for i := range values {
				values[i] = random.NormFloat64()
			}
		})
		return x
	}
	points := normal(batch, 6)
	centred, err := action.Centre(action.Affine(2, 3), normal(50, 6))
	expect.NoError(t, err)
	for name, c := range map[string]struct {
		a action.Action
		x *tensors.Tensor
	}{
		"vectors":     {action.Linear(3, 2), points},
		"points":      {action.Affine(2, 2).WithDirections(1), points},
		"centred":     {centred, points},
		"restricted":  {action.Restricted(action.Linear(3, 2), lie.SO(3)), points},
		"product":     {action.Product(action.Part{Action: action.Linear(2, 2), Shape: []int{4}}, action.Part{Action: action.Linear(1, 2), Shape: []int{2}}), points},
		"images":      {action.ImageAffine(5, 6), normal(batch, 5, 6)},
		"turned":      {action.ImageLinear(5, 6), normal(batch, 5, 6)},
		"colours":     {action.ImageAffine(5, 5, action.ChannelsFirst(3)), normal(batch, 3, 5, 5)},
		"reflected":   {action.ImageAffine(5, 5, action.ChannelsLast(2)).Framed(action.Reflection), normal(batch, 5, 5, 2)},
		"wrapped":     {action.ImageAffine(5, 5).Framed(action.WrapAround), normal(batch, 5, 5)},
		"projective":  {action.ImageProjective(5, 6), normal(batch, 5, 6)},
		"volumes":     {action.VolumeLinear(5, 5, 6, action.ChannelsLast(2)), normal(batch, 5, 5, 6, 2)},
		"signals":     {action.SignalAffine(9), normal(batch, 9)},
		"values, too": {action.Together(action.ImageAffine(5, 5), action.Affine(1, 25)), normal(batch, 5, 5)},
	} {
		t.Run(name, func(t *testing.T) {
			n := action.GeneratorSize(c.a)
			var matrices []float64
			for range batch {
				h := make([]float64, c.a.Dim())
				for i := range h {
					h[i] = .3 * random.NormFloat64()
				}
				matrices = append(matrices, lie.Exp(c.a.Generator(h), 1).RawMatrix().Data...)
			}
			g := tensors.FromFlatDataAndDimensions(matrices, batch, n, n)
			both := func(moved func(x, g *Node) *Node) (y, slopes []float64) {
				results := MustExecOnceN(backend(), func(x, g *Node) []*Node {
					y := moved(x, g)
					return []*Node{y, Gradient(ReduceAllSum(Sin(MulScalar(y, 3))), g)[0]}
				}, c.x, g)
				return tensors.MustCopyFlatData[float64](results[0]), tensors.MustCopyFlatData[float64](results[1])
			}
			got, slopes := both(func(x, g *Node) *Node { return action.MovedEach(c.a, x, g) })
			want, wantSlopes := both(func(x, g *Node) *Node {
				var each []*Node
				for i := range batch {
					each = append(each, c.a.(action.Mover).Moved(Slice(x, AxisRange(i, i+1)), Reshape(Slice(g, AxisElem(i)), n, n)))
				}
				return Concatenate(each, 0)
			})
			expect.Near(t, "moved", got, want, 1e-12)
			expect.Near(t, "gradients", slopes, wantSlopes, 1e-10)
			if mat.Norm(mat.NewDense(1, len(want), want), 2) == 0 {
				t.Error("nothing is tested")
			}
		})
	}
}
