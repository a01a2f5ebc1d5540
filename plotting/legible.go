package plotting

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	labelGap       = vg.Length(1) // smallest distance between two labels of an axis
	longestUpright = 36           // characters of an upright name
)

// makeLegible changes the ticks of p, which is about to be drawn on dc, so
// that their labels do not overlap. Names below the data are turned upright
// if they are too wide. If there is still not enough space, some labels are
// left out.
func makeLegible(p *plot.Plot, dc draw.Canvas) {
	width := p.DataCanvas(dc).Size().X
	if names, ok := p.X.Tick.Marker.(nameTicks); ok && len(colliding(p.X, width, alongX)) > 0 {
		p.X.Tick.Marker = names.upright()
		p.X.Tick.Label.Rotation = math.Pi / 2
		p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = draw.XRight, draw.YCenter
	}
	size := p.DataCanvas(dc).Size()
	p.X.Tick.Marker = thinned(p.X, size.X, alongX)
	p.Y.Tick.Marker = thinned(p.Y, size.Y, alongY)
}

func alongX(r vg.Rectangle) (from, to vg.Length) { return r.Min.X, r.Max.X }

// alongY ignores the space above and below the letters of a line of text.
func alongY(r vg.Rectangle) (from, to vg.Length) {
	room := 0.15 * r.Size().Y
	return r.Min.Y + room, r.Max.Y - room
}

// thinned returns the ticks of an axis of the given length, dropping the
// labels that would overlap others.
func thinned(a plot.Axis, length vg.Length, along func(vg.Rectangle) (from, to vg.Length)) plot.ConstantTicks {
	ticks := slices.Clone(a.Tick.Marker.Ticks(a.Min, a.Max))
	for _, i := range colliding(a, length, along) {
		ticks[i].Label = ""
	}
	return ticks
}

// colliding returns the ticks whose label overlaps the previous one that is
// kept.
func colliding(a plot.Axis, length vg.Length, along func(vg.Rectangle) (from, to vg.Length)) (which []int) {
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

// nameTicks holds the labels of 1, 2, 3, ….
type nameTicks []string

// Ticks implements plot.Ticker.
func (n nameTicks) Ticks(low, high float64) (ticks []plot.Tick) {
	for i, name := range n {
		if v := float64(i + 1); v >= low && v <= high {
			ticks = append(ticks, plot.Tick{Value: v, Label: name})
		}
	}
	return ticks
}

// shortened cuts the middle out of names of more than the given number of
// characters, if they remain distinct.
func (n nameTicks) shortened(most int) nameTicks {
	short, seen := make(nameTicks, len(n)), map[string]string{}
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
func (n nameTicks) upright() nameTicks {
	names := slices.Clone(n.shortened(longestUpright))
	for i := range names {
		names[i] += " "
	}
	return names
}

// uprightHeight returns how much higher a chart must be to hold upright
// names, if each has the given width. It is 0 if all fit horizontally.
func (n nameTicks) uprightHeight(width vg.Length) (height vg.Length) {
	sty := textStyle(tickSize, ink)
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
