package ask

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
)

// --list shows the tensors of a file with their shapes, without data, and the ends of blocks.
func TestList(t *testing.T) {
	text := expect.OK(List(Question{Model: testdata("inside.onnx")}))(t)
	for _, line := range []string{
		"+ /stem/stem.0/Conv_output_0", "* /stem/stem.2/Softplus_output_0", "  /block/Tanh_output_0", "* /Reshape_output_0", "  output",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
	i := slices.IndexFunc(strings.Split(text, "\n"), func(line string) bool {
		return strings.Contains(line, "Tanh_1_output_0") && strings.Contains(line, "[N 4 6 6]") && strings.HasSuffix(line, "Tanh")
	})
	if i < 0 {
		t.Errorf("no shape in\n%s", text)
	}
	if with := expect.OK(List(Question{Model: testdata("inside.onnx"), Data: testdata("inside.npz")}))(t); with != text {
		t.Errorf("with data\n%s", with)
	}
	_, err := List(Question{Model: testdata("mlp.npz")})
	expect.Error(t, err, "is for .onnx and .jaxnet files and for folders")
	_, err = List(Question{Model: testdata("inside.onnx"), Output: "outptu"})
	expect.Error(t, err, "Question.Output", `nearest is "output"`)
}

// --list shows the inputs, outputs and layers of a network of JAX.
func TestListOfJAX(t *testing.T) {
	molecule := filepath.Join("..", "network", "jax", "testdata", "molecule.jaxnet")
	text := expect.OK(List(Question{Model: molecule}))(t)
	want := `mask       [N 4] Bool   input
positions  [N 4 3]      input
species    [N 4] Int32  input
energy     [N]          output
forces     [N 4 3]      output
weighted   [N 4 3]      layer
squares    [N 4]        layer
Question.Layer judges`
	if !strings.HasPrefix(text, want) {
		t.Errorf("%s", text)
	}
	err := hasLayers(molecule, []string{"squares", "wieghted"})
	expect.Error(t, err, `nearest is "weighted"`, `"squares"]`)
}

// Question.Layers takes the ends of all blocks, or the tensors that it names.
func TestLayersOfAFile(t *testing.T) {
	q := Question{Model: testdata("inside_dynamo.onnx"), Data: testdata("inside.npz"), Action: "image:linear", Layers: true, LayerNames: []string{"view", "silu"}}
	a := asked(t, q)
	for _, name := range []string{"view", "silu", "output"} {
		if !strings.Contains(a.Text, "\n"+name) {
			t.Errorf("no layer %s in\n%v", name, a)
		}
	}
	if strings.Contains(a.Text, "softplus") || !strings.Contains(a.Title, "--layers=view --layers=silu") {
		t.Errorf("%s\n%v", a.Title, a)
	}
	q.LayerNames = []string{"sillu"}
	_, err := Open(q)
	expect.Error(t, err, `"sillu" for Question.Layers`, `nearest is "silu"`)
}

// stored returns the results of PyTorch for the network.
func stored(t *testing.T, name string) []float64 {
	t.Helper()
	return expect.OK(dataset.Values(expect.OK(dataset.ReadNPZ(testdata("inside.npz"), name))(t)))(t)
}

// Question.From asks what follows a tensor, on its activations.
func TestFromATensor(t *testing.T) {
	q := Question{Model: testdata("inside.onnx"), Data: testdata("inside.npz"), Action: "linear:4", From: "/Reshape_output_0"}
	s := expect.OK(Open(q))(t)
	if !slices.Equal(s.Input(), []int{4}) {
		t.Errorf("inputs of shape %v", s.Input())
	}
	latent := expect.OK(dataset.Values(s.x))(t)
	expect.Near(t, "latent", latent, stored(t, "pool"), 1e-6)
	y := expect.OK(s.network.Predict(s.x))(t)
	expect.Near(t, "outputs", expect.OK(dataset.Values(y))(t), stored(t, "y"), 1e-6)
	if a := expect.OK(s.Ask(nil))(t); !strings.Contains(a.String(), `activations of "/Reshape_output_0", [4] for each sample`) {
		t.Errorf("%v", a)
	}
	q.From = "/block/Tanh_output_0"
	_, err := Open(q)
	expect.Error(t, err, "alone", "/stem/stem.2/Softplus_output_0")
	q.From = "/Reshape"
	_, err = Open(q)
	expect.Error(t, err, `"/Reshape" for Question.From`, `nearest is`)
	q.Model = testdata("mlp.npz")
	_, err = Open(q)
	expect.Error(t, err, "Question.From")
}
