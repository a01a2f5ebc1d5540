package jax

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/network"
)

// TestMain has XLA compile without optimisation, unless $XLA_FLAGS says how. It takes most of the
// time of these tests, for programs that run once on few samples.
func TestMain(m *testing.M) {
	if os.Getenv("XLA_FLAGS") == "" {
		os.Setenv("XLA_FLAGS", "--xla_backend_optimization_level=0")
	}
	expect.Main(m, network.BackendVariable)
}

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }

// loaded reads a file. It skips the test if this machine has no XLA.
func loaded(t *testing.T, path string, s Settings) *network.Network {
	t.Helper()
	needXLA(t)
	return ok(Load(path, s))(t)
}

func needXLA(t *testing.T) {
	t.Helper()
	if err := mustBeXLA(ok(network.Backend())(t)); err != nil {
		t.Skip(err)
	}
}

// Each network gives JAX's own outputs, and products of its Jacobian with random vectors from
// either side.
func TestNetworks(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	asJAX(t, "testdata")
}

// The same for networks that are exported anew, by the Python that $LIEGG_JAX_PYTHON names,
// which needs jax, flax, equinox and e3nn-jax.
func TestExport(t *testing.T) {
	python := os.Getenv("LIEGG_JAX_PYTHON")
	if python == "" {
		t.Skip("LIEGG_JAX_PYTHON names no Python with JAX")
	}
	folder := t.TempDir()
	if text, err := exec.Command(python, "testdata/networks.py", folder).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	asJAX(t, folder)
}

func asJAX(t *testing.T, folder string) {
	for _, answers := range ok(filepath.Glob(filepath.Join(folder, "*.npz")))(t) {
		path := strings.TrimSuffix(answers, ".npz")
		t.Run(filepath.Base(path), func(t *testing.T) {
			if outputs := severals[filepath.Base(path)]; outputs != nil {
				packedAsJAX(t, path+".jaxnet", answers, outputs)
				return
			}
			settings := Settings{}
			if filepath.Base(path) == "dictionary" {
				settings.Output = "forces"
			}
			n := loaded(t, path+".jaxnet", settings)
			x := ok(dataset.ReadNPZ(answers, "x"))(t)
			y, jacobian := ok(npy.ReadZip(answers, "y"))(t), ok(npy.ReadZip(answers, "J"))(t)
			samples, outputs, inputs := jacobian.Dims[0], jacobian.Dims[1], jacobian.Dims[2]
			u, v := normal(samples*outputs), normal(samples*inputs)
			values, pulled, pushed := products(t, n, x, u, v)
			expect.Near(t, "outputs", values, y.Values(), 1e-5)
			wantPulled, wantPushed := make([]float64, len(v)), make([]float64, len(u))
			for i, d := range jacobian.Values() {
				row, column := i/inputs, i/(inputs*outputs)*inputs+i%inputs
				wantPulled[column] += d * u[row]
				wantPushed[row] += d * v[column]
			}
			expect.Near(t, "products with rows", pulled, wantPulled, 1e-5)
			expect.Near(t, "products with columns", pushed, wantPushed, 1e-5)
		})
	}
}

func normal(n int) []float64 {
	random := rand.New(rand.NewPCG(1, 2))
	values := make([]float64, n)
	for i := range values {
		values[i] = random.NormFloat64()
	}
	return values
}

// products are f(x), Jᵀ·u and J·v, as GoMLX's gradients give them.
func products(t *testing.T, n *network.Network, x *tensors.Tensor, us, vs []float64) (values, pulled, pushed []float64) {
	t.Helper()
	program := ok(model.NewExec(ok(network.Backend())(t), n.Store, func(scope *model.Scope, x, us, vs *Node) []*Node {
		y := n.Forward(scope, x)
		u := Reshape(ConvertDType(us, y.DType()), y.Shape().Dimensions...)
		v := Reshape(ConvertDType(vs, x.DType()), x.Shape().Dimensions...)
		zero := ZerosLike(y)
		pull := func(u *Node) *Node { return vjp.Gradients(ReduceAllSum(Mul(y, u)), x)[0] }
		return []*Node{y, pull(u), vjp.Gradients(ReduceAllSum(Mul(pull(zero), v)), zero)[0]}
	}))(t)
	defer program.Finalize()
	results := ok(program.Call(x, us, vs))(t)
	return ok(dataset.Values(results[0]))(t), ok(dataset.Values(results[1]))(t), ok(dataset.Values(results[2]))(t)
}
