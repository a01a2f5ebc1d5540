package onnx

import (
	"path/filepath"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
)

// Files of testdata: operators as PyTorch exports them, and as others do.
const (
	operatorsFile = "operators.npz"
	reference     = "reference.npz"
)

// Every operator of PyTorch gives its outputs and gradients, to 1e-5 of the largest.
func TestOperators(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, file := range []string{operatorsFile, reference} {
		names, err := npy.Names(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range names {
			if name, ok := strings.CutSuffix(entry, ".onnx"); ok {
				t.Run(name, func(t *testing.T) { testOperator(t, file, name) })
			}
		}
	}
}

func testOperator(t *testing.T, file, name string) {
	f, err := modelfile.Parse(contentsOfArray(t, file, name+".onnx"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m, err := modelOf(f, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	backend := expect.OK(purego.New())(t) // it compiles in no time
	if err := m.try(backend); err != nil {
		t.Fatal(err)
	}
	checkAnswers(t, &network.Network{Forward: m.forward, Store: m.store, Backend: backend}, file, strings.TrimSuffix(name, ", script"))
}

// contentsOfArray are the bytes of a file that is stored as an array.
func contentsOfArray(t testing.TB, file, name string) []byte {
	t.Helper()
	var b []byte
	for _, v := range array(t, file, name).Values() {
		b = append(b, byte(v))
	}
	return b
}

// checkAnswers compares outputs y and the gradient of Σ_k cos(k)·y_k with PyTorch's.
func checkAnswers(t *testing.T, n *network.Network, file, name string) {
	t.Helper()
	answers, err := model.CallOnceN(n.Backend, n.Store, func(scope *model.Scope, x *Node) []*Node {
		y := n.Forward(scope, x)
		y = Reshape(y, y.Shape().Dim(0), -1)
		weights := Cos(Iota(y.Graph(), y.Shape(), 1))
		return []*Node{y, Gradient(ReduceAllSum(Mul(y, weights)), x)[0]}
	}, tensor(array(t, file, name+".x")))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{".y", ".g"} {
		got, err := dataset.Values(answers[i])
		if err != nil {
			t.Fatal(err)
		}
		expect.Near(t, want, got, array(t, file, name+want).Values(), 1e-5)
	}
}
