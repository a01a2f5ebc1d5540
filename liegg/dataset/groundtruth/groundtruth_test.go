package groundtruth

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

func backend(t *testing.T) compute.Backend {
	t.Helper()
	b, err := compute.NewWithConfig("go")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Finalize)
	return b
}

// eachCase runs a test on all cases and on breaks of every size.
func eachCase(t *testing.T, test func(t *testing.T, c Case, rng *rand.Rand)) {
	for _, c := range append(All(), Broken(.01), Broken(.001)) {
		t.Run(c.Name, func(t *testing.T) { test(t, c, rand.New(rand.NewPCG(11, 11))) })
	}
}

// values executes the graph of a case on the pure-Go backend in float64.
func values(t *testing.T, c Case, x *tensors.Tensor) []float64 {
	t.Helper()
	y, err := graph.CallOnce(backend(t), c.Graph, x)
	if err != nil {
		t.Fatal(err)
	}
	if dims := y.Shape().Dimensions; len(dims) != 2 || dims[1] != 1 {
		t.Fatalf("the graph gives %s, want [batch, 1]", y.Shape())
	}
	return tensors.MustCopyFlatData[float64](y)
}

// move returns the inputs with each vector v moved to exp(h)·v.
func move(c Case, x *tensors.Tensor, h mat.Matrix) *tensors.Tensor {
	var g mat.Dense
	g.Exp(h)
	flat := tensors.MustCopyFlatData[float64](x)
	dims := x.Shape().Dimensions
	n, _ := g.Dims()
	v, moved := mat.NewVecDense(n, nil), mat.NewVecDense(n, nil)
	v.SetVec(n-1, 1) // the homogeneous coordinate, if there is one
	for at := 0; at < len(flat); at += c.Size {
		copy(v.RawVector().Data, flat[at:at+c.Size])
		moved.MulVec(&g, v)
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
		for i, got := range values(t, c, x) {
			if want := c.Value(flat[i*in : (i+1)*in]); math.Abs(got-want) > 1e-12*(1+math.Abs(want)) {
				t.Fatalf("input %d: graph %g, value %g", i, got, want)
			}
		}
	})
}

func TestFunctionIsConstantAlongItsAlgebra(t *testing.T) {
	eachCase(t, func(t *testing.T, c Case, rng *rand.Rand) {
		x := c.Inputs(rng, 50)
		before := values(t, c, x)
		for k, h := range c.Algebra {
			for _, time := range []float64{-.4, .9} {
				for i, after := range values(t, c, move(c, x, scaled(time, h))) {
					if math.Abs(after-before[i]) > 1e-10*(1+math.Abs(before[i])) {
						t.Fatalf("generator %d, t = %g, input %d: f goes from %.12g to %.12g", k, time, i, before[i], after)
					}
				}
			}
		}
	})
}

// outside draws a candidate of unit norm and takes its projection on the algebra away.
func outside(c Case, rng *rand.Rand) *mat.Dense {
	n := c.Size
	if c.Affine {
		n++
	}
	h := mat.NewDense(n, n, nil)
	for i := range c.Size {
		for j := range n {
			h.Set(i, j, rng.NormFloat64())
		}
	}
	if c.Dim > 0 {
		basis := mat.NewDense(n*n, c.Dim, nil)
		for k, a := range c.Algebra {
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

func TestFunctionChangesOutsideItsAlgebra(t *testing.T) {
	eachCase(t, func(t *testing.T, c Case, rng *rand.Rand) {
		x := c.Inputs(rng, 200)
		before := values(t, c, x)
		for range 3 {
			var change float64
			for i, after := range values(t, c, move(c, x, scaled(.5, outside(c, rng)))) {
				change += math.Abs(after-before[i]) / float64(len(before))
			}
			if spread := stat.StdDev(before, nil); change < .01*spread {
				t.Errorf("a random direction outside changes f by %.2g on average, its spread is %.2g", change, spread)
			}
		}
	})
}

// polarization returns the rows Σ_c ∇_c f ⊗ x_c, with ∇f summed over the vectors for the translations: N×K.
func polarization(t *testing.T, c Case, x *tensors.Tensor) *mat.Dense {
	t.Helper()
	gradient, err := graph.CallOnce(backend(t), func(x *graph.Node) *graph.Node {
		return graph.Gradient(graph.ReduceAllSum(c.Graph(x)), x)[0]
	}, x)
	if err != nil {
		t.Fatal(err)
	}
	flat, slopes := tensors.MustCopyFlatData[float64](x), tensors.MustCopyFlatData[float64](gradient)
	n, in := c.Size, c.Vectors*c.Size
	rows := mat.NewDense(len(flat)/in, c.K, nil)
	for at := 0; at < len(flat); at += n {
		row := rows.RawRowView(at / in)
		for i, g := range slopes[at : at+n] {
			for j, v := range flat[at : at+n] {
				row[i*n+j] += g * v
			}
			if c.Affine {
				row[n*n+i] += g
			}
		}
	}
	return rows
}

// coefficients are the K numbers of a generator, in the order of polarization's columns.
func coefficients(c Case, h *mat.Dense) []float64 {
	flat := make([]float64, 0, c.K)
	for i := range c.Size {
		flat = append(flat, h.RawRowView(i)[:c.Size]...)
	}
	if c.Affine {
		flat = append(flat, mat.Col(nil, c.Size, h)[:c.Size]...)
	}
	return flat
}

// smallestGap is what the smallest non-zero singular value, relative to the largest, must exceed: `none` has about .15.
const smallestGap = .1

func TestNullspaceIsTheAlgebra(t *testing.T) {
	eachCase(t, func(t *testing.T, c Case, rng *rand.Rand) {
		rows := polarization(t, c, c.Inputs(rng, 600))
		var svd mat.SVD
		if !svd.Factorize(rows, mat.SVDNone) {
			t.Fatal("no SVD")
		}
		s := svd.Values(nil)
		if len(s) != c.K || len(c.Algebra) != c.Dim {
			t.Fatalf("%d columns and %d generators, want %d and %d", len(s), len(c.Algebra), c.K, c.Dim)
		}
		t.Logf("%d → %d: last non-zero %.3f, zeros ≤ %.1e", c.K, c.Dim, s[c.K-c.Dim-1]/s[0], s[c.K-1]/s[0])
		for k, v := range s[c.K-c.Dim:] {
			if v > 1e-12*s[0] {
				t.Errorf("singular value %d of the algebra is %.1e of the largest", k, v/s[0])
			}
		}
		if gap := s[c.K-c.Dim-1] / s[0]; !strings.HasPrefix(c.Name, "broken") && gap < smallestGap {
			t.Errorf("the smallest singular value outside the algebra is %.3f of the largest", gap)
		}
		for k, h := range c.Algebra {
			var image mat.VecDense
			flat := mat.NewVecDense(c.K, coefficients(c, h))
			image.MulVec(rows, flat)
			if off := mat.Norm(&image, 2); off > 1e-12*s[0]*mat.Norm(flat, 2) {
				t.Errorf("generator %d is not in the nullspace: %.1e of the largest", k, off/s[0])
			}
		}
	})
}

// rank counts the singular values above 1e-10 of the largest of the matrices as vectors.
func rank(matrices []*mat.Dense) int {
	if len(matrices) == 0 {
		return 0
	}
	n, _ := matrices[0].Dims()
	rows := mat.NewDense(len(matrices), n*n, nil)
	for k, m := range matrices {
		rows.SetRow(k, m.RawMatrix().Data)
	}
	var svd mat.SVD
	svd.Factorize(rows, mat.SVDNone)
	return svd.Rank(1e-10)
}

func TestAlgebraIsABasisThatCloses(t *testing.T) {
	eachCase(t, func(t *testing.T, c Case, _ *rand.Rand) {
		if r := rank(c.Algebra); r != c.Dim {
			t.Fatalf("rank %d, want %d", r, c.Dim)
		}
		for i, a := range c.Algebra {
			for j, b := range c.Algebra[:i] {
				var ab, ba mat.Dense
				ab.Mul(a, b)
				ba.Mul(b, a)
				ab.Sub(&ab, &ba)
				if rank(append(c.Algebra[:c.Dim:c.Dim], &ab)) != c.Dim {
					t.Errorf("[A_%d, A_%d] is outside", i, j)
				}
			}
		}
	})
}
