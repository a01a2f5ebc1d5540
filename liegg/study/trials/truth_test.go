package trials

import (
	"os"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// TestMain chooses the backend in pure Go, which compiles nothing: the functions are small,
// and many.
func TestMain(m *testing.M) {
	if os.Getenv(network.BackendVariable) == "" {
		os.Setenv(network.BackendVariable, "go")
	}
	os.Exit(m.Run())
}

// The algebra that a problem calls its own is all there is: sample by sample, J·A·x is 0
// for as many directions as it has, and for no other.
func TestTruth(t *testing.T) {
	for _, row := range Rows() {
		if row.Problems == nil {
			continue
		}
		for _, p := range row.Problems() {
			if _, moves := p.Action.(action.Equivariance); moves || p.Network != nil || p.Undecided {
				continue
			}
			t.Run(row.Name+"/"+p.Name, func(t *testing.T) { p.checkTruth(t) })
		}
	}
}

// checkTruth takes the singular values of rows that were brought to one size each, so that
// no sample rules.
func (p Problem) checkTruth(t *testing.T) {
	rows := p.rows(t, p.inputs(1, streamJudge, 1000))
	if p.Truth[0].Dim() > 0 {
		h, off, err := action.Coefficients(p.Action, p.Truth[0].Basis()...)
		if err != nil {
			t.Fatal(err)
		}
		var change mat.Dense
		change.Mul(rows, h)
		if worst := mat.Max(&change); !(worst < 1e-7) || slices.Max(off) > 1e-9 {
			t.Errorf("the algebra changes f by %.2g, and is %.2g away from the candidates", worst, off)
		}
	}
	var svd mat.SVD
	if !svd.Factorize(rows, mat.SVDNone) {
		t.Fatal("no singular values")
	}
	values := svd.Values(nil)
	d, k := p.Truth[0].Dim()+p.Trivial, p.Action.Dim()
	if d < k && !(values[k-d-1] > 1e-5*values[0]) {
		t.Errorf("another direction is a symmetry: singular values %.2g", values)
	}
	if d > 0 && !(values[k-d] < 1e-8*values[0]) {
		t.Errorf("fewer directions are symmetries: singular values %.2g", values)
	}
}

// rows are J·T, [samples·outputs, K], each divided by the sizes of its gradient and its
// input.
func (p Problem) rows(t *testing.T, x *tensors.Tensor) *mat.Dense {
	backend, err := network.Backend()
	if err != nil {
		t.Fatal(err)
	}
	m := expect.OK(network.Exact(p.F).Predict(x))(t).Shape().Dim(1)
	k := p.Action.Dim()
	if m == outputs { // all but one are waves of the radius
		m = breaking + 1
	}
	all := mat.NewDense(x.Shape().Dim(0)*m, k, nil)
	for output := max(0, m-9); output < m; output++ {
		values, err := ExecOnce(backend, func(x *Node) *Node {
			y := p.F(x)
			y = Reshape(y, x.Shape().Dim(0), y.Shape().Size()/x.Shape().Dim(0))
			g := Gradient(ReduceAllSum(Slice(y, AxisRange(), AxisElem(output))), x)[0]
			size := AddScalar(norm(g), 1e-300)
			return Div(action.Contract(p.Action, x, Div(g, size)), AddScalar(norm(x), 1e-300))
		}, x)
		if err != nil {
			t.Fatal(err)
		}
		flat := tensors.MustCopyFlatData[float64](values)
		for i := range x.Shape().Dim(0) {
			all.SetRow(i*m+output, flat[i*k:(i+1)*k])
		}
	}
	return all
}
