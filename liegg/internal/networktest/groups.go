package networktest

import "math/rand/v2"

// DefectSums returns ‖J·A·x‖² and ‖J‖²‖A·x‖² at (x, y, z) for f = x² + y² + z² + .1·x³ and the
// rotation A of x and y.
func DefectSums(x, y, z float64) (a, b float64) {
	gx, gy, gz := 2*x+.3*x*x, 2*y, 2*z
	along := gy*x - gx*y
	return along * along, (gx*gx + gy*gy + gz*gz) * (x*x + y*y)
}

// GroupedSums draws groups of samples of the given sizes, and returns their groups, counted from 0,
// and their DefectSums, in random order. Centres of groups are standard normal, and samples lie
// about them with the standard deviation spread.
func GroupedSums(random *rand.Rand, sizes []int, spread float64) (groups []int, sums [][2]float64) {
	for group, n := range sizes {
		x, y, z := random.NormFloat64(), random.NormFloat64(), random.NormFloat64()
		for range n {
			a, b := DefectSums(x+spread*random.NormFloat64(), y+spread*random.NormFloat64(), z+spread*random.NormFloat64())
			groups, sums = append(groups, group), append(sums, [2]float64{a, b})
		}
	}
	random.Shuffle(len(groups), func(i, j int) {
		groups[i], groups[j] = groups[j], groups[i]
		sums[i], sums[j] = sums[j], sums[i]
	})
	return groups, sums
}
