package network

import (
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
)

// gradientsOf returns the outputs and the Jacobians of a network at inputs, as another framework would
// compute them.
func gradientsOf(t *testing.T, n *Network, x *tensors.Tensor) (y, j *tensors.Tensor) {
	t.Helper()
	out := ok(model.CallOnceN(ok(n.backend())(t), n.Store, func(scope *model.Scope, x *Node) []*Node {
		y := n.outputs(scope, x)
		var rows []*Node
		for k := range y.Shape().Dim(1) {
			rows = append(rows, Gradient(ReduceAllSum(Slice(y, AxisRange(), AxisElem(k))), x)[0])
		}
		return []*Node{y, Stack(rows, 1)}
	}, x))(t)
	return out[0], out[1]
}

// Gradients alone give the same verdict as their network, up to rounding: for one output and several,
// in float32 and float64, in each mode of differentiation, for invariant and equivariant outputs.
func TestGivenIsJudgedAsTheNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	vector := Exact(func(x *Node) *Node { return Mul(x, Exp(MulScalar(ReduceAndKeep(Square(x), ReduceSum, -1), -.5))) })
	for name, c := range map[string]struct {
		n *Network
		a action.Action
		x *tensors.Tensor
		s Settings
	}{
		"three outputs": {radials(3, 1, .2), action.Linear(3, 1), normal(4, 900, 3), Settings{}},
		"float32":       {radials(3, 1, .2), action.Affine(3, 1), normal32(4, 900, 3), Settings{}},
		"forward":       {radials(3, 1, .2), action.Linear(3, 1), normal(4, 900, 3), Settings{Mode: TangentMode}},
		"coordinates":   {radials(3, 1, .2), action.Linear(3, 1), normal(4, 900, 3), Settings{Mode: CoordinateMode}},
		"vectors":       {vector, action.Equivariant(action.Linear(3, 1), rep.Standard(3)), normal(4, 900, 3), Settings{}},
	} {
		y, j := gradientsOf(t, c.n, c.x)
		given := ok(Given(c.x, y, j))(t)
		want := ok(Judge(c.n, c.a, Tensor(c.x), c.s))(t)
		got := ok(Judge(given, c.a, Tensor(c.x), c.s))(t)
		if got.Answer != want.Answer || got.Dim != want.Dim || got.Name() != want.Name() || want.Dim == 0 {
			t.Errorf("%s:\n%v\nof the network itself:\n%v", name, got, want)
		}
		for i := range want.Defects {
			if g, w := got.Defects[i].Value, want.Defects[i].Value; math.Abs(g-w) > 1e-4*w+1e-6 {
				t.Errorf("%s: defect %d is %g, of the network itself %g", name, i, g, w)
			}
		}
	}
}

// There is a verdict even without outputs. Every sample is found again, even if some are equal and all
// are far from the origin.
func TestGivenFindsEachSample(t *testing.T) {
	n := radials(3, 1, .2)
	x := normal(5, 1001, 3)
	tensors.MustMutableFlatData(x, func(v []float64) {
		for i := range v {
			v[i] += 1e5
		}
		copy(v[30:33], v[60:63])
	})
	values := ok(dataset.Values(x))(t)
	y, j := make([]float64, 1001), make([]float64, 3003)
	for i := range y {
		y[i] = values[3*i] * 3
		copy(j[3*i:], values[3*i:3*i+3])
	}
	given := ok(Given(x, tensors.FromFlatDataAndDimensions(y, 1001), tensors.FromFlatDataAndDimensions(j, 1001, 3)))(t)
	given.Backend = ok(usual())(t)
	_, gradients := gradientsOf(t, given, x)
	expect.Near(t, "gradients", ok(dataset.Values(gradients))(t), j, 0)
	for _, backend := range []string{"XLA", "go"} {
		if backend == "go" {
			given.Store, given.Backend = ok(given.function().Copied())(t), goBackend(t)
		}
		expect.Near(t, "outputs on "+backend, ok(dataset.Values(ok(given.Predict(x))(t)))(t), y, 1e-15)
	}

	x = normal(5, 900, 3)
	_, jacobian := gradientsOf(t, n, x)
	v := ok(Judge(ok(Given(x, nil, jacobian))(t), action.Linear(3, 1), Tensor(x), Settings{}))(t)
	if v.Name() != "so(2)" {
		t.Errorf("without outputs:\n%v", v)
	}
}

func TestBadGiven(t *testing.T) {
	x, nan := normal(1, 50, 3), normal(1, 50, 3)
	tensors.MustMutableFlatData(nan, func(v []float64) { v[7] = math.NaN() })
	equal, close := normal(1, 50, 3), normal(1, 50, 3)
	tensors.MustMutableFlatData(equal, func(v []float64) { copy(v[9:12], v[30:33]) })
	tensors.MustMutableFlatData(close, func(v []float64) {
		copy(v[9:12], v[30:33])
		v[9] *= 1 + 0x1p-52
	})
	for words, c := range map[string][3]*tensors.Tensor{
		"J must be [50, m, 3]":               {x, nil, normal(1, 50, 2, 4)},
		"but J is [49 2 3]":                  {x, nil, normal(1, 49, 2, 3)},
		"y must be [50, 2], but it is [50 3": {x, normal(1, 50, 3), normal(1, 50, 2, 3)},
		"y must be [50, 2], but it is [40":   {x, normal(1, 40, 2), normal(1, 50, 2, 3)},
		"NaN":                                {x, nil, nan},
		"the samples 3 and 10 are equal":     {equal, nil, normal(2, 50, 3)},
		"lie so close together":              {close, nil, normal(2, 50, 3)},
		"Int32":                              {tensors.FromScalarAndDimensions(int32(1), 50, 3), nil, x},
	} {
		_, err := Given(c[0], c[1], c[2])
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("error %v, want one that says %q", err, words)
		}
	}
	given := ok(Given(x, nil, normal(2, 50, 3)))(t)
	held := ok(Buffer(Tensor(x), 0))(t)
	defer held.Finalize()
	_, err := given.NewProgram(Outputs, held, func(f func(x *Node) *Node, x *Node, _ []*Node) []*Node { return []*Node{f(x)} })
	expect.Error(t, err, "inputs cannot be moved")
	_, err = given.Predict(normal(1, 50, 4))
	expect.Error(t, err, "samples of shape [3]")
}

// Gradients at data on a surface do not tell what f is off it. If generators leave it, nothing is firm,
// although their defects vanish. Generators that keep it are firm.
func TestGradientsOnASurface(t *testing.T) {
	unit := func(x []float64) { floats.Scale(1/floats.Norm(x, 2), x) }
	charged := func(x []float64) { x[0] = math.Copysign(1, x[0]) }
	of := func(x *Node, from, to int) *Node { return Slice(x, AxisRange(), AxisRange(from, to)) }
	square := func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) }
	for _, c := range []struct {
		name  string
		width int
		place func(x []float64)
		f     func(x *Node) *Node
		a     action.Action
		dim   int // of the firm answer; 0 if there is none
	}{
		{"charges in a well, which look like so(1,3)", 4, charged, func(x *Node) *Node {
			return Mul(of(x, 0, 1), Exp(MulScalar(square(of(x, 1, 4)), -.5)))
		}, action.Linear(4, 1), 0},
		{"a bias column, which looks like so(3)", 3, func(x []float64) { x[2] = 1 }, func(x *Node) *Node {
			return Add(square(of(x, 0, 2)), of(x, 2, 3))
		}, action.Linear(3, 1), 0},
		{"products of unit vectors, with a generator that uses |u| = |v|", 6, func(x []float64) {
			unit(x[:3])
			unit(x[3:])
		}, func(x *Node) *Node { return ReduceAndKeep(Mul(of(x, 0, 3), of(x, 3, 6)), ReduceSum, -1) }, action.Linear(6, 1), 0},
		{"a sphere about an axis", 3, unit, func(x *Node) *Node {
			return Mul(Sin(of(x, 2, 3)), square(of(x, 0, 2)))
		}, action.Restricted(action.Linear(3, 1), lie.SO(3)), 1},
		{"a mass shell", 4, func(x []float64) { x[0] = math.Sqrt(1 + floats.Dot(x[1:], x[1:])) }, func(x *Node) *Node {
			return Mul(of(x, 0, 1), Sin(square(of(x, 1, 4))))
		}, action.Restricted(action.Linear(4, 1), lie.SOpq(1, 3)), 3},
		{"charges beside a well", 4, charged, func(x *Node) *Node {
			return Add(Exp(of(x, 0, 1)), square(of(x, 1, 4)))
		}, action.Linear(4, 1), 3},
	} {
		values := tensors.MustCopyFlatData[float64](normal(6, 1000, c.width))
		for i := 0; i < len(values); i += c.width {
			c.place(values[i : i+c.width])
		}
		x := tensors.FromFlatDataAndDimensions(values, 1000, c.width)
		n := Exact(c.f)
		y, j := gradientsOf(t, n, x)
		v := ok(Judge(ok(Given(x, y, j))(t), c.a, Tensor(x), Settings{}))(t)
		switch {
		case c.dim == 0 && v.Answer != liegg.Undetermined:
			t.Errorf("%s:\n%v", c.name, v)
		case c.dim > 0 && (v.Answer != liegg.Symmetric || v.Dim != c.dim):
			t.Errorf("%s: want %d generators:\n%v", c.name, c.dim, v)
		}
		if v := ok(Judge(n, c.a, Tensor(x), Settings{}))(t); v.Answer == liegg.Symmetric && v.Dim != c.dim {
			t.Errorf("%s, the network itself:\n%v", c.name, v)
		}
	}
}
