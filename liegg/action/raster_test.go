package action_test

import (
	"math"
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

// pictures are n images of random Gaussians about a point, which is given in pixels
// from the centre.
func pictures(seed uint64, n, size int, x, y float64) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(seed, 0))
	middle := float64(size-1) / 2
	images := make([]float64, n*size*size)
	for i := range n {
		for range 4 {
			a, cx, cy := rng.NormFloat64(), x+2.5*rng.NormFloat64(), y+2.5*rng.NormFloat64()
			for p := range size * size {
				dx, dy := float64(p%size)-middle-cx, float64(p/size)-middle-cy
				images[i*size*size+p] += a * math.Exp(-(dx*dx+dy*dy)/8)
			}
		}
	}
	return tensors.FromFlatDataAndDimensions(images, n, size, size)
}

// weighted is Σ_p ψ(p) I(p)² of images, with p in units of the plane.
func weighted(size int, ψ func(x, y float64) float64) func(x *Node) *Node {
	plane := dataset.Plane{Height: size, Width: size}
	weights := make([]float64, size*size)
	for i := range weights {
		weights[i] = ψ(plane.Point(float64(i/size), float64(i%size)))
	}
	return func(x *Node) *Node {
		return ReduceSum(Mul(Square(x), Reshape(Const(x.Graph(), weights), 1, size, size)), 1, 2)
	}
}

// A functional that does not change under rotations about a point 3 px to the right
// of the centre and 2 px above it: the affine action finds the point and the
// rotation, both as Image and as Raster.
func TestImageOffCentre(t *testing.T) {
	const size, right, down = 40, 3., -2.
	image := action.ImageAffine(size, size)
	pixels := dataset.Plane{Height: size, Width: size}.Unit()
	f := weighted(size, func(x, y float64) float64 {
		x, y = x*pixels-right, y*pixels-down
		return math.Exp(-(x*x + y*y) / 60)
	})
	x := pictures(21, 200, size, right, down)
	for _, a := range []action.Action{image, action.NewRaster(lie.Affine(2), 1, size, size)} {
		s := spectrum(t, a, f, x)
		h := s.BySingular[0].H
		point, ok := lie.FixedPoint(image.InPixels(h))
		if !ok {
			t.Fatalf("%T: no fixed point in %v", a, mat.Formatted(h))
		}
		if off := math.Hypot(point[0]-right, point[1]-down); off > .1 {
			t.Errorf("%T: fixed point (%.3f, %.3f), %.3f px off (%g, %g)", a, point[0], point[1], off, right, down)
		}
		if angle := lie.AngleTo(lie.LinearPart(h), lie.SO(2)) * 180 / math.Pi; angle > .5 {
			t.Errorf("%T: %.3f° from a rotation", a, angle)
		}
		t.Logf("%T: fixed point (%.4f, %.4f), next singular value %.0f times", a, point[0], point[1], s.BySingular[1].Singular/s.BySingular[0].Singular)
	}
}

// so(3) in sl(3) turns the sphere that the plane is the central projection of; the
// area of the sphere is (1+|p|²)^(−3/2) dx dy.
func TestProjectiveTurnsOfTheSphere(t *testing.T) {
	const size = 40
	f := weighted(size, func(x, y float64) float64 { return math.Pow(1+x*x+y*y, -1.5) })
	s := spectrum(t, action.ImageProjective(size, size), f, pictures(22, 300, size, 0, 0))
	if gap := s.BySingular[3].Singular / s.BySingular[2].Singular; gap < 10 {
		t.Errorf("a gap of %.3g after three generators\n%v", gap, s)
	}
	if θ := lie.LargestAngle(s.Algebra(3), lie.SO(3)) * 180 / math.Pi; θ > 1 {
		t.Errorf("%.3f° from so(3)", θ)
	}
}

// The ratio of two radial variances does not change with rotation, contrast and
// brightness.
func TestBrightnessAndContrast(t *testing.T) {
	const size = 32
	ψ := func(width float64) func(x *Node) *Node {
		return weighted(size, func(x, y float64) float64 { return math.Exp(-(x*x + y*y) / width) })
	}
	f := func(x *Node) *Node {
		mean := Reshape(ReduceMean(x, 1, 2), -1, 1, 1)
		d := Sub(x, BroadcastToDims(mean, x.Shape().Dimensions...))
		return Log(Div(ψ(.3)(d), ψ(.1)(d)))
	}
	a := action.Together(action.ImageAffine(size, size), action.Affine(1, size*size))
	s := spectrum(t, a, f, pictures(23, 200, size, 0, 0))
	turn, contrast, brightness := []float64{0, -1, 0, 1, 0, 0, 0, 0}, []float64{6: 1, 7: 0}, []float64{7: 1}
	want := lie.Span("turn, contrast, brightness", a.Generator(turn), a.Generator(contrast), a.Generator(brightness))
	if θ := lie.LargestAngle(s.Algebra(3), want) * 180 / math.Pi; θ > .2 {
		t.Errorf("%.3f° off\n%v", θ, s)
	}
	values := lie.Span("values", a.Generator(contrast), a.Generator(brightness))
	if θ := lie.LargestAngle(s.Algebra(2), values); θ > 1e-6 {
		t.Errorf("contrast and brightness are exact, but %g off", θ)
	}
	if b := a.Block(a.Generator(contrast), 1); !mat.Equal(b, mat.NewDense(2, 2, []float64{1, 0, 0, 0})) {
		t.Errorf("the block of contrast is\n%v", mat.Formatted(b))
	}
}

// ∫ s² dt is invariant under shifts, and under dilations that the amplitude compensates, s(t) ↦
// a^(−½) s(t/a).
func TestSignal(t *testing.T) {
	const length = 120
	rng := rand.New(rand.NewPCG(24, 0))
	signals := make([]float64, 60*length)
	for i := range 60 {
		for range 3 {
			a, centre := rng.NormFloat64(), 59.5+8*rng.NormFloat64()
			for j := range length {
				z := (float64(j) - centre) / 6
				signals[i*length+j] += a * math.Exp(-z*z/2)
			}
		}
	}
	a := action.Signal(length)
	f := func(x *Node) *Node { return ReduceSum(Square(x), 1) }
	s := spectrum(t, a, f, tensors.FromFlatDataAndDimensions(signals, 60, length))
	want := lie.Span("shift, dilation", a.Generator([]float64{0, 1, 0}), a.Generator([]float64{1, 0, -.5}))
	if θ := lie.LargestAngle(s.Algebra(2), want); θ > 1e-2 {
		t.Errorf("%g off\n%v", θ, s)
	}
}

// On grey images a Raster is the Image, whose pixels are dataset.Warp's.
func TestRasterIsImage(t *testing.T) {
	const height, width = 20, 14
	raster, image := action.NewRaster(lie.Affine(2), 1, height, width), action.ImageAffine(height, width)
	x := smooth(height, width)
	h := []float64{.4, -.3, .2, .5, .1, .3} // gl(2) row by row, then the translation
	same := []float64{.4, -.3, .1, .2, .5, .3}
	if !mat.Equal(raster.Generator(h), image.Generator(same)) {
		t.Fatal("generators differ")
	}
	expect.Near(t, "velocity", combined(t, raster, x, h), combined(t, image, x, same), 1e-13)
	g := lie.Exp(raster.Generator(h), .9)
	expect.Near(t, "Moved", carried(t, raster, x, g), carried(t, image, x, g), 1e-12)
}

// Moved is differentiable in g, as refinement by finite flows needs.
func TestGradientsOfMovedInG(t *testing.T) {
	for name, c := range map[string]struct {
		a action.Mover
		x *tensors.Tensor
	}{
		"projective": {action.ImageProjective(9, 9), smooth(9, 9)},
		"colours":    {mover(action.Together(action.NewRaster(lie.GL(2), 2, 9, 9), action.Affine(2, 81))), bumps(2, 9, 9)},
		"product":    {mover(positionsAndMasses()), normals(25, batch, 8)},
	} {
		rng := rand.New(rand.NewPCG(26, 0))
		g := lie.Exp(c.a.Generator(random(rng, c.a.Dim())), .2)
		value := func(g mat.Matrix) float64 {
			return call(t, func(x, g *Node) *Node { return ReduceAllSum(Square(c.a.Moved(x, g))) }, c.x, tensorOf(g))[0]
		}
		got := call(t, func(x, g *Node) *Node {
			return Gradient(ReduceAllSum(Square(c.a.Moved(x, g))), g)[0]
		}, c.x, tensorOf(g))
		direction := mat.NewDense(g.RawMatrix().Rows, g.RawMatrix().Cols, random(rng, len(got)))
		const step = 1e-6
		var plus, minus mat.Dense
		plus.Apply(func(i, j int, v float64) float64 { return v + step*direction.At(i, j) }, g)
		minus.Apply(func(i, j int, v float64) float64 { return v - step*direction.At(i, j) }, g)
		want := (value(&plus) - value(&minus)) / (2 * step)
		if slope := floats.Dot(got, direction.RawMatrix().Data); math.Abs(slope-want) > 1e-4*(1+math.Abs(want)) {
			t.Errorf("%s: slope %g, finite differences %g", name, slope, want)
		}
	}
}
