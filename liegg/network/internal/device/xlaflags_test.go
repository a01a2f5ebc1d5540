package device

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/networktest"
)

// logLength is log‖x‖ of x [batch, n], with the gradient x/‖x‖².
func logLength(x *Node) *Node { return Log(Sqrt(ReduceSum(Square(x), -1))) }

// XLA's fusions for CPUs made 1/√s infinite in large batches; see startBackend.
func TestInverseRootOfASum(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	gradientsOfLogLength(t, goBackend(t), xla(t))
}

// gradientsOfLogLength compares them with x/‖x‖², in both types.
func gradientsOfLogLength(t *testing.T, backends ...compute.Backend) {
	const samples, n = 5000, 3
	wide := networktest.Normal[float64](1, samples, n)
	values := ok(dataset.Values(wide))(t)
	narrow := make([]float32, len(values))
	want := make([]float64, len(values))
	for i, v := range values {
		narrow[i] = float32(v)
		x := values[i-i%n : i-i%n+n]
		want[i] = v / floats.Dot(x, x)
	}
	gradient := func(x *Node) *Node {
		return ConvertDType(Gradient(ReduceAllSum(logLength(x)), x)[0], dtypes.Float64)
	}
	for _, backend := range backends {
		for tolerance, x := range map[float64]*tensors.Tensor{1e-14: ok(wide.LocalClone())(t), 1e-6: tensors.FromFlatDataAndDimensions(narrow, samples, n)} {
			exec := ok(NewExec(backend, gradient))(t)
			got := ok(exec.Call(x))(t)[0]
			expect.Near(t, "∇log‖x‖ on "+backend.Name(), ok(dataset.Values(got))(t), want, tolerance)
			exec.Finalize()
		}
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
		return path
	}
	edge := strings.Repeat("x", 1<<20-5) // the name lies across two windows
	for path, want := range map[string]bool{
		plugin("new.so", "begin "+fusionFlag+" end"):     true,
		plugin("large.so", edge+fusionFlag+edge):         true,
		plugin("old.so", edge+"xla_cpu_other_flag"+edge): false,
		plugin("cuda.so", fusionFlag):                    false,
		filepath.Join(folder, "none.so"):                 false,
		"":                                               false,
	} {
		if got := takesFusionFlag(path); got != want {
			t.Errorf("%s takes the flag: %v, want %v", path, got, want)
		}
	}
	t.Setenv("XLA_FLAGS", "--one=1")
	isNone := plugin("new.so", fusionFlag)
	if _, err := startBackend("xla:"+isNone, isNone); err == nil {
		t.Error("a file that is no plugin was started")
	}
	if got := os.Getenv("XLA_FLAGS"); got != "--one=1" {
		t.Errorf("XLA_FLAGS is now %q", got)
	}
}

// However the plugin is named, its fusions are right. go-xla looks for names in folders that
// it reads from the environment once, so that another process runs the test.
func TestInverseRootOfASumByName(t *testing.T) {
	if os.Getenv(byName) != "" {
		if plugin := pluginOf(backendConfig()); !takesFusionFlag(plugin) {
			t.Errorf("%s names the plugin %q, which gets no flag", backendConfig(), plugin)
		}
		gradientsOfLogLength(t, xla(t))
		return
	}
	xla(t)
	path := preparedPlugin()
	if path == "" || forCUDA(path) {
		t.Skip("the lab has prepared no plugin for CPUs")
	}
	for _, name := range []string{"xla:cpu", "stablehlo"} {
		t.Run(name, func(t *testing.T) {
			again := exec.Command(os.Args[0], "-test.run=^TestInverseRootOfASumByName$", "-test.v")
			again.Env = append(os.Environ(), byName+"=1", Variable+"="+name, "PJRT_PLUGIN_LIBRARY_PATH="+filepath.Dir(path), "GOMLX_NO_AUTO_INSTALL=1")
			out, err := again.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "--- PASS: TestInverseRootOfASumByName") {
				t.Errorf("%v:\n%s", err, out)
			}
		})
	}
}

// byName is the variable by which TestInverseRootOfASumByName knows the other process.
const byName = "LIEGG_TEST_BY_NAME"

// Plugins are found by their path, or by the names that go-xla knows.
func TestPluginOf(t *testing.T) {
	for config, want := range map[string]string{
		"go": "", "xla:/a/b.so": "/a/b.so", "xla:/a/b.so,tf32=false": "/a/b.so", "hlo:/a/b.so": "/a/b.so", "go:/a/b.so": "", "": "",
	} {
		if got := pluginOf(config); got != want {
			t.Errorf("%q names the plugin %q, want %q", config, got, want)
		}
	}
	for config, want := range map[[2]string]string{
		{"xla:cuda", "/a/pjrt_c_api_cuda_plugin.so"}:          "xla:cuda,tf32=false",
		{"xla", "/a/xla_cuda_plugin.so"}:                      "xla,tf32=false",
		{"xla:/cuda/cpu.so", "/cuda/cpu.so"}:                  "xla:/cuda/cpu.so",
		{"xla:/a/cuda.so,tf32", "/a/cuda.so"}:                 "xla:/a/cuda.so,tf32",
		{"stablehlo:cuda", "/a/pjrt_c_api_cuda_v1_plugin.so"}: "stablehlo:cuda,tf32=false",
		{"go", ""}: "go",
	} {
		if got := inFullPrecision(config[0], config[1]); got != want {
			t.Errorf("%v is started as %q, want %q", config, got, want)
		}
	}
}
