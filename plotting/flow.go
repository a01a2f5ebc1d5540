package plotting

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot/plotter"

	"github.com/liegg/lab/plotting/internal/numbers"
)

// A FlowCurve tells how far the output of a network moves along a flow
// exp(tH): Δ(t) = E‖f(exp(tH)x) − f(x)‖² / (2 Var f), which is 0 for an
// invariant f and 1 if the outputs at both ends are unrelated.
type FlowCurve struct {
	// Name appears in the key beside the data. A single curve needs none.
	Name string

	// T are the parameters of the flow, in ascending order.
	T []float64

	// Value holds Δ at T.
	Value []float64

	// Lower and Upper are the ends of the interval of each value, drawn as a
	// band. Nil draws none.
	Lower, Upper []float64

	// Count is the number of flows that each value averages, such as Inside
	// of flow.Curve. Flows end where they leave the data: the curve stops
	// where none is left, and the key shows how the number falls. Nil means
	// one flow.
	Count []int

	// Cut is the parameter at which the flow leaves the range of the data. A
	// dashed line marks t = ±Cut if T reaches that far. Zero draws none.
	Cut float64
}

// Flow is the change Δ(t) along a flow, measured beside random flows, such as a
// *flow.Curve.
type Flow interface {
	// Change returns the parameters t, Δ(t), and the ends of its intervals.
	Change() (t, delta, lower, upper []float64)

	// RandomChange returns the parameters t, the mean of Δ(t) along random
	// flows, its smallest and largest value, and the number of flows at each t.
	// All but t are nil if there are no random flows.
	RandomChange() (t, mean, smallest, largest []float64, count []int)
}

// FlowOf returns the curve of a flow.
func FlowOf(name string, f Flow) FlowCurve {
	c := FlowCurve{Name: name}
	c.T, c.Value, c.Lower, c.Upper = f.Change()
	return c
}

// RandomOf returns the curve of the random flows beside a flow, for
// FlowAxes.Random. It returns nil if there are none.
func RandomOf(f Flow) *FlowCurve {
	c := FlowCurve{Name: "random"}
	if c.T, c.Value, c.Lower, c.Upper, c.Count = f.RandomChange(); c.Value == nil {
		return nil
	}
	return &c
}

// FlowAxes tells Flows how to draw its curves. The zero value draws them
// alone, on linear axes.
type FlowAxes struct {
	// Random is the curve of random flows of equal speed, drawn in grey
	// behind the others. Nil draws none.
	Random *FlowCurve

	// Log makes the axis of Δ logarithmic.
	Log bool

	// Angle declares t an angle in radians, with ticks at multiples of π.
	Angle bool
}

// Flows draws curves Δ(t), each with the band of its intervals.
//
// Values that are NaN or infinite leave a gap, and a line above the chart
// counts them. So do values ≤ 0 on a logarithmic axis, except for the trivial
// Δ(0) = 0, which is left out uncounted. A band with a lower end ≤ 0 reaches
// down to the axis. Flows panics if T, Value, Lower, Upper and Count of a
// curve differ in length, nil bands and counts aside.
func Flows(s FlowAxes, curves ...FlowCurve) *Chart {
	for i, f := range curves {
		f.check(fmt.Sprintf("curves[%d]", i))
	}
	d := newFlowDrawing(s.Log)
	if s.Random != nil {
		s.Random.check("s.Random")
		d.widenReach(*s.Random)
		d.addRandom(s.Random.ended())
	}
	for i, f := range curves {
		d.widenReach(f)
		f = f.ended()
		if f.Name == "" && len(curves) > 1 {
			f.Name = fmt.Sprintf("series %d", i+1)
		}
		d.add(i, f)
	}
	return d.finish(s.Angle)
}

// check panics if the parts of f differ in length.
func (f FlowCurve) check(name string) {
	n := len(f.T)
	if f.Count != nil && len(f.Count) != n {
		panic(fmt.Sprintf("plotting: Flows: %s has %d values of T and %d of Count", name, n, len(f.Count)))
	}
	if len(f.Value) != n || f.Lower != nil && len(f.Lower) != n || (f.Upper == nil) != (f.Lower == nil) ||
		len(f.Upper) != len(f.Lower) {
		panic(fmt.Sprintf("plotting: Flows: %s has %d values of T, %d of Value, %d of Lower and %d of Upper",
			name, n, len(f.Value), len(f.Lower), len(f.Upper)))
	}
}

// ended returns the part of the curve that has flows.
func (f FlowCurve) ended() FlowCurve {
	n := len(f.Count)
	for n > 0 && f.Count[n-1] == 0 {
		n--
	}
	if n == len(f.Count) { // true without counts too
		return f
	}
	f.T, f.Value, f.Count = f.T[:n], f.Value[:n], f.Count[:n]
	if f.Lower != nil {
		f.Lower, f.Upper = f.Lower[:n], f.Upper[:n]
	}
	return f
}

// named adds the number of flows at the start and the end to a name, if they
// differ.
func (f FlowCurve) named(name string) string {
	n := len(f.Count)
	if n == 0 || f.Count[0] == f.Count[n-1] {
		return name
	}
	return fmt.Sprintf("%s (%d, at the end %d)", name, f.Count[0], f.Count[n-1])
}

// series returns the values as a Series, without Δ(0) = 0 for a logarithmic
// axis.
func (f FlowCurve) series(log bool) (s Series) {
	s.X, s.Y = []float64{}, []float64{}
	for i, t := range f.T {
		if !log || t != 0 || f.Value[i] != 0 {
			s.X, s.Y = append(s.X, t), append(s.Y, f.Value[i])
		}
	}
	return s
}

// rings returns the outlines of the band, cut where an end is not finite or,
// on a logarithmic axis, the upper end is not positive.
func (f FlowCurve) rings(log bool) (rings []plotter.XYs) {
	var upper, lower plotter.XYs
	end := func() {
		if len(upper) > 1 {
			slices.Reverse(lower)
			rings = append(rings, append(upper, lower...))
		}
		upper, lower = nil, nil
	}
	for i, t := range f.T[:len(f.Lower)] {
		if !numbers.Finite(t) || !numbers.Finite(f.Lower[i]) || !numbers.Finite(f.Upper[i]) || log && f.Upper[i] <= 0 {
			end()
			continue
		}
		upper = append(upper, plotter.XY{X: t, Y: f.Upper[i]})
		lower = append(lower, plotter.XY{X: t, Y: f.Lower[i]})
	}
	end()
	return rings
}

// String lists the fields.
func (s FlowAxes) String() string {
	random := "none"
	if s.Random != nil {
		random = s.Random.String()
	}
	return fmt.Sprintf("Log %v, Angle %v, Random: %s", s.Log, s.Angle, random)
}

// String returns the name and the extent of the curve.
func (c FlowCurve) String() string {
	if len(c.T) == 0 {
		return fmt.Sprintf("%q: no values", c.Name)
	}
	return fmt.Sprintf("%q: %d values of Δ for t = %.3g … %.3g", c.Name, len(c.T), c.T[0], c.T[len(c.T)-1])
}
