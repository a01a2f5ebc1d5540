package onnx

import (
	"path/filepath"
	"testing"

	"github.com/gomlx/compute"

	"github.com/liegg/lab/liegg/internal/expect"
)

// Nodes that the output does not depend on are neither checked nor loaded.
func TestOnlyWhatIsNeededIsJudged(t *testing.T) {
	b := edited(t, func(g message) {
		n := g.addTo("node")
		n.set("op_type", "Unknown")
		n.set("input", "input")
		n.set("output", "unknown")
		v := g.addTo("output")
		v.set("name", "unknown")
		v.set("type", g.children("output")[0].child("type").Message)
	})
	path := written(t, t.TempDir(), b)
	if _, err := Load(path, Settings{Output: "output"}); err != nil {
		t.Error(err)
	}
	_, err := Load(path, Settings{Output: "unknown"})
	expect.Error(t, err, "Unknown", "ONNX has no such operator")
	_, err = Load(path, Settings{})
	expect.Error(t, err, `there are ["output" "unknown"]`)
}

// The conversion writes | for / in the names of weights.
func TestWeightsWithLikeNames(t *testing.T) {
	b := edited(t, func(g message) {
		for i, name := range []string{"a/b", "a|b"} {
			w := g.children("initializer")[i]
			for _, n := range g.children("node") {
				for j, input := range n.texts("input") {
					if input == w.text("name") {
						inputs := n.texts("input")
						inputs[j] = name
						n.set("input", inputs[0], inputs[1], inputs[2])
					}
				}
			}
			w.set("name", name)
		}
	})
	_, err := Load(written(t, t.TempDir(), b), Settings{})
	expect.Error(t, err, `"a/b" and "a|b"`)
}

func TestTensorsOfOneName(t *testing.T) {
	for _, field := range []string{"input", "initializer"} {
		b := edited(t, func(g message) {
			if field == "input" {
				g.append("input", g.get("input").List().Get(0))
			} else {
				g.append("initializer", g.get("initializer").List().Get(0))
			}
		})
		_, err := Load(written(t, t.TempDir(), b), Settings{})
		expect.Error(t, err, "two tensors are named")
	}
}

// The time that the backend in pure Go takes grows with the square of the operators.
func TestManyOperatorsInGo(t *testing.T) {
	f, err := read(filepath.Join("testdata", "mlp.onnx"), 0)
	if err != nil {
		t.Fatal(err)
	}
	m, err := f.model(Settings{})
	if err != nil {
		t.Fatal(err)
	}
	backend, err := compute.NewWithConfig("go")
	if err != nil {
		t.Fatal(err)
	}
	for len(m.steps) <= mostInGo {
		m.steps = append(m.steps, m.steps...)
	}
	expect.Error(t, m.try(backend), "at most 100000", "XLA can")
}
