package groundtruth

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/purego"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// pureGo is shared, since a tensor stays with the first backend that uses it.
var pureGo = sync.OnceValues(func() (compute.Backend, error) { return purego.New() })

func backend(t *testing.T) compute.Backend {
	t.Helper()
	b, err := pureGo()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// eachCase runs a test on all cases and on breaks of every size.
func eachCase(t *testing.T, test func(t *testing.T, c Case, rng *rand.Rand)) {
	for _, c := range append(All(), Broken(.01), Broken(.001)) {
		t.Run(c.Name, func(t *testing.T) { test(t, c, rand.New(rand.NewPCG(11, 11))) })
	}
}

// call executes a graph on the pure-Go backend in float64; the first axis of its result counts the rows.
func call(t *testing.T, f func(x *graph.Node) *graph.Node, x *tensors.Tensor) *mat.Dense {
	t.Helper()
	y, err := graph.CallOnce(backend(t), f, x)
	if err != nil {
		t.Fatal(err)
	}
	n := y.Shape().Dim(0)
	return mat.NewDense(n, y.Size()/n, tensors.MustCopyFlatData[float64](y))
}

// values are f of the inputs, N×m.
func values(t *testing.T, c Case, x *tensors.Tensor) *mat.Dense {
	t.Helper()
	return call(t, func(x *graph.Node) *graph.Node {
		y := c.Graph(x)
		y.AssertDims(x.Shape().Dim(0), -1)
		return y
	}, x)
}

// candidates are the matrices that the action makes of unit coefficients; they are orthogonal.
func candidates(c Case) []*mat.Dense {
	a := c.Action()
	matrices := make([]*mat.Dense, a.Dim())
	for k := range matrices {
		h := make([]float64, a.Dim())
		h[k] = 1
		matrices[k] = a.Generator(h)
	}
	return matrices
}

// coefficients are the K numbers of a generator over the candidates.
func coefficients(c Case, h *mat.Dense) []float64 {
	flat := make([]float64, 0, c.K)
	for _, a := range candidates(c) {
		flat = append(flat, inner(a, h)/inner(a, a))
	}
	return flat
}

func inner(a, b *mat.Dense) float64 { return floats.Dot(a.RawMatrix().Data, b.RawMatrix().Data) }

// onOutputs are the m×m matrices by which the candidates move the outputs.
func onOutputs(t *testing.T, c Case, m int) []*mat.Dense {
	t.Helper()
	matrices := make([]*mat.Dense, c.K)
	for k := range matrices {
		matrices[k] = mat.NewDense(m, m, nil)
	}
	if c.Outputs == nil {
		return matrices
	}
	e := c.Action().(action.Equivariance)
	units := tensors.FromFlatDataAndDimensions(diagonal(ones(m)...).RawMatrix().Data, m, m)
	images := call(t, e.OutputVelocities, units) // row j holds (B_k·e_j)_i at (i, k)
	for k, b := range matrices {
		b.Apply(func(i, j int, _ float64) float64 { return images.At(j, i*c.K+k) }, b)
	}
	return matrices
}

// carried returns the rows y moved to exp(B)·y, B what the generator h is on outputs.
func carried(t *testing.T, c Case, y *mat.Dense, h *mat.Dense) *mat.Dense {
	t.Helper()
	_, m := y.Dims()
	b := mat.NewDense(m, m, nil)
	for k, e := range onOutputs(t, c, m) {
		b.Add(b, scaled(coefficients(c, h)[k], e))
	}
	var g, moved mat.Dense
	g.Exp(b)
	moved.Mul(y, g.T())
	return &moved
}

// onInputs is the block of a generator that moves the vectors.
func onInputs(c Case, h *mat.Dense) *mat.Dense {
	n := c.Size
	if c.Affine {
		n++
	}
	return mat.DenseCopyOf(h.Slice(0, n, 0, n))
}

// move returns the inputs with each vector v moved to exp(h)·v.
func move(c Case, x *tensors.Tensor, h *mat.Dense) *tensors.Tensor {
	var g mat.Dense
	g.Exp(onInputs(c, h))
	return mapped(c, x, &g)
}

// mapped returns the inputs with each vector v mapped to g·v.
func mapped(c Case, x *tensors.Tensor, g *mat.Dense) *tensors.Tensor {
	flat := tensors.MustCopyFlatData[float64](x)
	dims := x.Shape().Dimensions
	n, _ := g.Dims()
	v, moved := mat.NewVecDense(n, nil), mat.NewVecDense(n, nil)
	v.SetVec(n-1, 1) // the homogeneous coordinate, if there is one
	for at := 0; at < len(flat); at += c.Size {
		copy(v.RawVector().Data, flat[at:at+c.Size])
		moved.MulVec(g, v)
		copy(flat[at:at+c.Size], moved.RawVector().Data)
	}
	return tensors.FromFlatDataAndDimensions(flat, dims...)
}

// scaled returns t·h.
func scaled(t float64, h mat.Matrix) *mat.Dense {
	var s mat.Dense
	s.Scale(t, h)
	return &s
}

func TestGraphIsTheValue(t *testing.T) {
	eachCase(t, func(t *testing.T, c Case, rng *rand.Rand) {
		x := c.Inputs(rng, 100)
		flat, in := tensors.MustCopyFlatData[float64](x), c.Vectors*c.Size
		got := values(t, c, x)
		for i := range 100 {
			want := c.Value(flat[i*in : (i+1)*in])
			if !floats.EqualFunc(got.RawRowView(i), want, func(g, w float64) bool { return math.Abs(g-w) <= 1e-12*(1+math.Abs(w)) }) {
				t.Fatalf("input %d: graph %g, value %g", i, got.RawRowView(i), want)
			}
		}
	})
}

// The finite flow, f(exp(tA)·x) = exp(tB)·f(x), with B = 0 for invariants.
func TestFunctionFollowsItsAlgebra(t *testing.T) {
	eachCase(t, func(t *testing.T, c Case, rng *rand.Rand) {
		x := c.Inputs(rng, 50)
		before := values(t, c, x)
		for k, h := range slices.Concat(c.Algebra, c.Gauge) {
			for _, time := range []float64{-.4, .9} {
				want := carried(t, c, before, scaled(time, h)).RawMatrix().Data
				for i, after := range values(t, c, move(c, x, scaled(time, h))).RawMatrix().Data {
					if math.Abs(after-want[i]) > 1e-10*(1+math.Abs(want[i])) {
						t.Fatalf("generator %d, t = %g, number %d: f becomes %.12g, want %.12g", k, time, i, after, want[i])
					}
				}
			}
		}
	})
}

// outside draws a candidate of unit norm and takes its projection on the algebra and on the gauge away.
func outside(c Case, rng *rand.Rand) *mat.Dense {
	all := candidates(c)
	n, _ := all[0].Dims()
	h := mat.NewDense(n, n, nil)
	for _, a := range all {
		h.Add(h, scaled(rng.NormFloat64(), a))
	}
	if known := slices.Concat(c.Algebra, c.Gauge); len(known) > 0 {
		basis := mat.NewDense(n*n, len(known), nil)
		for k, a := range known {
			basis.SetCol(k, a.RawMatrix().Data)
		}
		flat := mat.NewVecDense(n*n, h.RawMatrix().Data)
		var coefficients, within mat.VecDense
		if err := coefficients.SolveVec(basis, flat); err != nil {
			panic(err)
		}
		within.MulVec(basis, &coefficients)
		flat.SubVec(flat, &within)
	}
	return scaled(1/mat.Norm(h, 2), h)
}

func TestFunctionStraysOutsideItsAlgebra(t *testing.T) {
	eachCase(t, func(t *testing.T, c Case, rng *rand.Rand) {
		x := c.Inputs(rng, 200)
		before := values(t, c, x)
		for range 3 {
			h := scaled(.5, outside(c, rng))
			var off mat.Dense
			off.Sub(values(t, c, move(c, x, h)), carried(t, c, before, h))
			change := floats.Norm(off.RawMatrix().Data, 1) / float64(len(off.RawMatrix().Data))
			if spread := stat.StdDev(before.RawMatrix().Data, nil); change < .01*spread {
				t.Errorf("a random direction outside takes f %.2g away on average, its spread is %.2g", change, spread)
			}
		}
	})
}
