package flow_test

import (
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/network"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	c := groundtruth.Broken(.1)
	f, a, s := inGo(c.Graph), c.Action(), flow.Settings{Points: 4, Random: 1, Quiet: true}
	inputs := func() network.Inputs { return drawn(c, 400) }
	rotation, scaling := flow.Rotation(3, 1, 2), flow.Scaling(3)
	result := ok(flow.Test(f, a, rotation, inputs(), s))(t)
	compared := ok(flow.Compare(f, a, []flow.Hypothesis{rotation, scaling}, inputs(), s))(t)
	mapped := ok(flow.TestMap(f, a, flow.Reflection(3, 0), inputs(), s))(t)
	representatives := ok(flow.TestComponents(f, a, classification.InvariantForms(lie.SO(3), 0)[0], inputs(), s))(t)
	refined := ok(flow.Refine(f, a, lie.Span("rotation", rotation.H), inputs(), s))(t)
	judged := ok(flow.Judge(f, a, inputs(), s))(t)
	ranges := ok(flow.TestRange(f, a, rotation, inputs(), flow.Answers{Departure: .5}, s))(t)
	expect.Printed(t, []any{
		rotation, flow.Hypothesis{Name: "large", H: mat.NewDense(30, 30, nil)}, flow.Hypothesis{Name: "none"}, flow.Reflection(3, 0),
		flow.Settings{}, flow.Settings{Head: network.CentredLogits, Batch: 3}, flow.Fit{}, result, result.Curve, result.Defect, result.Verdict,
		compared, mapped, representatives, refined, judged, judged.Rungs[0], judged.Finding(), result.Influence,
		ranges, ranges.Classes[0], flow.Answers{}, flow.Answers{Departure: .5, Classes: []string{"a"}},
	})
}
