package ask

import (
	"testing"

	"github.com/liegg/lab/liegg/distribution"
	"github.com/liegg/lab/liegg/internal/expect"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	q := Question{Model: testdata("mlp.onnx"), Data: testdata("mlp.npz"), Action: "linear:5x2", Tests: []string{"scaling", "rotation:0,1"}, Layers: true, Seed: 3}
	s := expect.OK(Open(Question{Data: saved(t, "one.npz", shells(t, 1)), Action: "linear:3"}))(t)
	share := Share{q, expect.OK(s.Part(1, 1, nil))(t)}
	expect.Printed(t, []any{q, Question{}, s, &share, expect.OK(s.Ask(nil))(t), &NoActionError{[]int{3}}, Actions([]int{6})[0], Kinds()[0],
		Job{&q, 1, 2}, &Worker{}, &DataAnswer{Results: []*distribution.Result{{Formula: "x₁∂₂ − x₂∂₁"}}}, &OpenError{&NoActionError{[]int{3}}}})
	if got, want := q.String(), "judge "+q.Model+" "+q.Data+" --action linear:5x2 --test scaling --test rotation:0,1 --seed 3 --layers"; got != want {
		t.Errorf("it prints %q, want %q", got, want)
	}
}
