package network

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
)

// largeVariable asks for the tests of thousands of candidates, which take minutes
// where others are at work; where it is a number, it tells the test's own process how
// many samples to analyse. denseVariable asks for the comparison of K = 2304 with a
// full decomposition, which takes half an hour.
const (
	largeVariable = "LIEGG_TEST_LARGE"
	denseVariable = "LIEGG_TEST_LARGE_DENSE"
)

// Beyond 1000 candidates the spectrum holds the smallest, found by iteration.
func TestManyCandidates(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	s := analyseLarge(t, 33, 2500)
	if table := s.String(); s.Method != liegg.Gram || !strings.Contains(table, "the smallest 20 of 1089") {
		t.Errorf("%v:\n%s", s.Method, table)
	}
}

// 48×48 matrices, K = 2304, and a function with an algebra of dimension 10: the
// process takes at most 1 GB, the ten smallest generators are that algebra, and the
// next is at least a hundredth of the largest in s.
func TestMemoryOfManyCandidates(t *testing.T) {
	if n, err := strconv.Atoi(os.Getenv(largeVariable)); err == nil && n > 1 {
		analyseLarge(t, 48, n)
		fmt.Println("peak", peakMemory(t))
		return
	}
	needs(t, largeVariable)
	const gigabyte = 1_000_000_000 / 1024 // in kB as /proc counts them
	peak := peakOf(t, largeVariable, 20_000)
	if t.Logf("K = 2304 takes %d kB", peak); peak > gigabyte {
		t.Errorf("K = 2304 takes %d kB", peak)
	}
}

// needs skips a test that an environment variable must ask for.
func needs(t *testing.T, variable string) {
	t.Helper()
	if os.Getenv(variable) == "" {
		t.Skipf("takes long: set $%s to 1 to run it", variable)
	}
}

// 72×72 matrices, K = 5184, without K×K numbers.
func TestMatrixFreeBeyondDense(t *testing.T) {
	needs(t, largeVariable)
	if s := analyseLarge(t, 72, 20_000); s.Method != liegg.MatrixFree {
		t.Errorf("method %v", s.Method)
	}
}

// analyseLarge tests the spectrum of ball5 on Rⁿ.
func analyseLarge(t *testing.T, n, samples int) *liegg.Spectrum {
	t.Helper()
	begun := time.Now()
	s := ok(Analyze(Exact(ball5), action.Linear(n, 1), Tensor(uniform(1, samples, n)), Settings{Smallest: 20}))(t)
	t.Logf("%v\n%v", time.Since(begun), s)
	if len(s.BySingular) != 20 || len(s.ByDefect) != 20 {
		t.Fatalf("%d generators by s, %d by ρ, want 20", len(s.BySingular), len(s.ByDefect))
	}
	for order, found := range map[string]lie.Algebra{"s": s.Algebra(10), "ρ": s.DefectAlgebra(10)} {
		if θ := lie.LargestAngle(found, so5In(n)); θ > 1e-6 {
			t.Errorf("the ten smallest by %s are %.1g rad from so(5)", order, θ)
		}
	}
	if zero := s.BySingular[9].Singular / s.Largest(); zero > 1e-7 {
		t.Errorf("the tenth s is %.1g of the largest, want 0", zero)
	}
	if next := s.BySingular[10].Singular / s.Largest(); next < .01 {
		t.Errorf("the eleventh s is %.1g of the largest: there is no gap", next)
	}
	return s
}

// The twenty smallest of K = 2304 are those of a full decomposition of the same
// matrices.
func TestLargeAgainstDense(t *testing.T) {
	needs(t, denseVariable)
	a := action.Linear(48, 1)
	p := ok(Polarize(Exact(ball5), a, Tensor(uniform(1, 20_000, 48)), Settings{}))(t)
	got := ok(p.Smallest(a, 20))(t)
	want := ok(p.Smallest(a, a.Dim()))(t)
	sameSmallest(t, got, want, 20)
	for order, θ := range map[string]float64{
		"s": lie.LargestAngle(got.Algebra(10), want.Algebra(10)),
		"ρ": lie.LargestAngle(got.DefectAlgebra(10), want.DefectAlgebra(10)),
	} {
		if t.Logf("by %s the ten smallest are %.1g rad from the dense ones", order, θ); θ > 1e-6 {
			t.Errorf("by %s the ten smallest are %.1g rad from the dense ones", order, θ)
		}
	}
}
