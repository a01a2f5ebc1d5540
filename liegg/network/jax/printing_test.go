package jax

import (
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	expect.Printed(t, []any{Settings{}, Settings{Output: "energy", Budget: 1 << 20},
		Settings{Input: "x", Inputs: []string{"x"}, Outputs: []string{"energy"}, Fixed: map[string]*tensors.Tensor{"mask": tensors.FromScalar(true)}}})
}
