package network

import (
	"testing"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
)

// modes are all ways to differentiate. Forward modes may differentiate twice.
var modes = []Differentiation{ReverseMode, TangentMode, CoordinateMode}

// energy is Σ_ij tanh ‖x_i − x_j‖ of three points of R³, with i = j, where the distance
// is 0 in every sample.
func energy(x *Node) *Node {
	p := Reshape(x, -1, 3, 3)
	between := Sub(InsertAxes(p, 1), InsertAxes(p, 2))
	return ReduceSum(Tanh(Sqrt(ReduceSum(Square(between), -1))), -1, -2)
}

// The distance of a point to itself has the gradient 0, not NaN.
func TestDistanceToItself(t *testing.T) {
	n := Exact(energy)
	n.Backend = goBackend(t)
	for _, mode := range modes {
		v := ok(Judge(n, action.Affine(3, 3), Tensor(normal(3, 3000, 9)), Settings{Mode: mode}))(t)
		if v.Answer != liegg.Symmetric || v.Name() != "se(3)" {
			t.Errorf("mode %v: got\n%v", mode, v)
		}
	}
}

// An einsum with axes in another order in its second factor has the same results as the explicit sum,
// in every mode and on both backends.
func TestContractionInAnyOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	w := normal(5, 3, 3, 4)
	einsum := func(x *Node) *Node {
		return Sin(Einsum("bij,jik->bk", Reshape(x, -1, 3, 3), Const(x.Graph(), w)))
	}
	written := func(x *Node) *Node {
		transposed := InsertAxes(Transpose(Reshape(x, -1, 3, 3), 1, 2), -1)
		return Sin(ReduceSum(Mul(transposed, InsertAxes(Const(x.Graph(), w), 0)), 1, 2))
	}
	inMode := func(backend compute.Backend, mode Differentiation) {
		var spectra [2]*liegg.Spectrum
		for i, f := range []func(x *Node) *Node{einsum, written} {
			n := Exact(f)
			n.Backend = backend
			spectra[i] = ok(Analyze(n, action.Linear(3, 3), Tensor(normal(6, 400, 9)), Settings{Mode: mode}))(t)
		}
		expect.Near(t, "variances", spectra[0].Variances(), spectra[1].Variances(), 1e-10)
	}
	for _, mode := range modes {
		inMode(goBackend(t), mode)
	}
	inMode(ok(usual())(t), TangentMode)
}
