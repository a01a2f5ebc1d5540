package progress

import (
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestLinesPrint(t *testing.T) {
	expect.Printed(t, []any{Line{}, Line{&line{name: "training"}}})
}
