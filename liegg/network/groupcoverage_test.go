package network

import (
	"cmp"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/liegg/lab/liegg"
)

// defectSums are ‖J·A·x‖² and ‖J‖²‖A·x‖² of f = ‖x‖² + .1·x₁³ and the rotation of x₁ and
// x₂.
func defectSums(x, y, z float64) (a, b float64) {
	gx, gy, gz := 2*x+.3*x*x, 2*y, 2*z
	along := gy*x - gx*y
	return along * along, (gx*gx + gy*gy + gz*gz) * (x*x + y*y)
}

// wholeDefect is ρ of many samples that lie within size of normal ones.
func wholeDefect(random *rand.Rand, size float64) float64 {
	var wholeA, wholeB float64
	σ := math.Sqrt(1 + size*size)
	for range 2_000_000 {
		a, b := defectSums(σ*random.NormFloat64(), σ*random.NormFloat64(), σ*random.NormFloat64())
		wholeA, wholeB = wholeA+a, wholeB+b
	}
	return math.Sqrt(wholeA / wholeB)
}

// The defect of a fixed generator on samples in groups with strong dependence: 95 % intervals over
// blocks of whole groups contain the truth in 92 to 98 % of draws, for 40 to a thousand groups, in
// order and interleaved, of equal and of different sizes.
func TestGroupedIntervalCoverage(t *testing.T) {
	const size, most = .05, 256
	redraws, err := strconv.Atoi(cmp.Or(os.Getenv("LIEGG_REDRAWS"), "200"))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(9, 0))
	truth := wholeDefect(random, size)
	for _, c := range []struct {
		groups, each int
		unequal      bool
	}{{40, 50, false}, {100, 50, false}, {150, 50, false}, {1000, 10, false}, {300, 30, true}} {
		inside := 0
		for range redraws {
			sizes := slices.Repeat([]int{c.each}, c.groups)
			if c.unequal {
				sizes = geometric(random, c.groups, c.each)
			}
			labels, sums := groupedSums(random, sizes, size)
			blocks, _, err := GroupsBy(labels).Allot(len(labels), most)
			if err != nil {
				t.Fatal(err)
			}
			a, b := make([]float64, slices.Max(blocks)+1), make([]float64, slices.Max(blocks)+1)
			for i, at := range blocks {
				a[at] += sums[i][0]
				b[at] += sums[i][1]
			}
			if c := liegg.RatioInterval(a, b, .95, 300, random); c.Lower <= truth && truth <= c.Upper {
				inside++
			}
		}
		share := float64(inside) / float64(redraws)
		t.Logf("%+v: coverage %.1f %%", c, 100*share)
		if slack := 1 / math.Sqrt(float64(redraws)) / 5; share < .92-slack || share > .98+slack { // a standard error
			t.Errorf("%+v: %.1f %% of the intervals hold ρ = %.4f, want 92 to 98", c, 100*share, truth)
		}
	}
}

// groupedSums draws samples around a centre for each group, interleaved, with their labels.
func groupedSums(random *rand.Rand, sizes []int, size float64) (labels []int, sums [][2]float64) {
	for group, n := range sizes {
		x, y, z := random.NormFloat64(), random.NormFloat64(), random.NormFloat64()
		for range n {
			a, b := defectSums(x+size*random.NormFloat64(), y+size*random.NormFloat64(), z+size*random.NormFloat64())
			labels, sums = append(labels, group), append(sums, [2]float64{a, b})
		}
	}
	random.Shuffle(len(labels), func(i, j int) {
		labels[i], labels[j] = labels[j], labels[i]
		sums[i], sums[j] = sums[j], sums[i]
	})
	return labels, sums
}

// geometric draws sizes of at least 1 with the given mean.
func geometric(random *rand.Rand, count, mean int) []int {
	sizes := make([]int, count)
	for i := range sizes {
		sizes[i] = 1 + int(random.ExpFloat64()*float64(mean-1))
	}
	return sizes
}
