package action

import (
	"fmt"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/action/internal/lattice"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Layout says how many channels an image has, such as three colours, and
// whether they lie first or last among the axes of an input. All channels
// move together. The zero value is one channel, with or without an axis of
// its own.
type Layout struct {
	channels int
	first    bool
}

// ChannelsFirst is the layout [channels, height, width] of PyTorch and ONNX,
// or the same flattened. It panics unless channels ≥ 1.
func ChannelsFirst(channels int) Layout {
	mustHaveChannels("ChannelsFirst", channels)
	return Layout{channels, true}
}

// ChannelsLast is the layout [height, width, channels] of JAX, TensorFlow and
// image files, or the same flattened. It panics unless channels ≥ 1.
func ChannelsLast(channels int) Layout {
	mustHaveChannels("ChannelsLast", channels)
	return Layout{channels, false}
}

func mustHaveChannels(name string, channels int) {
	if channels < 1 {
		panic(fmt.Sprintf("action: %s: channels must be at least 1, got %d", name, channels))
	}
}

// layoutOf returns the one layout that was given, or the zero value.
func layoutOf(name string, layout []Layout) Layout {
	switch len(layout) {
	case 0:
		return Layout{}
	case 1:
		return layout[0]
	}
	panic(fmt.Sprintf("action: %s: layout must be given at most once, got %d of them", name, len(layout)))
}

// onGrid returns the lattice of inputs of a layout, if one is given. Derivatives are then of higher order.
func onGrid(name string, sizes []int, layout []Layout) lattice.Lattice {
	l := layoutOf(name, layout)
	return lattice.Lattice{Sizes: sizes, Channels: l.count(), ChannelsFirst: l.first, Fine: len(layout) > 0}
}

func (m Image) layout() Layout { return Layout{m.lattice.Channels, m.lattice.ChannelsFirst} }

func (r Raster) layout() Layout { return Layout{r.lattice.Channels, r.lattice.ChannelsFirst} }

// count returns the number of channels.
func (l Layout) count() int { return max(1, l.channels) }

// shape returns the shape of an input on a grid.
func (l Layout) shape(sizes []int) []int {
	if l.first {
		return append([]int{l.count()}, sizes...)
	}
	return append(slices.Clone(sizes), l.count())
}

// imageShape is shape without an axis for a single channel.
func (l Layout) imageShape(sizes []int) []int {
	if l.count() == 1 {
		return sizes
	}
	return l.shape(sizes)
}

// fits reports whether inputs have this layout on a grid.
func (l Layout) fits(sizes, input []int) bool {
	if len(input) == 1 {
		return input[0] == l.count()*sizeOf(sizes)
	}
	if l.count() > 1 {
		return slices.Equal(input, l.shape(sizes))
	}
	return slices.Equal(input, sizes) || slices.Equal(input, ChannelsFirst(1).shape(sizes)) || slices.Equal(input, ChannelsLast(1).shape(sizes))
}

// layoutIn returns the layout that inputs have on a grid, if it can be told.
func layoutIn(sizes, input []int) (l Layout, ok bool) {
	d := len(sizes)
	switch {
	case len(input) != d+1 || input[0] < 1 || input[d] < 1:
		return Layout{}, false
	case slices.Equal(input[1:], sizes):
		return ChannelsFirst(input[0]), true
	case slices.Equal(input[:d], sizes):
		return ChannelsLast(input[d]), true
	}
	return Layout{}, false
}

// String returns, for example, "1 channel" or "3 channels first".
func (l Layout) String() string {
	text := spelling.Count(l.count(), "channel")
	switch {
	case l.count() == 1:
		return text
	case l.first:
		return text + " first"
	}
	return text + " last"
}

// call returns the Go expression that makes the layout, for error messages.
func (l Layout) call() string {
	if l.first {
		return fmt.Sprintf("action.ChannelsFirst(%d)", l.count())
	}
	return fmt.Sprintf("action.ChannelsLast(%d)", l.count())
}

// like returns the layout of feature maps of the given number of channels that lie as those of
// inputs of a shape on a grid do, and the size of the maps. ok is false if the shape is none of a
// map. Without an axis of channels in the inputs, they are last.
func (l Layout) like(input, sizes, shape []int) (layout Layout, size []int, ok bool) {
	d := len(sizes)
	if len(shape) != d+1 {
		return Layout{}, nil, false
	}
	first := l.first
	if l.count() == 1 && len(input) == d+1 {
		first = input[0] == 1 && slices.Equal(input[1:], sizes)
	}
	if first {
		return Layout{shape[0], true}, shape[1:], true
	}
	return Layout{shape[d], false}, shape[:d], true
}

// commas returns, for example, "3, 32, 32".
func commas(sizes []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(sizes), " ", ", "), "[]")
}
