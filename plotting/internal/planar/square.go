// Package planar draws affine vector fields, their orbits, and functions on a square of the plane.
package planar

import "math"

// Square is the square part of the plane about (X, Y) whose sides are twice the radius. Down makes y
// point down.
type Square struct {
	X, Y, Radius float64
	Down         bool
}

// Contains reports whether (x, y) lies in the square grown by a factor.
func (p Square) Contains(x, y, factor float64) bool {
	return math.Abs(x-p.X) <= factor*p.Radius && math.Abs(y-p.Y) <= factor*p.Radius
}
