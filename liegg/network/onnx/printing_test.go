package onnx

import (
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	fixed := map[string]*tensors.Tensor{"mask": tensors.FromValue([]float32{1, 2})}
	expect.Printed(t, []any{Input{"x", shapes.Shape{DType: dtypes.Float32, Dimensions: []int{-1, 3}}}, Settings{}, Settings{From: "h", Layers: []string{"k"}}, Tensor{Name: "h"}, Settings{Input: "x", Shape: []int{3}, Fixed: fixed}, &NodeError{Node: "a", Op: "TopK", Step: "converted", Err: ErrMalformed}})
}
