package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/ask"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/report"
)

// pythonVariable names the environment variable with a Python that has PyTorch and JAX.
const pythonVariable = "LIEGG_TEST_PYTHON"

// python returns a Python that has a module: the variable's, the one of `study bench --peers`,
// or the system's. The test is skipped if there is none.
func python(t *testing.T, module string) string {
	t.Helper()
	cache, _ := network.CacheFolder()
	for _, p := range []string{os.Getenv(pythonVariable), filepath.Join(cache, "bench-peers", "bin", "python"), "python3"} {
		if p != "" && exec.Command(p, "-c", "import "+module).Run() == nil {
			return p
		}
	}
	t.Skipf("no Python has %s: name one by %s, or run `go run ./liegg/study bench --peers` once", module, pythonVariable)
	return ""
}

// ran runs Python code in a folder.
func ran(t *testing.T, python, folder, code string) {
	t.Helper()
	cmd := exec.Command(python, "-c", code)
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, code, out)
	}
}

// The lines of the help run as they are, and what they write is judged: so(3) for functions of
// lengths and angles of two vectors.
func TestHelpForTorchAndJAX(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for name, c := range map[string]struct{ module, before, code string }{
		"torch": {"torch", `
import torch
torch.manual_seed(0)
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.BatchNorm1d(8), torch.nn.SiLU(), torch.nn.Dropout(), torch.nn.Linear(8, 2))
    def forward(self, x):
        a, b = x[:, :3], x[:, 3:]
        return self.layers(torch.stack([(a * a).sum(-1), (b * b).sum(-1), (a * b).sum(-1)], -1))
net, x = Net(), torch.randn(300, 6)
`, torchCode},
		"jax": {"jax", `
import jax, jax.numpy as jnp
x = jax.random.normal(jax.random.PRNGKey(0), (300, 6))
def f(sample):
    a, b = sample[:3], sample[3:]
    return jnp.stack([jnp.tanh(a @ a), jnp.sin(a @ b) + b @ b])
`, jaxCode},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			ran(t, python(t, c.module), folder, c.before+c.code)
			a := expect.OK(expect.OK(ask.Open(ask.Question{Data: filepath.Join(folder, "gradients.npz"), Action: "linear:3x2"}))(t).Ask(nil))(t)
			if a.Verdict.Name() != "so(3)" {
				t.Errorf("%v", a)
			}
		})
	}
	t.Run("export", func(t *testing.T) {
		folder := t.TempDir()
		ran(t, python(t, "torch"), folder, `
import torch
net, x = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)), torch.randn(300, 6)
`+exportCode)
		a := expect.OK(expect.OK(ask.Open(ask.Question{Model: filepath.Join(folder, "net.onnx"), Data: filepath.Join(folder, "data.npz"), Action: "linear:3x2"}))(t).Ask(nil))(t)
		if a.Verdict.Spectrum.Samples != 300 {
			t.Errorf("%v", a)
		}
	})
}

// The help shows all of these lines and every kind of action.
func TestUsage(t *testing.T) {
	var kinds []string
	for _, k := range ask.Kinds() {
		kinds = append(kinds, k.Form)
	}
	text := strings.ReplaceAll(judgeUsage(), "\n  ", "\n")
	for _, part := range append([]string{torchCode, jaxCode, exportCode, jaxExportCode, "Exit status"}, kinds...) {
		if !strings.Contains(text, part) {
			t.Errorf("the help lacks %q", part)
		}
	}
	for _, line := range strings.Split(judgeUsage(), "\n") {
		if len([]rune(line)) > 170 {
			t.Errorf("a line of %d characters: %s", len([]rune(line)), line)
		}
	}
}

// The lines for EMLP read the generators of a report and give them to a Group, of which EMLP makes
// an invariant network. If EMLP is not installed, a class of the same fields takes its place.
func TestHelpForEMLP(t *testing.T) {
	p := python(t, "numpy")
	folder := t.TempDir()
	a := lie.SO(3)
	v := &liegg.Verdict{Answer: liegg.Symmetric, Dim: 3, Algebra: a, Identity: &classification.Identity{Name: "so(3)", Algebra: a}, Spectrum: &liegg.Spectrum{}}
	file, err := os.Create(filepath.Join(folder, "found.npz"))
	if err != nil {
		t.Fatal(err)
	}
	if err := (report.Report{Verdict: v}).NPZ(file); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	stand := `
import sys, types
try:
    import emlp.groups
except ImportError:
    emlp = None
    for name in ["emlp", "emlp.groups", "emlp.reps"]:
        sys.modules[name] = types.ModuleType(name)
    class Group:
        def __init__(self, *args):
            assert self.lie_algebra.shape[1:] == self.discrete_generators.shape[1:] == (self.d, self.d)
    sys.modules["emlp.groups"].Group, sys.modules["emlp.reps"].V = Group, None
`
	ran(t, p, folder, stand+emlpCode+`
A = np.asarray(G.lie_algebra)
assert A.shape == (3, 3, 3) and G.d == 3 and abs(A + A.transpose(0, 2, 1)).max() < 1e-6
bracket = A[0] @ A[1] - A[1] @ A[0]
assert abs(bracket - np.einsum("kij,ij,klm->lm", A, bracket, A)).max() < 1e-6
if emlp:
    import emlp.nn
    net, g = emlp.nn.EMLP(2*V, V**0, group=G, ch=32, num_layers=1), np.asarray(G.sample())
    x = np.random.default_rng(1).normal(size=(5, 2, 3))
    turned = np.einsum("ij,bvj->bvi", g, x)
    y, z = (np.asarray(net(p.reshape(5, 6))) for p in (x, turned))
    assert abs(turned - x).max() > .1 and y.std() > 1e-3 and abs(y - z).max() < 1e-5, (y, z)
`)
}

// What a verdict advises to do is named as at the command line.
func TestAdviceNamesFlags(t *testing.T) {
	near := liegg.Dependence{Samples: 100, Places: 5, Near: true}.String()
	v := &liegg.Verdict{Answer: liegg.Symmetric, Threshold: .1, Spectrum: &liegg.Spectrum{}}
	v.Rule.Gap = 3
	v.SetOutputs([]liegg.Estimate{{}, {Value: .9, Interval: liegg.Interval{Lower: .8, Upper: 1}}, {}})
	for flag, text := range map[string]string{"(--groups)": near, "--groups 1 says": near, "(--by-output)": strings.Join(v.Reasons, "")} {
		if got := flagWords.Replace(text); !strings.Contains(got, flag) || strings.Contains(got, "network.") {
			t.Errorf("%q becomes %q, without %s", text, got, flag)
		}
	}
}
