package dataset

import (
	"math"
	"math/rand/v2"
)

// Rotated returns the digits, each rotated about the true centre by its own
// random angle, uniform in 0…360°, with bilinear interpolation and the
// background outside. A set rotated once serves as the paper's test digits.
// To train on new angles in every epoch use [FreshRotations].
func (d Digits) Rotated(rng *rand.Rand) Digits {
	order := make([]int, d.Len())
	for i := range order {
		order[i] = i
	}
	rotated := d.blank()
	d.rotate(rotated.Pixels, order, randomAngles(rng, len(order)))
	return rotated
}

// randomAngles draws n angles in radians sequentially, so that they do not
// depend on how work is shared out.
func randomAngles(rng *rand.Rand, n int) []float64 {
	angles := make([]float64, n)
	for i := range angles {
		angles[i] = 2 * math.Pi * rng.Float64()
	}
	return angles
}

// rotate writes the digits of the given order to dst, each rotated by its
// angle in radians.
func (d Digits) rotate(dst []float32, order []int, angles []float64) {
	size := d.Height * d.Width
	plane := Plane{d.Height, d.Width}
	parallel(len(order), func(from, to int) {
		w := newWarper(plane, d.Background)
		for i := from; i < to; i++ {
			w.warp(dst[i*size:(i+1)*size], d.Image(order[i]), plane.rotationPullback(angles[i]))
		}
	})
}

// rotationPullback is pullback(Rotation(angle)) without the matrix and the check.
func (p Plane) rotationPullback(angle float64) pullback {
	sin, cos := math.Sincos(angle)
	cx, cy := p.centre()
	return pullback{
		xx: cos, xy: sin, x0: cx - cos*cx - sin*cy,
		yx: -sin, yy: cos, y0: cy + sin*cx - cos*cy,
	}
}
