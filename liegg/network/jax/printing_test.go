package jax

import (
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	expect.Printed(t, []any{Settings{}, Settings{Output: "energy", Budget: 1 << 20}})
}
