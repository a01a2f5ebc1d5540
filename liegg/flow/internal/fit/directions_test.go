package fit

import (
	"math"
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow/internal/motion"
	"github.com/liegg/lab/liegg/flow/internal/moved"
	"github.com/liegg/lab/liegg/flow/internal/sampling"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// spread is a fit of so(3), ready to choose flows.
func spread(t *testing.T) *Problem {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 0))
	values := make([]float64, 300)
	for i := range values {
		values[i] = rng.NormFloat64()
	}
	length := network.Exact(func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) })
	length.Backend = expect.OK(purego.New())(t)
	a := action.Linear(3, 1)
	held := expect.OK(network.Buffer(network.Tensor(tensors.FromFlatDataAndDimensions(values, 100, 3)), 0))(t)
	on := expect.OK(moved.New(length.Through(a), a, held, sampling.Plan{Resamples: 1000}, moved.Settings{Outside: .1, Tolerance: .05}))(t)
	t.Cleanup(on.Finalize)
	rows := mat.NewDense(3, 9, nil)
	for i, h := range lie.SO(3).Basis() {
		coefficients, _ := motion.Coefficients(a, h)
		rows.SetRow(i, coefficients)
	}
	return expect.OK(New(on, rows, Settings{Reach: 1.5, Steps: 10}))(t)
}

// Flows favour no direction, Σ c·cᵀ is a multiple of the identity; they go both ways,
// once in each part of the reach.
func TestFlowsAreSpread(t *testing.T) {
	f := spread(t)
	if len(f.flows) != 24 {
		t.Fatalf("%d flows for three generators", len(f.flows))
	}
	moments, parts := mat.NewSymDense(3, nil), make([]int, 12)
	for i := 0; i < len(f.flows); i += 2 {
		q, back := f.flows[i], f.flows[i+1]
		if back.t != -q.t || !mat.Equal(mat.NewVecDense(3, q.c), mat.NewVecDense(3, back.c)) {
			t.Errorf("flow %v is not followed back: %v", q, back)
		}
		reach := min(f.s.Reach, f.On.Limit(f.generator(f.Span, q), f.s.Reach))
		parts[int(q.t/reach*12)]++
		moments.SymRankOne(moments, 1, mat.NewVecDense(3, q.c))
	}
	for i := range 3 {
		for j := range 3 {
			if want := 4 * float64(1-min(1, max(i-j, j-i))); math.Abs(moments.At(i, j)-want) > 1e-12 {
				t.Errorf("Σ c·cᵀ at %d, %d is %g instead of %g", i, j, moments.At(i, j), want)
			}
		}
	}
	for part, count := range parts {
		if count != 1 {
			t.Errorf("%d flows end in part %d of the reach", count, part)
		}
	}
}

// Flows that judge are others than those that were fitted.
func TestJudgingFlowsAreNew(t *testing.T) {
	f := spread(t)
	judging, err := f.Judging()
	if err != nil {
		t.Fatal(err)
	}
	for _, new := range judging {
		for _, q := range f.flows {
			if math.Abs(new.t) == math.Abs(q.t) {
				t.Errorf("flow %v was fitted", new)
			}
		}
	}
}
