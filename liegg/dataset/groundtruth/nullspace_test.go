package groundtruth

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// polarization returns the rows J·(A_k·x) − B_k·f(x), m for every input: N·m×K.
func polarization(t *testing.T, c Case, x *tensors.Tensor) *mat.Dense {
	t.Helper()
	y := values(t, c, x)
	n, m := y.Dims()
	in := c.Vectors * c.Size
	gradients := call(t, func(x *graph.Node) *graph.Node {
		var g []*graph.Node
		for o := range m {
			g = append(g, graph.Gradient(graph.ReduceAllSum(columns(c.Graph(x), o, o+1)), x)[0])
		}
		return graph.Stack(g, 1)
	}, x)
	rows, outputs := mat.NewDense(n*m, c.K, nil), onOutputs(t, c, m)
	for k, a := range candidates(c) {
		velocities := tensors.MustCopyFlatData[float64](mapped(c, x, onInputs(c, a)))
		for i := range n {
			for o := range m {
				g, v := gradients.RawRowView(i)[o*in:(o+1)*in], velocities[i*in:(i+1)*in]
				rows.Set(i*m+o, k, floats.Dot(g, v)-floats.Dot(outputs[k].RawRowView(o), y.RawRowView(i)))
			}
		}
	}
	return rows
}

// smallestGap is a lower bound of the smallest non-zero singular value, relative to the largest: `none`
// has about .15.
const smallestGap = .1

func TestNullspaceIsTheAlgebra(t *testing.T) {
	eachCase(t, func(t *testing.T, c Case, rng *rand.Rand) {
		rows := polarization(t, c, c.Inputs(rng, 600))
		var svd mat.SVD
		if !svd.Factorize(rows, mat.SVDNone) {
			t.Fatal("no SVD")
		}
		s := svd.Values(nil)
		zeros := c.Dim + len(c.Gauge)
		if len(s) != c.K || len(c.Algebra) != c.Dim {
			t.Fatalf("%d columns and %d generators, want %d and %d", len(s), len(c.Algebra), c.K, c.Dim)
		}
		t.Logf("%d → %d: last non-zero %.3f, zeros ≤ %.1e", c.K, zeros, s[c.K-zeros-1]/s[0], s[c.K-1]/s[0])
		for k, v := range s[c.K-zeros:] {
			if v > 1e-12*s[0] {
				t.Errorf("singular value %d of the algebra is %.1e of the largest", k, v/s[0])
			}
		}
		if gap := s[c.K-zeros-1] / s[0]; !strings.HasPrefix(c.Name, "broken") && gap < smallestGap {
			t.Errorf("the smallest singular value outside the algebra is %.3f of the largest", gap)
		}
		for k, h := range slices.Concat(c.Algebra, c.Gauge) {
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
