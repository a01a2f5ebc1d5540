package symmetrise_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/gomlx/compute/dtypes"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx"
	"github.com/liegg/lab/liegg/network/profile"
	"github.com/liegg/lab/liegg/symmetrise"
)

// predicted are the outputs of a network.
func predicted(t *testing.T, n *network.Network, x *tensors.Tensor) []float64 {
	t.Helper()
	return ok(dataset.Values(ok(n.Predict(x))(t)))(t)
}

// blobs are n images of two spots near the middle.
func blobs(seed uint64, n, size int) []float64 {
	places, pixels := normal(seed, n, 4), make([]float64, 0, n*size*size)
	for i := range n {
		p := places[4*i : 4*i+4]
		for row := range size {
			for column := range size {
				x, y := float64(column)-float64(size-1)/2, float64(row)-float64(size-1)/2
				spot := func(a, b float64) float64 { return math.Exp(-((x-a)*(x-a) + (y-b)*(y-b)) / 4) }
				pixels = append(pixels, spot(p[0], p[1])+.5*spot(p[2], p[3]))
			}
		}
	}
	return pixels
}

// A mean is what Measure adds up element by element, for all that can move.
func TestNetworkIsTheMean(t *testing.T) {
	square := func(x *Node) *Node { return Square(x) }
	first := func(x *Node) *Node { // of vectors and images, not symmetric
		flat := Reshape(x, x.Shape().Dim(0), -1)
		weights := Iota(x.Graph(), flat.Shape(), 1)
		return ReduceAndKeep(Mul(Sin(weights), Square(flat)), ReduceSum, -1)
	}
	image := action.ImageAffine(12, 12)
	turn := lie.SpanAffine("turn", image.Generator([]float64{0, -1, 0, 1, 0, 0}))
	pixels := tensors.FromFlatDataAndDimensions(blobs(1, 40, 12), 40, 12, 12)
	colours := action.ImageLinear(8, 8, action.ChannelsFirst(2)).Framed(action.Disc)
	quarter := flow.Map{Name: "quarter turn", G: mat.NewDense(2, 2, []float64{0, -1, 1, 0})}
	egnn := ok(onnx.Load("testdata/egnn.onnx", onnx.Settings{}))(t)
	for name, c := range map[string]struct {
		f *network.Network
		g *symmetrise.Group
		x *tensors.Tensor
	}{
		"vectors":      {network.Exact(first), ok(symmetrise.Over(action.Linear(3, 2), lie.SO(3), 0, group.HaarSettings{Degree: 3}))(t), rows(normal(1, 60, 6), 6)},
		"points":       {network.Exact(first), ok(symmetrise.Over(ok(action.Centre(action.Affine(2, 3), rows(normal(2, 60, 6), 6)))(t), lie.SpanAffine("turn", flow.Rotation(3, 0, 1).H), 0, group.HaarSettings{}))(t), rows(normal(2, 60, 6), 6)},
		"random":       {network.Exact(first), ok(symmetrise.Over(action.Linear(4, 1), lie.SO(4), 0, group.HaarSettings{Random: true, Samples: 20}))(t), rows(normal(3, 60, 4), 4)},
		"a pair":       {network.Exact(bent), ok(symmetrise.Over(action.Equivariant(action.Linear(2, 1), rep.Standard(2)), lie.SO(2), 0, group.HaarSettings{}))(t), rows(normal(4, 60, 2), 2)},
		"a reflection": {network.Exact(square), ok(symmetrise.OverMaps(action.Equivariant(action.Linear(2, 1), rep.Standard(2)), flow.Reflection(2, 0)))(t), rows(normal(5, 60, 2), 2)},
		"images":       {network.Exact(first), ok(symmetrise.Over(image, turn, 0, group.HaarSettings{}))(t), pixels},
		"colours":      {network.Exact(first), ok(symmetrise.OverMaps(colours, quarter))(t), tensors.FromFlatDataAndDimensions(blobs(2, 80, 8), 40, 2, 8, 8)},
		"onnx":         {egnn, ok(symmetrise.Over(action.Equivariant(action.Linear(3, 5), rep.Copies(rep.Standard(3), 5)), lie.SO(3), 0, group.HaarSettings{Degree: 1}))(t), single(normal(6, 30, 15), 15)},
	} {
		cost := ok(symmetrise.Measure(c.f, c.g, network.Tensor(c.x), symmetrise.Settings{Outside: 1, Quiet: true}))(t)
		mean := ok(symmetrise.Network(c.f, c.g, nil))(t)
		within := 1e-9
		if c.x.DType() == dtypes.Float32 {
			within = 1e-5
		}
		if off := floats.Distance(predicted(t, mean, c.x), cost.Mean, 2) / floats.Norm(cost.Mean, 2); !(off < within) {
			t.Errorf("%s: off by %.2g", name, off)
		}
		if off := floats.Distance(predicted(t, c.f, c.x), cost.Mean, 2) / floats.Norm(cost.Mean, 2); off < .01 && name != "onnx" {
			t.Errorf("%s is symmetric, to %.2g, so that nothing is tested", name, off)
		}
	}
}

// What asks a network asks a mean, too: it is invariant where the network is not.
func TestMeanIsJudged(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := rows(normal(7, 1500, 3), 3)
	f := network.Exact(func(x *Node) *Node { // |x|² + x₁²x₂ + x₁³/3
		a, b := column(x, 0), column(x, 1)
		return Add(ReduceAndKeep(Square(x), ReduceSum, -1), Mul(Square(a), Add(b, DivScalar(a, 3))))
	})
	g := ok(symmetrise.Over(action.Linear(3, 1), lie.SO(3), 0, group.HaarSettings{Degree: 4}))(t)
	mean := ok(symmetrise.Network(f, g, network.Tensor(x)))(t)
	if mean.Times() != g.Len() {
		t.Errorf("%d passes, want %d", mean.Times(), g.Len())
	}
	if v := ok(network.Judge(f, action.Linear(3, 1), network.Tensor(x), network.Settings{}))(t); v.Answer == liegg.Symmetric {
		t.Errorf("the network itself: %v", v)
	}
	v := ok(network.Judge(mean, action.Linear(3, 1), network.Tensor(x), network.Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 3 || lie.LargestAngle(v.Algebra, lie.SO(3)) > 1e-6 {
		t.Errorf("the mean: %v", v)
	}
	if r := ok(flow.Test(mean, action.Linear(3, 1), flow.Rotation(3, 0, 1), network.Tensor(x), flow.Settings{Quiet: true}))(t); r.Verdict != flow.Invariant {
		t.Errorf("finite rotations: %v", r)
	}
	_, err := profile.Layers(mean, action.Linear(3, 1), network.Tensor(x), network.Settings{})
	expect.Error(t, err, "no layers")
	_, err = profile.Attribute(mean, action.Linear(3, 1), flow.Rotation(3, 0, 1).H, network.Tensor(x), profile.AttributionSettings{})
	expect.Error(t, err, "no layers")
	_, err = mean.UpTo("hidden 1").Predict(x)
	expect.Error(t, err, "no layers")
}

// A mean over a range of scalings is the mean over that range: of |x|² it is |x|² times that of e²ᵗ.
func TestOverRange(t *testing.T) {
	x := rows(normal(8, 50, 2), 2)
	square := network.Exact(func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) })
	g := symmetrise.OverRange(action.Linear(2, 1), lie.GL(2).Generator([]float64{1, 0, 0, 1}), .3, 4)
	want := predicted(t, square, x)
	sum := 0.0
	for _, at := range []float64{-.3, -.1, .1, .3} {
		sum += math.Exp(2*at) / 4
	}
	floats.Scale(sum, want)
	expect.Near(t, "f̄", predicted(t, ok(symmetrise.Network(square, g, network.Tensor(x)))(t), x), want, 1e-12)
	if g.Len() != 4 || g.Random() || !strings.Contains(g.String(), "exp(tA), |t| ≤ 0.3") {
		t.Error(g)
	}
	pair := symmetrise.OverRange(action.Equivariant(action.Linear(2, 1), rep.Standard(2)), flow.Shear(2, 0, 1).H, 1, 3)
	linear := network.Exact(func(x *Node) *Node { return MulScalar(x, 2) }) // commutes with every matrix
	expect.Near(t, "2x", predicted(t, ok(symmetrise.Network(linear, pair, nil))(t), x), predicted(t, linear, x), 1e-12)
	expect.Panic(t, "2×2 matrix", func() { symmetrise.OverRange(action.Linear(2, 1), flow.Shear(3, 0, 1).H, 1, 3) })
	expect.Panic(t, "at least 2", func() { symmetrise.OverRange(action.Linear(2, 1), flow.Shear(2, 0, 1).H, 1, 1) })
}

func TestNetworkErrors(t *testing.T) {
	x, two := rows(normal(7, 100, 2), 2), action.Linear(2, 1)
	turned := ok(symmetrise.Over(two, lie.SO(2), 0, group.HaarSettings{}))(t)
	wide := ok(symmetrise.Over(action.Equivariant(two, rep.Copies(rep.Standard(2), 2)), lie.SO(2), 0, group.HaarSettings{}))(t)
	far := normal(7, 100, 2)
	for i := range far {
		far[i] += 20
	}
	f := network.Exact(bent)
	_, outputs := symmetrise.Network(f, wide, network.Tensor(x))
	_, inputs := symmetrise.Network(f, turned, network.Tensor(rows(normal(7, 100, 3), 3)))
	_, outside := symmetrise.Network(f, turned, network.Tensor(rows(far, 2)))
	_, none := symmetrise.Network(f, turned, func(func(*tensors.Tensor, error) bool) {})
	late := func(f func(*Node) *Node, g *symmetrise.Group) error {
		_, err := ok(symmetrise.Network(network.Exact(f), g, nil))(t).Predict(x)
		return err
	}
	given := ok(network.Given(x, nil, x))(t)
	_, moved := ok(symmetrise.Network(given, turned, nil))(t).Predict(x)
	for name, c := range map[string]struct {
		err  error
		says string
	}{
		"outputs":           {outputs, "moves 4 outputs, the model has 2"},
		"outputs, too late": {late(bent, wide), "moves 4 outputs, the model has 2"},
		"inputs":            {inputs, "have 3 numbers"},
		"outside":           {outside, "without data"},
		"no data":           {none, "no samples"},
		"integers":          {late(func(x *Node) *Node { return ConvertDType(x, dtypes.Int32) }, turned), "has no mean"},
		"no batch":          {late(func(x *Node) *Node { return ReduceAllSum(x) }, turned), "first axis"},
		"given":             {moved, "cannot be moved"},
	} {
		t.Run(name, func(t *testing.T) { expect.Error(t, c.err, c.says) })
	}
	if !errors.Is(outside, symmetrise.ErrOutside) || strings.Contains(outside.Error(), "Settings") {
		t.Error(outside)
	}
	expect.Panic(t, "must not be nil", func() { _, _ = symmetrise.Network(nil, turned, nil) })
	expect.Panic(t, "at least 1", func() { f.Repeated(0, f.Forward) })
}

// Four rotations cannot average a function that turns four times as fast: it is the same at all of
// them. Measure and Network tell, whatever shifts the rule is checked by.
func TestTooFewElements(t *testing.T) {
	x := rows(normal(9, 300, 2), 2)
	fast := func(x *Node) *Node { // Re (x₁ + i·x₂)⁴/|x|⁴
		a, b := column(x, 0), column(x, 1)
		square := Sub(Square(a), Square(b))
		return AddScalar(Div(MulScalar(Square(square), 2), Square(ReduceAndKeep(Square(x), ReduceSum, -1))), -1)
	}
	slow := func(x *Node) *Node { return column(x, 0) }
	two := action.Linear(2, 1)
	four := ok(symmetrise.Over(two, lie.SO(2), 0, group.HaarSettings{Degree: 3}))(t)
	five := ok(symmetrise.Over(two, lie.SO(2), 0, group.HaarSettings{Degree: 4}))(t)
	few := ok(symmetrise.Over(two, lie.SO(2), 0, group.HaarSettings{Random: true, Samples: 8}))(t)
	for name, c := range map[string]struct {
		f      func(x *Node) *Node
		g      *symmetrise.Group
		coarse bool
	}{
		"fast, four":      {fast, four, true},
		"fast, five":      {fast, five, false},
		"slow, four":      {slow, four, false},
		"slow, 8 random":  {slow, few, true},
		"constant, four":  {func(x *Node) *Node { return OnesLike(column(x, 0)) }, four, false},
		"symmetric, four": {func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) }, four, false},
	} {
		_, err := symmetrise.Network(network.Exact(c.f), c.g, network.Tensor(x))
		if errors.Is(err, symmetrise.ErrCoarse) != c.coarse || !c.coarse && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for seed := range uint64(10) {
		cost := ok(symmetrise.Measure(network.Exact(fast), four, network.Tensor(x), symmetrise.Settings{Outside: 1, Quiet: true, Seed: seed}))(t)
		if !(cost.Rule > .3) || !strings.Contains(cost.String(), "not known much better") { // f varies by 1/√2
			t.Errorf("seed %d: f̄ is said to be known to %g:\n%v", seed, cost.Rule, cost)
		}
	}
}
