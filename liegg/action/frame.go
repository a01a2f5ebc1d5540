package action

import (
	"fmt"
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Frame says what a moved image shows where it comes from outside the frame
// of the original. The question matters for photographs, which fill their
// frame: as soon as one turns, its corners come from outside.
//
// Signals and volumes have frames, too; the disc is then an interval or a
// ball.
type Frame int

const (
	// Background shows one value per channel: the values given by
	// WithBackground, or the mean of the image's border. It suits drawings
	// on empty paper. Flows end as soon as they move a part of the image out
	// of the frame (Settings.Outside of package flow), which a turned
	// photograph does at about .3 rad.
	Background Frame = iota
	// Disc shows the image through a disc about the centre that fades to one
	// value per channel at its rim: the values given by WithBackground, or
	// the channel's mean within the disc. A rotation about the centre brings
	// nothing in from outside, so this suits questions about rotations. What
	// other maps bring in is continued by reflection. Verdicts, by
	// gradients and by finite flows, are about the network with the disc in
	// front of it, f(window(x)).
	Disc
	// Reflection continues an image by its mirror images at the sides of the
	// frame.
	Reflection
	// WrapAround continues an image periodically: what leaves at one side
	// comes in at the opposite one. Translations are then exact.
	WrapAround
)

// String returns, for example, "continued by reflection".
func (f Frame) String() string {
	return [...]string{"on a background", "seen through a disc, continued by reflection", "continued by reflection", "continued by wrapping around"}[f]
}

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

// framing is a Frame with the background of each channel, nil if it is to be
// taken from the images.
type framing struct {
	frame      Frame
	background []float64
}

func (f framing) framed(frame Frame) framing {
	if frame < Background || frame > WrapAround {
		panic(fmt.Sprintf("action: Framed: frame must be Background, Disc, Reflection or WrapAround, got Frame(%d)", int(frame)))
	}
	f.frame = frame
	return f
}

func (f framing) withBackground(values []float64, layout Layout) framing {
	if len(values) != layout.count() {
		panic(fmt.Sprintf("action: WithBackground: values must be one for each of %s, got %d", spelling.Count(layout.count(), "channel"), len(values)))
	}
	if slices.ContainsFunc(values, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
		panic(fmt.Sprintf("action: WithBackground: values must be finite, got %v", values))
	}
	f.background = slices.Clone(values)
	return f
}

// continues reports whether images go on beyond their frame, so that they
// have derivatives at its border.
func (f framing) continues() bool { return f.frame != Background }

// Frame returns the frame in words, "" for Background.
func (f framing) Frame() string {
	if f.frame == Background {
		return ""
	}
	return f.frame.String()
}

// fold maps an integer index to one of size samples, and reports whether
// there is one.
func (f framing) fold(index *Node, size int) (folded, exists *Node) {
	n := float64(size)
	switch f.frame {
	case Background:
		return ClipScalar(index, 0, n-1), inRange(index, size)
	case WrapAround:
		folded = modulo(index, n)
	default: // the border's own sample is the first of the mirror image
		folded = modulo(index, 2*n)
		folded = Min(folded, AddScalar(Neg(folded), 2*n-1))
	}
	return ClipScalar(folded, 0, n-1), OnesLike(inRange(index, size))
}

func modulo(index *Node, n float64) *Node {
	return Sub(index, MulScalar(Floor(DivScalar(index, n)), n))
}

// disc returns the weights of the window: 1 inside, 0 from half of the
// smallest side on, and fading over a quarter of that radius.
func (l lattice) disc() []float64 {
	radius := float64(slices.Min(l.sizes)-1) / 2
	weights := make([]float64, l.points())
	for place := range weights {
		square := 0.0
		for axis, i := range l.indices(place) {
			off := float64(i) - float64(l.sizes[axis]-1)/2
			square += off * off
		}
		out := (math.Sqrt(square)/radius - .75) / .25
		fade := math.Cos(math.Pi / 2 * min(1, max(0, out)))
		weights[place] = fade * fade
	}
	return weights
}

// Window returns the disc, or nil if images are seen whole.
func (l lattice) Window() func(x *Node) *Node {
	if l.frame != Disc {
		return nil
	}
	return func(x *Node) *Node {
		disc := l.disc()
		fill := l.surrounding(l.view(x), disc)
		seen := Mul(Sub(l.view(x), fill), nodes.Constant(x, disc, 1, 1, l.points(), 1))
		return Reshape(Add(seen, fill), x.Shape().Dimensions...)
	}
}

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

// suffix says what is around the samples.
func (f framing) suffix() string {
	text := ""
	if f.background != nil {
		text = fmt.Sprintf(", on a background of %.3g", f.background)
	}
	if frame := f.Frame(); frame != "" {
		text += ", " + frame
	}
	return text
}
