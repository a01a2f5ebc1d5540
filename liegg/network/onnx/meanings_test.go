package onnx

import (
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
)

// What depends on the operator set, on attributes and on outputs means what
// testdata/meanings.py says, or is refused with its words.
func TestMeanings(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	right, refused := 0, 0
	backend := expect.OK(purego.New())(t) // it compiles in no time
	nodeCases(t, "meanings.tar.gz", func(n nodeCase) {
		got, err := answer(t, backend, n.model, Settings{Output: "y"}, n.x)
		if words := n.model.Text("doc_string"); words != "" {
			refused++
			if err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%s: error %v, want %q", n.name, err, words)
			}
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
