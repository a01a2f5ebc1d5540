package network

import (
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
)

// ‖x‖² + a·x₁³ has one generator. As a fit of ‖x‖² it is wrong in the other two directions, and the
// data have three generators. As a fit of itself it is right.
func TestFewerSymmetriesOfAPoorFit(t *testing.T) {
	bent := func(a float64) func(x *Node) *Node {
		return func(x *Node) *Node {
			return Add(ReduceAndKeep(Square(x), ReduceSum, -1), MulScalar(PowScalar(axis(x, 0), 3), a))
		}
	}
	x := normal(3, 3000, 3)
	for _, c := range []struct {
		fitted, true float64
		want         liegg.Answer
	}{
		{.1, 0, liegg.Undetermined},
		{.1, .1, liegg.Symmetric},
		{.1, .1005, liegg.Symmetric},
		{1, 1.02, liegg.Symmetric},
	} {
		targets := ok(Exact(bent(c.true)).Predict(x))(t)
		validation := dataset.Samples{Name: "targets", X: x, Y: targets}
		v := ok(Judge(Exact(bent(c.fitted)), action.Linear(3, 1), Tensor(normal(4, 3000, 3)), Settings{Validation: &validation}))(t)
		if v.Answer != c.want || v.Dim != 1 || v.Unexplained > .03 {
			t.Errorf("fit %g of %g: want %v, got\n%v", c.fitted, c.true, c.want, v)
		}
		if said := strings.Join(v.Reasons, "\n"); c.want == liegg.Undetermined && !strings.Contains(said, "more symmetries than 1 generator") {
			t.Errorf("fit %g of %g: the reason is not named:\n%v", c.fitted, c.true, v)
		}
	}
}
