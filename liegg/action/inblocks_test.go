package action_test

import (
	"fmt"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
)

// The sums of a batch of two blocks are the sums of each block by itself.
func TestInBlocks(t *testing.T) {
	for _, c := range []struct {
		a    action.Action
		size int
	}{{action.Linear(3, 2), 6}, {action.Affine(2, 3), 6}, {action.Linear(9, 1), 9}, {action.Affine(8, 1), 8}} {
		whitened, err := action.Whiten(c.a, normals(1, 40, c.size))
		if err != nil {
			t.Fatal(err)
		}
		v := whitened.(action.Vectors)
		sums := map[string]struct {
			together func(x, g, w *Node, blocks int) *Node
			alone    func(x, g, w *Node) *Node
		}{
			"DataMoments":     {func(x, _, w *Node, blocks int) *Node { return v.DataMoments(x, w, blocks) }, func(x, _, w *Node) *Node { return v.DataMoment(x, w) }},
			"GradientMoments": {func(_, g, _ *Node, blocks int) *Node { return v.GradientMoments(g, blocks) }, func(_, g, _ *Node) *Node { return v.GradientMoment(g) }},
		}
		if _, pairs := action.GramPairs(v); pairs != nil {
			pair := sums["GramSums"]
			pair.together = func(x, g, _ *Node, blocks int) *Node { return v.GramSums(x, []*Node{g, x}, blocks) }
			pair.alone = func(x, g, _ *Node) *Node { return pairs(x, []*Node{g, x}) }
			sums["GramSums"] = pair
		}
		x, g, w := normals(2, 6, c.size), normals(3, 6, c.size), tensors.FromValue([]float64{.5, 2, 0, 1, 3, .25})
		for name, s := range sums {
			got := call(t, func(x, g, w *Node) *Node { return s.together(x, g, w, 2) }, x, g, w)
			want := call(t, func(x, g, w *Node) *Node {
				of := func(from int) *Node {
					half := func(n *Node) *Node { return Slice(n, AxisRange(from, from+3)) }
					return Reshape(s.alone(half(x), half(g), half(w)), -1)
				}
				return Concatenate([]*Node{of(0), of(3)}, 0)
			}, x, g, w)
			expect.Near(t, fmt.Sprintf("%s of %v", name, c.a), got, want, 1e-14)
		}
	}
}

// So are their metrics and moments, for actions that sum in blocks by themselves, and for others.
func TestMetricsInBlocks(t *testing.T) {
	free := action.Covariant(action.Linear(3, 2), action.Unknown(2))
	parts := action.Product(action.Part{Action: action.Linear(2, 2), Shape: []int{4}}, action.Part{Action: action.Linear(1, 2), Shape: []int{2}})
	for _, c := range []struct {
		a     action.Action
		input []int
	}{
		{action.Affine(2, 3), []int{6}},
		{action.Polynomial(3, 2, 2), []int{6}},
		{action.Restricted(action.Linear(3, 2), lie.SO(3)), []int{6}},
		{action.Restricted(action.ImageLinear(6, 5), lie.SO(2)), []int{6, 5}},
		{free, []int{6}},
		{action.Equivariant(action.Linear(3, 2), rep.Standard(3)), []int{6}},
		{parts, []int{6}},
		{action.ImageAffine(6, 5), []int{6, 5}},
		{action.ImageLinear(6, 5, action.ChannelsFirst(3)), []int{3, 6, 5}},
		{action.ImageProjective(6, 5), []int{6, 5}},
	} {
		size := 1
		for _, d := range c.input {
			size *= d
		}
		shaped := func(seed uint64, n int) *tensors.Tensor {
			return tensors.FromFlatDataAndDimensions(tensors.MustCopyFlatData[float64](normals(seed, n, size)), append([]int{n}, c.input...)...)
		}
		a := c.a
		if whitened, err := action.Whiten(a, shaped(1, 40)); err == nil {
			a = whitened
		}
		x, g, w := shaped(2, 6), shaped(3, 6), tensors.FromValue([]float64{.5, 2, 0, 1, 3, .25})
		compare := func(what string, together func(x, g, w *Node, blocks int) *Node, alone func(x, g, w *Node) *Node) {
			got := call(t, func(x, g, w *Node) *Node { return together(x, g, w, 2) }, x, g, w)
			want := call(t, func(x, g, w *Node) *Node {
				half := func(n *Node, from int) *Node { return Slice(n, AxisRange(from, from+3)) }
				of := func(from int) *Node { return Reshape(alone(half(x, from), half(g, from), half(w, from)), -1) }
				return Concatenate([]*Node{of(0), of(3)}, 0)
			}, x, g, w)
			expect.Near(t, fmt.Sprintf("%s of %v", what, a), got, want, 1e-13)
		}
		compare("metrics", func(x, _, w *Node, blocks int) *Node { return action.MetricInBlocks(a, x, w, blocks) },
			func(x, _, w *Node) *Node { return action.Metric(a, x, w) })
		if _, right := action.MetricFactors(a); right != nil {
			compare("factors", func(x, _, w *Node, blocks int) *Node { return action.MetricFactorInBlocks(a, x, w, blocks) },
				func(x, _, w *Node) *Node { return right(x, w) })
		}
		if s, ok := action.InputsOf(a).(action.Spanning); ok {
			compare("data", func(x, _, w *Node, blocks int) *Node { return action.DataMoments(s, x, w, blocks) },
				func(x, _, w *Node) *Node { return s.DataMoment(x, w) })
			compare("gradients", func(_, g, _ *Node, blocks int) *Node { return action.GradientMoments(s, g, blocks) },
				func(_, g, _ *Node) *Node { return s.GradientMoment(g) })
		}
		if e, ok := a.(action.Equivariance); ok {
			outputs := func(x *Node) *Node { return Slice(x, AxisRange(), AxisRange(0, e.Outputs())) }
			compare("outputs", func(x, _, _ *Node, blocks int) *Node { return e.OutputMetrics(outputs(x), blocks) },
				func(x, _, _ *Node) *Node { return e.OutputMetric(outputs(x)) })
		}
	}
}
