package ask

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/expect"
)

// What is wrong is said, with the flag or the array to change.
func TestWhatCannotBeAsked(t *testing.T) {
	mlp, data := testdata("mlp.onnx"), testdata("mlp.npz")
	good := shells(t, 2)
	with := func(name string, a npy.Array) string {
		arrays := map[string]npy.Array{name: a}
		for n, b := range good {
			if n != name {
				arrays[n] = b
			}
		}
		return saved(t, "bad.npz", arrays)
	}
	nothing := saved(t, "nothing.npz", map[string]npy.Array{"a": npy.Of(make([]float64, 20), 2, 10), "b": npy.Of([]float64{1}, 1)})
	integers := saved(t, "integers.npz", map[string]npy.Array{"label": npy.Of(make([]float64, 63), 63)}, "x")
	table := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(table, []byte("a,b\n1,2\n3,4.5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		q     Question
		words []string
	}{
		"no input in the data":    {Question{Model: mlp, Data: nothing, Action: "linear:5x2"}, []string{`input is "input"`, `["a" "b"]`, "Question.Input input="}},
		"integers":                {Question{Model: mlp, Data: integers, Action: "linear:5x2"}, []string{`"x" holds integers`, `astype("float32")`}},
		"an action":               {Question{Model: mlp, Data: data, Action: "linear:3x2"}, []string{"Question.Action linear:3x2 does not fit", "\n  linear:5x2 "}},
		"a motion":                {Question{Model: mlp, Data: data, Action: "rotation"}, []string{`there is no action "rotation"`, "\n  linear:5x2 "}},
		"another sample axis":     {Question{Model: mlp, Data: data, Action: "linear:5x2", By: "s"}, []string{`"s" has 25 samples, but there are 64`}},
		"an output":               {Question{Model: mlp, Data: data, Action: "linear:5x2", Output: "outputs"}, []string{`no "outputs" for Question.Output`, `nearest is "output"`}},
		"a layer":                 {Question{Model: mlp, Data: data, Action: "linear:5x2", Layer: "outputs"}, []string{`no "outputs" for Question.Layer`, `nearest is "output"`}},
		"J of other outputs":      {Question{Data: with("y", npy.Of(make([]float64, 1200), 400, 3)), Action: "linear:3"}, []string{"y must be [400, 2], but it is [400 3]"}},
		"J of another shape":      {Question{Data: with("J", npy.Of(make([]float64, 3200), 400, 2, 4)), Action: "linear:3"}, []string{"J must be [400, m, 3]", "[400 2 4]"}},
		"J of fewer samples":      {Question{Data: with("J", npy.Of(make([]float64, 600), 100, 2, 3)), Action: "linear:3"}, []string{`"J" has 100 samples, but there are 400`}},
		"no J":                    {Question{Data: nothing, Action: "linear:3"}, []string{"no array J", "no model"}},
		"y that is needed":        {Question{Data: saved(t, "no y.npz", map[string]npy.Array{"x": good["x"], "J": good["J"]}), Action: "linear:3", Outputs: "free"}, []string{"save them as y"}},
		"layers of gradients":     {Question{Data: with("other", good["x"]), Action: "linear:3", Layers: true}, []string{"need a network"}},
		"an array":                {Question{Model: mlp, Data: data, Action: "linear:5x2", By: "S"}, []string{"Question.By S", `nearest is "s"`}},
		"labels in parts":         {Question{Data: with("l", npy.Of([]float64{.5}, 1)), Action: "linear:3", By: "y"}, []string{"one number for each sample"}},
		"several inputs":          {Question{Model: testdata("conditioned.onnx"), Data: testdata("conditioned.npz"), Action: "linear:3"}, []string{"say by Question.Input"}},
		"a model alone":           {Question{Data: mlp}, []string{"is a model: give the data"}},
		"no model":                {Question{Model: data, Data: data}, []string{"is no model"}},
		"a missing model":         {Question{Model: "none.onnx", Data: data}, []string{"none.onnx"}},
		"a fixed batch":           {Question{Model: testdata("mlp_fixed.onnx"), Data: data, Action: "linear:5x2"}, []string{"fixed", "dynamic_axes"}},
		"no data":                 {Question{Model: mlp, Data: "x.txt9"}, []string{".npz, .npy or .csv"}},
		"a table of a model":      {Question{Model: mlp, Data: table, Action: "linear:2"}, []string{"the shape of the data [2]"}},
		"a column":                {Question{Model: mlp, Data: table, By: "label", Action: "linear:2"}, []string{"[2]"}},
		"outputs that are no R³":  {Question{Model: testdata("cnn.onnx"), Data: testdata("cnn.npz"), Action: "linear:3", Outputs: "same"}, []string{"not a whole number"}},
		"free outputs":            {Question{Model: mlp, Data: data, Action: "linear:5x2", Outputs: "same"}, []string{"3 outputs, which is not a multiple of 5"}},
		"two questions":           {Question{Model: mlp, Data: data, Layers: true, Flows: true}, []string{"one at a time"}},
		"a test of free outputs":  {Question{Model: mlp, Data: data, Outputs: "free", Tests: []string{"rotation:0,1"}}, []string{"leave Question.Tests out"}},
		"a head":                  {Question{Model: mlp, Data: data, Head: "centered"}, []string{`nearest is "centred"`}},
		"an outputs flag":         {Question{Model: mlp, Data: data, Outputs: "invariants"}, []string{`nearest is "invariant"`}},
		"a test":                  {Question{Model: mlp, Data: data, Tests: []string{"rotate:0,1"}}, []string{`nearest is "rotation"`}},
		"axes of a test":          {Question{Model: mlp, Data: data, Tests: []string{"rotation:0,0"}}, []string{"different whole numbers"}},
		"too few axes":            {Question{Model: mlp, Data: data, Tests: []string{"rotation:0"}}, []string{"takes 2 axes"}},
		"an axis":                 {Question{Model: mlp, Data: data, Action: "linear:5x2", Tests: []string{"shear:0,5"}}, []string{"axis 5 is not one of the 5"}},
		"a test of another space": {Question{Model: mlp, Data: data, Action: "linear:5x2", Tests: []string{"translation:0"}}, []string{"not among the candidates"}},
		"groups of none":          {Question{Model: mlp, Data: data, Action: "linear:5x2", Groups: "0"}, []string{"Question.Groups 0"}},
		"groups in a sample":      {Question{Model: mlp, Data: data, Action: "linear:5x2", Groups: "5", Samples: 10}, []string{"Question.Samples leaves some out"}},
		"negative samples":        {Question{Model: mlp, Data: data, Samples: -1}, []string{"Question.Samples"}},
	} {
		s, err := Open(c.q)
		if err == nil {
			_, err = s.Ask(nil)
		}
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, words := range c.words {
			if !strings.Contains(err.Error(), words) {
				t.Errorf("%s: the error does not say %q: %v", name, words, err)
			}
		}
	}
	_, err := expect.OK(Open(Question{Model: mlp, Data: data}))(t).Ask(nil)
	var action *NoActionError
	if !errors.As(err, &action) || !strings.Contains(err.Error(), "\n  linear:5x2 ") {
		t.Errorf("without an action: %v", err)
	}
}
