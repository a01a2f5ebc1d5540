package lattice

import (
	"math"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/networktest"
)

// run returns the numbers that a graph computes of inputs [batch, size], and of float64 arguments.
func run(t *testing.T, l Lattice, inputs []float64, f func(x *Node, arguments []*Node) *Node, arguments ...[]float64) []float64 {
	t.Helper()
	values := []any{tensors.FromFlatDataAndDimensions(inputs, len(inputs)/l.Size(), l.Size())}
	for _, a := range arguments {
		values = append(values, tensors.FromFlatDataAndDimensions(a, len(a)))
	}
	exec := expect.OK(NewExec(networktest.GoBackend(t), func(nodes []*Node) *Node { return f(nodes[0], nodes[1:]) }))(t)
	defer exec.Finalize()
	return tensors.MustCopyFlatData[float64](expect.OK(exec.Call(values...))(t)[0])
}

// sampled returns f at the points of a lattice with one channel.
func sampled(l Lattice, f func(x, y float64) float64) []float64 {
	values := make([]float64, l.Points())
	for place := range values {
		at := l.Indices(place)
		values[place] = f(float64(at[0]), float64(at[1]))
	}
	return values
}

func inside(l Lattice, place, border int) bool {
	for axis, i := range l.Indices(place) {
		if i < border || i >= l.Sizes[axis]-border {
			return false
		}
	}
	return true
}

// Differences of second order are exact for squares, of sixth order for sixth powers, and forward
// ones for lines.
func TestDerivatives(t *testing.T) {
	plain := Lattice{Sizes: []int{9, 8}, Channels: 1}
	fine := plain
	fine.Fine = true
	for name, c := range map[string]struct {
		l       Lattice
		forward bool
		border  int
		f, d    func(x, y float64) float64 // d is ∂f/∂x
	}{
		"second order": {plain, false, 1, func(x, y float64) float64 { return x*x - 3*x*y }, func(x, y float64) float64 { return 2*x - 3*y }},
		"sixth order":  {fine, false, 3, func(x, y float64) float64 { return math.Pow(x, 6)/720 + y }, func(x, y float64) float64 { return math.Pow(x, 5) / 120 }},
		"forward":      {plain, true, 1, func(x, y float64) float64 { return 5*x - y }, func(_, _ float64) float64 { return 5 }},
	} {
		got := run(t, c.l, sampled(c.l, c.f), func(x *Node, _ []*Node) *Node { return c.l.Derivative(x, 0, c.forward) })
		for place, want := range sampled(c.l, c.d) {
			if inside(c.l, place, c.border) && math.Abs(got[place]-want) > 1e-9*(1+math.Abs(want)) {
				t.Errorf("%s at %v: %v, want %v", name, c.l.Indices(place), got[place], want)
			}
		}
	}
}

// Interpolation between samples is exact for products of lines, and of higher order for cubic
// polynomials. Beyond the frame it gives what the frame says.
func TestResampled(t *testing.T) {
	line := func(x, y float64) float64 { return 2 + x - 3*y + .5*x*y }
	cubic := func(x, y float64) float64 { return x*x*x/10 - x*y*y + y }
	for name, c := range map[string]struct {
		frame  Frame
		fine   bool
		f      func(x, y float64) float64
		at, is []float64 // the first point is moved from `at` and must be `is`
	}{
		"linear":            {Background, false, line, []float64{3.25, 4.5}, []float64{line(3.25, 4.5)}},
		"cubic":             {Background, true, cubic, []float64{4.25, 3.5}, []float64{cubic(4.25, 3.5)}},
		"at a sample":       {Reflection, true, cubic, []float64{4, 3}, []float64{cubic(4, 3)}},
		"on the background": {Background, false, line, []float64{-7, 3}, []float64{-1}},
		"wrapped around":    {WrapAround, false, line, []float64{9 + 3, 8 + 4.5}, []float64{line(3, 4.5)}},
		"reflected":         {Reflection, false, line, []float64{-1 - 2, 4.5}, []float64{line(2, 4.5)}},
	} {
		l := Lattice{Sizes: []int{9, 8}, Channels: 1, Fine: c.fine, Frame: c.frame, Background: []float64{-1}}
		rows, columns := sampled(l, func(x, _ float64) float64 { return x }), sampled(l, func(_, y float64) float64 { return y })
		rows[0], columns[0] = c.at[0], c.at[1]
		values := sampled(l, c.f)
		for how, got := range map[string][]float64{
			"together": run(t, l, values, func(x *Node, index []*Node) *Node { return l.Resampled(x, index) }, rows, columns),
			"each":     run(t, l, values, func(x *Node, index []*Node) *Node { return l.ResampledEach(x, index) }, rows, columns),
		} {
			if math.Abs(got[0]-c.is[0]) > 1e-9 {
				t.Errorf("%s, %s: %v at %v, want %v", name, how, got[0], c.at, c.is[0])
			}
			for place := 1; place < len(got); place++ {
				if math.Abs(got[place]-values[place]) > 1e-9 {
					t.Errorf("%s, %s: the sample at %v has changed from %v to %v", name, how, l.Indices(place), values[place], got[place])
					break
				}
			}
		}
	}
}

// Channels before and behind the axes of the grid hold the same samples.
func TestChannels(t *testing.T) {
	behind := Lattice{Sizes: []int{2, 2}, Channels: 2}
	first := behind
	first.ChannelsFirst = true
	a := []float64{1, 10, 2, 20, 3, 30, 4, 40}
	b := []float64{1, 2, 3, 4, 10, 20, 30, 40}
	along := func(l Lattice, values []float64) []float64 {
		return run(t, l, values, func(x *Node, _ []*Node) *Node { return l.Derivative(x, 1, true) })
	}
	if got := along(behind, a); !slices.Equal(got, []float64{1, 10, 0, 0, 1, 10, 0, 0}) {
		t.Errorf("channels behind: %v", got)
	}
	if got := along(first, b); !slices.Equal(got, []float64{1, 0, 1, 0, 10, 0, 10, 0}) {
		t.Errorf("channels first: %v", got)
	}
	if got, want := first.MeanMass(b), behind.MeanMass(a); !slices.Equal(got, want) {
		t.Errorf("masses %v and %v", got, want)
	}
}

// The share of mass at each point is of |I − background|, and adds up to 1.
func TestMeanMass(t *testing.T) {
	l := Lattice{Sizes: []int{3, 3}, Channels: 1, Background: []float64{1}}
	values := []float64{1, 1, 1, 1, 5, 1, 1, 1, -3, 1, 1, 1, 1, 9, 1, 1, 1, 1}
	want := []float64{0, 0, 0, 0, .75, 0, 0, 0, .25}
	if got := l.MeanMass(values); !slices.Equal(got, want) {
		t.Errorf("masses %v, want %v", got, want)
	}
	l.Background = nil // then the mean of the border: 1 + (−4)/8 = .5 in the first input
	got := l.MeanMass(values[:9])
	if sum := 7*.5 + 4.5 + 3.5; math.Abs(got[4]-4.5/sum) > 1e-15 || math.Abs(got[8]-3.5/sum) > 1e-15 {
		t.Errorf("masses %v", got)
	}
}

// The disc is 1 in the middle, 0 at the corners and beyond the radius, and keeps what it shows.
func TestDisc(t *testing.T) {
	l := Lattice{Sizes: []int{9, 9}, Channels: 1, Frame: Disc, Background: []float64{2}}
	disc := l.Disc()
	if disc[4*9+4] != 1 || disc[4*9+1] != 1 || math.Abs(disc[0]) > 1e-12 || math.Abs(disc[4*9]) > 1e-12 {
		t.Errorf("weights %v in the row through the middle", disc[4*9:5*9])
	}
	seen := run(t, l, slices.Repeat([]float64{7}, 81), func(x *Node, _ []*Node) *Node { return l.Window()(x) })
	if seen[4*9+4] != 7 || math.Abs(seen[0]-2) > 1e-12 {
		t.Errorf("seen %v in the middle and %v in a corner", seen[4*9+4], seen[0])
	}
	if l.Frame = Background; l.Window() != nil {
		t.Error("images on a background have a window")
	}
}

func TestInFrame(t *testing.T) {
	l := Lattice{Sizes: []int{4, 2}, Channels: 1}
	for _, c := range []struct {
		at   []float64
		want bool
	}{{[]float64{-.5, 1.5}, true}, {[]float64{3.6, 0}, false}, {[]float64{0, -.6}, false}, {[]float64{math.NaN(), 0}, false}} {
		if got := l.InFrame(c.at...); got != c.want {
			t.Errorf("%v: %v", c.at, got)
		}
	}
}
