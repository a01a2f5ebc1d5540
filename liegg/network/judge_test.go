package network

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/lie"
)

// gaussian draws inputs of len(scale) numbers in float64, the j-th of them times
// scale[j].
func gaussian(seed uint64, samples int, scale ...float64) *tensors.Tensor {
	x := normal(seed, samples, len(scale))
	tensors.MustMutableFlatData(x, func(v []float64) {
		for i := range v {
			v[i] *= scale[i%len(scale)]
		}
	})
	return x
}

// consecutive are the indices of the first n samples of a stream.
func consecutive(n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	return at
}

func ones(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = 1
	}
	return v
}

// The verdict on every exact function is true. With a strict rule, an almost symmetric function is
// distinguished from a symmetric one.
func TestVerdictsOnExactFunctions(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	strict := liegg.Rule{Threshold: 1e-6}
	for _, c := range append(groundtruth.All(), groundtruth.Broken(.01)) {
		x := c.Inputs(rand.New(rand.NewPCG(11, 0)), 4000)
		v := ok(Judge(Exact(c.Graph), c.Action(), Tensor(x), Settings{Rule: strict}))(t)
		want := liegg.Symmetric
		if c.Dim == 0 {
			want = liegg.None
		}
		if v.Answer != want || v.Dim != c.Dim || v.Ignored != len(c.Gauge) {
			t.Errorf("%s: want %d generators, got\n%v", c.Name, c.Dim, v)
			continue
		}
		if c.Dim > 0 && lie.LargestAngle(v.Algebra, lie.Span("", c.Algebra...)) > 1e-9 {
			t.Errorf("%s: algebra %g from the truth", c.Name, lie.LargestAngle(v.Algebra, lie.Span("", c.Algebra...)))
		}
	}
}

// At the usual threshold, what is symmetric to 1 % counts, with its defect.
func TestAlmostSymmetric(t *testing.T) {
	c := groundtruth.Broken(.01)
	x := c.Inputs(rand.New(rand.NewPCG(11, 0)), 4000)
	v := ok(Judge(Exact(c.Graph), c.Action(), Tensor(x), Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 3 || v.Defects[2].Value < .007 || v.Defects[2].Value > .01 {
		t.Errorf("so(3) to within ρ = .008: got\n%v", v)
	}
	if !strings.Contains(v.String(), "of these, 1 generator, so(2), ρ ≤ ") {
		t.Errorf("so(2) is exact in it, which is not said:\n%v", v)
	}
}

// The units of one coordinate must neither create nor hide symmetries.
func TestMixedUnits(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	scaled := func(f func(*Node) *Node, units ...float64) *Network {
		return Exact(func(x *Node) *Node {
			u := tensors.FromFlatDataAndDimensions(units, 1, len(units))
			return f(Div(x, ConvertDType(Const(x.Graph(), u), x.DType())))
		})
	}
	v := ok(Judge(scaled(groundtruth.None().Graph, 100, 1, 1), action.Linear(3, 1), Tensor(gaussian(3, 6000, 100, 1, 1)), Settings{}))(t)
	if v.Answer != liegg.None {
		t.Errorf("none with one coordinate × 100: got\n%v", v)
	}
	units := []float64{1e3, 1, 1e-3, 1, 1, 1e3, 1, 1e-3, 1, 1}
	v = ok(Judge(scaled(groundtruth.SO5().Graph, units...), action.Linear(5, 2), Tensor(gaussian(3, 6000, units...)), Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 10 {
		t.Errorf("so(5) in mixed units: got\n%v", v)
	}
	units = []float64{1e4, 1, 1e-3, 1e4, 1, 1e-3} // two vectors, of which f sees two coordinates
	pairs := func(x *Node) *Node {
		x = Slice(Reshape(x, x.Shape().Dim(0), 2, 3), AxisRange(), AxisRange(), AxisRange(0, 2))
		return Sin(ReduceSum(Mul(Slice(x, AxisRange(), AxisElem(0)), Slice(x, AxisRange(), AxisElem(1))), -1, -2))
	}
	v = ok(Judge(scaled(pairs, units...), action.Linear(3, 2), Tensor(gaussian(3, 6000, units...)), Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 1 || v.Ignored != 3 {
		t.Errorf("so(2) in mixed units beside an ignored coordinate: got\n%v", v)
	}
}

// Names do not depend on units or on the origin, even if the function is only nearly symmetric, like
// trained networks.
func TestNamesInMixedUnits(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, c := range []struct {
		of           groundtruth.Case
		shift, units []float64
	}{
		{groundtruth.SO5(), []float64{0, 0, 0, 0, 0}, []float64{100, 1, 1, 1, 1}},
		{groundtruth.SO13(), []float64{0, 0, 0, 0}, []float64{100, 1, 1, 1}},
		{groundtruth.ConjugateSO3(), []float64{0, 0, 0}, []float64{1, 1, 100}},
		{groundtruth.SE3(), []float64{0, 0, 0}, []float64{1, 100, 1}},
		{groundtruth.SE3(), []float64{500, 0, -50}, []float64{100, 1, 10}},
	} {
		noise := untrained(t, MLP{Hidden: []int{32}, Outputs: 1, Bias: true}, 1)
		in := c.of.Vectors * c.of.Size
		shift, units := slices.Repeat(c.shift, c.of.Vectors), slices.Repeat(c.units, c.of.Vectors)
		n := &Network{Store: noise.Store, Forward: func(scope *model.Scope, x *Node) *Node {
			x = Div(Sub(x, row(x, shift)), row(x, units))
			return Add(c.of.Graph(x), MulScalar(noise.Forward(scope, x), .02))
		}}
		x := normal(3, 6000, in)
		tensors.MustMutableFlatData(x, func(v []float64) {
			for i := range v {
				v[i] = c.of.Sigma*v[i]*units[i%in] + shift[i%in]
			}
		})
		if v := ok(Judge(n, c.of.Action(), Tensor(x), Settings{}))(t); v.Name() != c.of.Lie {
			t.Errorf("%s about %v in units of %v: got\n%v", c.of.Lie, c.shift, c.units, v)
		}
	}
}

// Inputs that f ignores and directions that the data do not have make trivial
// symmetries. They are counted apart.
func TestTrivialSymmetries(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	pair := Exact(groundtruth.SO5().Graph)
	flat := gaussian(5, 6000, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0)
	v := ok(Judge(pair, action.Linear(5, 2), Tensor(flat), Settings{}))(t)
	if v.Dim != 3 || v.Ignored != 16 || v.Spectrum.Unmoved != 10 || v.Answer != liegg.Symmetric || v.Name() != "so(3)" {
		t.Errorf("so(5) data in three dimensions, 19 = so(3) + 16 trivial: got\n%v", v)
	}
	if want := (liegg.Subspace{Size: 5, Data: 3, Gradients: 3}); v.Subspace != want || !strings.Contains(v.String(), "the data fill 3 of 5 dimensions, the gradients 3") {
		t.Errorf("data and gradients fill %+v, want %+v:\n%v", v.Subspace, want, v)
	}
	shifted := Exact(func(x *Node) *Node { return groundtruth.SO5().Graph(AddScalar(x, -.5)) })
	v = ok(Judge(shifted, action.Affine(5, 2), Tensor(flat), Settings{}))(t)
	if v.Subspace.Data != 3 || v.Subspace.Size != 5 {
		t.Errorf("affine candidates: data fill %+v", v.Subspace)
	}
	plane := Exact(func(x *Node) *Node { // of three coordinates, f sees the radius of the first two
		return Sin(ReduceSum(Square(Slice(x, AxisRange(), AxisRange(0, 2))), -1))
	})
	v = ok(Judge(plane, action.Linear(3, 1), Tensor(gaussian(5, 6000, 1, 1, 1)), Settings{}))(t)
	if v.Dim != 1 || v.Ignored != 3 || v.Answer != liegg.Symmetric {
		t.Errorf("so(2) and an ignored coordinate: got\n%v", v)
	}
	if want := (liegg.Subspace{Size: 3, Data: 3, Gradients: 2}); v.Subspace != want {
		t.Errorf("data and gradients fill %+v, want %+v", v.Subspace, want)
	}
	if turn := lie.Span("", mat.NewDense(3, 3, []float64{0, -1, 0, 1, 0, 0, 0, 0, 0})); v.Dim == 1 && lie.LargestAngle(v.Algebra, turn) > 1e-9 {
		t.Errorf("the generator is not the rotation, by %g:\n%v", lie.LargestAngle(v.Algebra, turn), lie.FormatMatrix(v.Algebra.Basis()[0], 0))
	}
}

// An untrained network has no symmetry, for any number of inputs and any gradients.
func TestRandomNetworksHaveNoSymmetry(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	digits := rotatedDigits(t, 1000)
	for _, q := range []struct {
		a action.Action
		x *tensors.Tensor
	}{
		{action.Linear(5, 2), gaussian(1, 2000, ones(10)...)},
		{action.Linear(10, 1), gaussian(1, 2000, ones(10)...)},
		{action.Affine(5, 2), gaussian(1, 2000, ones(10)...)},
		{action.Linear(10, 10), gaussian(1, 2000, ones(100)...)},
		{action.ImageLinear(28, 28), digits},
		{action.ImageAffine(28, 28), digits},
	} {
		for seed, activation := range []string{"tanh", "swish"} {
			net := untrained(t, MLP{Hidden: []int{64, 64}, Outputs: 1, Bias: true, Activation: activation}, int64(seed))
			v := ok(Judge(net, q.a, Tensor(q.x), Settings{}))(t)
			if v.Answer == liegg.Symmetric || len(v.Rungs) > 0 {
				t.Errorf("%T, %s: got\n%v", q.a, activation, v)
			}
		}
	}
}

// untrained is a network with random weights.
func untrained(t testing.TB, mlp MLP, seed int64) *Network {
	t.Helper()
	store := model.NewStore()
	if err := store.SetRNGStateFromSeed(seed); err != nil {
		t.Fatal(err)
	}
	return &Network{Forward: mlp.Forward, Store: store}
}

func rotatedDigits(t *testing.T, n int) *tensors.Tensor {
	t.Helper()
	_, test, err := dataset.MNIST()
	if err != nil {
		t.Fatal(err)
	}
	turned := test.Subset(0, n).Rotated(rand.New(rand.NewPCG(1, 0))).Blur(1.5)
	return turned.Normalised(dataset.MNISTMean, dataset.MNISTStd).Samples("rotated").X
}

// If the data do not decide, the verdict says why.
func TestUndetermined(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	few := ok(Judge(Exact(groundtruth.None().Graph), action.Linear(3, 1), Tensor(gaussian(2, 40, ones(3)...)), Settings{}))(t)
	if few.Answer != liegg.Undetermined || !strings.Contains(few.String(), "too few for an interval") {
		t.Errorf("40 samples: got\n%v", few)
	}
	// ‖x‖² + ε x₁³ with ε such that two rotations lie at the threshold: the third is firm.
	edge := ok(Judge(Exact(groundtruth.Broken(.076).Graph), action.Linear(3, 1), Tensor(gaussian(2, 3000, ones(3)...)), Settings{}))(t)
	if edge.Answer != liegg.Symmetric || edge.Name() != "so(2)" || !strings.Contains(edge.String(), ", at the threshold; next") {
		t.Errorf("two equal defects at the threshold: got\n%v", edge)
	}
}

// With a single candidate there is no gap, only the threshold.
func TestSingleCandidate(t *testing.T) {
	x := gaussian(2, 3000, 1)
	even := Exact(func(x *Node) *Node { return Cos(x) })
	if v := ok(Judge(even, action.Linear(1, 1), Tensor(x), Settings{}))(t); v.Answer != liegg.None || v.Defects[0].Value < .99 {
		t.Errorf("scaling does not leave cos alone: got\n%v", v)
	}
	angle := Exact(func(x *Node) *Node { // depends on the direction alone
		return Div(Slice(x, AxisRange(), AxisElem(0)), Sqrt(ReduceAndKeep(Square(x), ReduceSum, -1)))
	})
	v := ok(Judge(angle, scalings{action.Linear(2, 1)}, Tensor(gaussian(2, 3000, 1, 1)), Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 1 {
		t.Errorf("scaling leaves a direction alone: got\n%v", v)
	}
}

// scalings is a user-defined action with one candidate.
type scalings struct{ action.Action }

func (scalings) Dim() int               { return 1 }
func (scalings) Tangents(x *Node) *Node { return ExpandAxes(x, 1) }
func (s scalings) Generator(h []float64) *mat.Dense {
	return s.Action.Generator([]float64{h[0], 0, 0, h[0]})
}

func TestJudgeErrors(t *testing.T) {
	flat := Exact(func(x *Node) *Node { return MulScalar(Slice(x, AxisRange(), AxisElem(0)), 0) })
	if _, err := Judge(flat, action.Linear(2, 1), Tensor(gaussian(1, 500, 1, 1)), Settings{}); !errors.Is(err, liegg.ErrVanishingGradients) {
		t.Errorf("a constant: %v", err)
	}
	bad := gaussian(1, 500, 1, math.NaN())
	if _, err := Judge(Exact(groundtruth.None().Graph), action.Linear(3, 1), Tensor(gaussian(1, 500, 1, 1)), Settings{}); err == nil {
		t.Error("inputs of the wrong size: no error")
	}
	tensors.MustMutableFlatData(bad, func(v []float64) { copy(v, make([]float64, 7)) }) // up to sample 3
	var at *liegg.NotFiniteError
	if _, err := Judge(flat, action.Linear(2, 1), Tensor(bad), Settings{}); !errors.As(err, &at) || at.Sample != 3 || at.What != "input" {
		t.Errorf("NaN in the inputs from sample 3 on: %v", err)
	}
	x := gaussian(1, 500, 1, 1, 1)
	tensors.MustMutableFlatData(x, func(v []float64) { v[3*257+1] = math.NaN() })
	var where *liegg.NotFiniteError
	if _, err := Judge(Exact(groundtruth.None().Graph), action.Linear(3, 1), Tensor(x), Settings{}); !errors.As(err, &where) || where.Sample != 257 {
		t.Errorf("NaN in sample 257: %v", err)
	}
	empty := func(func(*tensors.Tensor, error) bool) {}
	if _, err := Judge(flat, action.Linear(2, 1), empty, Settings{}); !errors.Is(err, liegg.ErrNoSamples) {
		t.Errorf("no inputs: %v", err)
	}
}

// The verdict on a stream does not depend on how the samples are divided into tensors.
func TestJudgeOfAStream(t *testing.T) {
	c := groundtruth.SL2()
	pieces := func(yield func(*tensors.Tensor, error) bool) {
		for i := range 90 {
			empty := tensors.FromShape(shapes.Make(dtypes.Float64, 0, 4))
			if !yield(empty, nil) || !yield(gaussian(uint64(i), 137, ones(4)...), nil) {
				return
			}
		}
	}
	v := ok(Judge(Exact(c.Graph), c.Action(), pieces, Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 3 || v.Spectrum.Samples != 90*137 {
		t.Errorf("sl(2) from a stream: got\n%v", v)
	}
	singles := func(yield func(*tensors.Tensor, error) bool) {
		for i := range 300 {
			if !yield(gaussian(uint64(i), 1, ones(4)...), nil) {
				return
			}
		}
	}
	v = ok(Judge(Exact(c.Graph), c.Action(), singles, Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 3 || v.Spectrum.Samples != 300 {
		t.Errorf("sl(2) from samples one by one: got\n%v", v)
	}
}

// An exact symmetry that a few samples show is also shown by more samples.
func TestMoreSamplesShowNoLess(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	wave := func(x *Node) *Node { return Sin(radius(x)) }
	for name, c := range map[string]struct {
		f   func(x *Node) *Node
		dim int
	}{
		"so(3)":           {wave, 3},
		"so(3), singular": {func(x *Node) *Node { return Reciprocal(radius(x)) }, 3},
		"so(2)":           {func(x *Node) *Node { return Add(wave(x), Square(axis(x, 0))) }, 1},
	} {
		for _, n := range []int{50, 80, 99, 100, 127, 128, 150, 200, 256, 400} {
			v := ok(Judge(Exact(c.f), action.Linear(3, 1), Tensor(gaussian(1, n, ones(3)...)), Settings{}))(t)
			if v.Answer != liegg.Symmetric || v.Dim != c.dim {
				t.Errorf("%s, %d samples: got\n%v", name, n, v)
			}
		}
	}
}

// A rung stands out from unrelated directions as it does from the next one: so(3) broken by a tenth
// is a rung. If more than a fifth of the change remains, there is none.
func TestRungsStandOut(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for ε, rungs := range map[float64]int{.1: 2, .15: 1, .2: 1} {
		broken := func(x *Node) *Node {
			return Add(radius(x), MulScalar(Mul(axis(x, 0), Square(axis(x, 0))), ε))
		}
		v := ok(Judge(Exact(broken), action.Linear(3, 1), Tensor(gaussian(1, 10000, ones(3)...)), Settings{}))(t)
		if v.Answer != liegg.Symmetric || v.Dim != 1 || len(v.Rungs) != rungs {
			t.Errorf("|x|² + %g·x₁³: want so(2) and %d rungs, got\n%v", ε, rungs, v)
		}
	}
}
