package lie_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/examples"
)

func TestEchelonIsReducedAndSpansTheAlgebra(t *testing.T) {
	for _, a := range append(algebras(), examples.Inertia()) {
		if a.Dim() == 0 {
			if got := lie.Echelon(a, 0); len(got) != 0 {
				t.Errorf("%s: %d matrices", a.Name(), len(got))
			}
			continue
		}
		mixed := examples.Scrambled(rand.New(rand.NewPCG(3, 8)), a, 0)
		for _, tolerance := range []float64{0, 1e-6, .9} {
			rows := lie.Echelon(mixed, tolerance)
			if len(rows) != a.Dim() {
				t.Fatalf("%s: %d matrices at tolerance %g", a.Name(), len(rows), tolerance)
			}
			if θ := lie.LargestAngle(lie.Span("echelon", rows...), a); θ > 1e-12 {
				t.Errorf("%s: spans a space at angle %g", a.Name(), θ)
			}
			for k := range rows {
				if !hasPivot(rows, k) {
					t.Errorf("%s: matrix %d has no pivot:\n%s", a.Name(), k, lie.FormatMatrix(rows[k], 0))
				}
			}
		}
	}
}

// hasPivot reports whether the k-th matrix has an entry 1 at a position at which all others are 0.
func hasPivot(rows []*mat.Dense, k int) bool {
	for at, v := range rows[k].RawMatrix().Data {
		if v == 1 && !slices.ContainsFunc(rows, func(m *mat.Dense) bool {
			return m != rows[k] && m.RawMatrix().Data[at] != 0
		}) {
			return true
		}
	}
	return false
}

func TestEquations(t *testing.T) {
	for _, c := range []struct {
		a    lie.Algebra
		want string
	}{
		{lie.SO(2), "H₁₁ = 0; H₂₁ = −H₁₂; H₂₂ = 0"},
		{lie.SO(3), "H₁₁ = 0; H₂₁ = −H₁₂; H₂₂ = 0; H₃₁ = −H₁₃; H₃₂ = −H₂₃; H₃₃ = 0"},
		{lie.SOpq(1, 1), "H₁₁ = 0; H₂₁ = H₁₂; H₂₂ = 0"},
		{lie.SL(3), "H₃₃ = −H₁₁ − H₂₂"},
		{lie.Scaling(2), "H₁₂ = 0; H₂₁ = 0; H₂₂ = H₁₁"},
		{examples.Inertia(), "H₁₁ = 0; H₂₁ = −0.25 H₁₂; H₂₂ = 0; H₃₁ = −0.11 H₁₃; H₃₂ = −0.44 H₂₃; H₃₃ = 0"},
		{lie.SE(2), "H₁₁ = 0; H₂₁ = −H₁₂; H₂₂ = 0"},
		{lie.GL(2), ""},
		{lie.Trivial(1), "H₁₁ = 0"},
	} {
		if got := strings.Join(lie.Equations(c.a, 0), "; "); got != c.want {
			t.Errorf("%s: %q, want %q", c.a.Name(), got, c.want)
		}
	}
}

// With noise the zeros stay zeros, and the partners stay partners.
func TestEquationsOfNoisyEstimates(t *testing.T) {
	for seed := range uint64(20) {
		a := examples.Scrambled(rand.New(rand.NewPCG(seed, 9)), lie.SO(5), .01)
		equations := lie.Equations(a, 0)
		if len(equations) != 15 {
			t.Fatalf("%d equations, want 25 − 10", len(equations))
		}
		for _, e := range equations {
			left, right, _ := strings.Cut(e, " = ")
			i, j := []rune(left)[1], []rune(left)[2]
			partner := "H" + string(j) + string(i)
			if i == j && right != "0" || i != j && (!strings.HasPrefix(right, "−") || !strings.HasSuffix(right, partner)) {
				t.Errorf("seed %d: %q", seed, e)
			}
		}
	}
}

func TestEntriesOfLargeMatricesAreParted(t *testing.T) {
	if e := lie.Equations(lie.SO(11), 0); e[1] != "H₂,₁ = −H₁,₂" || e[len(e)-2] != "H₁₁,₁₀ = −H₁₀,₁₁" {
		t.Errorf("%q and %q", e[1], e[len(e)-2])
	}
}
