package operators

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/network/onnx/internal/folding"
)

func init() { own["Pad"] = pad }

// pad extends the input by a number, or by what is near its edges.
func pad(o *operation) []*Node {
	x, widths := o.input(0), o.integers(1)
	axes := make([]int, x.Rank())
	for axis := range axes {
		axes[axis] = axis
	}
	if o.has(3) {
		axes = o.integers(3)
	}
	if len(widths) != 2*len(axes) {
		panic(fmt.Errorf("its widths %v do not fit an input with %d axes", widths, x.Rank()))
	}
	mode := o.node.Word("mode", "constant")
	for i, axis := range axes {
		low, high := widths[i], widths[i+len(axes)]
		axis = folding.FromFirst(axis, x.Rank())
		x = cropped(x, axis, max(0, -low), max(0, -high))
		low, high = max(0, low), max(0, high)
		if low == 0 && high == 0 {
			continue
		}
		if mode != "constant" {
			x = edged(x, axis, low, high, mode)
			continue
		}
		around := make([]PadAxis, x.Rank())
		around[axis] = PadAxis{Start: low, End: high}
		fill := ScalarZero(x.Graph(), x.DType())
		if o.has(2) {
			fill = Reshape(o.input(2))
		}
		x = Pad(x, fill, around...)
	}
	return []*Node{x}
}

// cropped removes elements at both ends of an axis.
func cropped(x *Node, axis, low, high int) *Node {
	if low == 0 && high == 0 {
		return x
	}
	return SliceAxis(x, axis, AxisRange(low, x.Shape().Dim(axis)-high))
}

// edged extends an axis by its first and last element, by its mirror image
// without them, or by its other end.
func edged(x *Node, axis, low, high int, mode string) *Node {
	n := x.Shape().Dim(axis)
	// A mirror image has n − 1 elements, and is mirrored again beyond them.
	for most := map[string]int{"reflect": n - 1, "wrap": n}[mode]; most > 0 && (low > most || high > most); {
		x = edged(x, axis, min(low, most), min(high, most), mode)
		low, high = low-min(low, most), high-min(high, most)
		if mode == "reflect" {
			most = x.Shape().Dim(axis) - 1
		}
	}
	n = x.Shape().Dim(axis)
	part := func(from, to int) *Node { return SliceAxis(x, axis, AxisRange(from, to)) }
	parts := []*Node{x}
	add := func(low, high *Node, before, after int) {
		if before > 0 {
			parts = slices.Insert(parts, 0, low)
		}
		if after > 0 {
			parts = append(parts, high)
		}
	}
	at := func(wanted bool, build func() *Node) *Node {
		if wanted {
			return build()
		}
		return nil
	}
	switch mode {
	case "edge":
		add(at(low > 0, func() *Node { return repeated(part(0, 1), axis, low) }),
			at(high > 0, func() *Node { return repeated(part(n-1, n), axis, high) }), low, high)
	case "reflect":
		if n == 1 && low+high > 0 {
			panic(fmt.Errorf("it mirrors an axis of size 1"))
		}
		add(at(low > 0, func() *Node { return Reverse(part(1, 1+low), axis) }),
			at(high > 0, func() *Node { return Reverse(part(n-1-high, n-1), axis) }), low, high)
	case "wrap":
		add(at(low > 0, func() *Node { return part(n-low, n) }), at(high > 0, func() *Node { return part(0, high) }), low, high)
	default:
		panic(fmt.Errorf("its mode %q is unknown", mode))
	}
	if len(parts) == 1 {
		return x
	}
	return Concatenate(parts, axis)
}

// repeated repeats an axis of size 1.
func repeated(x *Node, axis, n int) *Node {
	dims := slices.Clone(x.Shape().Dimensions)
	dims[axis] = n
	return BroadcastToDims(x, dims...)
}
