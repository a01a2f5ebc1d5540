package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/expect"
)

// judged returns what a separate process says about a network of JAX: JAX's programs need XLA, and
// the tests of this package do not run on it.
func judged(t *testing.T, args ...string) (said string, err error) {
	t.Helper()
	said, err = onXLA(t, append([]string{"judge"}, args...)...)
	if err != nil && strings.Contains(said, "programs for XLA") {
		t.Skip("this machine has no XLA")
	}
	return said, err
}

func jaxModel(name string) string {
	return filepath.Join("..", "network", "jax", "testdata", name+".jaxnet")
}

// normals are samples of N(0,1).
func normals(n int) []float64 {
	random := rand.New(rand.NewPCG(1, 0))
	x := make([]float64, n)
	for i := range x {
		x[i] = random.NormFloat64()
	}
	return x
}

// An invariant of four points in space that e3nn-jax computes.
func TestJudgeANetworkOfJAX(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	data := filepath.Join(t.TempDir(), "x.npy")
	f := expect.OK(os.Create(data))(t)
	if err := npy.Write(f, npy.Of(normals(300*12), 300, 4, 3)); err != nil {
		t.Fatal(err)
	}
	f.Close()
	said, err := judged(t, jaxModel("e3nn_invariant"), data, "--action", "linear:3x4")
	if err != nil || !strings.Contains(said, "3 generators, Lie algebra so(3)") {
		t.Errorf("%v\n%s", err, said)
	}
}

// A molecule of JAX has positions, species and a mask, and gives an energy and forces. What is
// wrong in a question about it is said.
func TestJudgeAMoleculeOfJAX(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const n = 200
	species, mask := make([]float64, n*4), make([]float64, n*4)
	for i := range species {
		species[i], mask[i] = float64(i*7%5), 1
		if i%9 == 3 {
			mask[i] = 0
		}
	}
	arrays := map[string]npy.Array{"positions": npy.Of(normals(n*12), n, 4, 3), "species": npy.Of(species, n, 4), "mask": npy.Of(mask, n, 4)}
	whole := zipOf(t, arrays)
	delete(arrays, "mask")
	without := zipOf(t, arrays)
	arrays["mask"] = npy.Of(mask[:4], 1, 4) // the same for all samples
	one := zipOf(t, arrays)
	for _, c := range []struct {
		args  string
		words []string // of the answer, or of the error if wrong is set
		wrong bool
	}{
		{whole + " --move positions=affine:3x4 --outputs energy=invariant,forces=same", []string{"6 generators, Lie algebra se(3)", "Inputs that stay as they are: mask, species"}, false},
		{one + " --action affine:3x4 --input positions --output energy", []string{"6 generators, Lie algebra se(3)", "Inputs that stay as they are: species."}, false},
		{without + " --action affine:3x4 --output energy", []string{`the model's input "mask" is not in`, `["positions" "species"]`}, true},
		{whole + " --action affine:3x4 --output energie", []string{`no output "energie" for --output`, `nearest is "energy"`}, true},
		{whole + " --action affine:3x4 --layer force", []string{`no output "force" for --layer`, `nearest is "forces"`}, true},
		{whole + " --action affine:3x4 --outputs energy=invariant,force=same", []string{`no output "force" for --outputs`, `nearest is "forces"`}, true},
		{whole + " --action affine:3x4", []string{"choose one by --output, or several by --outputs"}, true},
		{whole + " --move position=affine:3x4 --output energy", []string{`--move position`, `nearest is "positions"`}, true},
		{whole + " --move species=linear:4 --output energy", []string{`"species" is of type Int32, which no action can move`}, true},
		{whole + " --action affine:5 --output energy", []string{"affine:5 does not fit", "affine:3x4"}, true},
	} {
		said, err := judged(t, append([]string{jaxModel("molecule")}, strings.Fields(c.args)...)...)
		if (err != nil) != c.wrong {
			t.Errorf("%s: %v\n%s", c.args, err, said)
		}
		for _, words := range c.words {
			if !strings.Contains(said, words) {
				t.Errorf("%s: it does not say %q, but\n%s", c.args, words, said)
			}
		}
	}
}

// The lines of the help that export a network of JAX run as they are.
func TestHelpForExportsOfJAX(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	p, folder := python(t, "jax"), t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, "liegg", "network", "jax"), os.DirFS(filepath.Join("..", "network", "jax"))); err != nil {
		t.Fatal(err)
	}
	ran(t, p, folder, `
import jax, jax.numpy as jnp
x = jax.random.normal(jax.random.PRNGKey(0), (300, 6))
f = lambda x: jnp.stack([(x[:, :3] ** 2).sum(-1), (x[:, :3] * x[:, 3:]).sum(-1) + (x[:, 3:] ** 2).sum(-1)], -1)
`+jaxExportCode)
	if said, err := judged(t, filepath.Join(folder, "net.jaxnet"), filepath.Join(folder, "data.npz"), "--action", "linear:3x2"); err != nil || !strings.Contains(said, "so(3)") {
		t.Errorf("%v\n%s", err, said)
	}
}

// zipOf writes an .npz.
func zipOf(t *testing.T, arrays map[string]npy.Array) string {
	t.Helper()
	f := expect.OK(os.Create(filepath.Join(t.TempDir(), "data.npz")))(t)
	defer f.Close()
	if err := npy.WriteZip(f, arrays); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}
