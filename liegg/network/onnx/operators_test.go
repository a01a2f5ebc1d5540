package onnx

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

const operators = "operators.npz"

// unusable are the operators of operators.py that are refused, with the step and
// the node's operator. All others give PyTorch's outputs and gradients.
var unusable = map[string]struct{ step, op string }{}

// onlyXLA are those that GoMLX's own backend refuses.
var onlyXLA = []string{}

// Every operator of PyTorch either gives its outputs and gradients, to 1e-5 of the
// largest, or is refused by an error that names the node.
func TestOperators(t *testing.T) {
	names, err := npy.Names(filepath.Join("testdata", operators))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, entry := range names {
		name, ok := strings.CutSuffix(entry, ".onnx")
		if !ok {
			continue
		}
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(folder, "operator.onnx")
			if err := os.WriteFile(path, file8(t, entry), 0o600); err != nil {
				t.Fatal(err)
			}
			n, err := Load(path, Settings{})
			if want, ok := unusable[name]; ok {
				checkRefused(t, err, want.step, want.op)
				return
			}
			if err != nil && onGo(t) && slices.Contains(onlyXLA, name) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			checkAnswers(t, n, strings.TrimSuffix(name, ", script"))
		})
	}
}

// file8 are the bytes of a file that is stored as an array.
func file8(t *testing.T, name string) []byte {
	t.Helper()
	var b []byte
	for _, v := range array(t, operators, name).Values() {
		b = append(b, byte(v))
	}
	return b
}

func checkRefused(t *testing.T, err error, step, op string) {
	t.Helper()
	var e *NodeError
	if !errors.As(err, &e) || e.Step != step || e.Op != op || e.Node == "" {
		t.Errorf("error %v, want one that %s cannot be %s", err, op, step)
	}
}

// checkAnswers compares outputs y and the gradient of Σ_k cos(k)·y_k with PyTorch's.
func checkAnswers(t *testing.T, n *network.Network, name string) {
	t.Helper()
	backend, err := network.Backend()
	if err != nil {
		t.Fatal(err)
	}
	answers, err := model.CallOnceN(backend, n.Store, func(scope *model.Scope, x *Node) []*Node {
		y := n.Forward(scope, x)
		y = Reshape(y, y.Shape().Dim(0), -1)
		weights := Cos(Iota(y.Graph(), y.Shape(), 1))
		return []*Node{y, Gradient(ReduceAllSum(Mul(y, weights)), x)[0]}
	}, tensor(array(t, operators, name+".x")))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{".y", ".g"} {
		got := npy.Array{Float32: tensors.MustCopyFlatData[float32](answers[i])}.Values()
		expect.Near(t, want, got, array(t, operators, name+want).Values(), 1e-5)
	}
}
