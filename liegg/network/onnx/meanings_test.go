package onnx

import (
	"slices"
	"testing"

	"github.com/gomlx/compute"

	"github.com/liegg/lab/liegg/internal/expect"
)

// rounding are cases that mean what they should, but round to integers, which has no
// gradient.
var rounding = []string{"Cast 1", "Cast 6"}

// What depends on the operator set, on attributes and on outputs means what
// testdata/meanings.py says, or is refused with its words.
func TestMeanings(t *testing.T) {
	right, refused := 0, 0
	backend := expect.OK(compute.NewWithConfig("go"))(t) // it compiles in no time
	nodeCases(t, "meanings.tar.gz", func(n nodeCase) {
		got, err := answer(t, backend, n.model, Settings{Output: "y"}, n.x)
		words := n.model.text("doc_string")
		if slices.Contains(rounding, n.name) {
			words = "no gradient is defined"
		}
		if words != "" {
			refused++
			expect.Error(t, err, words)
			return
		}
		right++
		if err != nil {
			t.Errorf("%s: %v", n.name, err)
		} else if !same(got, n.wanted["y"]) {
			t.Errorf("%s: %v, want %v", n.name, got, n.wanted["y"])
		}
	})
	t.Logf("%d are right, %d refused", right, refused)
}
