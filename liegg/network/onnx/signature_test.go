package onnx

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestInputs(t *testing.T) {
	inputs := expect.OK(Inputs(filepath.Join("testdata", "mlp.onnx"), 0))(t)
	if got := fmt.Sprint(inputs); len(inputs) != 1 || inputs[0].Name != "input" || inputs[0].Shape.Rank() != 2 || !inputs[0].Shape.DType.IsFloat() {
		t.Errorf("inputs of mlp.onnx are %s", got)
	}
	_, err := Inputs(filepath.Join("testdata", "mlp.npz"), 0)
	expect.Error(t, err, "mlp.npz", "not a complete ONNX file")
}

// A name that the file does not have is answered by the nearest, of all tensors for outputs.
func TestNearestName(t *testing.T) {
	path := filepath.Join("testdata", "mlp.onnx")
	_, err := Load(path, Settings{Input: "inputs"})
	expect.Error(t, err, `no "inputs"`, `nearest is "input"`)
	_, err = Load(path, Settings{Output: "outptu"})
	expect.Error(t, err, `no "outptu"`, `nearest is "output"`)
}
