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
	"github.com/liegg/lab/liegg/internal/networktest"
)

// wholeDefect is ρ of many samples that lie within size of normal ones.
func wholeDefect(random *rand.Rand, size float64) float64 {
	var wholeA, wholeB float64
	σ := math.Sqrt(1 + size*size)
	for range 2_000_000 {
		a, b := networktest.DefectSums(σ*random.NormFloat64(), σ*random.NormFloat64(), σ*random.NormFloat64())
		wholeA, wholeB = wholeA+a, wholeB+b
	}
	return math.Sqrt(wholeA / wholeB)
}

// The defect of a fixed generator on samples in groups with strong dependence: 95 % intervals over
// blocks of whole groups contain the truth in 92 to 98 % of draws, for 40 to a thousand groups, in
// order and interleaved, of equal and of different sizes.
func TestGroupedIntervalCoverage(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
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
			labels, sums := networktest.GroupedSums(random, sizes, size)
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

// geometric draws sizes of at least 1 with the given mean.
func geometric(random *rand.Rand, count, mean int) []int {
	sizes := make([]int, count)
	for i := range sizes {
		sizes[i] = 1 + int(random.ExpFloat64()*float64(mean-1))
	}
	return sizes
}
