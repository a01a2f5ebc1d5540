package network

import (
	"fmt"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
)

// The program gives the same sums for a block among others as for the block alone: with rows, with
// Gram matrices and with their pairs, in both modes that take blocks together, for one output and for many, about a point, and
// for a last block that is not full.
func TestBlocksTogether(t *testing.T) {
	for name, c := range map[string]struct {
		n *Network
		a action.Action
		x *tensors.Tensor
		s Settings
	}{
		"rows":                  {Exact(waves(2)), action.Linear(2, 2), normal(1, 3000, 4), Settings{}},
		"Gram":                  {Exact(waves(1)), action.Affine(2, 2), normal32(1, 3000, 4), Settings{}},
		"pairs":                 {Exact(waves(2)), action.Linear(9, 1), normal32(1, 3000, 9), Settings{}},
		"by coordinates":        {Exact(waves(6)), action.Affine(3, 1), normal32(1, 3000, 3), Settings{}},
		"centred logits, Gram":  {Exact(waves(4)), action.Linear(3, 1), normal(1, 3000, 3), Settings{Head: CentredLogits, Gram: true}},
		"many numbers":          {Exact(waves(1)), action.Affine(2, 5), normal(1, 3000, 10), Settings{}},
		"a block not full":      {Exact(waves(1)), action.Linear(2, 1), normal(1, 2999, 2), Settings{Batch: 70}},
		"blocks without sample": {Exact(waves(1)), action.Linear(2, 1), normal(1, 2100, 2), Settings{Batch: 120}},
	} {
		compareBlocks(t, name, c.n, c.a, c.x, c.s)
	}
}

// waves is Σ sin((1 + .1k)x) over the numbers of an input, for outputs k = 0, 1, ….
func waves(outputs int) func(x *Node) *Node {
	return func(x *Node) *Node {
		x = Reshape(x, x.Shape().Dim(0), -1)
		var ys []*Node
		for k := range outputs {
			ys = append(ys, ReduceSum(Sin(MulScalar(x, 1+.1*float64(k))), -1))
		}
		return Stack(ys, 1)
	}
}

// compareBlocks tests that blocks together have the sums of each alone.
func compareBlocks(t *testing.T, name string, n *Network, a action.Action, x *tensors.Tensor, s Settings) {
	t.Helper()
	gather := func(together bool) (chunks []liegg.Chunk, blocks int) {
		s := s
		p := ok(peekFor(Tensor(x), n.limits(), s))(t)
		defer p.Close()
		a := ok(whitened(a, p))(t)
		a = ok(n.source().InOutputUnits(a, p.First, s.rows()))(t)
		done(t, n.planChunks(&s, p, a))
		if blocks = s.together; !together {
			s.together = 1
		}
		for chunk, err := range polarizationChunks(n, a, p.Inputs, s, p.First) {
			done(t, err)
			chunks = append(chunks, chunk)
		}
		return chunks, blocks
	}
	got, blocks := gather(true)
	want, _ := gather(false)
	if blocks < 2 || len(got) != len(want) {
		t.Fatalf("%s: %d chunks of %d blocks together, want %d", name, len(got), blocks, len(want))
	}
	for i, w := range want {
		if got[i].Samples != w.Samples || got[i].Idle != w.Idle || got[i].Outputs != w.Outputs {
			t.Fatalf("%s: block %d has %d samples, want %d", name, i, got[i].Samples, w.Samples)
		}
		expect.Near(t, fmt.Sprintf("%s, block %d", name, i), numbersOf(got[i]), numbersOf(w), 1e-12)
	}
}

// numbersOf returns the sums of a chunk, each in units of the largest of its kind.
func numbersOf(c liegg.Chunk) (all []float64) {
	add := func(values ...float64) {
		most := slices.Max(values)
		for _, v := range values {
			all = append(all, v/max(most, 1e-300))
		}
	}
	all = append(all, c.Moments.Unpaired/c.Moments.UnpairedMetric, float64(c.Repeats))
	for i := range c.Metric.SymmetricDim() {
		for j := i; j < c.Metric.SymmetricDim(); j++ {
			all = append(all, c.Metric.At(i, j)/c.Metric.At(0, 0))
			if c.Variation != nil {
				all = append(all, c.Variation.Motion.At(i, j)/c.Variation.Motion.At(0, 0))
			}
			if c.Gram != nil {
				all = append(all, c.Gram.At(i, j)/c.Metric.At(0, 0), c.Plain.Gram.At(i, j)/c.Plain.Metric.At(0, 0))
			}
		}
	}
	for _, m := range []*mat.SymDense{c.Moments.Data, c.Moments.Gradients} {
		for i := range sizeOf(m) {
			all = append(all, m.At(0, i)/m.At(0, 0))
		}
	}
	if c.Rows != nil {
		add(c.Rows.RawMatrix().Data...)
	}
	return all
}

// sizeOf returns the size of a matrix; 0 if there is none.
func sizeOf(m *mat.SymDense) int {
	if m == nil {
		return 0
	}
	return m.SymmetricDim()
}
