package axes

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/look"
)

const (
	labelGap       = vg.Length(1) // smallest distance between two labels of an axis
	longestUpright = 36           // characters of an upright name
)

// Legible changes the ticks of p, which is about to be drawn on dc, so
// that their labels do not overlap. Names below the data are turned upright
// if they are too wide. If there is still not enough space, some labels are
// left out.
func Legible(p *plot.Plot, dc draw.Canvas) {
	width := p.DataCanvas(dc).Size().X
	if names, ok := p.X.Tick.Marker.(NameTicks); ok && len(Colliding(p.X, width, AlongX)) > 0 {
		p.X.Tick.Marker = names.upright()
		p.X.Tick.Label.Rotation = math.Pi / 2
		p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = draw.XRight, draw.YCenter
	}
	size := p.DataCanvas(dc).Size()
	p.X.Tick.Marker = thinned(p.X, size.X, AlongX)
	p.Y.Tick.Marker = thinned(p.Y, size.Y, AlongY)
}

// AlongX returns the ends of a label along a horizontal axis.
func AlongX(r vg.Rectangle) (from, to vg.Length) { return r.Min.X, r.Max.X }

// AlongY returns the ends of a label along a vertical axis. It ignores the space above and below the letters of a line of text.
func AlongY(r vg.Rectangle) (from, to vg.Length) {
	room := 0.15 * r.Size().Y
	return r.Min.Y + room, r.Max.Y - room
}

// thinned returns the ticks of an axis of the given length, dropping the
// labels that would overlap others.
func thinned(a plot.Axis, length vg.Length, along func(vg.Rectangle) (from, to vg.Length)) plot.ConstantTicks {
	ticks := slices.Clone(a.Tick.Marker.Ticks(a.Min, a.Max))
	for _, i := range Colliding(a, length, along) {
		ticks[i].Label = ""
	}
	return ticks
}

// Colliding returns the ticks whose label overlaps the previous one that is
// kept.
func Colliding(a plot.Axis, length vg.Length, along func(vg.Rectangle) (from, to vg.Length)) (which []int) {
	type span struct {
		tick     int
		from, to vg.Length
	}
	var spans []span
	for i, t := range a.Tick.Marker.Ticks(a.Min, a.Max) {
		if !t.IsMinor() {
			at := vg.Length(a.Norm(t.Value)) * length
			from, to := along(a.Tick.Label.Rectangle(t.Label))
			spans = append(spans, span{i, at + from, at + to})
		}
	}
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	end := vg.Length(math.Inf(-1))
	for _, s := range spans {
		if s.from < end+labelGap {
			which = append(which, s.tick)
			continue
		}
		end = s.to
	}
	return which
}

// NameTicks holds the labels of 1, 2, 3, ….
type NameTicks []string

// Ticks implements plot.Ticker.
func (n NameTicks) Ticks(low, high float64) (ticks []plot.Tick) {
	for i, name := range n {
		if v := float64(i + 1); v >= low && v <= high {
			ticks = append(ticks, plot.Tick{Value: v, Label: name})
		}
	}
	return ticks
}

// Shortened cuts the middle out of names of more than the given number of
// characters, if they remain distinct.
func (n NameTicks) Shortened(most int) NameTicks {
	short, seen := make(NameTicks, len(n)), map[string]string{}
	for i, name := range n {
		short[i] = name
		if r := []rune(name); len(r) > most {
			short[i] = string(r[:(most-1)/2]) + "…" + string(r[len(r)-most/2:])
		}
		if other, found := seen[short[i]]; found && other != name {
			return n
		}
		seen[short[i]] = name
	}
	return short
}

// upright returns the names as written upright below an axis, with a space
// between name and axis.
func (n NameTicks) upright() NameTicks {
	names := slices.Clone(n.Shortened(longestUpright))
	for i := range names {
		names[i] += " "
	}
	return names
}

// UprightHeight returns how much higher a chart must be to hold upright
// names, if each has the given width. It is 0 if all fit horizontally.
func (n NameTicks) UprightHeight(width vg.Length) (height vg.Length) {
	sty := look.Text(look.TickSize, look.Ink)
	for _, name := range n {
		if sty.Width(name)+labelGap > width {
			for _, name := range n.upright() {
				height = max(height, sty.Width(name)-sty.Height(name))
			}
			return height
		}
	}
	return 0
}
