package profile

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg"
)

// Attribution says how much each layer contributes to the equivariance error of a network.
type Attribution struct {
	// Error is √E‖J·A·x − B·f(x)‖², in the units of the outputs per unit of t, and Relative the
	// same in units of √Var f. LEE is the local equivariance error of Gruver et al.,
	// E‖J·A·x − B·f(x)‖²/m.
	Error, Relative, LEE float64
	// Layers are the contributions, from the first layer to the outputs.
	Layers []Contribution
	// Left are the layers that are left out, with the reason. Their contributions count for
	// the layers after them.
	Left []string
	// Samples is the number of samples that errors are measured on.
	Samples int
}

// Contribution is the part of one layer in an equivariance error.
type Contribution struct {
	// Name is the name of the layer, Width the number of its activations, and Motion how they
	// should move.
	Name   string
	Width  int
	Motion string
	// Size is the root mean square of the layer's term, as seen at the outputs, with the ends
	// Lower and Upper of its 95 % interval, by bootstrap over samples.
	Size, Lower, Upper float64
	// Share is Size divided by the sum of the sizes of all layers. Terms may cancel each
	// other, so the error can be smaller than that sum.
	Share float64
	// Part is E⟨term, error⟩/E‖error‖²: the parts of all layers add up to 1. A negative one
	// makes the error smaller. It is NaN if there is no error.
	Part float64
}

// attribution reads the sums.
func (t *attributed) attribution() (*Attribution, error) {
	n := t.held.Len()
	probes := len(t.pushed[0]) / n
	measured := func(i int) []float64 { return t.pushed[i][t.first*probes:] }
	last := len(t.stages) - 1
	whole := floats.SubTo(make([]float64, (n-t.first)*probes), measured(0), measured(last))
	a := &Attribution{Samples: n - t.first}
	square := floats.Dot(whole, whole) / float64(a.Samples)
	a.Error, a.LEE = math.Sqrt(square), square/float64(t.stages[last].width)
	a.Relative = a.Error / math.Sqrt(t.variety)
	before, sum := 0, 0.0
	for i, s := range t.stages[1:] {
		if s.left != "" {
			a.Left = append(a.Left, s.name+": "+s.left)
			continue
		}
		term := floats.SubTo(make([]float64, len(whole)), measured(before), measured(i+1))
		c := Contribution{Name: s.name, Width: s.width, Motion: s.motion.String(), Part: floats.Dot(term, whole) / floats.Dot(whole, whole)}
		c.Size, c.Lower, c.Upper = t.sizeOf(term, probes)
		sum += c.Size
		a.Layers, before = append(a.Layers, c), i+1
	}
	for i := range a.Layers {
		if sum > 0 {
			a.Layers[i].Share = a.Layers[i].Size / sum
		}
	}
	return a, nil
}

// sizeOf returns the root mean square of a term over samples, with its interval.
func (t *attributed) sizeOf(term []float64, probes int) (size, lower, upper float64) {
	n := len(term) / probes
	squares, counts := make([]float64, min(n, 100)), make([]float64, min(n, 100))
	for i := range n {
		own := term[i*probes : (i+1)*probes]
		squares[i*len(squares)/n] += floats.Dot(own, own)
		counts[i*len(squares)/n]++
	}
	size = math.Sqrt(floats.Sum(squares) / float64(n))
	if len(squares) < 2 { // a single sample says nothing about its error
		return size, 0, math.Inf(1)
	}
	i := liegg.RatioInterval(squares, counts, .95, cmp.Or(t.s.Resamples, 1000), rand.New(rand.NewPCG(t.s.Seed, 0x6c6565)))
	return size, i.Lower, i.Upper
}

// Names returns the names of the layers.
func (a *Attribution) Names() []string {
	names := make([]string, len(a.Layers))
	for i, l := range a.Layers {
		names[i] = l.Name
	}
	return names
}

// Sizes returns the sizes of the layers with the ends of their intervals.
func (a *Attribution) Sizes() (values, lower, upper []float64) {
	for _, l := range a.Layers {
		values, lower, upper = append(values, l.Size), append(lower, l.Lower), append(upper, l.Upper)
	}
	return values, lower, upper
}

// String returns the error, and the contributions as a table.
func (a *Attribution) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "equivariance error %.3g per unit of t, %.2g of the spread of the outputs (LEE %.3g), N = %d\n", a.Error, a.Relative, a.LEE, a.Samples)
	wide := len("layer")
	for _, l := range a.Layers {
		wide = max(wide, len([]rune(l.Name)))
	}
	fmt.Fprintf(&b, "%-*s  %6s  %25s  %6s  %6s  %s\n", wide, "layer", "width", "contribution (95 %)", "share", "part", "should move")
	for _, l := range a.Layers {
		size := fmt.Sprintf("%.3g (%.3g…%.3g)", l.Size, l.Lower, l.Upper)
		fmt.Fprintf(&b, "%-*s  %6d  %25s  %4.0f %%  %6.2f  %s\n", wide, l.Name, l.Width, size, 100*l.Share, l.Part, l.Motion)
	}
	for _, l := range a.Left {
		fmt.Fprintf(&b, "left out: %s\n", l)
	}
	if a.byChoice() {
		fmt.Fprintf(&b, "%s has all of the error because every layer should be still: say how layers move by Motions, or let Fitted find out\n", a.Layers[0].Name)
	}
	return b.String()
}

// byChoice reports whether the first of several layers has all of the error because no layer should
// move: layers after it then move as little as they should if the one before does.
func (a *Attribution) byChoice() bool {
	for _, l := range a.Layers {
		if l.Motion != (Motion{}).String() {
			return false
		}
	}
	return len(a.Layers) > 1 && a.Layers[0].Size > 0
}

// String returns the layer with its size and share.
func (c Contribution) String() string {
	return fmt.Sprintf("%s, width %d, %s: %.3g (%.3g…%.3g), share %.2g, part %.2g", c.Name, c.Width, c.Motion, c.Size, c.Lower, c.Upper, c.Share, c.Part)
}

// String lists the fields.
func (s AttributionSettings) String() string {
	return fmt.Sprintf("Head: %s; %d motions given, Fitted %v, Batch %d, Resamples %d, Seed %d", s.Head, len(s.Motions), s.Fitted, s.Batch, cmp.Or(s.Resamples, 1000), s.Seed)
}
