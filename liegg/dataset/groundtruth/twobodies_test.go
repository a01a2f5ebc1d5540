package groundtruth_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/liegg/lab/liegg/dataset/groundtruth"
)

// Total momentum is kept, the centre moves freely, turned states move as turned,
// and energy is kept to the second order of a step.
func TestTwoBodiesKeepWhatMotionKeeps(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	for range 20 {
		z := make([]float64, 8)
		for i := range z {
			z[i] = random.NormFloat64()
		}
		after := groundtruth.TwoBodyValue(z)
		for i := range 2 {
			if math.Abs(after[2+i]+after[6+i]-z[2+i]-z[6+i]) > 1e-14 {
				t.Error("momentum is not kept")
			}
			if math.Abs(after[i]+after[4+i]-z[i]-z[4+i]-z[2+i]-z[6+i]) > 1e-14 {
				t.Error("the centre does not move freely")
			}
		}
		turned := groundtruth.TwoBodyValue(turn(z, .8))
		for i, want := range turn(after, .8) {
			if math.Abs(turned[i]-want) > 1e-13 {
				t.Errorf("component %d of the turned motion is %g, want %g", i, turned[i], want)
			}
		}
		if math.Abs(energy(after)-energy(z)) > .03 {
			t.Errorf("energy %g became %g", energy(z), energy(after))
		}
	}
}

// turn rotates the four vectors of a state.
func turn(z []float64, φ float64) []float64 {
	turned := make([]float64, len(z))
	for i := 0; i < len(z); i += 2 {
		turned[i], turned[i+1] = math.Cos(φ)*z[i]-math.Sin(φ)*z[i+1], math.Sin(φ)*z[i]+math.Cos(φ)*z[i+1]
	}
	return turned
}

func energy(z []float64) float64 {
	kinetic := (z[2]*z[2] + z[3]*z[3] + z[6]*z[6] + z[7]*z[7]) / 2
	return kinetic - 1/math.Sqrt(1+math.Pow(z[4]-z[0], 2)+math.Pow(z[5]-z[1], 2))
}
