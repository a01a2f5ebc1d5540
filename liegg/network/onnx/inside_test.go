package onnx

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/messagetest"
	"github.com/liegg/lab/liegg/network/profile"
)

// residual is a residual network by both exporters, with the tensors at which PyTorch's
// hooks saw the ends of its blocks (see testdata/inside.py), and one within a block.
var residual = []struct {
	file, inner, bypass, behind string
	blocks                      map[string]string // by the name of the hook
}{
	{"inside.onnx", "/block/Tanh_output_0", "/stem/stem.2/Softplus_output_0", "/block/Add_output_0", map[string]string{
		"stem": "/stem/stem.2/Softplus_output_0", "block": "/block/Tanh_1_output_0", "pool": "/Reshape_output_0", "hidden": "/hidden/hidden.1/Mul_output_0"}},
	{"inside_dynamo.onnx", "tanh", "softplus", "add", map[string]string{"stem": "softplus", "block": "tanh_1", "pool": "view", "hidden": "silu"}},
}

var stages = []string{"stem", "block", "pool", "hidden"}

// The ends of blocks are the same for both exporters, and hold what PyTorch's hooks saw.
func TestEndsOfBlocks(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	x := tensor(array(t, "inside.npz", "x"))
	shapes := map[string][]int{"stem": {-1, 4, 6, 6}, "block": {-1, 4, 6, 6}, "pool": {-1, 4}, "hidden": {-1, 5}}
	for _, r := range residual {
		list := expect.OK(Tensors(filepath.Join("testdata", r.file), Settings{}))(t)
		var blocks []string
		for _, tensor := range list {
			if tensor.Block {
				blocks = append(blocks, tensor.Name)
			}
		}
		var want []string
		n := load(t, r.file, Settings{})
		for _, stage := range stages {
			name := r.blocks[stage]
			want = append(want, name)
			at := list[slices.IndexFunc(list, func(t Tensor) bool { return t.Name == name })]
			if !at.Cut || !slices.Equal(at.Shape.Dimensions, shapes[stage]) {
				t.Errorf("%s: %v, want a cut of shape %v", r.file, at, shapes[stage])
			}
			y := expect.OK(n.UpTo(name).Predict(x))(t)
			expect.Near(t, r.file+": "+stage, expect.OK(dataset.Values(y))(t), array(t, "inside.npz", stage).Values(), 1e-6)
		}
		if !slices.Equal(blocks, want) {
			t.Errorf("%s: the blocks end at %q, want %q", r.file, blocks, want)
		}
		for _, tensor := range list {
			if tensor.Name == r.inner && tensor.Cut {
				t.Errorf("%s: %v is passed by a residual connection", r.file, tensor)
			}
		}
		if last := list[len(list)-1]; last.Name != "output" || last.Cut {
			t.Errorf("%s: the last tensor is %v", r.file, last)
		}
	}
}

// Operators that combine no entries make no blocks, but they make cuts.
func TestTensorsOfAChain(t *testing.T) {
	s := newSketch(t, rand.New(rand.NewPCG(1, 0)), 18)
	double := s.op("Mul", nil, s.x(3), s.number(2))
	path := s.write(t, s.op("Add", nil, double, double))
	whole := expect.OK(Tensors(path, Settings{}))(t)
	if len(whole) != 2 || whole[0].Name != double || !whole[0].Cut || whole[0].Block || whole[1].Cut {
		t.Errorf("tensors %v", whole)
	}
}

// The levels of a U-Net are blocks, though connections skip over them; a residual block that
// enlarges is one block.
func TestBlocksOfAUNet(t *testing.T) {
	s := newSketch(t, rand.New(rand.NewPCG(2, 0)), 18)
	scales := s.scales(2, 2)
	conv := func(x string, from, to, kernel int) string {
		pads := slices.Repeat([]int{kernel / 2}, 4)
		return s.op("Relu", nil, s.op("Conv", attributes{"kernel_shape": []int{kernel, kernel}, "pads": pads}, x, s.normal(to, from, kernel, kernel)))
	}
	pool := func(x string) string {
		return s.op("MaxPool", attributes{"kernel_shape": []int{2, 2}, "strides": []int{2, 2}}, x)
	}
	up := func(x string) string { return s.op("Resize", attributes{}, x, "", scales) }
	join := func(a, b string) string { return s.op("Concat", attributes{"axis": 1}, a, b) }
	high := conv(s.x(2, 8, 8), 2, 3, 3)
	middle := conv(pool(high), 3, 4, 3)
	low := conv(pool(middle), 4, 5, 3)
	joined := join(middle, up(low))
	again := conv(joined, 9, 4, 3)
	top := join(high, up(again))
	last := conv(top, 7, 3, 3)
	residual := s.op("Add", nil, conv(up(last), 3, 3, 3), up(last))
	path := s.write(t, conv(residual, 3, 1, 1))
	want := map[string]bool{high: true, middle: true, low: true, joined: true, again: true, top: true, last: true, residual: true} // whether they are blocks
	cuts := message.NameSet(high, top, last, residual)
	for _, tensor := range expect.OK(Tensors(path, Settings{}))(t) {
		if pooled := tensor.Op == "MaxPool"; tensor.Block != (want[tensor.Name] || pooled) || tensor.Block && tensor.Cut != cuts[tensor.Name] {
			t.Errorf("%v", tensor)
		}
	}
}

// An axis that happens to be as long as the batch is not taken for the batch.
func TestEndsOfBlocksOfOtherAxes(t *testing.T) {
	s := newSketch(t, rand.New(rand.NewPCG(1, 0)), 18)
	weight := s.floats([]int{2, 2}, 1, 2, 3, 4)
	turned := s.op("MatMul", nil, s.op("Transpose", attributes{"perm": []int{1, 0, 2}}, s.x(5, 2)), weight)
	again := s.op("Transpose", attributes{"perm": []int{1, 0, 2}}, s.op("MatMul", nil, turned, weight))
	path := s.write(t, s.op("MatMul", nil, again, weight))
	list := expect.OK(Tensors(path, Settings{}))(t)
	if len(list) != 5 || !list[1].Block || !slices.Equal(list[1].Shape.Dimensions, []int{5, -1, 2}) || !list[3].Block {
		t.Fatalf("tensors %v", list)
	}
	n := expect.OK(Load(path, Settings{}))(t)
	x := tensorOf(make([]float64, 50), 5, 5, 2)
	_, err := n.UpTo(turned).Predict(x)
	expect.Error(t, err, "no layer", turned)
	if _, err := n.UpTo(again).Predict(x); err != nil {
		t.Error(err)
	}
	_, err = Load(path, Settings{Layers: []string{turned}})
	expect.Error(t, err, turned, "first axis is the batch")
	_, err = Load(path, Settings{From: turned})
	expect.Error(t, err, turned, "first axis is the batch")
}

// A network from any cut, after the network up to it, is the whole network.
func TestNetworksFromCuts(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x, y := tensor(array(t, "inside.npz", "x")), array(t, "inside.npz", "y").Values()
	for _, r := range residual {
		for _, at := range expect.OK(Tensors(filepath.Join("testdata", r.file), Settings{}))(t) {
			if !at.Cut {
				continue
			}
			latent := expect.OK(load(t, r.file, Settings{Output: at.Name}).Predict(x))(t)
			values := expect.OK(dataset.Values(latent))(t)
			shape := append([]int{x.Shape().Dim(0)}, at.Shape.Dimensions[1:]...)
			got := expect.OK(load(t, r.file, Settings{From: at.Name}).Predict(tensors.FromFlatDataAndDimensions(values, shape...)))(t)
			expect.Near(t, r.file+" from "+at.Name, expect.OK(dataset.Values(got))(t), y, 1e-6)
		}
	}
}

// The derivative of the head by the pooled activations is PyTorch's. Shapes of the file's own
// input may be used behind them.
func TestJacobianOfTheHead(t *testing.T) {
	for _, r := range residual {
		n := load(t, r.file, Settings{From: r.blocks["pool"]})
		pool := array(t, "inside.npz", "pool").Values()
		latent := make([]float32, len(pool))
		for i, v := range pool {
			latent[i] = float32(v)
		}
		j := jacobians(t, n, tensors.FromFlatDataAndDimensions(latent, 6, 4))
		expect.Near(t, r.file, j, array(t, "inside.npz", "J").Values(), 1e-5)
		list := expect.OK(Tensors(filepath.Join("testdata", r.file), Settings{From: r.blocks["pool"]}))(t)
		if len(list) != 4 || !list[2].Block {
			t.Errorf("%s: the head has the tensors %v", r.file, list)
		}
	}
}

// Of four latent directions, the head reads two: it is blind to translations along the others.
func TestBlindDirectionsOfAHead(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	s := newSketch(t, rand.New(rand.NewPCG(1, 0)), 18)
	latent := s.op("Tanh", nil, s.op("MatMul", nil, s.x(3), s.floats([]int{3, 4}, 1, 2, -1, 0, 0, 1, 1, -2, 1, 0, 1, 1)))
	head := s.op("MatMul", nil, latent, s.floats([]int{4, 2}, 1, 0, 1, 1, 0, 2, 0, 1)) // blind to (1, -1, .5, 0) and (.5, -.5, 0, .5)
	n := expect.OK(Load(s.write(t, s.op("Tanh", nil, head)), Settings{From: latent}))(t)
	random := rand.New(rand.NewPCG(2, 0))
	z := make([]float64, 4*1000)
	for i := range z {
		z[i] = random.NormFloat64()
	}
	directions := action.Restricted(action.Affine(4, 1), lie.Translations(4))
	v := expect.OK(network.Judge(n, directions, network.Tensor(tensorOf(z, 1000, 4)), network.Settings{}))(t)
	if v.Subspace.Data != 4 || v.Subspace.Gradients != 2 || v.Ignored != 2 {
		t.Fatalf("%v", v)
	}
	blind := lie.SpanAffine("blind", column(1, -1, .5, 0), column(.5, -.5, 0, .5))
	for _, g := range v.Spectrum.BySingular[:2] {
		if angle := lie.AngleTo(g.H, blind); angle > 1e-6 {
			t.Errorf("%v is off by %g", mat.Formatted(g.H), angle)
		}
	}
}

// column is the translation by a vector of R^4.
func column(v ...float64) *mat.Dense {
	m := mat.NewDense(5, 5, nil)
	for i, x := range v {
		m.Set(i, 4, x)
	}
	return m
}

// All outputs are looked at in one pass if they are named as layers.
func TestSeveralOutputsAsLayers(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	s := newSketch(t, rand.New(rand.NewPCG(1, 0)), 18)
	x := s.x(3)
	squared := s.op("ReduceSum", attributes{"keepdims": 1}, s.op("Mul", nil, x, x), s.ints(1))
	cubed := s.op("Mul", nil, x, s.op("Mul", nil, x, x))
	other := messagetest.Add(s.graph, "output")
	messagetest.Set(other, "name", squared)
	messagetest.Set(other.Open("type").Open("tensor_type"), "elem_type", int32(message.Float64Type))
	path := s.write(t, cubed)
	_, err := Load(path, Settings{})
	expect.Error(t, err, "choose Settings.Output", squared, cubed, "Settings.Layers")
	n := expect.OK(Load(path, Settings{Layers: []string{squared, cubed}}))(t)
	random := rand.New(rand.NewPCG(2, 0))
	values := make([]float64, 3*400)
	for i := range values {
		values[i] = random.NormFloat64()
	}
	p := expect.OK(profile.Layers(n, action.Linear(3, 1), network.Tensor(tensorOf(values, 400, 3)), network.Settings{}))(t)
	if got := p.Names(); !slices.Equal(got, []string{squared, "output"}) || p[0].Width() != 1 || p[1].Width() != 3 {
		t.Fatalf("layers %q", got)
	}
	if _, ρ, _ := p.Along(lie.SO(3)); !(ρ[0] < 1e-7 && ρ[1] > .1) {
		t.Errorf("so(3): ρ = %.2g", ρ)
	}
}

// A tensor that is no cut, that is not there, or that has no use gets an error that helps.
func TestNoNetworkFromThere(t *testing.T) {
	for _, r := range residual {
		path := filepath.Join("testdata", r.file)
		_, err := Load(path, Settings{From: r.inner})
		expect.Error(t, err, r.inner, "alone", r.bypass, "too", "nearest", r.behind)
		_, err = Load(path, Settings{From: r.inner + "x"})
		expect.Error(t, err, "Settings.From", "nearest is", r.inner)
		_, err = Load(path, Settings{From: r.blocks["hidden"], Output: r.blocks["pool"]})
		expect.Error(t, err, "do not depend on", r.blocks["hidden"])
		_, err = Load(path, Settings{From: r.blocks["pool"], Layers: []string{r.blocks["stem"]}})
		expect.Error(t, err, "cannot be computed from", r.blocks["pool"])
		_, err = Load(path, Settings{From: r.blocks["pool"], Output: "outptu"})
		expect.Error(t, err, "Settings.Output", `nearest is "output"`)
		if n, err := Load(path, Settings{From: r.blocks["pool"], Layers: []string{r.blocks["hidden"]}}); err != nil || n == nil {
			t.Errorf("a layer behind the beginning: %v", err)
		}
		_, err = Load(path, Settings{Layers: []string{"strem"}})
		expect.Error(t, err, "Settings.Layers", "nearest is")
	}
	_, err := Load(filepath.Join("testdata", "inside.onnx"), Settings{From: "/Concat_output_0"})
	expect.Error(t, err, "/Concat_output_0")
	_, err = Load(filepath.Join("testdata", "inside.onnx"), Settings{Layers: []string{"/Concat_output_0"}})
	expect.Error(t, err, "/Concat_output_0", "Int64", "Settings.Layers")
	if n, err := Load(filepath.Join("testdata", "inside.onnx"), Settings{From: "input"}); err != nil || n == nil {
		t.Errorf("from the input itself: %v", err)
	}
}

// A profile takes the ends of all blocks, or the tensors that are named, in one pass, with the
// spectra that networks which end there have in reverse mode.
func TestLayersOfONNX(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x, a := network.Tensor(tensor(array(t, "inside.npz", "x"))), action.ImageAffine(6, 6, action.ChannelsFirst(2))
	for i, r := range residual {
		var ends []string
		for _, stage := range stages {
			ends = append(ends, r.blocks[stage])
		}
		for _, names := range [][]string{nil, {r.inner, ends[2]}}[:len(residual)-i] { // the second for one file
			p := expect.OK(profile.Layers(load(t, r.file, Settings{Layers: names}), a, x, network.Settings{}))(t)
			if names == nil {
				names = ends
			}
			if want := append(slices.Clone(names), "output"); !slices.Equal(p.Names(), want) {
				t.Errorf("%s: layers %q, want %q", r.file, p.Names(), want)
			}
			for _, l := range p {
				if l.Width() > 16 {
					continue // a pass for each output takes long
				}
				want := expect.OK(network.Analyze(load(t, r.file, Settings{Output: l.Name}), a, x, network.Settings{Mode: network.ReverseMode, Gram: true}))(t)
				expect.Near(t, r.file+": "+l.Name, l.Invariance.Variances(), want.Variances(), 1e-4)
			}
		}
	}
}
