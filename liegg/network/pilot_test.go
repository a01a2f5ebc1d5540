package network

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
)

// forVerdict is an extraction for verdicts on a network of five outputs, in batches of 64 samples.
func forVerdict(t *testing.T, mode Differentiation) *extraction {
	t.Helper()
	return forVerdictOn(t, mode, 8)
}

// forVerdictOn is forVerdict for hidden layers of the given widths.
func forVerdictOn(t *testing.T, mode Differentiation, hidden ...int) *extraction {
	t.Helper()
	mlp := untrained(t, MLP{Hidden: hidden, Outputs: 5, Bias: true}, 1)
	c := chunk{X: tensors.FromFlatDataAndDimensions(slices.Repeat([]float32{1}, 64*4), 64, 4), Count: 64}
	e := ok(newExtraction(mlp, action.Linear(4, 1), c, Settings{Mode: mode}, true))(t)
	e.activity = new(activity)
	t.Cleanup(e.finalize)
	return e
}

// near32 compares numbers to single precision.
func near32(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		if math.Abs(got[i]-w) > 1e-5*math.Abs(w) && got[i] != w {
			t.Errorf("%s %d: %g, want %g", what, i, got[i], w)
		}
	}
}

// One run of a verdict's program over the first samples tells what two programs tell, of
// streams that end within the pilot, between pilot and sizes, and beyond both.
func TestPilotMeasuresAsTwoPrograms(t *testing.T) {
	for _, samples := range []int{200, 1500, 2500} {
		x := single(t, gaussian(7, samples, 1, 2, 1, 1))
		together, apart := forVerdict(t, ReverseMode), forVerdict(t, ReverseMode)
		backend := ok(together.network.backend())(t)
		if !together.sizedByPilot() {
			t.Fatal("the program takes all gradients, but does not measure outputs by them")
		}
		if err := together.measure(x, 64); err != nil {
			t.Fatal(err)
		}
		apart.limits = unlimited(apart.action.Dim(), apart.outputs)
		apart.activity.reset(apart.outputs, rounding(x.DType()), math.Inf(1), apart.mixed)
		pilot := min(pilotSamples, samples)
		if err := apart.typical(backend, x, pilot); err != nil {
			t.Fatal(err)
		}
		if err := apart.equalise(backend, x); err != nil {
			t.Fatal(err)
		}
		copy(apart.limits[bounds+apart.action.Dim():], apart.sizes.Factors(apart.outputs))
		if err := apart.bound(backend, x, pilot, 64); err != nil {
			t.Fatal(err)
		}
		near32(t, "size", together.sizes.Gradients, apart.sizes.Gradients)
		near32(t, "limit", together.limits, apart.limits)
		near32(t, "spread, input size", []float64{together.spread, together.activity.inputSize}, []float64{apart.spread, apart.activity.inputSize})
		near32(t, "low", together.activity.low, apart.activity.low)
		near32(t, "high", together.activity.high, apart.activity.high)
	}
}

// A program in two parts gives what the whole gives, and the network runs once over every batch
// of the pilot.
func TestProgramInTwo(t *testing.T) {
	x := single(t, gaussian(7, 200, 1, 2, 1, 1))
	e := forVerdict(t, ReverseMode)
	if err := e.measure(x, 64); err != nil {
		t.Fatal(err)
	}
	if !e.cut || len(e.inTwo.kept) != 4 {
		t.Fatalf("cut in two: %t, %d batches kept, want 4", e.cut, len(e.inTwo.kept))
	}
	for c, err := range spread(x, 200, ok(e.network.backend())(t), 64) {
		if err != nil {
			t.Fatal(err)
		}
		z := e.probes(c.X)
		left := len(e.inTwo.kept)
		kept := ok(e.call(c.X, c.Count, z))(t)
		if len(e.inTwo.kept) != left-1 {
			t.Error("the results of a batch of the pilot were not used")
		}
		anew := ok(e.call(c.X, c.Count, z))(t)
		e.cut = false
		whole := ok(e.call(c.X, c.Count, z))(t)
		e.cut = true
		if len(kept) != len(whole) {
			t.Fatalf("%d results, want %d", len(kept), len(whole))
		}
		for i := range whole {
			if !slices.Equal(kept[i], anew[i]) {
				t.Errorf("result %d differs if the network runs again", i)
			}
			scale := slices.Max(whole[i]) - slices.Min(whole[i])
			for j, w := range whole[i] {
				if math.Abs(kept[i][j]-w) > 1e-5*math.Max(scale, math.Abs(w)) {
					t.Errorf("result %d, number %d: %g, in one program %g", i, j, kept[i][j], w)
				}
			}
		}
		finalize(c.X, z)
	}
}

// A costly network runs once over the batches of the pilot, which are batches of a longer stream,
// and they tell of it what single samples tell.
func TestCostlyPilotInWholeBatches(t *testing.T) {
	x := single(t, gaussian(7, 3000, 1, 2, 1, 1))
	e, spreadOut := forVerdictOn(t, ReverseMode, 256, 128), forVerdictOn(t, ReverseMode, 256, 128)
	for _, measured := range []*extraction{e, spreadOut} {
		if measured == spreadOut {
			measured.mode = CoordinateMode // whose programs are not cut
			if err := measured.build(ok(e.network.backend())(t), CoordinateMode); err != nil {
				t.Fatal(err)
			}
		}
		if err := measured.measure(x, 64); err != nil {
			t.Fatal(err)
		}
	}
	if !e.cut || spreadOut.cut || len(e.inTwo.kept) != 32 {
		t.Fatalf("cut in two: %t and %t, %d batches kept, want 32", e.cut, spreadOut.cut, len(e.inTwo.kept))
	}
	for i, want := range append(slices.Clone(spreadOut.limits), spreadOut.sizes.Gradients...) {
		if got := append(slices.Clone(e.limits), e.sizes.Gradients...)[i]; math.Abs(got/want-1) > .15 {
			t.Errorf("limit or size %d: %g in whole batches, %g spread out", i, got, want)
		}
	}
	for c, err := range spread(x, 3000, ok(e.network.backend())(t), 64) {
		if err != nil {
			t.Fatal(err)
		}
		z := e.probes(c.X)
		if _, err := e.call(c.X, c.Count, z); err != nil {
			t.Fatal(err)
		}
		finalize(c.X, z)
	}
	if len(e.inTwo.kept) != 0 {
		t.Errorf("%d batches of the pilot did not come again", len(e.inTwo.kept))
	}
}

// Small batches go through the network together, and each keeps its own results.
func TestRunAhead(t *testing.T) {
	x := single(t, gaussian(7, 70, 1, 2, 1, 1))
	e := forVerdict(t, ReverseMode)
	if err := e.measure(x, 3); err != nil {
		t.Fatal(err)
	}
	if len(e.inTwo.kept) != 24 {
		t.Fatalf("%d batches kept, want 24", len(e.inTwo.kept))
	}
	for c, err := range spread(x, 70, ok(e.network.backend())(t), 3) {
		if err != nil {
			t.Fatal(err)
		}
		z := e.probes(c.X)
		kept := ok(e.call(c.X, c.Count, z))(t)
		alone := ok(e.call(c.X, c.Count, z))(t) // the results were kept for one use
		for i := range alone {
			expect.Near(t, "result", kept[i], alone[i], 1e-5*max(1, math.Abs(slices.Max(alone[i])), math.Abs(slices.Min(alone[i]))))
		}
		finalize(c.X, z)
	}
}

// The energy of a sample is the sum of what its cotangents add, in any batch.
func TestEnergyAmongOthers(t *testing.T) {
	x := single(t, gaussian(7, 64, 1, 2, 1, 1))
	for _, mode := range []Differentiation{ReverseMode, TangentMode, CoordinateMode} {
		e := forVerdict(t, mode)
		z := e.probes(x)
		values := ok(e.call(x, 64, z))(t)
		for _, kept := range []int{0, 17, 63} {
			us := e.cotangents(z, kept)
			exec := ok(model.NewExec(ok(e.network.backend())(t), e.network.Store, e.energyAlong))(t)
			got := ok(e.energyAmong(exec, kept, x, us))(t)
			exec.Finalize()
			finalize(us...)
			expect.Near(t, "energy", []float64{got / values[2][kept]}, []float64{1}, 1e-5)
		}
		finalize(z)
	}
}
