package network

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
)

// logLength is log‖x‖ of x [batch, n], with the gradient x/‖x‖².
func logLength(x *Node) *Node { return Log(Sqrt(ReduceSum(Square(x), -1))) }

// XLA's fusions for CPUs made 1/√s infinite in large batches; see startBackend.
func TestInverseRootOfASum(t *testing.T) {
	const samples, n = 5000, 3
	wide := normal(1, samples, n)
	values := ok(dataset.Values(wide))(t)
	narrow := make([]float32, len(values))
	want := make([]float64, len(values))
	for i, v := range values {
		narrow[i] = float32(v)
		x := values[i-i%n : i-i%n+n]
		want[i] = v / floatsDot(x, x)
	}
	gradient := func(x *Node) *Node {
		return ConvertDType(Gradient(ReduceAllSum(logLength(x)), x)[0], dtypes.Float64)
	}
	for _, backend := range []compute.Backend{goBackend(t), xla(t)} {
		for tolerance, x := range map[float64]*tensors.Tensor{1e-14: ok(wide.LocalClone())(t), 1e-6: tensors.FromFlatDataAndDimensions(narrow, samples, n)} {
			exec := ok(NewExec(backend, gradient))(t)
			got := ok(exec.Call(x))(t)[0]
			expect.Near(t, "∇log‖x‖ on "+backend.Name(), ok(dataset.Values(got))(t), want, tolerance)
			exec.Finalize()
		}
	}
	v := ok(Judge(Exact(logLength), action.Linear(n, 1), Tensor(normal(2, 128*4096, n)), Settings{Batch: 4096}))(t)
	if v.Answer != liegg.Symmetric || v.Name() != "so(3)" {
		t.Errorf("log‖x‖ in blocks of 4096 samples: got\n%v", v)
	}
}

// The flag goes only to plugins that know it, and the environment stays as it was.
func TestFusionFlag(t *testing.T) {
	folder := t.TempDir()
	plugin := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return "xla:" + path
	}
	edge := strings.Repeat("x", 1<<20-5) // the name lies across two windows
	for config, want := range map[string]bool{
		plugin("new.so", "begin "+fusionFlag+" end"):     true,
		plugin("large.so", edge+fusionFlag+edge):         true,
		plugin("old.so", edge+"xla_cpu_other_flag"+edge): false,
		plugin("cuda.so", fusionFlag):                    false,
		"xla:" + filepath.Join(folder, "none.so"):        false,
		"xla:cpu": false,
		"go":      false,
	} {
		if got := takesFusionFlag(config); got != want {
			t.Errorf("%s takes the flag: %v, want %v", config, got, want)
		}
	}
	t.Setenv("XLA_FLAGS", "--one=1")
	if _, err := startBackend(plugin("new.so", fusionFlag)); err == nil {
		t.Error("a file that is no plugin was started")
	}
	if got := os.Getenv("XLA_FLAGS"); got != "--one=1" {
		t.Errorf("XLA_FLAGS is now %q", got)
	}
}
