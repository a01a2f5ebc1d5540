package ask

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// squaredLength is ‖x‖², whose symmetries are so(n).
func squaredLength(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) }

// points are n normal samples of a number of coordinates.
func points(n, coordinates int) *mat.Dense {
	random := rand.New(rand.NewPCG(7, 0))
	x := mat.NewDense(n, coordinates, nil)
	x.Apply(func(_, _ int, _ float64) float64 { return random.NormFloat64() }, x)
	return x
}

// A function with values of the program has the same answer in every form, by gradients and by
// finite flows.
func TestSymmetriesOfAFunction(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const n = 300
	x := points(n, 3)
	tensor := tensors.FromFlatDataAndDimensions(x.RawMatrix().Data, n, 3)
	var rows [][]float64
	for i := range n {
		rows = append(rows, x.RawRowView(i))
	}
	y := expect.OK(network.Exact(squaredLength).Predict(tensor))(t)
	samples := dataset.Samples{Name: "points", X: tensor, Y: y}
	for _, c := range []struct {
		inputs, how any
		targets     bool
	}{
		{x, "linear:3x1", false}, {tensor, action.Linear(3, 1), false}, {rows, "linear:3x1", false},
		{samples, action.Linear(3, 1), true}, {&samples, "linear:3", true},
	} {
		a := expect.OK(Symmetries(squaredLength, c.inputs, c.how))(t)
		if a.Verdict.Name() != "so(3)" || a.Judgement == nil || a.Judgement.Finding() != flow.Confirmed || !strings.Contains(a.Text, "so(3)") {
			t.Errorf("%T, %v: %v", c.inputs, c.how, a)
		}
		if strings.Contains(a.Text, "unexplained") != c.targets {
			t.Errorf("%T: does the verdict say how well the function fits? %v", c.inputs, a)
		}
	}
}

// A network takes inputs in the type of its weights; its layers can be asked about.
func TestAboutANetwork(t *testing.T) {
	net := expect.OK(network.New(network.MLP{Hidden: []int{8}, Outputs: 1}, shapes.Make(dtypes.Float32, 3), 1))(t)
	s := expect.OK(About(net, points(200, 3), Question{Action: "linear:3x1", Layer: "hidden 1", Samples: 100}))(t)
	if s.x.DType() != dtypes.Float32 || s.Len() != 100 {
		t.Errorf("%v", s)
	}
	if a := expect.OK(s.Ask(nil))(t); a.Verdict.Spectrum.Outputs != 8 || !strings.Contains(a.Title, "100 samples of shape [3]") {
		t.Errorf("%v", a)
	}
}

// Files are asked as by the command, with finite flows if there is a network.
func TestSymmetriesOfFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	model, data := testdata("mlp.onnx"), testdata("mlp.npz")
	a := expect.OK(Symmetries(model, data, "linear:5x2"))(t)
	if want := asked(t, Question{Model: model, Data: data, Action: "linear:5x2", Flows: true}); a.Text != want.Text || a.Title != want.Title {
		t.Errorf("%v\nwant %v", a, want)
	}
	x := expect.OK(dataset.ReadNPZ(data, "x"))(t)
	if b := expect.OK(Symmetries(model, x, action.Linear(5, 2)))(t); b.Text != a.Text {
		t.Errorf("with its inputs as a tensor: %v\nwant %v", b, a)
	}
	a = expect.OK(Symmetries(data, nil, "linear:5x2"))(t)
	if a.Judgement != nil || a.Verdict == nil || !strings.Contains(a.String(), "Finite flows are unavailable") {
		t.Errorf("of gradients: %v", a)
	}
}

// Without an action the only one that fits is taken; several are listed.
func TestSymmetriesWithoutAnAction(t *testing.T) {
	a := expect.OK(Symmetries(squaredLength, points(200, 1)))(t)
	if a.Verdict == nil {
		t.Errorf("%v", a)
	}
	_, err := Symmetries(squaredLength, points(200, 6))
	var none *NoActionError
	if !errors.As(err, &none) || !strings.Contains(err.Error(), "linear:3x2 ") || !strings.Contains(err.Error(), "complex:3 ") {
		t.Errorf("error %v", err)
	}
}

func TestSymmetriesThatCannotBeAsked(t *testing.T) {
	x := points(20, 4)
	for words, c := range map[string]struct {
		function, inputs any
		how              any
	}{
		"does not fit inputs of shape [4]":   {squaredLength, x, action.Linear(3, 1)},
		"not a whole number":                 {squaredLength, x, "linear:3"},
		"linear:2x2":                         {squaredLength, x, "linear:3"},
		"there is no action":                 {squaredLength, x, "lineal:4x1"},
		"without a sample axis":              {squaredLength, tensors.FromValue(3.0), "linear:4x1"},
		"convert them to float32 or float64": {squaredLength, tensors.FromValue([][]int32{{1, 2, 3, 4}}), "linear:4x1"},
		"input 1 has 3 numbers":              {squaredLength, [][]float64{{1, 2}, {1, 2, 3}}, "linear:2x1"},
		"the inputs are empty":               {squaredLength, [][]float64{}, "linear:2x1"},
		"no such file":                       {"net.onnx", x, "linear:2x1"},
		"is no model":                        {"symmetries_test.go", x, "linear:2x1"},
		"data are read from files":           {squaredLength, "points.dat", "linear:2x1"},
		"give the data behind it":            {testdata("mlp.onnx"), nil, "linear:5x2"},
	} {
		_, err := Symmetries(c.function, c.inputs, c.how)
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("error %v, want one that says %q", err, words)
		}
	}
	for words, ask := range map[string]func(){
		"the function is a int":   func() { Symmetries(3, x, nil) },
		"the inputs are a string": func() { About(squaredLength, struct{}{}, Question{}) },
		"the inputs are a <nil>":  func() { Symmetries(squaredLength, nil) },
		"the network is nil":      func() { Symmetries((*network.Network)(nil), x) },
		"the inputs are nil":      func() { Symmetries(squaredLength, (*dataset.Samples)(nil)) },
		"how is a int":            func() { Symmetries(squaredLength, x, 3) },
		"how has 2 actions":       func() { Symmetries(squaredLength, x, "linear:4x1", "complex:2") },
	} {
		func() {
			defer func() {
				if r, _ := recover().(string); !strings.Contains(strings.Replace(r, "struct {}", "string", 1), words) {
					t.Errorf("panic %q, want one that says %q", r, words)
				}
			}()
			ask()
		}()
	}
}
