package jax

import (
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	expect.Printed(t, []any{Settings{}, Settings{Output: "energy", Budget: 1 << 20},
		Settings{Input: "x", Inputs: []string{"x"}, Outputs: []string{"energy"}, Fixed: map[string]*tensors.Tensor{"mask": tensors.FromScalar(true)}},
		Output{Field: network.Field{Name: "energy", Shape: shapes.Make(dtypes.Float32)}}, Output{network.Field{Name: "hidden", Shape: shapes.Make(dtypes.Float32, 8)}, true}})
}
