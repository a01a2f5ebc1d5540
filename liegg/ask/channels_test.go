package ask

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/lie"
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

// In colour images of both layouts, the rotation under which an exact functional stays is found
// to .003°: the mean of red times green, weighted by a function of the distance from the centre.
func TestRotationOfColourImages(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const n, side = 60, 32
	const points = side * side
	rng := rand.New(rand.NewPCG(7, 0))
	plane := dataset.Plane{Height: side, Width: side}
	first, firstJ := make([]float64, n*3*points), make([]float64, n*3*points)
	last, lastJ := make([]float64, len(first)), make([]float64, len(first))
	for i := range n {
		colours := first[i*3*points : (i+1)*3*points]
		for at := range 12 { // four spots of each colour
			height, cx, cy := rng.NormFloat64(), .15*rng.NormFloat64(), .15*rng.NormFloat64()
			for p := range points {
				x, y := plane.Point(float64(p/side), float64(p%side))
				colours[at/4*points+p] += height * math.Exp(-((x-cx)*(x-cx)+(y-cy)*(y-cy))/(2*.2*.2))
			}
		}
		for p := range points {
			x, y := plane.Point(float64(p/side), float64(p%side))
			weight := math.Exp(-(x*x + y*y) / (2 * .3 * .3))
			firstJ[i*3*points+p], firstJ[(i*3+1)*points+p] = weight*colours[points+p], weight*colours[p]
			for c := range 3 {
				last[(i*points+p)*3+c], lastJ[(i*points+p)*3+c] = colours[c*points+p], firstJ[(i*3+c)*points+p]
			}
		}
	}
	turn := lie.SpanAffine("turn", action.ImageAffine(side, side).Generator([]float64{0, -1, 0, 1, 0, 0}))
	for name, arrays := range map[string]map[string]npy.Array{
		"first": {"x": npy.Of(first, n, 3, side, side), "J": npy.Of(firstJ, n, 1, 3, side, side)},
		"last":  {"x": npy.Of(last, n, side, side, 3), "J": npy.Of(lastJ, n, 1, side, side, 3)},
	} {
		a := asked(t, Question{Data: saved(t, name+".npz", arrays), Action: "image"})
		angle := lie.AngleTo(a.Verdict.Spectrum.BySingular[0].H, turn) * 180 / math.Pi
		t.Logf("channels %s: %.2g°", name, angle)
		if angle > .003 {
			t.Errorf("channels %s: the rotation is off by %g°", name, angle)
		}
	}
}
