package plotting

import (
	"fmt"
	"regexp"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// Nothing that users hold prints the addresses of what it is made of.
func TestWhatUsersHoldPrints(t *testing.T) {
	chart := Heatmap(mat.NewDense(2, 2, []float64{1, 2, 3, 4}), Cells{}).Titled("a matrix")
	curve := FlowCurve{Name: "f", T: []float64{0, 1}, Value: []float64{0, .1}}
	address := regexp.MustCompile(`0x[0-9a-f]{6,}|%!`)
	for _, v := range []any{
		chart, []*Chart{chart}, []Figure{chart}, &Chart{}, Grid(2, chart, chart).Titled("two"), &Layout{}, Cells{}, FlowAxes{}, FlowAxes{Random: &curve},
		&curve, FlowCurve{}, Plane{}, Series{Name: "s", Y: []float64{1, 2}}, Estimate{}, Score{Outcome: NotRun, Text: "–"}, NotRun,
		RGB{}, ChannelsLast(1, 1, []float64{0, 1, 2}),
		turned(), &Frames{}, AsSVG(chart), Hover(chart),
	} {
		if text := fmt.Sprintf("%v %+v", v, v); address.MatchString(text) {
			t.Errorf("%T prints %.300s", v, text)
		}
	}
	if got, want := chart.String(), `chart "a matrix", `; got[:len(want)] != want {
		t.Errorf("%q", got)
	}
}
