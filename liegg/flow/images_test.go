package flow_test

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// rolled is x [batch, h, w, c], moved along an axis, going on periodically.
func rolled(x *Node, axis, by int) *Node {
	size := x.Shape().Dim(axis)
	part := func(from, to int) *Node {
		spec := []SliceAxisSpec{AxisRange(), AxisRange(), AxisRange(), AxisRange()}
		spec[axis] = AxisRange(from, to)
		return Slice(x, spec...)
	}
	by = (by + size) % size
	if by == 0 {
		return x
	}
	return Concatenate([]*Node{part(size-by, size), part(0, size-by)}, axis)
}

// convolution is a periodic convolution with a 3×3 kernel, of two channels into three.
func convolution(x *Node, kernel [9]float64) *Node {
	var sum *Node
	for i, w := range kernel {
		term := MulScalar(rolled(rolled(x, 1, i/3-1), 2, i%3-1), w)
		if sum == nil {
			sum = term
		} else {
			sum = Add(sum, term)
		}
	}
	mix := Const(x.Graph(), [][]float64{{1, .3, -.5}, {.2, -1, .7}})
	return Einsum("bhwc,cd->bhwd", sum, ConvertDType(mix, x.DType()))
}

var (
	lopsided = [9]float64{.1, .5, -.3, .2, 1, .4, -.6, .3, .2}
	round    = [9]float64{.1, .4, .1, .4, 1, .4, .1, .4, .1} // the same after a quarter turn
)

// A periodic convolution commutes with all translations of images that go on periodically, also by
// parts of a pixel, and not with rotations; one with a round kernel also with quarter turns. With a mask it does not.
func TestImagesToImages(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const side = 9
	in := action.ImageAffine(side, side, action.ChannelsLast(2)).Framed(action.WrapAround)
	out := action.ImageAffine(side, side, action.ChannelsLast(3)).Framed(action.WrapAround)
	a, x := action.Onto(in, out), normal(61, 200, side*side*2)
	images := func(kernel [9]float64, slope float64) func(x *Node) *Node {
		return func(x *Node) *Node {
			y := convolution(Reshape(x, -1, side, side, 2), kernel)
			ramp := make([]float64, side)
			for i := range ramp {
				ramp[i] = 1 + slope*float64(i)
			}
			return Mul(y, Reshape(Const(x.Graph(), ramp), 1, 1, side, 1))
		}
	}
	inputs := func() network.Inputs { return network.Tensor(reshaped(t, x, side, side, 2)) }
	s := flow.Settings{Points: 4, Random: 2, Reach: 1, Quiet: true}
	right := flow.Translation(2, 0)
	exact := ok(flow.Test(inGo(images(lopsided, 0)), a, right, inputs(), s))(t)
	if exact.Verdict != flow.Invariant || !exact.Equivariant || !(floats.Max(exact.Curve.Upper) <= 1e-20) || exact.Defect.Value > 1e-12 {
		t.Errorf("a convolution commutes with translations:\n%v", exact)
	}
	for name, c := range map[string]struct {
		kernel [9]float64
		slope  float64
		h      flow.Hypothesis
	}{"a mask": {lopsided, 1, right}, "a rotation": {lopsided, 0, flow.Rotation(2, 0, 1)}} {
		broken := ok(flow.Test(inGo(images(c.kernel, c.slope)), a, c.h, inputs(), s))(t)
		if broken.Verdict == flow.Invariant || !(floats.Max(broken.Curve.Delta) > .01) {
			t.Errorf("%s:\n%v", name, broken)
		}
	}
	quarter := flow.Map{Name: "quarter turn", G: mat.NewDense(2, 2, []float64{0, -1, 1, 0})}
	for _, c := range []struct {
		kernel [9]float64
		want   flow.Verdict
	}{{round, flow.Invariant}, {lopsided, flow.Broken}} {
		r := ok(flow.TestMap(inGo(images(c.kernel, 0)), a, quarter, inputs(), s))(t)
		if r.Verdict != c.want || !r.Equivariant || c.want == flow.Invariant && !(r.Delta.Upper < 1e-20) {
			t.Errorf("%v", r)
		}
	}
	// The definition, for a translation by a pixel: images and results are rolled.
	values := ok(dataset.Values(x))(t)
	mask := inGo(images(lopsided, .05))
	pixel := flow.Map{Name: "one pixel", G: mat.NewDense(3, 3, []float64{1, 0, 2. / side, 0, 1, 0, 0, 0, 1})}
	r := ok(flow.TestMap(mask, a, pixel, inputs(), s))(t)
	roll := func(v []float64, channels int) []float64 {
		moved := make([]float64, len(v))
		for i := range v {
			pixel, c := i/channels, i%channels
			row, column := pixel/side, pixel%side
			moved[(row*side+(column+1)%side)*channels+c] = v[i]
		}
		return moved
	}
	predict := func(v []float64) []float64 {
		return ok(dataset.Values(ok(mask.Predict(reshaped(t, tensorOf(v, 200), side, side, 2)))(t)))(t)
	}
	var moved []float64
	for i := range 200 {
		moved = append(moved, roll(values[i*side*side*2:(i+1)*side*side*2], 2)...)
	}
	before, after := predict(values), predict(moved)
	change, variance, mean := 0.0, 0.0, make([]float64, side*side*3)
	for i := range 200 {
		floats.AddScaled(mean, 1./200, before[i*len(mean):(i+1)*len(mean)])
	}
	for i := range 200 {
		own := before[i*len(mean) : (i+1)*len(mean)]
		change += math.Pow(floats.Distance(after[i*len(mean):(i+1)*len(mean)], roll(own, 3), 2), 2) / 2
		variance += math.Pow(floats.Distance(own, mean, 2), 2)
	}
	if want := change / variance; math.Abs(r.Delta.Value/want-1) > 1e-9 || want < 1e-3 {
		t.Errorf("Δ = %g, want %g", r.Delta.Value, want)
	}
}

func TestMisuseOfImagesToImages(t *testing.T) {
	grey := action.ImageAffine(8, 8)
	a := action.Onto(grey, action.ImageAffine(4, 4))
	x := network.Tensor(normal(61, 50, 64))
	_, err := flow.Test(inGo(func(x *Node) *Node { return x }), a, flow.Translation(2, 0), x, flow.Settings{Quiet: true})
	expect.Error(t, err, "output images of 16 numbers, the network has 64")
	expect.Panic(t, "linear", func() { action.Onto(grey, action.ImageLinear(8, 8)) })
	expect.Panic(t, "package flow", func() { _, _ = network.Judge(inGo(squared), a, x, network.Settings{}) })
	expect.Panic(t, "package flow", func() { _, _ = flow.Judge(inGo(squared), a, x, flow.Settings{}) })
}

func tensorOf(v []float64, n int) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(v, n, len(v)/n)
}

func reshaped(t *testing.T, x *tensors.Tensor, dims ...int) *tensors.Tensor {
	t.Helper()
	v := ok(dataset.Values(x))(t)
	return tensors.FromFlatDataAndDimensions(v, append([]int{x.Shape().Dim(0)}, dims...)...)
}
