package action_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

// channel returns one channel of x, as grey images.
func channel(x *tensors.Tensor, c int, first bool) *tensors.Tensor {
	d, values := x.Shape().Dimensions, tensors.MustCopyFlatData[float64](x)
	channels, height, width := d[3], d[1], d[2]
	if first {
		channels, height, width = d[1], d[2], d[3]
	}
	pixels := height * width
	grey := make([]float64, d[0]*pixels)
	for i := range grey {
		at := i*channels + c
		if first {
			at = (i/pixels*channels+c)*pixels + i%pixels
		}
		grey[i] = values[at]
	}
	return tensors.FromFlatDataAndDimensions(grey, d[0], height, width)
}

// channelsFirst turns [batch, height, width, channels] to [batch, channels, height, width].
func channelsFirst(t *testing.T, x *tensors.Tensor) *tensors.Tensor {
	d := x.Shape().Dimensions
	values := call(t, func(x *Node) *Node { return TransposeAllAxes(x, 0, 3, 1, 2) }, x)
	return tensors.FromFlatDataAndDimensions(values, d[0], d[3], d[1], d[2])
}

func merged(x []*tensors.Tensor, first bool) []float64 {
	d := x[0].Shape().Dimensions
	pixels := d[1] * d[2]
	all := make([]float64, d[0]*len(x)*pixels)
	for c := range x {
		for i, v := range tensors.MustCopyFlatData[float64](x[c]) {
			at := i*len(x) + c
			if first {
				at = (i/pixels*len(x)+c)*pixels + i%pixels
			}
			all[at] = v
		}
	}
	return all
}

// Every channel moves as a grey image does, in every layout and frame, for photographs as
// for noise.
func TestChannelsMoveAsGreyImages(t *testing.T) {
	const height, width, channels = 9, 12, 3
	rng := rand.New(rand.NewPCG(31, 0))
	last := normal(rng, height, width, channels)
	h := random(rng, 6)
	for _, first := range []bool{false, true} {
		x, layout := last, action.ChannelsLast(channels)
		if first {
			x, layout = channelsFirst(t, last), action.ChannelsFirst(channels)
		}
		for _, frame := range []action.Frame{action.Background, action.Disc, action.Reflection, action.WrapAround} {
			a, grey := action.ImageAffine(height, width, layout).Framed(frame), action.ImageAffine(height, width, action.ChannelsLast(1)).Framed(frame)
			g := lie.Exp(a.Generator(h), .5)
			var moved, velocity []*tensors.Tensor
			for c := range channels {
				one := channel(x, c, first)
				moved = append(moved, tensors.FromFlatDataAndDimensions(carried(t, grey, one, g), one.Shape().Dimensions...))
				velocity = append(velocity, tensors.FromFlatDataAndDimensions(combined(t, grey, one, h), one.Shape().Dimensions...))
			}
			expect.Near(t, "Moved", carried(t, a, x, g), merged(moved, first), 1e-12)
			expect.Near(t, "velocity", combined(t, a, x, h), merged(velocity, first), 1e-12)
		}
	}
}

func TestColoursAgree(t *testing.T) {
	last := bumps(3, 20, 22)
	first := channelsFirst(t, last)
	noise := normal(rand.New(rand.NewPCG(32, 0)), 3, 8, 7)
	for name, c := range map[string]struct {
		a action.Mover
		x *tensors.Tensor
	}{
		"last":              {action.ImageAffine(20, 22, action.ChannelsLast(3)), last},
		"first":             {action.ImageAffine(20, 22, action.ChannelsFirst(3)), first},
		"first, projective": {action.ImageProjective(20, 22, action.ChannelsFirst(3)), first},
		"a known paper":     {action.ImageLinear(20, 22, action.ChannelsFirst(3)).WithBackground(0, 0, 0), first},
		// Continued images have derivatives everywhere, so noise will do.
		"reflected":             {action.ImageAffine(8, 7, action.ChannelsFirst(3)).Framed(action.Reflection), noise},
		"wrapped":               {action.ImageAffine(8, 7, action.ChannelsFirst(3)).Framed(action.WrapAround), noise},
		"wrapped, projective":   {action.ImageProjective(8, 7, action.ChannelsFirst(3)).Framed(action.WrapAround), noise},
		"reflected, projective": {action.ImageProjective(8, 7, action.ChannelsFirst(3)).Framed(action.Reflection), noise},
		"signals of 3 channels": {action.SignalAffine(56, action.ChannelsFirst(3)).Framed(action.WrapAround), tensors.FromFlatDataAndDimensions(tensors.MustCopyFlatData[float64](noise), batch, 3, 56)},
	} {
		if err := action.Agrees(backend(), c.a, c.x, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// colours are n images of smooth random spots in three colours, [n, 3, size, size].
func colours(seed uint64, n, size int) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(seed, 0))
	plane := dataset.Plane{Height: size, Width: size}
	x := make([]float64, n*3*size*size)
	for image := range n * 3 {
		for range 4 {
			height, cx, cy := rng.NormFloat64(), .15*rng.NormFloat64(), .15*rng.NormFloat64()
			for p := range size * size {
				px, py := plane.Point(float64(p/size), float64(p%size))
				x[image*size*size+p] += height * math.Exp(-((px-cx)*(px-cx)+(py-cy)*(py-cy))/(2*.2*.2))
			}
		}
	}
	return tensors.FromFlatDataAndDimensions(x, n, 3, size, size)
}

// A function of colours that does not change with rotations about the centre: of the six
// affine generators it has that one, to .003°.
func TestRotationOfColours(t *testing.T) {
	const size = 32
	plane := dataset.Plane{Height: size, Width: size}
	ψ := make([]float64, size*size)
	for i := range ψ {
		px, py := plane.Point(float64(i/size), float64(i%size))
		ψ[i] = math.Exp(-(px*px + py*py) / (2 * .3 * .3))
	}
	colour := func(x *Node, c, axis int) *Node {
		at := slices.Repeat([]SliceAxisSpec{AxisRange()}, 4)
		at[axis] = AxisElem(c)
		return Squeeze(Slice(x, at...), axis)
	}
	f := func(axis int) func(x *Node) *Node {
		return func(x *Node) *Node {
			r, g, b := colour(x, 0, axis), colour(x, 1, axis), colour(x, 2, axis)
			value := Add(Mul(r, g), Add(MulScalar(Square(b), .5), Mul(Sin(r), b)))
			return ReduceSum(Mul(value, Reshape(Const(x.Graph(), ψ), 1, size, size)), 1, 2)
		}
	}
	first := colours(33, 300, size)
	last := tensors.FromFlatDataAndDimensions(call(t, func(x *Node) *Node { return TransposeAllAxes(x, 0, 2, 3, 1) }, first), 300, size, size, 3)
	for _, c := range []struct {
		layout action.Layout
		f      func(x *Node) *Node
		x      *tensors.Tensor
	}{{action.ChannelsFirst(3), f(1), first}, {action.ChannelsLast(3), f(3), last}} {
		for _, frame := range []action.Frame{action.Background, action.Reflection, action.WrapAround} {
			a := action.ImageAffine(size, size, c.layout).Framed(frame)
			s := spectrum(t, a, c.f, c.x)
			turn := a.Generator([]float64{0, -1, 0, 1, 0, 0})
			angle := lie.AngleTo(s.BySingular[0].H, lie.SpanAffine("rotation", turn)) * 180 / math.Pi
			gap := s.BySingular[1].Singular / s.BySingular[0].Singular
			t.Logf("%v: %.2g° from a rotation about the centre, next singular value %.3g times", a, angle, gap)
			if angle > .003 || gap < 100 {
				t.Errorf("%v: %.4f° from a rotation about the centre, and a gap of %.3g\n%v", a, angle, gap, s)
			}
		}
	}
}

// After normalisation by mean and std, black has a different value in each colour. That value comes in
// from outside of the frame, given or not.
func TestBackgroundOfNormalisedColours(t *testing.T) {
	mean, std := []float64{.49, .48, .45}, []float64{.2, .25, .3}
	const size = 12
	paper := make([]float64, 3)
	x := tensors.MustCopyFlatData[float64](channelsFirst(t, bumps(3, size, size)))
	for i := range x {
		c := i / (size * size) % 3
		paper[c] = -mean[c] / std[c]
		x[i] += paper[c]
	}
	images := tensors.FromFlatDataAndDimensions(x, batch, 3, size, size)
	a := action.ImageAffine(size, size, action.ChannelsFirst(3))
	away := lie.Exp(a.Generator([]float64{0, 0, 9, 0, 0, 0}), 1) // moves the image out of the frame
	want := make([]float64, len(x))
	for i := range want {
		want[i] = paper[i/(size*size)%3]
	}
	expect.Near(t, "known paper", carried(t, a.WithBackground(paper...), images, away), want, 1e-12)
	expect.Near(t, "the border's mean", carried(t, a, images, away), want, 1e-3)
	if at := a.WithBackground(paper...).Range(x)(away); math.Abs(at-1) > 1e-9 {
		t.Errorf("%g of the mass is outside, want all", at)
	}
	if at := a.Range(x)(lie.Exp(a.Generator([]float64{0, -1, 0, 1, 0, 0}), 1)); at > .01 {
		t.Errorf("turned, %g of the mass is outside", at)
	}
}

// Shapes that do not fit are refused, with the layout that does.
func TestCheckOfLayouts(t *testing.T) {
	grey, first, last := action.ImageAffine(28, 28), action.ImageAffine(32, 30, action.ChannelsFirst(3)), action.ImageLinear(32, 30, action.ChannelsLast(3))
	for _, c := range []struct {
		a     action.Action
		input []int
		wants string // in the error; "" for none
	}{
		{grey, []int{28, 28}, ""}, {grey, []int{1, 28, 28}, ""}, {grey, []int{28, 28, 1}, ""}, {grey, []int{784}, ""},
		{grey, []int{4, 14, 14}, "are not grey images"},
		{grey, []int{3, 28, 28}, "action.ChannelsFirst(3)"}, {grey, []int{28, 28, 4}, "action.ChannelsLast(4)"},
		{first, []int{3, 32, 30}, ""}, {first, []int{2880}, ""},
		{first, []int{32, 30, 3}, "action.ChannelsLast(3)"}, {first, []int{32, 30}, "3, 32, 30"}, {first, []int{960}, "3, 32, 30"},
		{first, []int{1, 3, 32, 30}, "3, 32, 30"}, {first, []int{3, 30, 32}, "3, 32, 30"},
		{last, []int{32, 30, 3}, ""}, {last, []int{3, 32, 30}, "action.ChannelsFirst(3)"}, {last, []int{32, 30, 4}, "action.ChannelsLast(4)"},
		{action.ImageProjective(32, 30, action.ChannelsFirst(3)), []int{3, 32, 30}, ""},
		{action.ImageProjective(32, 30), []int{3, 32, 30}, "action.ChannelsFirst(3)"},
		{action.VolumeAffine(3, 32, 30), []int{3, 32, 30}, "action.ImageAffine(32, 30, action.ChannelsFirst(3))"},
		{action.VolumeLinear(32, 30, 3), []int{32, 30, 3}, "action.ImageAffine(32, 30, action.ChannelsLast(3))"},
		{action.VolumeLinear(32, 4, 32), []int{32, 4, 32}, "an axis of 4"},
		{action.VolumeLinear(9, 9, 9, action.ChannelsFirst(2)), []int{2, 9, 9, 9}, ""},
		{action.SignalAffine(50, action.ChannelsLast(2)), []int{50, 2}, ""},
	} {
		err := c.a.Check(c.input)
		switch {
		case c.wants == "" && err != nil:
			t.Errorf("%v refuses %v: %v", c.a, c.input, err)
		case c.wants != "" && err == nil:
			t.Errorf("%v takes %v", c.a, c.input)
		case c.wants != "" && !strings.Contains(err.Error(), c.wants):
			t.Errorf("%v of %v: %v, without %q", c.a, c.input, err, c.wants)
		}
	}
}

func TestMisuseOfLayoutsAndFrames(t *testing.T) {
	colour := action.ImageAffine(8, 8, action.ChannelsFirst(3))
	for want, f := range map[string]func(){
		"ChannelsFirst: channels":         func() { action.ChannelsFirst(0) },
		"ChannelsLast: channels":          func() { action.ChannelsLast(-1) },
		"ImageAffine: layout":             func() { action.ImageAffine(8, 8, action.ChannelsFirst(3), action.ChannelsLast(3)) },
		"VolumeLinear: layout":            func() { action.VolumeLinear(8, 8, 8, action.Layout{}, action.Layout{}) },
		"WithBackground: values":          func() { colour.WithBackground(0) },
		"WithBackground: values must be ": func() { action.ImageProjective(8, 8).WithBackground() },
		"values must be finite":           func() { colour.WithBackground(0, math.NaN(), 0) },
		"Framed: frame":                   func() { colour.Framed(9) },
		"Framed: ImageAuthors":            func() { action.ImageAuthors(8, 8).Framed(action.Disc) },
	} {
		func() {
			defer func() {
				if text, _ := recover().(string); !strings.Contains(text, want) {
					t.Errorf("panics with %q, want %q", text, want)
				}
			}()
			f()
		}()
	}
}

// An image that wraps around comes back after its width, and one that is reflected after
// twice that, mirrored on the way.
func TestContinuedImages(t *testing.T) {
	const height, width = 6, 8
	x := normal(rand.New(rand.NewPCG(34, 0)), height, width)
	values := tensors.MustCopyFlatData[float64](x)
	by := func(pixels float64) *mat.Dense { return lie.TranslationBy(pixels/(width/2.), 0) }
	wrapped, reflected := action.ImageAffine(height, width).Framed(action.WrapAround), action.ImageAffine(height, width).Framed(action.Reflection)
	expect.Near(t, "wrapped by its width", carried(t, wrapped, x, by(-3*width)), values, 1e-9)
	expect.Near(t, "reflected twice", carried(t, reflected, x, by(4*width)), values, 1e-9)
	shifted, mirrored := make([]float64, len(values)), make([]float64, len(values))
	for i := range values {
		column := i % width
		shifted[i] = values[i-column+(column+width-3)%width]
		mirrored[i] = values[i-column+width-1-column]
	}
	expect.Near(t, "wrapped by three", carried(t, wrapped, x, by(3)), shifted, 1e-9)
	expect.Near(t, "reflected once", carried(t, reflected, x, by(width)), mirrored, 1e-9)
	for _, a := range []action.Image{wrapped, reflected} {
		if out := a.Range(values)(by(100)); out != 0 {
			t.Errorf("%v: %g leaves", a, out)
		}
	}
	far := mat.NewDense(3, 3, []float64{1e-9, 0, 0, 0, 1e-9, 0, 0, 0, 1})
	for i, v := range carried(t, wrapped, x, far) { // shrunk beyond what integers hold
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("value %d is %g", i, v)
		}
	}
}

// The view through the disc rotates with the image: window(g·x) = g·window(x).
func TestDiscTurns(t *testing.T) {
	const size = 32
	waves := texture(35, batch, size)
	a := action.ImageAffine(size, size, action.ChannelsFirst(3)).Framed(action.Disc)
	window := a.Window()
	seen := tensors.FromFlatDataAndDimensions(call(t, window, waves), waves.Shape().Dimensions...)
	for i, v := range tensors.MustCopyFlatData[float64](channel(seen, 0, true)) {
		if p := i % (size * size); p < size || p%size == 0 {
			if corner := tensors.MustCopyFlatData[float64](channel(seen, 0, true))[i-p]; math.Abs(v-corner) > 1e-12 {
				t.Fatalf("the border is not of one value: %g and %g", v, corner)
			}
		}
	}
	quarter := mat.NewDense(3, 3, []float64{0, -1, 0, 1, 0, 0, 0, 0, 1})
	turned := func(x *tensors.Tensor, g mat.Matrix) *tensors.Tensor {
		return tensors.FromFlatDataAndDimensions(carried(t, a, x, g), x.Shape().Dimensions...)
	}
	expect.Near(t, "a quarter turn", call(t, window, turned(waves, quarter)), carried(t, a, seen, quarter), 1e-9)
	turn := lie.Exp(a.Generator([]float64{0, -1, 0, 1, 0, 0}), .7)
	paper := a.Framed(action.Background) // of the value to which the disc fades
	expect.Near(t, "any turn", call(t, window, turned(waves, turn)), carried(t, paper, seen, turn), .01)
	if action.ImageAffine(size, size).Window() != nil || a.Framed(action.Reflection).Window() != nil {
		t.Error("other frames have a window")
	}
	for name, b := range map[string]action.Action{
		"restricted": action.Restricted(a, lie.SpanAffine("turn", a.Generator([]float64{0, -1, 0, 1, 0, 0}))),
		"together":   action.Together(a, action.Linear(1, 3*size*size)),
		"product":    action.Product(action.Part{Action: a, Shape: []int{3, size, size}}),
	} {
		f := b.(action.Framer)
		if f.Frame() != a.Frame() {
			t.Errorf("%s: frame %q", name, f.Frame())
		}
		expect.Near(t, name, call(t, f.Window(), waves), tensors.MustCopyFlatData[float64](seen), 1e-12)
	}
}

// texture is n smooth colour images that fill their frame, [n, 3, size, size]: sums of plane
// waves.
func texture(seed uint64, n, size int) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(seed, 0))
	x := make([]float64, n*3*size*size)
	for image := range n * 3 {
		for range 4 {
			kx, ky, phase, height := rng.NormFloat64(), rng.NormFloat64(), 2*math.Pi*rng.Float64(), rng.NormFloat64()
			for p := range size * size {
				x[image*size*size+p] += height * math.Cos((kx*float64(p%size)+ky*float64(p/size))*6/float64(size)+phase)
			}
		}
	}
	return tensors.FromFlatDataAndDimensions(x, n, 3, size, size)
}
