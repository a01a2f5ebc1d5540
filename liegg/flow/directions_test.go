package flow

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// spread is a fit of so(3), ready to choose flows.
func spread(t *testing.T) *fit {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 0))
	values := make([]float64, 300)
	for i := range values {
		values[i] = rng.NormFloat64()
	}
	length := inGo(t, func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) })
	a := action.Linear(3, 1)
	e, err := buffered(length, a, network.Tensor(tensors.FromFlatDataAndDimensions(values, 100, 3)), Settings{}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.finalize)
	rows := mat.NewDense(3, 9, nil)
	for i, h := range lie.SO(3).Basis() {
		_, coefficients := mustBeGenerator(a, h)
		rows.SetRow(i, coefficients)
	}
	f, err := newFit(e, rows)
	if err != nil {
		t.Fatal(err)
	}
	return f
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
		reach := min(f.e.s.Fit.Reach, f.e.limit(f.generator(f.span, q), f.e.s.Fit.Reach))
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
	judging, err := f.chooseFlows(len(f.flows), judgingFlows)
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
