package group_test

import (
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	representatives := expect.OK(group.ComponentRepresentatives(mat.NewDense(2, 2, []float64{1, 0, 0, 1})))(t)
	compact := group.CompactOf(mat.NewDense(2, 2, []float64{0, -1, 1, 0}), 0)
	settings := group.HaarSettings{}
	rule := expect.OK(group.Haar(lie.SO(3), 0, settings))(t)
	expect.Printed(t, []any{rule, rule.Nodes[1], settings, compact, compact.Frequencies[0], representatives[0]})
}
