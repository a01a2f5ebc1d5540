package action_test

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/lie"
)

// slow hides the faster ways of an action, so that the general ones serve as oracle.
type slow struct{ action.Action }

// metricator has a metric, and no product with it.
type metricator struct{ slow }

func (m metricator) Metric(x, w *Node) *Node { return action.Metric(m.slow, x, w) }

type instance struct {
	name  string
	a     action.Action
	input []int
}

func instances() []instance {
	return []instance{
		{"linear", action.Linear(3, 2), []int{6}},
		{"linear, vectors apart", action.Linear(2, 3), []int{3, 2}},
		{"affine", action.Affine(3, 2), []int{6}},
		{"image, linear", action.ImageLinear(5, 7), []int{5, 7}},
		{"image, affine", action.ImageAffine(6, 4), []int{24}},
		{"image, authors", action.ImageAuthors(6, 6), []int{6, 6}},
	}
}

const batch = 4

// normal draws a [batch, dims…] tensor of N(0,1) in float64.
func normal(rng *rand.Rand, dims ...int) *tensors.Tensor {
	t := tensors.FromScalarAndDimensions(0.0, append([]int{batch}, dims...)...)
	tensors.MustMutableFlatData(t, func(x []float64) {
		for i := range x {
			x[i] = rng.NormFloat64()
		}
	})
	return t
}

// backend is GoMLX in pure Go; tensors belong to one instance of it.
var backend = sync.OnceValue(func() compute.Backend {
	b, err := purego.New()
	if err != nil {
		panic(err)
	}
	return b
})

// call runs a graph function on the pure-Go backend.
func call[F ExecGraphFn](t *testing.T, f F, args ...any) []float64 {
	t.Helper()
	exec, err := NewExec(backend(), f)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Call(args...)
	if err != nil {
		t.Fatal(err)
	}
	return tensors.MustCopyFlatData[float64](out[0])
}

func TestFastWaysAgreeWithTangents(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for _, c := range instances() {
		t.Run(c.name, func(t *testing.T) {
			x, g := normal(rng, c.input...), normal(rng, c.input...)
			w := tensors.FromValue([]float64{.5, 2, 0, 1})
			contract := func(a action.Action) []float64 {
				return call(t, func(x, g *Node) *Node { return action.Contract(a, x, g) }, x, g)
			}
			metric := func(a action.Action) []float64 {
				return call(t, func(x, w *Node) *Node { return action.Metric(a, x, w) }, x, w)
			}
			expect.Near(t, "Contract", contract(c.a), contract(slow{c.a}), 1e-13)
			expect.Near(t, "Metric", metric(c.a), metric(slow{c.a}), 1e-13)
			h := tensors.FromFlatDataAndDimensions(tensors.MustCopyFlatData[float64](normal(rng, c.a.Dim(), 3))[:c.a.Dim()*3], c.a.Dim(), 3)
			want := call(t, func(x, w, h *Node) *Node { return Einsum("kl,lc->kc", action.Metric(slow{c.a}, x, w), h) }, x, w, h)
			diagonal := call(t, func(x, w *Node) *Node {
				m := action.Metric(slow{c.a}, x, w)
				return Einsum("kl,kl->k", m, OneHot(Iota(m.Graph(), shapes.Make(dtypes.Int32, c.a.Dim()), 0), c.a.Dim(), m.DType()))
			}, x, w)
			for name, a := range map[string]action.Action{"own": c.a, "from Tangents": slow{c.a}, "from Metric": metricator{slow{c.a}}} {
				got := call(t, func(x, w, h *Node) *Node { return action.MetricProduct(a, x, w, h) }, x, w, h)
				expect.Near(t, "MetricProduct, "+name, got, want, 1e-13)
				got = call(t, func(x, w *Node) *Node { return action.MetricDiagonal(a, x, w) }, x, w)
				expect.Near(t, "MetricDiagonal, "+name, got, diagonal, 1e-13)
			}
		})
	}
}

func TestVectorTangentsAreVelocitiesOfTheGroup(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 0))
	for _, c := range instances()[:3] {
		v := c.a.(action.Vectors)
		x := normal(rng, c.input...)
		tangents := call(t, v.Tangents, x)
		points := tensors.MustCopyFlatData[float64](x)
		size := len(points) / batch
		for k := range v.Dim() {
			h := make([]float64, v.Dim())
			h[k] = 1
			for b := range batch {
				point := points[b*size : (b+1)*size]
				want := make([]float64, size)
				for i, plus := range moved(t, v, v.Generator(h), 1e-5, point) {
					want[i] = (plus - moved(t, v, v.Generator(h), -1e-5, point)[i]) / 2e-5
				}
				from := (b*v.Dim() + k) * size
				expect.Near(t, c.name, tangents[from:from+size], want, 1e-9)
			}
		}
	}
}

// moved is the action's own exp(tH) on a point.
func moved(t *testing.T, v action.Vectors, h *mat.Dense, time float64, point []float64) []float64 {
	t.Helper()
	x, err := v.Move(lie.Exp(h, time), tensors.FromFlatDataAndDimensions(point, 1, len(point)))
	if err != nil {
		t.Fatal(err)
	}
	return tensors.MustCopyFlatData[float64](x)
}

// Move against the group written out: translations add, matrices multiply.
func TestMove(t *testing.T) {
	g := mat.NewDense(3, 3, []float64{0, -1, 5, 2, 0, 7, 0, 0, 1})
	got, err := action.Affine(2, 2).Move(g, tensors.FromValue([][]float32{{1, 2, 3, 4}}))
	if err != nil {
		t.Fatal(err)
	}
	if want := tensors.FromValue([][]float32{{3, 9, 1, 13}}); !got.Equal(want) {
		t.Errorf("moved to %s, want %s", got, want)
	}
	if _, err := action.Linear(2, 2).Move(lie.Exp(mat.NewDense(2, 2, nil), 1), tensors.FromValue([][]float32{{1, 2, 3}})); err == nil {
		t.Error("3 numbers were moved as two vectors of R²")
	}
}

// blob is a smooth picture of a few Gaussians that fades out at the border.
func blob(size int) []float64 {
	image := make([]float64, size*size)
	centre := float64(size-1) / 2
	for row := range size {
		for column := range size {
			x, y := float64(column)-centre, float64(row)-centre
			for _, s := range [][3]float64{{3, 1, 1}, {-2, 4, .7}, {0, -4, -.5}} {
				image[row*size+column] += s[2] * math.Exp(-((x-s[0])*(x-s[0])+(y-s[1])*(y-s[1]))/18)
			}
		}
	}
	return image
}

func TestImageTangentsAreVelocitiesOfWarps(t *testing.T) {
	const size, step = 40, .02
	image := blob(size)
	pixels := make([]float32, len(image))
	for i, v := range image {
		pixels[i] = float32(v)
	}
	a := action.ImageAffine(size, size)
	x := tensors.FromFlatDataAndDimensions(image, 1, size, size)
	tangents := call(t, a.Tangents, x)
	for k := range a.Dim() {
		h := make([]float64, a.Dim())
		h[k] = 1
		forth, err := dataset.Warp(pixels, size, size, lie.Exp(a.Generator(h), step), 0)
		if err != nil {
			t.Fatal(err)
		}
		back, err := dataset.Warp(pixels, size, size, lie.Exp(a.Generator(h), -step), 0)
		if err != nil {
			t.Fatal(err)
		}
		// Bilinear warps flatten peaks a little: compare directions and lengths.
		dot, want, got := 0.0, 0.0, 0.0
		for i, v := range tangents[k*size*size : (k+1)*size*size] {
			w := float64(forth[i]-back[i]) / (2 * step)
			dot, want, got = dot+v*w, want+w*w, got+v*v
		}
		if cos := dot / math.Sqrt(want*got); cos < .999 {
			t.Errorf("velocity %d: cosine %g to the warp's", k, cos)
		}
		if ratio := math.Sqrt(got / want); math.Abs(ratio-1) > .03 {
			t.Errorf("velocity %d: length %g of the warp's", k, ratio)
		}
	}
}

// A functional Σ_p φ(I(p)) ψ(|p|) does not change under rotations about the centre.
func TestRotationOfInvariantFunctional(t *testing.T) {
	const size = 28
	radial := make([]float64, size*size)
	for i := range radial {
		x, y := float64(i%size)-13.5, float64(i/size)-13.5
		radial[i] = math.Exp(-(x*x + y*y) / 60)
	}
	f := func(x *Node) *Node {
		weight := Reshape(Const(x.Graph(), radial), 1, size, size)
		return ReduceSum(Mul(Square(x), weight), 1, 2)
	}
	rng := rand.New(rand.NewPCG(3, 0))
	const n = 200
	images := make([]float64, 0, n*size*size)
	for range n {
		images = append(images, randomBlobs(rng, size)...)
	}
	x := tensors.FromFlatDataAndDimensions(images, n, size, size)
	angle := func(a action.Action) float64 {
		rows := call(t, func(x *Node) *Node {
			return action.Contract(a, x, Gradient(ReduceAllSum(f(x)), x)[0])
		}, x)
		var svd mat.SVD
		if !svd.Factorize(mat.NewDense(n, 4, rows), mat.SVDThin) {
			t.Fatal("no SVD")
		}
		var v mat.Dense
		svd.VTo(&v)
		return lie.AngleTo(a.Generator(mat.Col(nil, 3, &v)), lie.SO(2)) * 180 / math.Pi
	}
	if got := angle(action.ImageLinear(size, size)); got > .2 {
		t.Errorf("central differences: %.3f° from a rotation", got)
	}
	if got := angle(action.ImageAuthors(size, size)); got < 2 {
		t.Errorf("the authors' differences are only %.3f° off: are they theirs?", got)
	}
}

// randomBlobs is a picture of a few random Gaussians well inside the border.
func randomBlobs(rng *rand.Rand, size int) []float64 {
	image := make([]float64, size*size)
	centre := float64(size-1) / 2
	for range 4 {
		a, cx, cy := rng.NormFloat64(), 2.5*rng.NormFloat64(), 2.5*rng.NormFloat64()
		for i := range image {
			x, y := float64(i%size)-centre-cx, float64(i/size)-centre-cy
			image[i] += a * math.Exp(-(x*x+y*y)/8)
		}
	}
	return image
}

func TestCheckNamesWhatDoesNotFit(t *testing.T) {
	for _, c := range instances() {
		if err := c.a.Check(c.input); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if err := c.a.Check([]int{11}); err == nil {
			t.Errorf("%s: inputs of 11 numbers passed", c.name)
		}
	}
}

func TestMisusePanics(t *testing.T) {
	for name, f := range map[string]func(){
		"no vectors":        func() { action.Linear(3, 0) },
		"tiny image":        func() { action.ImageLinear(2, 28) },
		"short coefficient": func() { action.Affine(2, 1).Generator([]float64{1}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", name)
				}
			}()
			f()
		}()
	}
}

func TestMetricIsFloat64(t *testing.T) {
	x := tensors.FromScalarAndDimensions(float32(1), batch, 6)
	w := tensors.FromScalarAndDimensions(1.0, batch)
	call(t, func(x, w *Node) *Node {
		m := action.Metric(action.Linear(3, 2), x, w)
		if m.DType() != dtypes.Float64 {
			t.Errorf("Metric is %s", m.DType())
		}
		return m
	}, x, w)
}
