package flow_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/network"
)

// halfSpace is sin 4(x² + y²) + sin 20z + √z, which is not defined for z < 0, and samples with
// z > 0.
func halfSpace() (*network.Network, network.Inputs) {
	f := inGo(func(x *Node) *Node {
		part := func(i int) *Node { return Slice(x, AxisRange(), AxisElem(i)) }
		waves := Add(Sin(MulScalar(Add(Square(part(0)), Square(part(1))), 4)), Sin(MulScalar(part(2), 20)))
		return Add(waves, Sqrt(part(2)))
	})
	random := rand.New(rand.NewPCG(1, 0))
	values := make([]float64, 3*1000)
	for i := range values {
		if values[i] = random.NormFloat64(); i%3 == 2 {
			values[i] = .2 + random.Float64()
		}
	}
	return f, network.Tensor(tensors.FromFlatDataAndDimensions(values, 1000, 3))
}

// The flows for comparison end where they leave the domain of f.
func TestOtherFlowsLeaveTheDomain(t *testing.T) {
	f, x := halfSpace()
	j := ok(flow.Judge(f, action.Linear(3, 1), x, flow.Settings{Points: 8, Random: 4}))(t)
	if j.Verdict.Name() != "so(2)" || j.Finding() != flow.Confirmed {
		t.Errorf("want the rotation confirmed, got\n%v", j)
	}
}

// The samples are finite, and the error says so.
func TestMovedOutOfTheDomain(t *testing.T) {
	f, x := halfSpace()
	_, err := flow.TestMap(f, action.Linear(3, 1), flow.Reflection(3, 2), x, flow.Settings{})
	var left *liegg.NotFiniteError
	if !errors.As(err, &left) || left.What != liegg.MovedOutput || !strings.Contains(err.Error(), "the samples themselves are finite") {
		t.Errorf("z ↦ −z: got %v", err)
	}
}
