package flow

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
)

// nameable is the angle, in radians, within which generators that finite flows found get a
// name.
const nameable = .09

// nameOf describes generators: a rotation of the plane with its angular error and its centre,
// or the name of their Lie algebra. about holds the generators in the coordinates of the
// flows.
func nameOf(by action.Action, a, about lie.Algebra) string {
	if a.Dim() == 1 {
		if name := planeRotation(by, a); name != "" {
			return name
		}
	}
	id, err := classification.Identify(about, nameable)
	if err != nil {
		return ""
	}
	return id.Name
}

// planeRotation describes a generator that is nearly a rotation of the plane. It returns ""
// if it is not.
func planeRotation(by action.Action, a lie.Algebra) string {
	h := a.Basis()[0]
	linear := h
	if a.Homogeneous() {
		linear = lie.LinearPart(h)
	}
	if n, _ := linear.Dims(); n != 2 || mat.Norm(linear, 2) == 0 {
		return ""
	}
	angle := lie.AngleTo(linear, lie.SO(2))
	if !(angle <= nameable) {
		return ""
	}
	place, ok := turningPoint(by, h, a.Homogeneous())
	if !ok {
		return ""
	}
	return fmt.Sprintf("a rotation about %s (%.2g°)", place, angle*180/math.Pi)
}

// pixelled are actions on images, whose coordinates are relative to the centre of the image.
type pixelled interface {
	InPixels(h *mat.Dense) *mat.Dense
}

// turningPoint says about which point a rotation turns. For images it is the centre, to
// within half a pixel.
func turningPoint(by action.Action, h *mat.Dense, affine bool) (place string, ok bool) {
	image, ok := action.InputsOf(by).(pixelled)
	switch {
	case !affine && ok:
		return "the centre", true
	case !affine:
		return "the origin", true
	}
	unit := ""
	if ok {
		h, unit = image.InPixels(h), " pixels from the centre"
	}
	p, found := lie.FixedPoint(h)
	if found && ok && math.Hypot(p[0], p[1]) < .5 {
		return "the centre", true
	}
	if !found {
		return "", false
	}
	return fmt.Sprintf("(%.2g, %.2g)%s", p[0], p[1], unit), true
}
