package jax

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/network"
)

// altered writes a copy of the file mlp.jaxnet with some members changed, or left out if the new
// content is "".
func altered(t *testing.T, change func(name, content string) string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "net.jaxnet")
	to := ok(os.Create(path))(t)
	from := ok(zip.OpenReader("testdata/mlp.jaxnet"))(t)
	defer from.Close()
	w := zip.NewWriter(to)
	for _, member := range from.File {
		r := ok(member.Open())(t)
		if content := change(member.Name, string(ok(io.ReadAll(r))(t))); content != "" {
			ok(ok(w.Create(member.Name))(t).Write([]byte(content)))(t)
		}
	}
	if err := errors.Join(w.Close(), to.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// replaced replaces text in one member.
func replaced(member, old, new string) func(name, content string) string {
	return func(name, content string) string {
		if name == member {
			return strings.Replace(content, old, new, 1)
		}
		return content
	}
}

func without(member string) func(name, content string) string {
	return func(name, content string) string {
		if name == member {
			return ""
		}
		return content
	}
}

// Files that cannot be read are refused by what is wrong with them.
func TestRefusedFiles(t *testing.T) {
	needXLA(t)
	for name, c := range map[string]struct {
		change func(name, content string) string
		is     error
		words  []string
	}{
		"version":   {replaced("manifest.json", `"version": 1`, `"version": 3`), ErrVersion, []string{"version 3", "versions up to 2", "export again"}},
		"platform":  {replaced("manifest.json", `"platform": "any"`, `"platform": "cuda"`), ErrVersion, []string{`"cuda"`, `"any"`}},
		"format":    {replaced("manifest.json", `"liegg-jax"`, `"other"`), ErrMalformed, []string{`"other"`}},
		"not JSON":  {replaced("manifest.json", `{`, ``), ErrMalformed, []string{"manifest.json"}},
		"type":      {replaced("manifest.json", `"float32"`, `"int32"`), ErrMalformed, []string{"int32"}},
		"chunks":    {replaced("manifest.json", "4,\n", "-4,\n"), ErrMalformed, []string{"chunks"}},
		"key":       {replaced("manifest.json", `"key": "`, `"key": "@main() `), ErrMalformed, []string{"key"}},
		"manifest":  {without("manifest.json"), ErrMalformed, []string{"manifest.json"}},
		"program":   {without("programs/0.vjp.4.mlir"), ErrMalformed, []string{"programs/0.vjp.4.mlir"}},
		"weight":    {replaced("manifest.json", "16", "17"), ErrMalformed, []string{"weights/0", "17"}},
		"functions": {replaced("programs/0.value.4.mlir", `sym_name = "liegg`, `sym_name = "main`), ErrMalformed, []string{"programs/0.value.4.mlir", "named"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := altered(t, c.change)
			_, err := Load(path, Settings{})
			expect.Error(t, err, append(c.words, path)...)
			if !errors.Is(err, c.is) {
				t.Errorf("%v is not %v", err, c.is)
			}
		})
	}
	whole := ok(os.ReadFile("testdata/mlp.jaxnet"))(t)
	cut := filepath.Join(t.TempDir(), "cut.jaxnet")
	if err := os.WriteFile(cut, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(cut, Settings{}); !errors.Is(err, ErrMalformed) {
		t.Errorf("half a file: %v", err)
	}
	if _, err := Load("testdata/absent.jaxnet", Settings{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := Load("testdata/mlp.jaxnet", Settings{Budget: 20_000}); !errors.Is(err, ErrBudget) {
		t.Errorf("a budget of 20 kB: %v", err)
	}
}

func TestChosenOutput(t *testing.T) {
	needXLA(t)
	_, err := Load("testdata/dictionary.jaxnet", Settings{})
	expect.Error(t, err, "energy", "forces", "Settings.Output")
	_, err = Load("testdata/dictionary.jaxnet", Settings{Output: "force"})
	expect.Error(t, err, `"force"`, "energy", "forces")
}

// Inputs of another shape, and a backend that is not XLA, are errors.
func TestWhereItCannotRun(t *testing.T) {
	net := loaded(t, "testdata/mlp.jaxnet", Settings{})
	_, err := network.Judge(net, action.Linear(3, 2), network.Tensor(points(10, 6)), network.Settings{})
	expect.Error(t, err, "[6]", "[10]")
	net.Backend = ok(purego.New())(t)
	_, err = net.Predict(points(10, 10))
	expect.Error(t, err, "programs for XLA", network.BackendVariable)
}

// A program that is not StableHLO, or whose arguments differ from the manifest, is an error when it is
// compiled.
func TestDamagedPrograms(t *testing.T) {
	for _, change := range [][2]string{{"stablehlo.tanh", "stablehlo.nonsense"}, {"tensor<32x10xf32>", "tensor<32x11xf32>"}, {"}) : () -> ()", ""}} {
		net := loaded(t, altered(t, replaced("programs/0.value.32.mlir", change[0], change[1])), Settings{})
		_, err := net.Predict(points(32, 10))
		if err == nil {
			t.Errorf("%q in the place of %q is no error", change[1], change[0])
			continue
		}
		expect.Error(t, err, "failed to compile")
	}
}

// There is no second derivative: computing it returns an error, or NaN from GoMLX.
func TestSecondDerivative(t *testing.T) {
	net := loaded(t, "testdata/mlp.jaxnet", Settings{})
	for name, gradient := range map[string]func(y *Node, xs ...*Node) []*Node{"vjp": vjp.Gradients, "GoMLX": Gradient} {
		y, err := model.CallOnce(ok(network.Backend())(t), net.Store, func(scope *model.Scope, x *Node) *Node {
			first := gradient(ReduceAllSum(net.Forward(scope, x)), x)[0]
			return LogicalAll(IsNaN(gradient(ReduceAllSum(Square(first)), x)[0]))
		}, points(4, 10))
		if name == "vjp" {
			expect.Error(t, err, "second derivative")
		} else if err != nil || y.Value() != true {
			t.Errorf("GoMLX: %v, %v", y, err)
		}
	}
}
