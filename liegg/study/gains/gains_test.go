package gains

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/symmetrise"
)

func TestMain(m *testing.M) { expect.MainInGo(m, network.BackendVariable) }

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }

// Every use of a symmetry is measured, in a small run, and those of the true one leave less of its
// breaking.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Setenv("LIEGG_CACHE", t.TempDir())
	task := O5()
	task.Samples, task.Training.Steps, task.Draws = 300, 600, 16
	var rows []Row
	expect.NoError(t, task.Run(3, func(r Row) error { rows = append(rows, r); return nil }))
	ways := map[[2]string]Row{}
	for _, r := range rows {
		ways[[2]string{r.Method, r.Symmetry}] = r
		if !(r.Error > 0 && r.Error < 1) || !(r.Angle < 20) || r.Samples != 300 || r.Seed != 3 {
			t.Errorf("%v", r)
		}
	}
	if len(ways) != 8 || len(rows) != 8 {
		t.Fatalf("%d ways, %d rows", len(ways), len(rows))
	}
	plain := ways[[2]string{Plain, None}]
	for _, method := range []string{Mean, Canonical, Augmented, Penalised} {
		if r := ways[[2]string{method, Found}]; !(r.Defect < plain.Defect) || !(r.Error < plain.Error) {
			t.Errorf("%v; plain: %v", r, plain)
		}
	}
	if r := ways[[2]string{Penalised, "shear"}]; !(r.Error > plain.Error) {
		t.Errorf("a penalty on a shear: %v; plain: %v", r, plain)
	}
}

// Rows are read as they were written.
func TestRead(t *testing.T) {
	rows := []Row{{"o5", 500, 1, Plain, None, .125, .0125, 1.5}, {"two bodies", 500, 2, Mean, Found, .0625, 0, 3}}
	var text bytes.Buffer
	expect.NoError(t, Write(&text, rows))
	if got := ok(Read(bytes.NewReader(text.Bytes())))(t); !slices.Equal(got, rows) {
		t.Errorf("%v", got)
	}
	_, err := Read(bytes.NewBufferString("a,b\n"))
	expect.Error(t, err, "study gains")
	_, err = Read(bytes.NewBufferString("task,samples,seed,method,symmetry,error,rho,angle\no5,500,1,mean,found,x,0,0\n"))
	expect.Error(t, err, "line 2", `"x"`)
	_, err = ByName("x")
	expect.Error(t, err, "two bodies")
	expect.Printed(t, []any{rows[0], Gain{}, O5(), O5().Controls[0]})
}

// Differences are taken seed by seed: with −1, −2 and −3 the mean is −2 and the interval 4.303/√3
// around it (Student's t with two degrees of freedom). All ratios are .9.
func TestCompare(t *testing.T) {
	var rows []Row
	for i, plain := range []float64{10, 20, 30} {
		seed := uint64(i)
		rows = append(rows, Row{"a", 5, seed, Plain, None, plain, .1, 0}, Row{"a", 5, seed, Mean, Found, plain - float64(i+1), .2, 0},
			Row{"a", 5, seed, Mean, "shear", plain + 1 + float64(i)/10, 0, 0}, Row{"b", 5, seed, Plain, None, 0, 0, 0})
	}
	rows = append(rows, Row{"a", 5, 9, Mean, Found, 0, 0, 0}) // without a plain one
	all := Compare(rows, "a")
	if len(all) != 2 {
		t.Fatalf("%v", all)
	}
	g := all[0]
	if g.Method != Mean || g.Symmetry != Found || g.Seeds != 3 || g.Better != 3 || g.Plain != 20 || g.Error != 18 || math.Abs(g.Defect-.2) > 1e-12 {
		t.Errorf("%v", g)
	}
	off := 4.302653 / math.Sqrt(3)
	if c := g.Change; math.Abs(c.Value+2) > 1e-12 || math.Abs(c.Lower+2+off) > 1e-5 || math.Abs(c.Upper+2-off) > 1e-5 {
		t.Errorf("%v", g)
	}
	if r := g.Ratio; math.Abs(r.Value-.9) > 1e-12 || math.Abs(r.Lower-.9) > 1e-12 || math.Abs(r.Upper-.9) > 1e-12 {
		t.Errorf("%v", g)
	}
	if g := all[1]; g.Change.Lower <= 0 || g.Better != 0 {
		t.Errorf("%v", g)
	}
	rows[1].Error = 0
	if g := Compare(rows, "a")[0]; !math.IsNaN(g.Ratio.Value) {
		t.Errorf("%v", g)
	}
	if one := Compare(rows[:3], "a")[0]; !math.IsInf(one.Change.Lower, -1) || !math.IsInf(one.Change.Upper, 1) {
		t.Errorf("%v", one)
	}
}

// The exact map breaks the controls of two bodies, although the shear only slightly, and keeps the
// rotation.
func TestControlsOfTwoBodies(t *testing.T) {
	task := TwoBodies()
	x := network.Tensor(dataset.Float64(groundtruth.TwoBodySamples(rand.New(rand.NewPCG(1, 0)), 1000, false).X))
	broken := func(c Control) float64 {
		group := symmetrise.OverRange(c.Action, c.Algebra.Basis()[0], c.Reach, elements)
		return ok(symmetrise.Measure(network.Exact(groundtruth.TwoBodyGraph), group, x, symmetrise.Settings{Quiet: true}))(t).Relative.Value
	}
	kept := broken(Control{"rotation", task.Action, task.Truth, math.Pi})
	sheared, stay := broken(task.Controls[0]), broken(task.Controls[1])
	if kept > 1e-12 || !(sheared > 1e-3 && sheared < .1) || !(stay > .3) {
		t.Errorf("rotation %v, shear %v, outputs stay %v", kept, sheared, stay)
	}
}
