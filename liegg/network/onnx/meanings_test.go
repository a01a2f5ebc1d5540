package onnx

import (
	"slices"
	"testing"

	"github.com/gomlx/compute"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// What depends on the operator set, on attributes and on outputs means what
// testdata/meanings.py says, or is refused with its words.
func TestMeanings(t *testing.T) {
	right, refused := 0, 0
	nodeCases(t, "meanings.tar.gz", func(n nodeCase) {
		backend, ok := backendOfCase(t, n)
		if !ok {
			return
		}
		got, err := answer(t, backend, n.model, Settings{Output: "y"}, n.x)
		if words := n.model.text("doc_string"); words != "" {
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

// backendOfCase is GoMLX's own, which compiles in no time, where it can.
func backendOfCase(t *testing.T, n nodeCase) (backend compute.Backend, ok bool) {
	t.Helper()
	needsXLA := slices.ContainsFunc(n.model.child("graph").children("node"), func(node message) bool {
		return slices.Contains([]string{"CumSum", "MaxPool", "Resize", "Upsample"}, node.text("op_type"))
	})
	backend, err := compute.NewWithConfig("go")
	if needsXLA {
		backend, err = network.Backend()
	}
	if err != nil {
		t.Fatal(err)
	}
	return backend, !needsXLA || !onGo(t)
}
