package ask

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// TestMain has pure Go compute, which compiles tiny networks in no time.
func TestMain(m *testing.M) {
	os.Setenv(network.BackendVariable, "go")
	os.Exit(m.Run())
}

// testdata is a file of package onnx: networks that PyTorch exported, with inputs.
func testdata(name string) string {
	return filepath.Join("..", "network", "onnx", "testdata", name)
}

func asked(t *testing.T, q Question) *Answer {
	t.Helper()
	return expect.OK(expect.OK(Open(q))(t).Ask(nil))(t)
}

// saved writes arrays to a file of a test.
func saved(t *testing.T, name string, arrays map[string]npy.Array, integers ...string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, a := range arrays {
		f := expect.OK(z.Create(name + ".npy"))(t)
		if err := npy.Write(f, a); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range integers {
		f := expect.OK(z.Create(name + ".npy"))(t)
		const n = 64
		head := fmt.Sprintf("{'descr': '<i8', 'fortran_order': False, 'shape': (%d, 10), }\n", n)
		f.Write(append([]byte("\x93NUMPY\x01\x00"), byte(len(head)), 0))
		f.Write([]byte(head))
		for i := range n * 10 {
			binary.Write(f, binary.LittleEndian, int64(i))
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// shells are the gradients of ‖x‖² and of x₁² + x₂² at points of R³, of which the first keeps
// so(3) and both keep so(2).
func shells(t *testing.T, outputs int) map[string]npy.Array {
	t.Helper()
	const n = 400
	var x, y, j []float64
	for i := range n {
		p := [3]float64{math.Sin(float64(7*i*i%1009)) * 2, math.Cos(float64(11*i*i%1013)) * 2, math.Sin(float64(5*i*i%997)+1) * 2}
		x = append(x, p[:]...)
		y = append(y, p[0]*p[0]+p[1]*p[1]+p[2]*p[2])
		j = append(j, 2*p[0], 2*p[1], 2*p[2])
		if outputs == 2 {
			y = append(y, p[0]*p[0]+p[1]*p[1])
			j = append(j, 2*p[0], 2*p[1], 0)
		}
	}
	return map[string]npy.Array{"x": npy.Of(x, n, 3), "y": npy.Of(y, n, outputs), "J": npy.Of(j, n, outputs, 3)}
}

// A network of central forces, as PyTorch exported it: its outputs turn with its inputs.
func TestAnExportedNetwork(t *testing.T) {
	q := Question{Model: testdata("central.onnx"), Data: testdata("central.npz"), Action: "linear:3x1", Outputs: "same", Samples: 500, Seed: 1}
	a := asked(t, q)
	if a.Verdict.Name() != "so(3)" || !strings.Contains(a.String(), "Lie algebra so(3)") || a.Verdict.Spectrum.Samples != 500 {
		t.Errorf("central forces: %v", a)
	}
	q.Outputs = ""
	if a := asked(t, q); a.Verdict.Dim != 0 {
		t.Errorf("forces that should stay: %v", a)
	}
}

// The gradients that PyTorch computed give what its exported network gives.
func TestGradientsAndTheirNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for model, action := range map[string]string{"mlp": "linear:5x2", "cnn": "image"} {
		whole := asked(t, Question{Model: testdata(model + ".onnx"), Data: testdata(model + ".npz"), Action: action})
		alone := asked(t, Question{Data: testdata(model + ".npz"), Action: action})
		if whole.Verdict.Answer != alone.Verdict.Answer || len(whole.Verdict.Defects) != len(alone.Verdict.Defects) {
			t.Fatalf("%s:\n%v\nby gradients alone:\n%v", model, whole, alone)
		}
		for i, d := range whole.Verdict.Defects {
			if got := alone.Verdict.Defects[i].Value; math.Abs(got-d.Value) > 1e-3*d.Value {
				t.Errorf("%s: defect %d is %g, by gradients alone %g", model, i, d.Value, got)
			}
		}
		if !strings.Contains(alone.String(), "Finite flows are unavailable") || strings.Contains(whole.String(), "unavailable") {
			t.Errorf("%s: %v", model, alone)
		}
	}
}

// Exact gradients without a network: the verdict, by output, by label, with groups, with
// outputs that may do anything, and of one output without its axis.
func TestExactGradients(t *testing.T) {
	one := shells(t, 1)
	one["J"] = npy.Of(one["J"].Float64, 400, 3)
	delete(one, "y")
	if a := asked(t, Question{Data: saved(t, "one.npz", one), Action: "affine:3x1"}); a.Verdict.Name() != "so(3)" {
		t.Errorf("one output: %v", a)
	}
	two := shells(t, 2)
	labels := make([]float64, 400)
	for i := range labels {
		labels[i] = float64(i % 2)
	}
	two["label"] = npy.Of(labels, 400)
	path := saved(t, "two.npz", two)
	if a := asked(t, Question{Data: path, Action: "linear:3", Groups: "1"}); a.Verdict.Name() != "so(2)" {
		t.Errorf("two outputs: %v", a)
	}
	if a := asked(t, Question{Data: path, Action: "linear:3", ByOutput: true}); !strings.Contains(a.Text, "so(3)") || !strings.Contains(a.Text, "so(2)") {
		t.Errorf("by output: %v", a)
	}
	if a := asked(t, Question{Data: path, Action: "linear:3", By: "label"}); !strings.Contains(a.Text, "no label is known to break the symmetry") {
		t.Errorf("by label: %v", a)
	}
	if a := asked(t, Question{Data: path, Action: "linear:3", Targets: "y", Head: "outputs"}); !strings.Contains(a.Text, "unexplained") {
		t.Errorf("with targets: %v", a)
	}
}

// An input beside the one that moves may be a constant of the data.
func TestAConstantInput(t *testing.T) {
	q := Question{Model: testdata("conditioned.onnx"), Data: testdata("conditioned.npz"), Input: "x", Output: "y", Action: "linear:3"}
	if s := expect.OK(Open(q))(t); s.Len() != 16 {
		t.Errorf("%v", s)
	}
}

// Every part of an answer begins a line.
func TestAnAnswerOfParts(t *testing.T) {
	for _, text := range []string{"a verdict", "a verdict\n"} {
		a := &Answer{Text: text}
		a.add("a test")
		a.add("a group\n")
		if want := "a verdict\na test\na group"; a.String() != want {
			t.Errorf("got %q, want %q", a, want)
		}
	}
	a := new(Answer)
	if a.add("a test"); a.String() != "a test" {
		t.Errorf("got %q", a)
	}
}
