package profile

import (
	"fmt"
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/janpfeifer/must"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx"
)

// turn is the rotation of the plane.
func turn() *mat.Dense { return mat.NewDense(2, 2, []float64{0, -1, 1, 0}) }

// A convolutional network from an ONNX file, against the same decomposition that NumPy and ONNX's
// reference implementation made by finite transformations, layer by layer (testdata/lee.py).
func TestAttributionOfGruverAndOthers(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	n := ok(onnx.Load("testdata/lee.onnx", onnx.Settings{Layers: []string{"first", "second", "pooled"}}))(t)
	x := ok(dataset.ReadNPZ("testdata/lee.npz", "x"))(t)
	plane := action.ImageAffine(12, 12)
	for name, h := range map[string]*mat.Dense{
		"rotation":    mat.NewDense(3, 3, []float64{0, -1, 0, 1, 0, 0, 0, 0, 0}),
		"translation": mat.NewDense(3, 3, []float64{0, 0, 1, 0, 0, 0, 0, 0, 0}),
	} {
		want := ok(dataset.Values(ok(dataset.ReadNPZ("testdata/lee.npz", name))(t)))(t)
		lee := ok(dataset.Values(ok(dataset.ReadNPZ("testdata/lee.npz", name+"_lee"))(t)))(t)
		a := ok(Attribute(n, plane, h, network.Tensor(x), AttributionSettings{}))(t)
		sizes, lower, upper := a.Sizes()
		if len(a.Left) > 0 || len(sizes) != 4 {
			t.Fatalf("%s:\n%v", name, a)
		}
		expect.Near(t, name, sizes, want, 1e-6)
		expect.Near(t, name+", LEE", []float64{a.LEE}, lee, 1e-6)
		shares, parts := 0.0, 0.0
		for i, l := range a.Layers {
			shares, parts = shares+l.Share, parts+l.Part
			if !(lower[i] <= sizes[i] && sizes[i] <= upper[i]) {
				t.Errorf("%s: %v", name, l)
			}
		}
		if math.Abs(shares-1) > 1e-9 || math.Abs(parts-1) > 1e-9 || a.Layers[1].Motion != "feature maps" || a.Layers[2].Motion != "still" {
			t.Errorf("shares add up to %g, parts to %g:\n%v", shares, parts, a)
		}
	}
}

// threeLayers is tanh(W·x), then squares of two vectors' components and a product, then sums; its
// parts are also in plain Go.
var threeLayers = struct {
	graph func(x *Node) *Node
	parts []func(h []float64) []float64
}{
	func(x *Node) *Node {
		w := Const(x.Graph(), [][]float64{{1, .3}, {-.2, .8}, {.5, -.7}, {.1, 1.1}})
		h := network.Layer(Tanh(Einsum("bj,ij->bi", x, w)), "first")
		part := func(i int) *Node { return Slice(h, AxisRange(), AxisRange(i, i+1)) }
		h = network.Layer(Concatenate([]*Node{Square(part(0)), Mul(part(1), part(2)), Sin(part(3))}, -1), "second")
		return Concatenate([]*Node{ReduceAndKeep(Square(h), ReduceSum, -1), Slice(h, AxisRange(), AxisRange(1, 2))}, -1)
	},
	[]func(h []float64) []float64{
		func(x []float64) (h []float64) {
			for _, w := range [][]float64{{1, .3}, {-.2, .8}, {.5, -.7}, {.1, 1.1}} {
				h = append(h, math.Tanh(floats.Dot(w, x)))
			}
			return h
		},
		func(h []float64) []float64 { return []float64{h[0] * h[0], h[1] * h[2], math.Sin(h[3])} },
		func(h []float64) []float64 { return []float64{floats.Dot(h, h), h[1]} },
	},
}

// moved is exp(tB)·h of vectors one after the other; a nil B leaves them.
func moved(b *mat.Dense, t float64, h []float64) []float64 {
	if b == nil {
		return h
	}
	n, _ := b.Dims()
	out, g := make([]float64, len(h)), lie.Exp(b, t)
	for i := 0; i < len(h); i += n {
		mat.NewVecDense(n, out[i:i+n]).MulVec(g, mat.NewVecDense(n, h[i:i+n]))
	}
	return out
}

// Each term is the derivative of ρ(−t)·f_l(ρ(t)·h), pushed through the rest of the network, by
// differences of finite transformations.
func TestAttributionIsItsDefinition(t *testing.T) {
	const n, step = 50, 1e-4
	x := normal(7, n, 2)
	values := ok(dataset.Values(x))(t)
	second := mat.NewDense(3, 3, []float64{0, .2, 0, -.1, .3, 0, 0, 0, .5})
	output := mat.NewDense(2, 2, []float64{.4, 0, .1, 0})
	motions := []*mat.Dense{turn(), turn(), second, output}
	a := ok(Attribute(inGo(threeLayers.graph), action.Linear(2, 1), turn(), network.Tensor(x),
		AttributionSettings{Motions: map[string]Motion{"first": By(turn()), "second": By(second), "output": By(output)}}))(t)
	if len(a.Layers) != 3 || len(a.Left) > 0 {
		t.Fatal(a)
	}
	for l, f := range threeLayers.parts {
		square := 0.0
		for i := range n {
			h := values[2*i : 2*i+2]
			for _, before := range threeLayers.parts[:l] {
				h = before(h)
			}
			end := func(t float64) []float64 {
				y := moved(motions[l+1], -t, f(moved(motions[l], t, h)))
				for _, after := range threeLayers.parts[l+1:] {
					y = after(y)
				}
				return y
			}
			term := floats.SubTo(make([]float64, 2), end(step), end(-step))
			square += floats.Dot(term, term) / (4 * step * step) / n
		}
		if want := math.Sqrt(square); math.Abs(a.Layers[l].Size/want-1) > 1e-6 {
			t.Errorf("layer %d: %g, want %g", l, a.Layers[l].Size, want)
		}
	}
}

// circular is a network of convolutions of images [batch, h, w, c] that go on periodically, and of
// the mean over the image. A mask breaks it in the second layer.
func circular(mask bool) func(x *Node) *Node {
	return func(x *Node) *Node {
		shift := func(x *Node, axis, by int) *Node {
			size := x.Shape().Dim(axis)
			r := func(from, to int) *Node {
				spec := []SliceAxisSpec{AxisRange(), AxisRange(), AxisRange(), AxisRange()}
				spec[axis] = AxisRange(from, to)
				return Slice(x, spec...)
			}
			by = (by + size) % size
			return Concatenate([]*Node{r(by, size), r(0, by)}, axis)
		}
		mixed := func(x *Node) *Node {
			y := MulScalar(x, .6)
			for i, by := range []int{1, -1} {
				y = Add(y, MulScalar(shift(x, 1, by), .3+.2*float64(i)))
				y = Sub(y, MulScalar(shift(x, 2, by), .4-.3*float64(i)))
			}
			return y
		}
		first := network.Layer(mixed(x), "first")
		second := mixed(first)
		if mask {
			ramp := make([]float64, 10)
			for i := range ramp {
				ramp[i] = 1 + .05*float64(i*i%7)
			}
			second = Mul(second, Reshape(Const(x.Graph(), ramp), 1, 1, 10, 1))
		}
		second = network.Layer(second, "second")
		third := network.Layer(mixed(second), "third")
		return Tanh(ReduceMean(third, 1, 2))
	}
}

// A network of circular convolutions commutes with translations. A layer that multiplies by a
// mask has all of the error.
func TestAttributionOfExactConvolutions(t *testing.T) {
	a := action.ImageAffine(8, 10, action.ChannelsLast(2)).Framed(action.WrapAround)
	right := mat.NewDense(3, 3, []float64{0, 0, 1, 0, 0, 0, 0, 0, 0})
	x := network.Tensor(normal(8, 60, 8, 10, 2))
	if exact := ok(Attribute(inGo(circular(false)), a, right, x, AttributionSettings{}))(t); exact.Error > 1e-12 || len(exact.Layers) != 4 {
		t.Errorf("circular convolutions commute with translations:\n%v", exact)
	}
	broken := ok(Attribute(inGo(circular(true)), a, right, x, AttributionSettings{}))(t)
	if broken.Layers[1].Name != "second" || broken.Layers[1].Share < 1-1e-9 || broken.Error < .01 {
		t.Errorf("a mask breaks translations:\n%v", broken)
	}
}

// A layer within a residual branch is left out; what part of the network sees of it counts later.
func TestBypassedLayersAreLeftOut(t *testing.T) {
	f := func(x *Node) *Node {
		inside := network.Layer(Tanh(x), "inside")
		h := network.Layer(Add(x, inside), "block")
		return ReduceAndKeep(Square(h), ReduceSum, -1)
	}
	a := ok(Attribute(inGo(f), action.Linear(2, 1), turn(), network.Tensor(normal(9, 100, 2)), AttributionSettings{Motions: map[string]Motion{"block": By(turn())}}))(t)
	if len(a.Left) != 1 || !strings.Contains(a.Left[0], "inside: part of the network bypasses it") || len(a.Layers) != 2 || a.Layers[0].Share < 1-1e-9 {
		t.Errorf("%v", a)
	}
}

// A hidden layer W·x moves by a matrix that is found. Its squares do not.
func TestFittedMotions(t *testing.T) {
	f := func(x *Node) *Node {
		w := Const(x.Graph(), [][]float64{{1, .3, .1}, {-.2, .8, .4}, {.5, -.7, 1}, {.1, 1.1, -.6}})
		h := network.Layer(Einsum("bj,ij->bi", x, w), "linear")
		h = network.Layer(Tanh(h), "bent")
		return ReduceAndKeep(Square(h), ReduceSum, -1)
	}
	x, h := network.Tensor(normal(10, 800, 3)), mat.NewDense(3, 3, []float64{0, -1, 0, 1, 0, 0, 0, 0, 0})
	still := ok(Attribute(inGo(f), action.Linear(3, 1), h, x, AttributionSettings{}))(t)
	fitted := ok(Attribute(inGo(f), action.Linear(3, 1), h, x, AttributionSettings{Fitted: true}))(t)
	if still.Layers[0].Share < 1-1e-9 || still.Samples != 800 {
		t.Errorf("if all layers are still, the first one does it all:\n%v", still)
	}
	if fitted.Layers[0].Size > 1e-9 || fitted.Layers[1].Size < 1e-3 || fitted.Samples != 400 || math.Abs(fitted.Error/still.Error-1) > .2 {
		t.Errorf("a linear layer moves linearly:\n%v", fitted)
	}
	const told = "because every layer should be still"
	if !strings.Contains(still.String(), told) || strings.Contains(fitted.String(), told) {
		t.Errorf("still:\n%v\nfitted:\n%v", still, fitted)
	}
	few := ok(Attribute(inGo(f), action.Linear(3, 1), h, network.Tensor(normal(10, 20, 3)), AttributionSettings{Fitted: true}))(t)
	if len(few.Left) != 2 || !strings.Contains(few.Left[0], "not fitted to 10 samples") || len(few.Layers) != 1 || math.Abs(few.Layers[0].Part-1) > 1e-9 {
		t.Errorf("%v", few)
	}
}

// Many outputs are seen through random probes; vectors that turn with the inputs have no error.
func TestAttributionOfManyOutputs(t *testing.T) {
	f := func(x *Node) *Node {
		h := network.Layer(MulScalar(x, 2), "scaled")
		return Mul(h, AddScalar(Slice(h, AxisRange(), AxisRange(0, 1)), 1))
	}
	const points = 20
	x := normal(11, 500, 2*points)
	pair := action.Equivariant(action.Linear(2, points), rep.Copies(rep.Standard(2), points))
	a := ok(Attribute(inGo(f), pair, turn(), network.Tensor(x), AttributionSettings{Motions: map[string]Motion{"scaled": By(turn())}}))(t)
	values := ok(dataset.Values(x))(t)
	square := 0.0 // J·A·x − B·f = 2x·(2·(A·x)₁), with (A·x)₁ = −x₂
	for i := 0; i < len(values); i += 2 * points {
		own := values[i : i+2*points]
		square += 16 * own[1] * own[1] * floats.Dot(own, own) / 500
	}
	if want := math.Sqrt(square); a.Layers[0].Size > 1e-9 || math.Abs(a.Error/want-1) > .1 || math.Abs(a.Layers[1].Share-1) > 1e-9 {
		t.Errorf("error %g, want %g:\n%v", a.Error, math.Sqrt(square), a)
	}
}

func TestMisuseOfAttribution(t *testing.T) {
	x := network.Tensor(normal(9, 20, 2))
	f, a := inGo(threeLayers.graph), action.Linear(2, 1)
	_, err := Attribute(f, a, turn(), x, AttributionSettings{Motions: map[string]Motion{"third": Still()}})
	expect.Error(t, err, `"third"`, "first")
	_, err = Attribute(f, a, turn(), x, AttributionSettings{Motions: map[string]Motion{"second": By(turn())}})
	expect.Error(t, err, "3 activations", "vectors of 2")
	_, err = Attribute(f, action.Equivariant(a, rep.Copies(rep.Standard(2), 2)), turn(), x, AttributionSettings{})
	expect.Error(t, err, "moves 4 outputs, the network has 2")
	_, err = Attribute(f, action.Linear(3, 1), mat.NewDense(3, 3, nil), x, AttributionSettings{})
	expect.Error(t, err, "3")
	wantPanic(t, "2×2", func() { Attribute(f, a, mat.NewDense(3, 3, nil), x, AttributionSettings{}) })
	wantPanic(t, "b must be square", func() { By(mat.NewDense(2, 3, nil)) })
	one := tensors.FromFlatDataAndDimensions([]float64{1, 2}, 1, 2)
	if a := ok(Attribute(f, a, turn(), network.Tensor(one), AttributionSettings{}))(t); !math.IsInf(a.Layers[0].Upper, 1) {
		t.Errorf("of one sample: %v", a)
	}
}

// Which layer makes a radius depend on the direction?
func ExampleAttribute() {
	f := network.Exact(func(x *Node) *Node {
		h := network.Layer(MulScalar(x, 3), "scaled")
		h = network.Layer(Add(h, Const(x.Graph(), [][]float64{{.1, 0}})), "shifted")
		return ReduceAndKeep(Square(h), ReduceSum, -1)
	})
	turn := mat.NewDense(2, 2, []float64{0, -1, 1, 0})
	points := tensors.FromFlatDataAndDimensions([]float64{1, 0, 0, 1, -1, 0, 0, -1}, 4, 2)
	a := must.M1(Attribute(f, action.Linear(2, 1), turn, network.Tensor(points),
		AttributionSettings{Motions: map[string]Motion{"scaled": By(turn), "shifted": By(turn)}}))
	for _, l := range a.Layers {
		fmt.Printf("%s: %.0f %%\n", l.Name, 100*l.Share)
	}
	// Output:
	// scaled: 0 %
	// shifted: 100 %
	// output: 0 %
}
