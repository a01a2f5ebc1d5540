package action_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

// tensorOf is a matrix as a float64 tensor.
func tensorOf(m mat.Matrix) *tensors.Tensor {
	d := mat.DenseCopyOf(m)
	rows, columns := d.Dims()
	return tensors.FromFlatDataAndDimensions(d.RawMatrix().Data, rows, columns)
}

func carried(t *testing.T, a action.Mover, x *tensors.Tensor, g mat.Matrix) []float64 {
	t.Helper()
	return call(t, func(x, g *Node) *Node { return a.Moved(x, g) }, x, tensorOf(g))
}

// random draws the coefficients of a generator.
func random(rng *rand.Rand, k int) []float64 {
	h := make([]float64, k)
	for i := range h {
		h[i] = rng.NormFloat64()
	}
	return h
}

// smooth is a tensor of images with two bumps away from the border, on a
// background of −.4.
func smooth(height, width int) *tensors.Tensor {
	plane := dataset.Plane{Height: height, Width: width}
	x := tensors.FromScalarAndDimensions(0.0, batch, height, width)
	tensors.MustMutableFlatData(x, func(v []float64) {
		for i := range v {
			px, py := plane.Point(float64(i/width%height), float64(i%width))
			shift := .1 * float64(i/width/height)
			v[i] = math.Exp(-80*((px-.2+shift)*(px-.2+shift)+py*py)) - .5*math.Exp(-80*(px*px+(py-.1)*(py-.1))) - .4
		}
	})
	return x
}

// The velocity of a flow at t = 0 is the tangent: d/dt exp(tA)·x = A·x.
func TestVelocityOfMovedIsTangent(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 0))
	for _, c := range []struct {
		a action.Mover
		x *tensors.Tensor
	}{
		{action.Linear(3, 2), normal(rng, 6)},
		{action.Affine(3, 2), normal(rng, 2, 3)},
		{action.ImageLinear(15, 15), smooth(15, 15)},
		{action.ImageAffine(17, 19), smooth(17, 19)},
	} {
		t.Run(fmt.Sprintf("%T, K = %d", c.a, c.a.Dim()), func(t *testing.T) {
			const step = 1e-6
			h := random(rng, c.a.Dim())
			plus := carried(t, c.a, c.x, lie.Exp(c.a.Generator(h), step))
			minus := carried(t, c.a, c.x, lie.Exp(c.a.Generator(h), -step))
			for i := range plus {
				plus[i] = (plus[i] - minus[i]) / (2 * step)
			}
			expect.Near(t, "d/dt", plus, combined(t, c.a, c.x, h), 1e-5)
		})
	}
}

// combined is the velocity Σ_k h_k A_k·x.
func combined(t *testing.T, a action.Action, x *tensors.Tensor, h []float64) []float64 {
	t.Helper()
	all := call(t, func(x *Node) *Node { return a.Tangents(x) }, x)
	size := x.Size() / batch
	sum := make([]float64, batch*size)
	for i, v := range all {
		b, k, p := i/(len(h)*size), i/size%len(h), i%size
		sum[b*size+p] += h[k] * v
	}
	return sum
}

func TestMovedIsMove(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 0))
	for _, a := range []action.Vectors{action.Linear(3, 2), action.Affine(3, 2)} {
		x := normal(rng, 6)
		g := lie.Exp(a.Generator(random(rng, a.Dim())), .7)
		want, err := a.Move(g, x)
		if err != nil {
			t.Fatal(err)
		}
		expect.Near(t, "Moved", carried(t, a, x, g), tensors.MustCopyFlatData[float64](want), 1e-14)
	}
}

func TestMovedIsWarp(t *testing.T) {
	const height, width = 20, 14
	x := smooth(height, width)
	pixels := tensors.MustCopyFlatData[float64](x)
	for name, h := range map[string][]float64{
		"rotation":    {0, -1, 0, 1, 0, 0},
		"shear":       {0, 1, 0, 0, 0, 0},
		"shrinking":   {-1, 0, 0, 0, -1, 0},
		"translation": {0, 0, .2, 0, 0, -.7},
		"any":         {.4, -.3, .1, .2, .5, .3},
	} {
		a := action.ImageAffine(height, width)
		g := lie.Exp(a.Generator(h), .9)
		got := carried(t, a, x, g)
		for b := range batch {
			image := make([]float32, height*width)
			for i := range image {
				image[i] = float32(pixels[b*height*width+i])
			}
			warped, err := dataset.Warp(image, height, width, g, float32(borderMean(image, height, width)))
			if err != nil {
				t.Fatal(err)
			}
			want := make([]float64, len(warped))
			for i, v := range warped {
				want[i] = float64(v)
			}
			expect.Near(t, name, got[b*height*width:(b+1)*height*width], want, 1e-6)
		}
	}
}

// A map without an inverse brings every pixel from nowhere: what remains is the background.
func TestMovedBySingularMap(t *testing.T) {
	const size = 5
	x := smooth(size, size)
	pixels := tensors.MustCopyFlatData[float64](x)
	for _, scale := range []float64{0, 1e-200} {
		got := carried(t, action.ImageLinear(size, size), x, mat.NewDense(2, 2, []float64{scale, 0, 0, scale}))
		for b := range batch {
			image := make([]float32, size*size)
			for i := range image {
				image[i] = float32(pixels[b*size*size+i])
			}
			for i, v := range got[b*size*size : (b+1)*size*size] {
				if scale > 0 && i == size*size/2 {
					continue // the centre stays
				}
				expect.Near(t, "background", []float64{v}, []float64{borderMean(image, size, size)}, 1e-6)
			}
		}
	}
}

func borderMean(image []float32, height, width int) float64 {
	sum, count := 0.0, 0
	for i, v := range image {
		if row, column := i/width, i%width; row == 0 || column == 0 || row == height-1 || column == width-1 {
			sum += float64(v)
			count++
		}
	}
	return sum / float64(count)
}

// Moved is differentiable in g: its gradient agrees with finite differences.
func TestGradientOfMovedInG(t *testing.T) {
	a := action.ImageAffine(9, 9)
	x := smooth(9, 9)
	g := lie.Exp(a.Generator([]float64{.1, -.4, .05, .3, -.1, .02}), 1)
	value := func(g mat.Matrix) float64 {
		return call(t, func(x, g *Node) *Node { return ReduceAllSum(Square(a.Moved(x, g))) }, x, tensorOf(g))[0]
	}
	got := call(t, func(x, g *Node) *Node {
		return Gradient(ReduceAllSum(Square(a.Moved(x, g))), g)[0]
	}, x, tensorOf(g))
	const step = 1e-7
	for i := range 2 {
		for j := range 3 {
			plus, minus := mat.DenseCopyOf(g), mat.DenseCopyOf(g)
			plus.Set(i, j, plus.At(i, j)+step)
			minus.Set(i, j, minus.At(i, j)-step)
			if want := (value(plus) - value(minus)) / (2 * step); math.Abs(got[3*i+j]-want) > 1e-4*(1+math.Abs(want)) {
				t.Errorf("∂/∂g[%d,%d] = %g, finite differences %g", i, j, got[3*i+j], want)
			}
		}
	}
}

func TestRangeOfVectors(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 0))
	const n = 4000
	values := make([]float64, n*6)
	for i := range values {
		values[i] = 3 * rng.NormFloat64()
	}
	outside := action.Affine(3, 2).Range(values)
	if at := outside(lie.Exp(mat.NewDense(4, 4, nil), 0)); math.Abs(at-.01) > .001 {
		t.Errorf("unmoved, %g of the data are outside, want .01", at)
	}
	rotation := mat.NewDense(4, 4, []float64{0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	if at := outside(lie.Exp(rotation, 1)); at > .02 {
		t.Errorf("turned, %g of isotropic data are outside", at)
	}
	far := mat.NewDense(4, 4, []float64{1, 0, 0, 40, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1})
	if at := outside(far); at != 1 {
		t.Errorf("carried 13 σ away, %g are outside, want all", at)
	}
	if at := outside(lie.Exp(mat.NewDense(4, 4, nil), 1)); math.IsNaN(at) {
		t.Errorf("NaN")
	}
}

// Data in a plane leave their range when they are turned out of it.
func TestRangeOfFlatData(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 0))
	values := make([]float64, 3*500)
	for i := range values {
		if i%3 != 2 {
			values[i] = rng.NormFloat64()
		}
	}
	outside := action.Linear(3, 1).Range(values)
	if at := outside(lie.Exp(lie.SO(3).Basis()[0], 1)); at > .05 {
		t.Errorf("turned within the plane, %g are outside", at)
	}
	if at := outside(lie.Exp(lie.SO(3).Basis()[1], .3)); at < .9 {
		t.Errorf("turned out of the plane, only %g are outside", at)
	}
}

func TestRangeOfImages(t *testing.T) {
	a := action.ImageAffine(20, 20)
	outside := a.Range(tensors.MustCopyFlatData[float64](smooth(20, 20)))
	for name, c := range map[string]struct {
		h        []float64
		low, top float64
	}{
		"unmoved":  {[]float64{0, 0, 0, 0, 0, 0}, 0, 0},
		"turned":   {[]float64{0, -1, 0, 1, 0, 0}, 0, .01},
		"shrunk":   {[]float64{-1, 0, 0, 0, -1, 0}, 0, 0},
		"far away": {[]float64{0, 0, 3, 0, 0, 0}, 1 - 1e-9, 1},
		"half way": {[]float64{0, 0, .9, 0, 0, 0}, .2, .8},
	} {
		if at := outside(lie.Exp(a.Generator(c.h), 1)); at < c.low || at > c.top+1e-9 {
			t.Errorf("%s: %g of the mass is outside, want %g…%g", name, at, c.low, c.top)
		}
	}
}
