package onnx

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// Files of testdata: operators as PyTorch exports them, and as others do.
const (
	operators = "operators.npz"
	reference = "reference.npz"
)

// refused are the operators of operators.py that are refused, with the step and the
// node's operator. All others give PyTorch's outputs and gradients.
var refused = map[string]struct{ step, op string }{
	"Acos":                      {"converted", "Acos"},
	"ArgMax":                    {"differentiated", "Cast"},
	"Asin":                      {"converted", "Asin"},
	"Atan":                      {"converted", "Atan"},
	"Atan2":                     {"converted", "Atan"},
	"Atan2, script":             {"converted", "Atan"},
	"AvgPool2d ceil":            {"converted", "AveragePool"},
	"AvgPool2d ceil, script":    {"converted", "AveragePool"},
	"Bilinear":                  {"converted", "Einsum"},
	"Cdist, script":             {"converted", "Slice"},
	"ConvTranspose2d":           {"converted", "ConvTranspose"},
	"ConvTranspose2d, script":   {"converted", "ConvTranspose"},
	"Det":                       {"converted", "Det"},
	"Floor":                     {"differentiated", "Floor"},
	"GRU":                       {"converted", "GRU"},
	"GRU, script":               {"converted", "GRU"},
	"MaxPool2d ceil":            {"converted", "MaxPool"},
	"MaxPool2d ceil, script":    {"converted", "MaxPool"},
	"MaxPool2d dilated":         {"converted", "MaxPool"},
	"MaxPool2d dilated, script": {"converted", "MaxPool"},
	"Pad, script":               {"converted", "Slice"},
	"PixelShuffle":              {"converted", "DepthToSpace"},
	"ReduceProd":                {"differentiated", "ReduceProd"},
	"ReduceProd, script":        {"differentiated", "ReduceProd"},
	"Remainder":                 {"differentiated", "Floor"},
	"Remainder, script":         {"differentiated", "Floor"},
	"Round":                     {"converted", "Round"},
	"Slice backwards":           {"converted", "Slice"},
	"Sort":                      {"differentiated", "TopK"},
	"Sort, script":              {"differentiated", "TopK"},
	"TopK":                      {"differentiated", "TopK"},
}

// Every operator of PyTorch either gives its outputs and gradients, to 1e-5 of the
// largest, or is refused by an error that names the node.
func TestOperators(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, file := range []string{operators, reference} {
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
	f, err := parseFile(contentsOfArray(t, file, name+".onnx"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m, err := f.model(Settings{})
	if err != nil {
		t.Fatal(err)
	}
	backend := expect.OK(compute.NewWithConfig("go"))(t) // it compiles in no time
	err = m.try(backend)
	if want, ok := refused[name]; ok {
		var e *NodeError
		if !errors.As(err, &e) || e.Step != want.step || e.Op != want.op || e.Node == "" {
			t.Errorf("error %v, want one that %s cannot be %s", err, want.op, want.step)
		}
		return
	}
	if err != nil {
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
