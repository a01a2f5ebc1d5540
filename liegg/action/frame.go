package action

import (
	"fmt"
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action/internal/lattice"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Frame says what a moved image shows where it comes from outside the frame
// of the original. The question matters for photographs, which fill their
// frame: as soon as one turns, its corners come from outside.
//
// Signals and volumes have frames, too; the disc is then an interval or a
// ball.
type Frame = lattice.Frame

const (
	// Background shows one value per channel: the values given by
	// WithBackground, or the mean of the image's border. It suits drawings
	// on empty paper. Flows end as soon as they move a part of the image out
	// of the frame (Settings.Outside of package flow), which a turned
	// photograph does at about .3 rad.
	Background = lattice.Background
	// Disc shows the image through a disc about the centre that fades to one
	// value per channel at its rim: the values given by WithBackground, or
	// the channel's mean within the disc. A rotation about the centre brings
	// nothing in from outside, so this suits questions about rotations. What
	// other maps bring in is continued by reflection. Verdicts, by
	// gradients and by finite flows, are about the network with the disc in
	// front of it, f(window(x)).
	Disc = lattice.Disc
	// Reflection continues an image by its mirror images at the sides of the
	// frame.
	Reflection = lattice.Reflection
	// WrapAround continues an image periodically: what leaves at one side
	// comes in at the opposite one. Translations are then exact.
	WrapAround = lattice.WrapAround
)

// Framer is an Action on inputs that have a frame, such as images.
type Framer interface {
	// Frame returns what finite transformations show where the inputs do not
	// reach, in words: "continued by reflection", or "" if there is nothing to
	// say.
	Frame() string

	// Window returns graph code that maps inputs [batch, input…] to what is
	// seen of them, of the same shape, or nil if all of them is seen.
	Window() func(x *Node) *Node
}

// framed returns the lattice with another frame.
func framed(l lattice.Lattice, frame Frame) lattice.Lattice {
	if frame < Background || frame > WrapAround {
		panic(fmt.Sprintf("action: Framed: frame must be Background, Disc, Reflection or WrapAround, got Frame(%d)", int(frame)))
	}
	l.Frame = frame
	return l
}

// withBackground returns the lattice with known values around the samples.
func withBackground(l lattice.Lattice, values []float64) lattice.Lattice {
	if len(values) != l.Channels {
		panic(fmt.Sprintf("action: WithBackground: values must be one for each of %s, got %d", spelling.Count(l.Channels, "channel"), len(values)))
	}
	if slices.ContainsFunc(values, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
		panic(fmt.Sprintf("action: WithBackground: values must be finite, got %v", values))
	}
	l.Background = slices.Clone(values)
	return l
}

// inWords returns the frame in words, "" for Background.
func inWords(f Frame) string {
	if f == Background {
		return ""
	}
	return f.String()
}

// around says what is around the samples.
func around(l lattice.Lattice) string {
	text := ""
	if l.Background != nil {
		text = fmt.Sprintf(", on a background of %.3g", l.Background)
	}
	if frame := inWords(l.Frame); frame != "" {
		text += ", " + frame
	}
	return text
}

// Frame returns the frame in words, "" for Background.
func (m Image) Frame() string { return inWords(m.lattice.Frame) }

// Window returns the disc, or nil if images are seen whole.
func (m Image) Window() func(x *Node) *Node { return m.lattice.Window() }

// Frame returns the frame in words, "" for Background.
func (r Raster) Frame() string { return inWords(r.lattice.Frame) }

// Window returns the disc, or nil if inputs are seen whole.
func (r Raster) Window() func(x *Node) *Node { return r.lattice.Window() }

// windowOf returns the window of a Framer, nil for other actions.
func windowOf(a Action) func(x *Node) *Node {
	if f, ok := a.(Framer); ok {
		return f.Window()
	}
	return nil
}

// frameOf returns the frame of a Framer in words, "" for other actions.
func frameOf(a Action) string {
	if f, ok := a.(Framer); ok {
		return f.Frame()
	}
	return ""
}

// Frame lists the different frames of the parts.
func (b blocks) Frame() string {
	text := ""
	for i, a := range b {
		frame := frameOf(a)
		if frame == "" || slices.ContainsFunc(b[:i], func(a Action) bool { return frameOf(a) == frame }) {
			continue
		}
		if text != "" {
			text += ", and "
		}
		text += frame
	}
	return text
}

// Window applies the windows of the parts one after the other.
func (t together) Window() func(x *Node) *Node {
	var window func(x *Node) *Node
	for _, a := range t.blocks {
		before, next := window, windowOf(a)
		switch {
		case before == nil:
			window = next
		case next != nil:
			window = func(x *Node) *Node { return next(before(x)) }
		}
	}
	return window
}

// Window applies to each part its own window.
func (p product) Window() func(x *Node) *Node {
	if !slices.ContainsFunc(p.blocks, func(a Action) bool { return windowOf(a) != nil }) {
		return nil
	}
	return func(x *Node) *Node {
		parts := p.slices(x)
		for i, a := range p.blocks {
			if window := windowOf(a); window != nil {
				parts[i] = window(parts[i])
			}
			parts[i] = nodes.Flat(parts[i])
		}
		return Reshape(Concatenate(parts, 1), x.Shape().Dimensions...)
	}
}

// Frame returns the whole action's frame.
func (r restriction) Frame() string { return frameOf(r.Action) }

// Window returns the whole action's window.
func (r restriction) Window() func(x *Node) *Node { return windowOf(r.Action) }
