package plotting

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/liegg/lab/plotting/internal/axes"
)

// A band is cut at ends that are not finite; on a logarithmic axis also where the
// whole interval is ≤ 0, not where only its lower end is.
func TestBandRings(t *testing.T) {
	f := FlowCurve{
		T:     []float64{0, 1, 2, 3, 4, 5, 6},
		Value: make([]float64, 7),
		Lower: []float64{-2, -1, 1, math.NaN(), 1, 1, 1},
		Upper: []float64{-1, 2, 2, 2, 2, 3, math.Inf(1)},
	}
	for _, test := range []struct {
		log  bool
		want string
	}{
		{false, "[[{0 -1} {1 2} {2 2} {2 1} {1 -1} {0 -2}] [{4 2} {5 3} {5 1} {4 1}]]"},
		{true, "[[{1 2} {2 2} {2 1} {1 -1}] [{4 2} {5 3} {5 1} {4 1}]]"},
	} {
		if got := fmt.Sprint(f.rings(test.log)); got != test.want {
			t.Errorf("log %v: %s, want %s", test.log, got, test.want)
		}
	}
	if got := (FlowCurve{T: []float64{1, 2}, Value: []float64{1, 2}}).rings(false); got != nil {
		t.Errorf("a curve without intervals has the band %v", got)
	}
}

func TestFlowsOfBadData(t *testing.T) {
	zero := FlowCurve{T: []float64{0, 1, 2}, Value: []float64{0, .1, .2}}
	holes := FlowCurve{T: []float64{0, 1, 2}, Value: []float64{0, 0, math.NaN()}}
	band := FlowCurve{T: []float64{0, 1}, Value: []float64{0, .1}, Lower: []float64{0, -1}, Upper: []float64{0, .2}}
	for i, test := range []struct {
		axes    FlowAxes
		curves  []FlowCurve
		warning string
	}{
		{FlowAxes{}, nil, "no data"},
		{FlowAxes{Log: true}, nil, "no data"},
		{FlowAxes{Log: true}, []FlowCurve{zero}, ""},
		{FlowAxes{}, []FlowCurve{holes}, "1 of 3 points left out: NaN or infinite"},
		{FlowAxes{Log: true}, []FlowCurve{holes}, "2 of 2 points left out: NaN, infinite, or y ≤ 0"},
		{FlowAxes{Log: true, Random: &band}, []FlowCurve{zero, band}, ""},
		{FlowAxes{Random: &band}, nil, ""},
	} {
		c := Flows(test.axes, test.curves...)
		if got := warnings(c); got != test.warning {
			t.Errorf("%d: warning %q, want %q", i, got, test.warning)
		}
		if len(test.curves) > 0 && (c.X.Min != 0 || c.X.Max < 1) {
			t.Errorf("%d: the axis of t is [%v, %v]", i, c.X.Min, c.X.Max)
		}
		if test.axes.Log && !(c.Y.Min > 0) {
			t.Errorf("%d: the logarithmic axis begins at %v", i, c.Y.Min)
		}
		mustEncode(t, c)
	}
}

// Flows end where none is left: what is beyond is neither drawn nor missing, and the
// axis reaches as far as T.
func TestFlowsEnd(t *testing.T) {
	nan := math.NaN()
	random := FlowCurve{T: []float64{1, 2, 3, 4}, Value: []float64{.1, .3, .2, nan}, Lower: []float64{.1, .2, .2, nan}, Upper: []float64{.2, .4, .2, nan}, Count: []int{8, 8, 1, 0}}
	c := Flows(FlowAxes{Random: &random})
	if got := warnings(c); got != "" || c.X.Max != 4 {
		t.Errorf("warning %q, the axis of t ends at %g", got, c.X.Max)
	}
	if end := random.ended(); len(end.T) != 3 || len(end.Upper) != 3 {
		t.Errorf("the curve has %d points, want 3", len(end.T))
	}
	if got, want := random.ended().named("random"), "random (8, at the end 1)"; got != want {
		t.Errorf("the key says %q, want %q", got, want)
	}
	none := FlowCurve{Name: "gone", T: []float64{1}, Value: []float64{nan}, Count: []int{0}}
	if got := warnings(Flows(FlowAxes{}, none)); got != "no data" {
		t.Errorf("warning %q where no flow has a point", got)
	}
}

// The line stands at ±Cut, and only where the axis reaches.
func TestCutStandsAtItsPlace(t *testing.T) {
	f := FlowCurve{T: []float64{-2, 2}, Value: []float64{.1, .1}, Cut: 1}
	c := Flows(FlowAxes{}, f)
	isLine := func(r, g, b uint32) bool { return b > 150 && r < 70 }
	img, box := pixelsWith(c, isLine)
	var lines []int
	for x := box.Min.X; x < box.Max.X; x++ {
		dots := 0
		for y := range img.Bounds().Dy() {
			if r, g, b, _ := img.At(x, y).RGBA(); isLine(r>>8, g>>8, b>>8) {
				dots++
			}
		}
		if dots > img.Bounds().Dy()/3 {
			lines = append(lines, x-box.Min.X)
		}
	}
	width := float64(box.Dx())
	for _, x := range lines {
		if at := float64(x) / width; math.Abs(at-0.25) > 0.01 && math.Abs(at-0.75) > 0.01 {
			t.Errorf("a line at %v of the width of the curve", at)
		}
	}
	if len(lines) < 4 {
		t.Errorf("lines in the columns %v only", lines)
	}
}

// A cut beyond T is neither drawn nor in the key.
func TestCutBeyondTheAxis(t *testing.T) {
	for cut, want := range map[float64]int{0: 0, 1: 1, 3: 0} {
		d := newFlowDrawing(false)
		f := FlowCurve{T: []float64{-1, 2}, Value: []float64{.1, .1}, Cut: cut}
		d.widenReach(f)
		d.add(0, f)
		d.finish(false)
		if len(d.entries.Entries) != want {
			t.Errorf("cut at %v: %d entries in the key, want %d", cut, len(d.entries.Entries), want)
		}
	}
}

func TestPiTicks(t *testing.T) {
	for _, test := range []struct {
		min, max float64
		want     string
	}{
		{0, math.Pi, "0 π/4 π/2 3π/4 π"},
		{-math.Pi, math.Pi, "-π -π/2 0 π/2 π"},
		{0, 2 * math.Pi, "0 π/2 π 3π/2 2π"},
		{0, 1.5, "0 π/8 π/4 3π/8"},
		{0, 0.2, "0 π/64 π/32 3π/64 π/16"},
		{0, 20 * math.Pi, "0 4π 8π 12π 16π 20π"},
	} {
		if got := strings.Join(labels(axes.PiTicks{}.Ticks(test.min, test.max)), " "); got != test.want {
			t.Errorf("[%v, %v]: %s, want %s", test.min, test.max, got, test.want)
		}
	}
}

// measured is a Flow, with random flows or without.
type measured struct{ random bool }

func (measured) Change() (t, delta, lower, upper []float64) {
	return []float64{1, 2}, []float64{.1, .2}, []float64{.05, .1}, []float64{.15, .3}
}

func (m measured) RandomChange() (t, mean, smallest, largest []float64, count []int) {
	if !m.random {
		return []float64{1, 2}, nil, nil, nil, nil
	}
	return []float64{1, 2}, []float64{.5, .6}, []float64{.4, .5}, []float64{.7, .8}, []int{8, 7}
}

func TestFlowOf(t *testing.T) {
	want := FlowCurve{Name: "f", T: []float64{1, 2}, Value: []float64{.1, .2}, Lower: []float64{.05, .1}, Upper: []float64{.15, .3}}
	if got := FlowOf("f", measured{}); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	want = FlowCurve{Name: "random", T: []float64{1, 2}, Value: []float64{.5, .6}, Lower: []float64{.4, .5}, Upper: []float64{.7, .8}, Count: []int{8, 7}}
	if got := RandomOf(measured{random: true}); !reflect.DeepEqual(*got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := RandomOf(measured{}); got != nil {
		t.Errorf("no random flows are drawn as %+v", got)
	}
}
