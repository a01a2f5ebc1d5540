package lie_test

import (
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	brackets := lie.Structure(lie.SO(3))
	expect.Printed(t, []any{lie.SO(3), brackets})
	text := brackets.String()
	if !strings.Contains(text, "[E₁,E₂] = ") || strings.Count(text, "\n") != 3 {
		t.Errorf("so(3) has three brackets:\n%s", text)
	}
	if text := lie.Structure(lie.Trivial(2)).String(); !strings.Contains(text, "all zero") {
		t.Errorf("%s", text)
	}
}
