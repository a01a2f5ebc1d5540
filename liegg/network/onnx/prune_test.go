package onnx

import (
	"path/filepath"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/messagetest"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
)

// Nodes that the output does not depend on are neither checked nor loaded.
func TestOnlyWhatIsNeededIsJudged(t *testing.T) {
	b := edited(t, func(g message.Message) {
		n := messagetest.Add(g, "node")
		messagetest.Set(n, "op_type", "Unknown")
		messagetest.Set(n, "input", "input")
		messagetest.Set(n, "output", "unknown")
		v := messagetest.Add(g, "output")
		messagetest.Set(v, "name", "unknown")
		messagetest.Set(v, "type", g.Children("output")[0].Child("type").Message)
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
	b := edited(t, func(g message.Message) {
		for i, name := range []string{"a/b", "a|b"} {
			w := g.Children("initializer")[i]
			for _, n := range g.Children("node") {
				for j, input := range n.Texts("input") {
					if input == w.Text("name") {
						inputs := n.Texts("input")
						inputs[j] = name
						messagetest.Set(n, "input", inputs[0], inputs[1], inputs[2])
					}
				}
			}
			messagetest.Set(w, "name", name)
		}
	})
	_, err := Load(written(t, t.TempDir(), b), Settings{})
	expect.Error(t, err, `"a/b" and "a|b"`)
}

func TestTensorsOfOneName(t *testing.T) {
	for _, field := range []string{"input", "initializer"} {
		b := edited(t, func(g message.Message) {
			if field == "input" {
				g.Append("input", g.Field("input").List().Get(0))
			} else {
				g.Append("initializer", g.Field("initializer").List().Get(0))
			}
		})
		_, err := Load(written(t, t.TempDir(), b), Settings{})
		expect.Error(t, err, "two tensors are named")
	}
}

// The time that the backend in pure Go takes grows with the square of the operators.
func TestManyOperatorsInGo(t *testing.T) {
	f, err := modelfile.Read(filepath.Join("testdata", "mlp.onnx"), 0)
	if err != nil {
		t.Fatal(err)
	}
	m, err := modelOf(f, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	backend, err := purego.New()
	if err != nil {
		t.Fatal(err)
	}
	for len(m.Steps) <= mostInGo {
		m.Steps = append(m.Steps, m.Steps...)
	}
	expect.Error(t, m.try(backend), "at most 100000", "XLA can")
}
