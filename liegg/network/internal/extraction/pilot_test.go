package extraction

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/activity"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// forVerdict is an extraction for verdicts on a network of five outputs, in batches of 64 samples.
func forVerdict(t *testing.T, mode jacobian.Mode) *Program {
	t.Helper()
	return forVerdictOn(t, mode, 8)
}

// forVerdictOn is forVerdict for hidden layers of the given widths.
func forVerdictOn(t *testing.T, mode jacobian.Mode, hidden ...int) *Program {
	t.Helper()
	mlp := perceptron(1, append(append([]int{4}, hidden...), 5)...)
	c := stream.Chunk{X: tensors.FromFlatDataAndDimensions(slices.Repeat([]float32{1}, 64*4), 64, 4), Count: 64}
	e := ok(newProgram(mlp, action.Linear(4, 1), c, Settings{Mode: mode}, true))(t)
	e.activity = new(activity.Record)
	t.Cleanup(e.Finalize)
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
		x := single(gaussian(7, samples, 1, 2, 1, 1))
		together, apart := forVerdict(t, jacobian.ReverseMode), forVerdict(t, jacobian.ReverseMode)
		backend := ok(together.Network.On())(t)
		if !together.sizedByPilot() {
			t.Fatal("the program takes all gradients, but does not measure outputs by them")
		}
		if err := together.measure(x, 64); err != nil {
			t.Fatal(err)
		}
		apart.limits = unlimited(apart.Action.Dim(), apart.outputs)
		apart.activity.Reset(apart.outputs, rounding(x.DType()), math.Inf(1), apart.mixed)
		pilot := min(pilotSamples, samples)
		if err := apart.typical(backend, x, pilot); err != nil {
			t.Fatal(err)
		}
		if err := apart.equalise(backend, x, 0); err != nil {
			t.Fatal(err)
		}
		copy(apart.limits[bounds+apart.Action.Dim():], apart.sizes.Factors(apart.outputs))
		if err := apart.bound(backend, x, pilot, 64); err != nil {
			t.Fatal(err)
		}
		near32(t, "size", together.sizes.Gradients, apart.sizes.Gradients)
		near32(t, "limit", together.limits, apart.limits)
		near32(t, "spread, input size", []float64{together.spread, together.activity.InputSize}, []float64{apart.spread, apart.activity.InputSize})
		near32(t, "low", together.activity.Low, apart.activity.Low)
		near32(t, "high", together.activity.High, apart.activity.High)
	}
}

// A program in two parts gives what the whole gives, and the network runs once over every batch
// of the pilot.
func TestProgramInTwo(t *testing.T) {
	x := single(gaussian(7, 200, 1, 2, 1, 1))
	e := forVerdict(t, jacobian.ReverseMode)
	if err := e.measure(x, 64); err != nil {
		t.Fatal(err)
	}
	if !e.cut || len(e.inTwo.kept) != 4 {
		t.Fatalf("cut in two: %t, %d batches kept, want 4", e.cut, len(e.inTwo.kept))
	}
	for c, err := range stream.Sampled(x, 200, ok(e.Network.On())(t), 64) {
		if err != nil {
			t.Fatal(err)
		}
		z := e.Probes(c.X)
		left := len(e.inTwo.kept)
		kept := ok(e.Call(c.X, c.Count, z))(t)
		if len(e.inTwo.kept) != left-1 {
			t.Error("the results of a batch of the pilot were not used")
		}
		anew := ok(e.Call(c.X, c.Count, z))(t)
		e.cut = false
		whole := ok(e.Call(c.X, c.Count, z))(t)
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
		tensor.Finalize(c.X, z)
	}
}

// A costly network runs once over the batches of the pilot, which are batches of a longer stream,
// and they tell of it what single samples tell.
func TestCostlyPilotInWholeBatches(t *testing.T) {
	x := single(gaussian(7, 3000, 1, 2, 1, 1))
	e, spreadOut := forVerdictOn(t, jacobian.ReverseMode, 256, 128), forVerdictOn(t, jacobian.ReverseMode, 256, 128)
	for _, measured := range []*Program{e, spreadOut} {
		if measured == spreadOut {
			measured.mode = jacobian.CoordinateMode // whose programs are not cut
			if err := measured.build(ok(e.Network.On())(t), stream.Chunk{}, jacobian.CoordinateMode); err != nil {
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
	for c, err := range stream.Sampled(x, 3000, ok(e.Network.On())(t), 64) {
		if err != nil {
			t.Fatal(err)
		}
		z := e.Probes(c.X)
		if _, err := e.Call(c.X, c.Count, z); err != nil {
			t.Fatal(err)
		}
		tensor.Finalize(c.X, z)
	}
	if len(e.inTwo.kept) != 0 {
		t.Errorf("%d batches of the pilot did not come again", len(e.inTwo.kept))
	}
}

// Small batches go through the network together, and each keeps its own results.
func TestRunAhead(t *testing.T) {
	x := single(gaussian(7, 70, 1, 2, 1, 1))
	e := forVerdict(t, jacobian.ReverseMode)
	if err := e.measure(x, 3); err != nil {
		t.Fatal(err)
	}
	if len(e.inTwo.kept) != 24 {
		t.Fatalf("%d batches kept, want 24", len(e.inTwo.kept))
	}
	for c, err := range stream.Sampled(x, 70, ok(e.Network.On())(t), 3) {
		if err != nil {
			t.Fatal(err)
		}
		z := e.Probes(c.X)
		kept := ok(e.Call(c.X, c.Count, z))(t)
		alone := ok(e.Call(c.X, c.Count, z))(t) // the results were kept for one use
		for i := range alone {
			expect.Near(t, "result", kept[i], alone[i], 1e-5*max(1, math.Abs(slices.Max(alone[i])), math.Abs(slices.Min(alone[i]))))
		}
		tensor.Finalize(c.X, z)
	}
}

// The energy of a sample is the sum of what its cotangents add, in any batch.
func TestEnergyAmongOthers(t *testing.T) {
	x := single(gaussian(7, 64, 1, 2, 1, 1))
	for _, mode := range []jacobian.Mode{jacobian.ReverseMode, jacobian.TangentMode, jacobian.CoordinateMode} {
		e := forVerdict(t, mode)
		z := e.Probes(x)
		values := ok(e.Call(x, 64, z))(t)
		for _, kept := range []int{0, 17, 63} {
			us := e.cotangents(z, kept)
			exec := ok(model.NewExec(ok(e.Network.On())(t), e.Network.Store, e.energyAlong))(t)
			got := ok(e.energyAmong(exec, kept, x, us))(t)
			exec.Finalize()
			tensor.Finalize(us...)
			expect.Near(t, "energy", []float64{got / values[2][kept]}, []float64{1}, 1e-5)
		}
		tensor.Finalize(z)
	}
}
