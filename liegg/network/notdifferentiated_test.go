package network

import (
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
)

// An operator that GoMLX cannot differentiate is named, without a dump of the graph; where its
// derivative is zero, the advice works.
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
	if v.Name() != "so(3)" {
		t.Errorf("Floor without a gradient: got\n%v", v)
	}
}
