package groundtruth

import (
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	for _, c := range All() {
		expect.Printed(t, []any{c, c.Recipe})
	}
}
