package ask

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

var molecule = Question{Model: testdata("molecule.onnx"), Data: testdata("molecule.npz")}

// Positions move, species and a mask stay: by Question.Action and Question.Input, and by Question.Moves; energy and
// forces together.
func TestSeveralInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for name, change := range map[string]func(q *Question){
		"action": func(q *Question) { q.Action, q.Output = "affine:3x4", "energy" },
		"input":  func(q *Question) { q.Action, q.Input, q.Output = "affine:3", "positions", "energy" },
		"move":   func(q *Question) { q.Moves, q.Output = []string{"positions=affine:3x4"}, "energy" },
		"two": func(q *Question) {
			q.Moves, q.Outputs = []string{"positions=affine:3x4"}, "energy=invariant,forces=same"
		},
		"one named": func(q *Question) { q.Action, q.Outputs = "affine:3x4", "forces=same" },
	} {
		q := molecule
		change(&q)
		a := asked(t, q)
		if a.Verdict.Answer != liegg.Symmetric || a.Verdict.Name() != "se(3)" || !strings.Contains(a.String(), "move: positions. Inputs that stay as they are: species, mask.") {
			t.Errorf("%s: want se(3), got\n%v", name, a)
		}
	}
	q := molecule
	q.Action, q.Output, q.Tests = "affine:3x4", "energy", []string{"rotation:0,1"}
	if a := asked(t, q); !strings.Contains(a.Text, "rotation x₁→x₂: invariant") {
		t.Errorf("along a flow:\n%v", a)
	}
}

// Shares of a question with several inputs give the bits of one process.
func TestSharesOfSeveralInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	q := molecule
	q.Moves, q.Outputs = []string{"positions=affine:3x4"}, "energy=invariant,forces=same"
	s := expect.OK(Open(q))(t)
	var shares []*Share
	for i := 3; i >= 1; i-- {
		one := expect.OK(Open(q))(t) // as another process does
		shares = append(shares, &Share{q, expect.OK(one.Part(i, 3, nil))(t)})
	}
	_, parts, err := Join(shares...)
	if err != nil {
		t.Fatal(err)
	}
	var got, want bytes.Buffer
	expect.NoError(t, expect.OK(s.Ask(nil, parts...))(t).Report().JSON(&got))
	expect.NoError(t, expect.OK(s.Ask(nil))(t).Report().JSON(&want))
	if got.String() != want.String() {
		t.Errorf("in shares:\n%s\nin one process:\n%s", &got, &want)
	}
}

// Velocities that turn with positions, and points that shift with them, are read by one map.
func TestMovesTogether(t *testing.T) {
	for text, want := range map[string]string{
		"x=affine:3x2 v=turned:x":          "affine maps of R³ on 2 points and 2 directions, K = 12; 6 of 18 numbers stay",
		"x=affine:3x2 v=turned:x w=same:x": "affine maps of R³ on 4 points and 2 directions, K = 12",
		"x=linear:3x2 v=turned:x":          "linear maps of R³ on 4 vectors, K = 9; 6 of 18 numbers stay",
	} {
		s := &Subject{question: Question{Moves: strings.Fields(text)}, packing: threeInputs(t)}
		a := expect.OK(s.packedAction())(t)
		if got := a.(interface{ String() string }).String(); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestMovesThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		change func(q *Question)
		words  []string
	}{
		{func(q *Question) { q.Moves = []string{"species=linear:1"} }, []string{`"species" is of type Int64, which no action can move`}},
		{func(q *Question) { q.Action, q.Input = "linear:1", "mask" }, []string{`"mask" is of type Bool, which no action can move`}},
		{func(q *Question) { q.Moves = []string{"position=affine:3"} }, []string{`nearest is "positions"`}},
		{func(q *Question) { q.Moves = []string{"positions"} }, []string{"INPUT=ACTION"}},
		{func(q *Question) { q.Moves = []string{"positions=affine:3", "positions=linear:3"} }, []string{"move twice"}},
		{func(q *Question) { q.Moves = []string{"positions=turned:x"} }, []string{`no Question.Moves says how "x" moves`}},
		{func(q *Question) { q.Moves, q.Action = []string{"positions=affine:3"}, "affine:3" }, []string{"Question.Action and Question.Moves"}},
		{func(q *Question) { q.Moves = []string{"positions=affine:5x4"} }, []string{"Question.Moves positions: affine:5x4 does not fit"}},
		{func(q *Question) { q.Action = "affine:5x4" }, []string{"Question.Action", "affine:5x4 does not fit", "these fit", "\n  affine:3x4"}},
		{func(q *Question) { q.Action, q.Outputs = "affine:3x4", "energy=invariant,forces=free" }, []string{"beside others"}},
		{func(q *Question) { q.Action, q.Outputs = "affine:3x4", "energy=same,forces=same" }, []string{"energy", "not a multiple of 3"}},
		{func(q *Question) { q.Action, q.Outputs = "affine:3x4", "energy=invariant,force=same" }, []string{`no "force" for Question.Outputs`, `nearest is "forces"`}},
		{func(q *Question) { q.Action, q.Outputs, q.Output = "affine:3x4", "energy=invariant", "energy" }, []string{"leave Question.Output and Question.Layer out"}},
		{func(q *Question) {
			q.Model, q.Data, q.Moves = testdata("mlp.onnx"), testdata("mlp.npz"), []string{"input=linear:5"}
			q.Output = ""
		}, []string{"Question.Moves is for .onnx and .jaxnet files with several inputs"}},
		{func(q *Question) { q.Model, q.Action, q.Outputs = "", "linear:3", "y=same" }, []string{"no array J"}},
	} {
		q := molecule
		q.Output = "energy"
		c.change(&q)
		if q.Outputs != "" && !strings.Contains(strings.Join(c.words, ""), "Question.Output and") {
			q.Output = ""
		}
		s, err := Open(q)
		if err == nil {
			_, err = s.Ask(nil)
		}
		expect.Error(t, err, c.words...)
	}
}

func threeInputs(t *testing.T) *network.Packing {
	var fields []network.Field
	for _, name := range []string{"v", "w", "x"} {
		fields = append(fields, network.Field{Name: name, Shape: shapes.Make(dtypes.Float32, 2, 3)})
	}
	return expect.OK(network.NewPacking(fields...))(t)
}
