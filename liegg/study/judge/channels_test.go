package judge

import (
	"math"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/dataset/npy"
)

// Images with channels first, as PyTorch has them, and the same images with channels last have
// the same verdict: so all channels move together, in the plane alone.
func TestChannelsFirstAndLast(t *testing.T) {
	const n, channels, side = 200, 3, 8
	const points = side * side
	first, last := make([]float64, n*channels*points), make([]float64, n*channels*points)
	firstJ, lastJ := make([]float64, len(first)), make([]float64, len(first))
	for i := range n {
		for c := range channels {
			for p := range points {
				x, y := float64(p%side)/side-.4, float64(p/side)/side-.6
				v := math.Sin(float64(i*7+c*3)+5*x) * math.Cos(float64(i*i%101)-4*y)
				j := 2 * v * math.Exp(-4*(x*x+y*y)) * float64(c+1)
				at, to := (i*channels+c)*points+p, (i*points+p)*channels+c
				first[at], firstJ[at], last[to], lastJ[to] = v, j, v, j
			}
		}
	}
	for _, action := range []string{"image", "image:linear"} {
		a := asked(t, Question{Data: saved(t, "first.npz", map[string]npy.Array{"x": npy.Of(first, n, channels, side, side), "J": npy.Of(firstJ, n, 1, channels, side, side)}), Action: action})
		b := asked(t, Question{Data: saved(t, "last.npz", map[string]npy.Array{"x": npy.Of(last, n, side, side, channels), "J": npy.Of(lastJ, n, 1, side, side, channels)}), Action: action})
		if a.Verdict.Answer != b.Verdict.Answer || len(a.Verdict.Defects) != len(b.Verdict.Defects) {
			t.Fatalf("%s: channels first\n%v\nchannels last\n%v", action, a, b)
		}
		for i, d := range a.Verdict.Defects {
			if want := b.Verdict.Defects[i].Value; math.Abs(d.Value-want) > 1e-9 {
				t.Errorf("%s: defect %d is %g with channels first, %g with channels last", action, i, d.Value, want)
			}
		}
		if !strings.Contains(a.String(), "images with 3 channels") || strings.Contains(b.String(), "channels") {
			t.Errorf("%s: %v\n%v", action, a, b)
		}
	}
}
