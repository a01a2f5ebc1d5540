package report

import (
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	v := verdict(t)
	expect.Printed(t, []any{
		Report{Title: "ball", Verdict: v, Notes: []string{"a"}, Pictures: []Picture{{"a picture", picture(t)}}},
		Report{Spectrum: v.Spectrum}, Picture{"a picture", picture(t)},
	})
}
