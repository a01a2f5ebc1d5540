package flow_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// TestMain has the kernel lay the XLA plugin in the cache folder, as a user would.
func TestMain(m *testing.M) {
	if os.Getenv(network.BackendVariable) == "" {
		prepare := exec.Command("go", "run", "github.com/liegg/lab/kernel", "prepare", "xla")
		prepare.Stdout, prepare.Stderr = os.Stderr, os.Stderr
		if err := prepare.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "preparing XLA for the tests:", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// ok unwraps a value, failing the test on an error.
func ok[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// candidates is the action that a case asks about.
func candidates(c groundtruth.Case) action.Vectors {
	if c.Affine {
		return action.Affine(c.Size, c.Vectors)
	}
	return action.Linear(c.Size, c.Vectors)
}

// drawn are fresh inputs of a case.
func drawn(c groundtruth.Case, n int) *tensors.Tensor {
	return c.Inputs(rand.New(rand.NewPCG(17, 0)), n)
}

func along(t *testing.T, c groundtruth.Case, h *mat.Dense, s flow.Settings) *flow.Curve {
	t.Helper()
	return ok(flow.Along(network.Exact(c.Graph), candidates(c), h, network.Tensor(drawn(c, 600)), s))(t)
}

// Along the flows of its own algebra an exact function does not change at all.
func TestExactSymmetriesHold(t *testing.T) {
	for _, c := range groundtruth.All() {
		if c.Dim == 0 {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			curve := along(t, c, lie.UnitSpeed(c.Algebra[0]), flow.Settings{Reach: 6, Points: 5, Random: 3})
			for i, upper := range curve.Upper {
				if !(upper < 1e-20) {
					t.Errorf("Δ(%g) ≤ %g along an exact symmetry", curve.T[i], upper)
				}
			}
			if last := curve.T[len(curve.T)-1]; curve.Holds != last || last > curve.Limit {
				t.Errorf("holds up to %g of %g; the data end at %g", curve.Holds, last, curve.Limit)
			}
			if random := curve.Random[len(curve.T)-1]; random < .01 {
				t.Errorf("random flows change it by %g only", random)
			}
			fmt.Println(curve)
		})
	}
}

func TestScalingIsBroken(t *testing.T) {
	c := groundtruth.SO5()
	r := ok(flow.Test(network.Exact(c.Graph), candidates(c), flow.Scaling(5), network.Tensor(drawn(c, 2000)), flow.Settings{}))(t)
	fmt.Println(r)
	if r.Verdict != flow.Broken {
		t.Errorf("scaling of an O(5)-invariant function: %v", r)
	}
	r = ok(flow.Test(network.Exact(c.Graph), candidates(c), flow.Rotation(5, 1, 3), network.Tensor(drawn(c, 2000)), flow.Settings{}))(t)
	fmt.Println(r)
	m := ok(flow.TestMap(network.Exact(c.Graph), candidates(c), flow.Reflection(5, 1), network.Tensor(drawn(c, 2000)), flow.Settings{}))(t)
	fmt.Println(m)
	_ = math.Pi
}
