package network

import (
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// A function may hardly respond to a direction that its generators need. They are found as long as
// float64 resolves the response: motion along z alone, which changes x² + y² + εz² by ε times as much
// as other motions, is not listed as a generator together with exact ones.
func TestGeneratorsNeedWeakDirections(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	form := func(signs ...float64) func(x *Node) *Node {
		return func(x *Node) *Node {
			return ReduceAndKeep(Mul(Square(x), ConstAs(x, [][]float64{signs})), ReduceSum, -1)
		}
	}
	for _, ε := range []float64{1e-2, 1e-4, 1e-5, 2e-6, 1e-6, 5e-7} {
		for name, q := range map[string][]float64{
			"so(3)":   {1, 1, ε},
			"so(1,3)": {1, -ε, -ε, -ε},
			"so(2,1)": {ε, -ε, 1},
			"so(4)":   {1, ε, 1, ε},
		} {
			n := len(q)
			v := ok(Judge(Exact(form(q...)), action.Linear(n, 1), Tensor(normal(61, 3000, n)), Settings{}))(t)
			if v.Answer == liegg.None || v.Answer == liegg.Symmetric && (v.Dim != n*(n-1)/2 || v.Name() != name) {
				t.Errorf("ε = %g: want %s, got\n%v", ε, name, v)
			}
		}
	}
	// Directions without any response are left out as before.
	for _, f := range []func(x *Node) *Node{
		func(x *Node) *Node { return Sin(Slice(x, AxisRange(), AxisRange(0, 1))) },
		form(1, 0, 0), form(1, 1e-17, 1e-17),
	} {
		v := ok(Judge(Exact(f), action.Linear(3, 1), Tensor(normal(62, 3000, 3)), Settings{}))(t)
		if v.Answer != liegg.None || v.Ignored != 6 {
			t.Errorf("want 6 trivial generators, got\n%v", v)
		}
	}
}
