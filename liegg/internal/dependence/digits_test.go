package dependence

import (
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/dataset"
)

func digitsOf(r *rand.Rand, count int, rotated, sorted bool) ([]float64, int) {
	train, _, err := dataset.MNIST()
	if err != nil {
		panic(err)
	}
	d := train.Shuffled(r).Subset(0, count)
	if rotated {
		d = d.Rotated(r)
	}
	order := make([]int, count)
	for i := range order {
		order[i] = i
	}
	if sorted {
		slices.SortStableFunc(order, func(a, b int) int { return int(d.Labels[a]) - int(d.Labels[b]) })
	}
	var x []float64
	for _, i := range order {
		for _, v := range d.Image(i) {
			x = append(x, float64(v))
		}
	}
	return x, 784
}

func copies(r *rand.Rand, places, each int, most float64, shift, noise float64) ([]float64, int) {
	train, _, err := dataset.MNIST()
	if err != nil {
		panic(err)
	}
	d := train.Shuffled(r).Subset(0, places)
	var x []float64
	for i := range places {
		for range each {
			m := dataset.Rotation(most * (2*r.Float64() - 1))
			m3 := affine(m.RawMatrix().Data, shift*r.NormFloat64(), shift*r.NormFloat64())
			img, err := dataset.Warp(d.Image(i), 28, 28, m3, 0)
			if err != nil {
				panic(err)
			}
			for _, v := range img {
				x = append(x, float64(v)+noise*r.NormFloat64())
			}
		}
	}
	return x, 784
}

func affine(m []float64, x, y float64) *mat.Dense {
	return mat.NewDense(3, 3, []float64{m[0], m[1], x, m[2], m[3], y, 0, 0, 1})
}
