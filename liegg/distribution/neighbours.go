package distribution

import (
	"math"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
)

// mostNeighbours is the largest number of samples of a fold among which neighbours are sought.
const mostNeighbours = 4000

// byNeighbours tells each sample of a fold by its nearest neighbour in the other fold. It sees what is
// too fine for a network of some hundred neurons: lattices, and spokes that are close to each other.
func (t *trial) byNeighbours(folds [2]dataset.Samples) (Accuracy, error) {
	var x [2][]float32
	var labels [2][]int32
	for k, f := range folds {
		var err error
		if x[k], err = tensors.CopyFlatData[float32](f.X); err != nil {
			return Accuracy{}, err
		}
		if labels[k], err = tensors.CopyFlatData[int32](f.Y); err != nil {
			return Accuracy{}, err
		}
	}
	right := map[int][]bool{} // by group
	for k := range folds {
		among := evenly(len(labels[1-k]))
		for _, i := range evenly(len(labels[k])) {
			near := nearest(x[k][i*t.seen:(i+1)*t.seen], x[1-k], among)
			group := t.folds[k].groups[i]
			right[group] = append(right[group], labels[1-k][near] == labels[k][i])
		}
	}
	return accuracyOf(right), nil
}

// evenly returns the numbers of at most mostNeighbours of n samples, evenly spread.
func evenly(n int) []int {
	some := make([]int, min(n, mostNeighbours))
	for i := range some {
		some[i] = i * n / len(some)
	}
	return some
}

// nearest returns the sample of all x among some that is nearest to a point.
func nearest(point, x []float32, among []int) (near int) {
	least := float32(math.Inf(1))
	for _, i := range among {
		sum := float32(0)
		for j, v := range x[i*len(point) : (i+1)*len(point)] {
			d := v - point[j]
			if sum += d * d; sum >= least {
				break
			}
		}
		if sum < least {
			near, least = i, sum
		}
	}
	return near
}
