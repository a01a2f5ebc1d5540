package ask

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/sheet/sheettest"
)

// A function of gradients alone: its algebra says what it depends on. Without one there is nothing.
func TestInvariants(t *testing.T) {
	path := saved(t, "shells.npz", shells(t, 1))
	a := asked(t, Question{Data: path, Action: "linear:3x1", Invariants: true})
	if a.Invariants == nil || !strings.Contains(a.Text, "Invariants: f depends on x·x only") {
		t.Error(a)
	}
	if text, _ := sheettest.Read(t, a.HTML(nil)); !strings.Contains(text, "What outputs depend on") {
		t.Error(text)
	}
	a = asked(t, Question{Data: path, Action: "affine:3x1:translations", Invariants: true})
	if a.Invariants != nil || !strings.Contains(a.String(), "there is none to take") {
		t.Error(a)
	}
}

// A network of central forces turns with its inputs, by changes of sign and permutations, too.
func TestDiscrete(t *testing.T) {
	q := Question{Model: testdata("central.onnx"), Data: testdata("central.npz"), Action: "linear:3x1", Outputs: "same", Samples: 500, Discrete: "signed"}
	a := asked(t, q)
	if a.Group == nil || a.Group.Name != "B_3" || !strings.Contains(a.Text, "Finite group: B_3, of order 48") {
		t.Error(a)
	}
	if text, _ := sheettest.Read(t, a.HTML(nil)); !strings.Contains(text, "Finite group") {
		t.Error(text)
	}
	if !strings.HasSuffix(q.String(), "--discrete signed --samples 500") {
		t.Error(q)
	}
}

func TestWhatIsNotAskedBeyond(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	central := Question{Model: testdata("central.onnx"), Data: testdata("central.npz"), Action: "linear:3x1"}
	shell := saved(t, "shells.npz", shells(t, 1))
	for name, c := range map[string]struct {
		change func(q *Question)
		words  string
	}{
		"candidates":         {func(q *Question) { q.Discrete = "permute" }, `nearest is "permutations"`},
		"blocks":             {func(q *Question) { q.Discrete = "blocks:2" }, "of which the 3 inputs"},
		"sizes of signed":    {func(q *Question) { q.Discrete = "signed:3" }, "Question.Discrete signed:3"},
		"layers":             {func(q *Question) { q.Discrete, q.Layers = "signed", true }, "question of its own"},
		"gradients":          {func(q *Question) { *q = Question{Data: shell, Action: "linear:3", Discrete: "signed"} }, "give the network itself"},
		"tensors":            {func(q *Question) { q.Discrete, q.Outputs = "signed", "tensor" }, "multiple of 9"},
		"outputs that move":  {func(q *Question) { q.Invariants, q.Outputs = true, "same" }, "leave Question.Outputs same out"},
		"several actions":    {func(q *Question) { q.Invariants, q.Action = true, "linear:1x1+linear:2x1" }, "that one alone"},
		"fields":             {func(q *Question) { q.Invariants, q.Action = true, "polynomial:3:degree=1" }, "linear or affine"},
		"shares of the work": {func(q *Question) { q.Invariants = true }, ""},
	} {
		q := central
		c.change(&q)
		s, err := Open(q)
		switch {
		case err == nil && c.words == "":
			_, err = s.Part(1, 2, nil)
			expect.Error(t, err, "Question.Invariants")
			continue
		case err == nil:
			_, err = s.Ask(nil)
		}
		if err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: error %v, want one that says %q", name, err, c.words)
		}
	}
}

func TestOfData(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	rng := rand.New(rand.NewPCG(1, 0))
	var x []float64
	for range 1500 {
		x = append(x, rng.NormFloat64(), rng.NormFloat64(), 3*rng.NormFloat64())
	}
	path := saved(t, "points.npz", map[string]npy.Array{"x": npy.Of(x, 1500, 3)})
	a := expect.OK(OfData(Question{Data: path, Action: "linear:3x1", Tests: []string{"rotation:0,2"}}, .06))(t)
	if len(a.Results) != 1 || a.Results[0].Verdict != flow.Broken || !strings.Contains(a.String(), "warning: ") {
		t.Error(a)
	}
	for words, q := range map[string]Question{
		"no data":            {Action: "linear:3x1"},
		"no generator":       {Data: path, Action: "linear:3x1"},
		"--flows":            {Data: path, Action: "linear:3x1", Tests: []string{"scaling"}, Flows: true},
		"no action":          {Data: path, Tests: []string{"scaling"}},
		"axis 5":             {Data: path, Action: "linear:3x1", Tests: []string{"rotation:0,5"}},
		"no finite":          {Data: path, Action: "polynomial:3:degree=1", Tests: []string{"scaling"}},
		"does not fit":       {Data: path, Action: "linear:2x1", Tests: []string{"scaling"}},
		"no such array":      {Data: path, Action: "linear:3x1", Tests: []string{"scaling"}, Groups: "g"},
		"60 samples are too": {Data: path, Action: "linear:3x1", Tests: []string{"scaling"}, Samples: 60},
	} {
		if _, err := OfData(q, 0); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("error %v, want one that says %q", err, words)
		}
	}
}
