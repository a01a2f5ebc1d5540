package rewriting

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/shapes"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// aligned makes the broadcasting of operator sets before 7 explicit: the axes
// of the second input match the last axes of the first, or begin at the given
// axis.
func (d *Definition) aligned() string {
	if !d.before(7) {
		return ""
	}
	broadcast, axis := d.node.Integer("broadcast", 0), d.node.Integer("axis", 0)
	_, given := d.node.Attribute("axis")
	d.node.Without("broadcast", "axis")
	switch {
	case broadcast == 0:
		return d.sameShape()
	case !given:
		return ""
	case axis < 0:
		return fmt.Sprintf("its axis = %d, counted from the last, is not supported", axis)
	}
	return d.alignedAt(axis)
}

// slopeOfChannels aligns the slopes with the channels, as operator sets
// before 7 do.
func (d *Definition) slopeOfChannels() string {
	if !d.before(7) {
		return ""
	}
	return d.alignedAt(1)
}

// sameShape requires both inputs to have the same shape, because before operator
// set 7 broadcasting had to be requested.
func (d *Definition) sameShape() string {
	return d.claim([]string{d.input(0), d.input(1)}, func(s []shapes.Shape) string {
		if slices.Equal(s[0].Dimensions, s[1].Dimensions) {
			return ""
		}
		return fmt.Sprintf("its inputs have the shapes %v and %v, and operator set %d does not broadcast without broadcast = 1",
			s[0].Dimensions, s[1].Dimensions, d.file.opset)
	})
}

// alignedAt merges the axes of the first input that follow those of the
// second, so that the axes of the second begin at a given one of the first.
func (d *Definition) alignedAt(axis int) string {
	a, b, y := d.input(0), d.input(1), d.output()
	why := d.claim([]string{a, b}, func(s []shapes.Shape) string { return fitsAt(axis, s[0].Dimensions, s[1].Dimensions) })
	sizes := []string{d.op("Shape", b), d.integers(-1)}
	if axis > 0 {
		sizes = slices.Insert(sizes, 0, d.integers(make([]int, axis)...)) // 0 keeps the existing size
	}
	shape := d.op("Concat", sizes...)
	d.last().SetInt("axis", 0)
	wide, column := d.op("Reshape", a, shape), d.op("Unsqueeze", b, d.integers(-1))
	inputs := d.node.Field("input").List()
	inputs.Set(0, protoreflect.ValueOf(wide))
	inputs.Set(1, protoreflect.ValueOf(column))
	part := d.fresh()
	d.node.Field("output").List().Set(0, protoreflect.ValueOf(part))
	d.place()
	d.add("Reshape", y, []string{part, d.add("Shape", y+", its shape", []string{a}).Texts("output")[0]})
	return why
}

// fitsAt says why b, with its axes starting at one of a's, cannot be
// broadcast to a.
func fitsAt(axis int, a, b []int) string {
	size := 1
	for _, n := range b {
		size *= n
	}
	if end := axis + len(b); size == 1 && axis <= len(a) || end <= len(a) && slices.Equal(a[axis:end], b) {
		return ""
	}
	return fmt.Sprintf("its second input, of shape %v, does not fit the first, of shape %v, from axis %d on", b, a, axis)
}
