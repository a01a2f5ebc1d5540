package network

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
)

// inRandomUnits returns f and samples in other coordinates of c vectors of n numbers: x' = D·M·x, where
// D are units from 1e-6 to 1e6 and M is a random map of condition 4 at most.
func inRandomUnits(random *rand.Rand, f func(x *Node) *Node, x *tensors.Tensor, n int) (*Network, *tensors.Tensor) {
	var left, right mat.QR
	left.Factorize(normalMatrix(random, n))
	right.Factorize(normalMatrix(random, n))
	var u, v, m, back mat.Dense
	left.QTo(&u)
	right.QTo(&v)
	stretch, units := make([]float64, n), make([]float64, n)
	for i := range n {
		stretch[i], units[i] = math.Pow(4, random.Float64()), math.Pow(10, 12*random.Float64()-6)
	}
	m.Product(&u, mat.NewDiagDense(n, stretch), &v)
	if err := back.Inverse(&m); err != nil {
		panic(err)
	}
	moved, err := x.LocalClone()
	if err != nil {
		panic(err)
	}
	tensors.MustMutableFlatData(moved, func(flat []float64) {
		vectors := mat.NewDense(len(flat)/n, n, flat)
		vectors.Mul(mat.DenseCopyOf(vectors), m.T())
		for i := range len(flat) {
			flat[i] *= units[i%n]
		}
	})
	inverse := mat.NewDense(n, n, nil)
	inverse.Apply(func(_, j int, v float64) float64 { return v / units[j] }, &back)
	return Exact(func(x *Node) *Node {
		vectors := Reshape(x, x.Shape().Size()/n, n)
		old := Einsum("bj,ij->bi", vectors, Const(x.Graph(), tensors.FromFlatDataAndDimensions(inverse.RawMatrix().Data, n, n)))
		return f(Reshape(old, x.Shape().Dimensions...))
	}), moved
}

func normalMatrix(random *rand.Rand, n int) *mat.Dense {
	m := mat.NewDense(n, n, nil)
	m.Apply(func(_, _ int, _ float64) float64 { return random.NormFloat64() }, m)
	return m
}

// The units of coordinates, and linear maps of them, conjugate the algebra and change nothing
// else.
func TestVerdictsInAllUnits(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	wave := func(x *Node) *Node { return Sin(ReduceAndKeep(Square(x), ReduceSum, -1)) }
	for _, c := range []struct {
		name    string
		f       func(x *Node) *Node
		n, c    int
		actions []action.Action
		want    string
	}{
		{"a wave", wave, 3, 1, []action.Action{action.Linear(3, 1), action.Affine(3, 1)}, "so(3)"},
		{"two radii", func(x *Node) *Node {
			return Add(Add(Square(axis(x, 0)), Square(axis(x, 1))), Sin(axis(x, 2)))
		}, 3, 1, []action.Action{action.Linear(3, 1), action.Affine(3, 1)}, "so(2)"},
		{"nothing", func(x *Node) *Node {
			return Add(Add(axis(x, 0), Square(axis(x, 1))), Mul(Exp(axis(x, 0)), Sin(axis(x, 2))))
		}, 3, 1, []action.Action{action.Linear(3, 1), action.Affine(3, 1)}, "{0}"},
		{"areas", groundtruth.SL2().Graph, 2, groundtruth.SL2().Vectors, []action.Action{action.Linear(2, groundtruth.SL2().Vectors)}, "sl(2,R)"},
	} {
		x := normal(7, 2000, c.n*c.c)
		random := rand.New(rand.NewPCG(8, 0))
		unwritten, draws := 0, 6
		for draw := range draws {
			f, moved := inRandomUnits(random, c.f, x, c.n)
			for _, a := range c.actions {
				v, err := Judge(f, a, Tensor(moved), Settings{})
				if errors.Is(err, liegg.ErrUnits) { // there is no way to write the matrices down
					unwritten++
				} else if ok(v, err)(t); v.Name() != c.want || v.Algebra.Dim() != v.Dim {
					t.Errorf("%s, draw %d, %d candidates: want %s, got\n%v", c.name, draw, a.Dim(), c.want, v)
				}
			}
		}
		if unwritten > draws/2 {
			t.Errorf("%s: the generators could not be written for %d of %d draws", c.name, unwritten, draws)
		}
	}
}
