package network

import (
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
)

// An operator that GoMLX cannot differentiate is named, without a dump of the graph. The advice to
// stop its gradient works. The verdict then says that gradients do not tell how f changes.
func TestOperatorsWithoutGradients(t *testing.T) {
	with := func(floor func(x *Node) *Node) *Network {
		return Exact(func(x *Node) *Node {
			return Add(ReduceAndKeep(Square(x), ReduceSum, -1), ReduceAndKeep(floor(x), ReduceSum, -1))
		})
	}
	x := Tensor(normal(1, 500, 3))
	_, err := Judge(with(Floor), action.Linear(3, 1), x, Settings{})
	if err == nil || !strings.Contains(err.Error(), "no gradient for the operator Floor") || strings.Contains(err.Error(), "Node #") {
		t.Errorf("Floor: got %v", err)
	}
	v := ok(Judge(with(func(x *Node) *Node { return StopGradient(Floor(x)) }), action.Linear(3, 1), x, Settings{}))(t)
	if v.Dim != 3 || !strings.Contains(v.String(), "gradients at the samples do not say how f changes") {
		t.Errorf("Floor without a gradient: want a doubt about so(3), got\n%v", v)
	}
}
