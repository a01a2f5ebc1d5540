package training

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// What outputs transform as is read off networks that were trained on them: the pairs of rotations and
// matrices of the outputs that Judge finds, as a sum of irreducible representations.
func TestIrrepsOfTrainedNetworks(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	onXLA(t) // networks of this size train faster there
	points := action.Restricted(action.Linear(3, 2), lie.SO(3))
	sides := action.Covariant(points, action.Left(3, 3), action.Right(3, 3))
	outer := func(a, b *Node) *Node { return Einsum("bi,bj->bij", a, b) }
	flat := func(m *Node) *Node { return Reshape(m, m.Shape().Dim(0), 9) }
	quadrupole := func(a *Node) *Node { // 3aaᵀ − |a|²
		return Sub(MulScalar(outer(a, a), 3), Mul(Reshape(ReduceSum(Square(a), -1), -1, 1, 1), Reshape(identity(a), 1, 3, 3)))
	}
	for _, c := range []struct {
		name, want string
		f          func(a, b *Node) *Node
		outputs    int
		moved      action.Equivariance
	}{
		{"a vector", "so(3): 1,", func(a, b *Node) *Node {
			return Add(a, MulScalar(Mul(b, ReduceAndKeep(Mul(a, b), ReduceSum, -1)), .3))
		}, 3, action.Covariant(points, action.Unknown(3))},
		{"a symmetric tensor", "so(3): 0 ⊕ 2,", func(a, b *Node) *Node { return flat(Add(outer(a, a), outer(b, b))) }, 9, sides},
		{"an antisymmetric tensor", "so(3): 1,", func(a, b *Node) *Node { return flat(Sub(outer(a, b), outer(b, a))) }, 9, sides},
		{"a quadrupole", "so(3): 2,", func(a, b *Node) *Node { return flat(Add(quadrupole(a), quadrupole(b))) }, 9, sides},
		{"the five numbers of a quadrupole", "so(3): 2,", func(a, b *Node) *Node {
			return Einsum("bi,ki->bk", flat(Add(quadrupole(a), quadrupole(b))), Const(a.Graph(), five()))
		}, 5, action.Covariant(points, action.Unknown(5))},
	} {
		x := normal32(11, 12000, 6)
		half := func(x *Node, i int) *Node { return Slice(x, AxisRange(), AxisRange(3*i, 3*i+3)) }
		y := MustExecOnce(goBackend(t), func(x *Node) *Node { return c.f(half(x, 0), half(x, 1)) }, x)
		samples := dataset.Samples{Name: c.name, X: x, Y: y}
		n := ok(Train(network.MLP{Hidden: []int{64, 64}, Outputs: c.outputs, Bias: true}, Settings{Steps: 1500, LearningRate: 4e-3, Cosine: true, Quiet: true}, samples.Batches(250, 1), nil))(t)
		fresh := normal32(12, 3000, 6)
		v := ok(network.Judge(n, c.moved, network.Tensor(fresh), network.Settings{}))(t)
		if v.Answer != liegg.Symmetric || v.Dim != 3 {
			t.Errorf("%s: want so(3), got\n%v", c.name, v)
			continue
		}
		outputs := ok(dataset.Values(ok(n.Predict(fresh))(t)))(t)
		content := ok(c.moved.Irreps(v.Algebra, mat.NewDense(3000, c.outputs, outputs)))(t)
		if residual := math.Hypot(content.Residual, content.Left); !strings.HasPrefix(content.String(), c.want) || residual > .02 {
			t.Errorf("%s: got %v, want %s", c.name, content, c.want)
		}
	}
}

func identity(like *Node) *Node {
	return Const(like.Graph(), [][]float32{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}})
}

// five is an orthonormal basis of the symmetric 3×3 matrices without trace, in an arbitrary frame.
func five() [][]float32 {
	random := rand.New(rand.NewPCG(4, 0))
	basis := mat.NewDense(9, 5, nil)
	for k := range 5 {
		m := mat.NewDense(3, 3, nil)
		m.Apply(func(_, _ int, _ float64) float64 { return random.NormFloat64() }, m)
		for i := range 9 {
			trace := 0.0
			if i%4 == 0 {
				trace = mat.Trace(m) / 3
			}
			basis.Set(i, k, (m.At(i/3, i%3)+m.At(i%3, i/3))/2-trace)
		}
	}
	var qr mat.QR
	qr.Factorize(basis)
	var q mat.Dense
	qr.QTo(&q)
	rows := make([][]float32, 5)
	for k := range rows {
		for i := range 9 {
			rows[k] = append(rows[k], float32(q.At(i, k)))
		}
	}
	return rows
}
