package rep_test

import (
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/rep"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	so3 := lie.SO(3)
	rule := expect.OK(group.Haar(so3, 0, group.HaarSettings{}))(t)
	content := expect.OK(rep.Irreps(so3.Basis(), so3.Basis(), nil))(t)
	expect.Printed(t, []any{
		expect.OK(rep.IsotypicParts(rule, 1))(t)[1], content, content.Parts[0],
		rep.Tensor(rep.Standard(3), rep.Standard(3)),
	})
}
