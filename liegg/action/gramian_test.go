package action_test

import (
	"fmt"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
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
