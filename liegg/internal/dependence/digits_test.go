package dependence

import (
	"math/rand/v2"
	"slices"
	"sync"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/dataset"
)

var digits = sync.OnceValue(func() dataset.Digits {
	train, _, err := dataset.MNIST()
	if err != nil {
		panic(err)
	}
	return train
})

// distinctDigits draws different digits, rotated by random angles or not, sorted by class or not.
func distinctDigits(count int, turned, sorted bool) drawer {
	return func(r *rand.Rand) (x []float64, n int) {
		d := digits().Shuffled(r).Subset(0, count)
		if turned {
			d = d.Rotated(r)
		}
		order := make([]int, count)
		for i := range order {
			order[i] = i
		}
		if sorted {
			slices.SortStableFunc(order, func(a, b int) int { return int(d.Labels[a]) - int(d.Labels[b]) })
		}
		for _, i := range order {
			x = appendFloats(x, d.Image(i), func() float64 { return 0 })
		}
		return x, d.Height * d.Width
	}
}

// copies are few digits many times: turned by up to an angle, shifted, with noise.
func copies(places, each int, angle, shift, noise float64) drawer {
	return func(r *rand.Rand) (x []float64, n int) {
		d := digits().Shuffled(r).Subset(0, places)
		for i := range places {
			for range each {
				m := dataset.Rotation(angle * (2*r.Float64() - 1)).RawMatrix().Data
				moved, err := dataset.Warp(d.Image(i), d.Height, d.Width, mat.NewDense(3, 3, []float64{
					m[0], m[1], shift * r.NormFloat64(), m[2], m[3], shift * r.NormFloat64(), 0, 0, 1}), 0)
				if err != nil {
					panic(err)
				}
				x = appendFloats(x, moved, func() float64 { return noise * r.NormFloat64() })
			}
		}
		return x, d.Height * d.Width
	}
}

func appendFloats(x []float64, image []float32, noise func() float64) []float64 {
	for _, v := range image {
		x = append(x, float64(v)+noise())
	}
	return x
}
