package onnx

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
)

// zeros has norms of zero, distances of points to themselves, and ties, with PyTorch's
// gradients (testdata/zeros.py).
const zeros = "zeros.npz"

// At zeros, gradients agree with PyTorch, for both of its exporters.
func TestGradientsAtZero(t *testing.T) {
	for _, entry := range expect.OK(npy.Names(filepath.Join("testdata", zeros)))(t) {
		name, ok := strings.CutSuffix(entry, ".onnx")
		if !ok {
			continue
		}
		t.Run(name, func(t *testing.T) {
			m := expect.OK(modelOf(expect.OK(modelfile.Parse(contentsOfArray(t, zeros, entry), t.TempDir()))(t), Settings{}))(t)
			backend := expect.OK(purego.New())(t)
			if err := m.try(backend); name == "norm 3" && err != nil {
				t.Skip(err) // an exponent of integers
			} else if err != nil {
				t.Fatal(err)
			}
			n := &network.Network{Forward: m.forward, Store: m.store, Backend: backend}
			checkAnswers(t, n, zeros, strings.TrimSuffix(name, ", script"))
		})
	}
}
