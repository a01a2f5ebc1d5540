package main

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/expect"
)

// An invariant of four points in space that e3nn-jax computes, judged by a separate process: JAX's
// programs need XLA, and the tests of this package do not run on it.
func TestJudgeANetworkOfJAX(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	random := rand.New(rand.NewPCG(1, 0))
	x := make([]float64, 300*12)
	for i := range x {
		x[i] = random.NormFloat64()
	}
	data := filepath.Join(t.TempDir(), "x.npy")
	f := expect.OK(os.Create(data))(t)
	if err := npy.Write(f, npy.Of(x, 300, 4, 3)); err != nil {
		t.Fatal(err)
	}
	f.Close()
	model := filepath.Join("..", "network", "jax", "testdata", "e3nn_invariant.jaxnet")
	cmd := exec.Command(expect.OK(os.Executable())(t), "judge", model, data, "--action", "linear:3x4")
	cmd.Env = append(cmd.Environ(), asCommand+"=1")
	said, err := cmd.CombinedOutput()
	if err != nil && strings.Contains(string(said), "programs for XLA") {
		t.Skip("this machine has no XLA")
	}
	if err != nil || !strings.Contains(string(said), "3 generators, Lie algebra so(3)") {
		t.Errorf("%v\n%s", err, said)
	}
}
