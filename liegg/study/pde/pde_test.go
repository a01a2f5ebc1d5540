package pde

import (
	"bytes"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/dataset/evolution"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

func TestMain(m *testing.M) { expect.MainInGo(m, network.BackendVariable) }

// Galilean boosts and scalings carry solutions of Burgers' equation to solutions, with or without
// noise in the flow; moving u alone does not.
func TestCarry(t *testing.T) {
	e := evolution.Burgers(1)
	s := expect.OK(e.Solve(evolution.Wave(rand.New(rand.NewPCG(1, 0)), 64, 12, 2, .6), 12, 1, 11))(t)
	for name, c := range map[string]struct {
		flow        func(p []float64) []float64
		least, most float64
	}{
		"boost":   {func(p []float64) []float64 { return []float64{p[0] + .5*p[1], p[1], p[2] + .5} }, 0, 1e-6},
		"scaling": {func(p []float64) []float64 { return []float64{2 * p[0], 4 * p[1], p[2] / 2} }, 0, 1e-6},
		"shift":   {func(p []float64) []float64 { return []float64{p[0] + 3, p[1] + 1, p[2]} }, 0, 1e-6},
		"u alone": {func(p []float64) []float64 { return []float64{p[0], p[1], p[2] + .5} }, .05, 1},
	} {
		if got := expect.OK(Carry(e, s, c.flow))(t); got.Off < c.least || got.Off > c.most {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A small run of the whole chain: two symmetries of the reaction with noise-free jets are found.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("trains a network")
	}
	t.Setenv("LIEGG_CACHE", t.TempDir())
	task := expect.OK(ByName("heat"))(t)
	task.Solutions, task.Fresh, task.Training.Steps = 100, 60, 1000
	row, found, err := task.Run(1)
	expect.NoError(t, err)
	if row.Exact != 8 || row.Unexplained > .01 || row.Unexplained == 0 || row.JetError > .01 || row.Dim != len(found.Fields) {
		t.Errorf("%v\n%v", row, found.Verdict)
	}
	if row.Dim == 8 && !(row.Angle < 10 && row.Distance > 0) {
		t.Errorf("%v", row)
	}
}

// Exact right-hand sides are what the equations say.
func TestExact(t *testing.T) {
	for _, task := range append(Tasks(), task("Fisher", evolution.Fisher())) {
		task.Fresh = 20
		jets := expect.OK(task.Jets(1, 20))(t)
		if u := expect.OK(task.Exact().Unexplained(jets.Samples))(t); u > 1e-6 {
			t.Errorf("%v: %g unexplained", task, u)
		}
	}
}

func TestTable(t *testing.T) {
	rows := []Row{{Task: "KdV", Seed: 1, Answer: "4 generators", Dim: 4, Exact: 4, Angle: .5, Distance: .01, Unexplained: 1e-5, JetError: 1e-3}, {Task: "heat", Angle: math.NaN(), Distance: math.NaN()}}
	var text bytes.Buffer
	expect.NoError(t, Write(&text, rows))
	if got := text.String(); !strings.Contains(got, "KdV,1,4 generators,4,4,0.5,0.01,1e-05,0.001\n") || strings.Count(got, "\n") != 3 {
		t.Error(got)
	}
	read := expect.OK(Read(strings.NewReader(text.String())))(t)
	if len(read) != 2 || read[0] != rows[0] || !math.IsNaN(read[1].Angle) {
		t.Errorf("%v", read)
	}
	_, err := Read(strings.NewReader(strings.Replace(text.String(), "0.01,1e-05", "much,1e-05", 1)))
	expect.Error(t, err, "line 2", "distance", "much")
	_, err = ByName("x")
	expect.Error(t, err, "Burgers")
	expect.Printed(t, []any{rows[0], Tasks()[0], Carried{}})
}
