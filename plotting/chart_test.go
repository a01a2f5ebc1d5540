package plotting

import (
	"fmt"
	"math"
	"os/exec"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// mustEncode draws f and checks that it is fit for a notebook.
func mustEncode(t *testing.T, f Figure) {
	t.Helper()
	data, _, _, err := encodePNG(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 60_000 {
		t.Errorf("the picture takes %d bytes, more than 60 kB", len(data))
	}
}

func TestBiasOfBadValues(t *testing.T) {
	c := Bias([]float64{0.1, math.NaN(), math.Inf(-1)})
	if got := warnings(c); got != "2 values are NaN or infinite (×)" {
		t.Errorf("warning %q", got)
	}
	if c.Y.Min != 0 || c.Y.Max < 0.1 || c.Y.Max > 0.2 {
		t.Errorf("the axis runs over [%v, %v]", c.Y.Min, c.Y.Max)
	}
	if got := warnings(Bias(nil)); got != "no data" {
		t.Errorf("without data the warning is %q", got)
	}
	for _, values := range [][]float64{nil, {0}, {-1, 2}, make([]float64, 100)} {
		mustEncode(t, Bias(values))
	}
}

func TestCurvesLeaveGaps(t *testing.T) {
	s := Series{Y: []float64{1, 2, math.NaN(), 3, 0, 4, 5}}
	for _, test := range []struct {
		log        bool
		runs, bad  int
		first, end float64
	}{{false, 2, 1, 1, 5}, {true, 3, 2, 1, 5}} {
		runs, bad := s.runs(test.log)
		if len(runs) != test.runs || bad != test.bad {
			t.Errorf("log %v: %d runs and %d bad, want %d and %d", test.log, len(runs), bad, test.runs, test.bad)
		}
		last := runs[len(runs)-1]
		if runs[0][0].Y != test.first || last[len(last)-1].Y != test.end {
			t.Errorf("log %v: runs %v", test.log, runs)
		}
	}
	if got := warnings(Curves(s)); got != "1 of 7 points left out: NaN or infinite" {
		t.Errorf("warning %q", got)
	}
	for _, c := range []*Chart{Curves(), LogCurves(), Curves(s), LogCurves(s), LogCurves(Series{Y: []float64{0}})} {
		mustEncode(t, c)
	}
}

// However long the names, most of the picture remains for the data.
func TestLongNames(t *testing.T) {
	names := []string{strings.Repeat("word ", 12), strings.Repeat("x", 100), ""}
	var series []Series
	for _, name := range names {
		series = append(series, Series{Name: name, Y: []float64{1, 2, 3}})
	}
	for _, c := range []*Chart{Spectrum(series...), Curves(series...)} {
		w, h := c.Size()
		canvas := draw.NewCanvas(vgimg.New(w, h), w, h)
		if data := c.DataCanvas(canvas).Size().X; data < w/2 {
			t.Errorf("the data have %v of a width of %v", data, w)
		}
		mustEncode(t, c)
	}
}

func TestManyValues(t *testing.T) {
	for _, n := range []int{1, 25, 100, 1000} {
		y := make([]float64, n)
		for i := range y {
			y[i] = math.Exp(20 * (float64(i)/float64(n) - 1))
		}
		mustEncode(t, Spectrum(Series{Name: "a", Y: y}, Series{Name: "b", Y: y}))
		mustEncode(t, Bias(y))
		mustEncode(t, Curves(Series{Y: y}))
	}
}

// The natural size is a default; a bare plot has one too.
func TestSizes(t *testing.T) {
	c := Bias([]float64{1})
	c.Width = 7 * vg.Inch
	for _, test := range []struct {
		figure Figure
		w, h   vg.Length
	}{
		{c, 7 * vg.Inch, 3.5 * vg.Inch},
		{plot.New(), 5.5 * vg.Inch, 3.5 * vg.Inch},
		{&Chart{Plot: plot.New()}, 5.5 * vg.Inch, 3.5 * vg.Inch},
		{Grid(3, c, c, c, c), 9 * vg.Inch, 2 * 3.5 * vg.Inch * 9 / (3 * (7 + 0.08))},
	} {
		w, h := sizeOf(test.figure)
		if math.Abs(float64(w-test.w)) > 1e-6 || math.Abs(float64(h-test.h)) > 1e-6 {
			t.Errorf("%T: size %v × %v, want %v × %v", test.figure, w, h, test.w, test.h)
		}
		mustEncode(t, test.figure)
	}
}

func TestMisusePanics(t *testing.T) {
	m22, m33 := mat.NewDense(2, 2, nil), mat.NewDense(3, 3, nil)
	m33.Set(2, 2, 1)
	zeros := func(i, j, k int) float64 { return 0 }
	for want, misuse := range map[string]func(){
		"Spectrum: series[0].X":             func() { Spectrum(Series{X: []float64{1}, Y: []float64{1}}) },
		"Curves: series[1] has 1 values":    func() { Curves(Series{}, Series{X: []float64{1}}) },
		"LogCurves: series[0] has 0 values": func() { LogCurves(Series{X: []float64{}, Y: []float64{1}}) },
		"Heatmap: m is nil":                 func() { Heatmap(nil, Cells{}) },
		"Heatmap: m has no entries":         func() { Heatmap(&mat.Dense{}, Cells{}) },
		"Heatmap: s.Limit is -1":            func() { Heatmap(m22, Cells{Limit: -1}) },
		"Heatmap: s.Limit is NaN":           func() { Heatmap(m22, Cells{Limit: math.NaN()}) },
		"Field: m is nil":                   func() { Field(nil, Plane{}) },
		"Field: m is 2×3":                   func() { Field(mat.NewDense(2, 3, nil), Plane{}) },
		"Field: m is 3×3 and its last row":  func() { Field(m33, Plane{}) },
		"Field: plane":                      func() { Field(m22, Plane{Radius: -1}) },
		"Function: f is nil":                func() { Function(nil, Plane{}, m22) },
		"Surface: g is nil":                 func() { Surface(nil, Plane{}, m22) },
		"Strip: 1 labels for 2 images":      func() { Strip([]mat.Matrix{m22, m22}, []string{"a"}) },
		"Strip: images[1] is nil":           func() { Strip([]mat.Matrix{m22, nil}, nil) },
		"Strip: images[0] lacks a channel":  func() { Strip([]mat.Matrix{RGB{Red: m22, Green: m22}}, nil) },
		"Strip: images[0] has channels of":  func() { Strip([]mat.Matrix{RGB{m22, m22, m33}}, nil) },
		"ChannelsFirst: 4 values":           func() { ChannelsFirst(2, 2, make([]float32, 4)) },
		"Angles: series[0].X":               func() { Angles(Series{X: []float64{1}, Y: []float64{1}}) },
		"LogAngles: series[0].X":            func() { LogAngles(Series{X: []float64{1}, Y: []float64{1}}) },
		"StructureConstants: dim is -1":     func() { StructureConstants(-1, zeros, nil) },
		"StructureConstants: c is nil":      func() { StructureConstants(1, nil, nil) },
		"StructureConstants: 1 names":       func() { StructureConstants(2, zeros, []string{"J"}) },
		"KillingForm: form is nil":          func() { KillingForm(nil, 0, nil) },
		"KillingForm: zero is NaN":          func() { KillingForm(diagonal(1), math.NaN(), nil) },
		"KillingForm: 0 names":              func() { KillingForm(diagonal(1), 0, []string{}) },
		"Flows: curves[1] has 1 values":     func() { Flows(FlowAxes{}, FlowCurve{}, FlowCurve{T: []float64{1}}) },
		"Flows: s.Random has 0 values":      func() { Flows(FlowAxes{Random: &FlowCurve{Upper: []float64{1}}}) },
		"Scoreboard: 0 rows":                func() { Scoreboard([]string{"a"}, nil, nil) },
		"Scoreboard: scores[0] has 1":       func() { Scoreboard([]string{"a"}, nil, [][]Score{{{}}}) },
		"Scoreboard: scores[0][0].Outcome":  func() { Scoreboard([]string{"a"}, []string{"b"}, [][]Score{{{Outcome: 4}}}) },
		"Pixels: 3 values for height 2":     func() { Pixels(2, 2, []float32{1, 2, 3}) },
		"Grid: columns is 0":                func() { Grid(0) },
		"Grid: figures[1] is nil":           func() { Grid(2, Bias(nil), nil) },
	} {
		t.Run(want, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, "plotting: "+want) {
					t.Errorf("panic %q, want %q", got, "plotting: "+want)
				}
			}()
			misuse()
		})
	}
}

// The package takes plain values: it knows neither the networks nor the theory.
func TestArrows(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("go list -deps: %v\n%s", err, out)
	}
	deps := strings.Fields(string(out))
	if len(deps) < 50 {
		t.Fatalf("go list named %d packages only", len(deps))
	}
	for _, dep := range deps {
		if strings.HasPrefix(dep, "github.com/liegg/lab/liegg") || strings.Contains(dep, "gomlx") {
			t.Errorf("plotting depends on %s", dep)
		}
	}
}
