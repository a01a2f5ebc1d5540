package liegg

import (
	"fmt"
	"math"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
)

// Standing is how a rung compares with the threshold of its verdict.
type Standing int

// The standings.
const (
	Within      Standing = iota // all directions lie below the threshold, with their intervals
	AtThreshold                 // the threshold cuts through the directions that the rung adds, or through their intervals
	Above                       // the directions that the rung adds lie above the threshold
)

// String is "within the threshold", "at the threshold" or "above the threshold".
func (s Standing) String() string {
	return [...]string{"within the threshold", "at the threshold", "above the threshold"}[s]
}

// Rung is one step of the ladder of approximate symmetry: Dim directions that hold much
// better than the next one. Sorted by ρ, the directions of a function form plateaus, and a
// rung ends where a plateau ends. So a threshold that happens to lie within a plateau does
// not hide the plateau.
//
// A rung d is listed if
//
//  1. the lower bound of ρ_{d+1}, held out, and ρ_{d+1} fitted exceed Rule.Gap times
//     the largest upper bound of ρ_1 … ρ_d, or times the resolution of the numbers. For
//     d ≥ 3 of nine candidates or more, half of that is enough if the span closes and the
//     algebra has a name: of 1000 random spaces of 3×3 matrices at such a gap, none does,
//     while of 2×2 matrices a fifth do,
//  2. that upper bound is at most .2·ρ_ref. So a rung stands out from unrelated directions
//     by the same factor as from the next one, the default Rule.Gap. Above this bound, a gap
//     only shows that some directions are steeper than unrelated ones: the exact two-body
//     problem has 32 generators at .27 of ρ_ref, and they close,
//  3. for d ≥ 2, the span closes under the bracket within its own angle error. This is not
//     required of candidates whose matrices represent something else,
//  4. it is more than all motion along directions to which the function hardly responds: if
//     f varies ten times as much along x₁ as along x₂, every H that moves x₂ alone has a
//     small ρ, without any structure.
type Rung struct {
	// Dim is the number of generators d.
	Dim int
	// Bound is the largest upper bound of the relative defects ρ_1 … ρ_d, no less than
	// the resolution of the numbers, and Share is Bound/ρ_ref: how much of the change
	// along unrelated directions is left.
	Bound, Share float64
	// Next is the first direction beyond; its Value is NaN if all candidates are in
	// the rung.
	Next Estimate
	// Standing compares the rung with the threshold.
	Standing Standing
	// Effective is the number of samples that the sums rest on, Influence.Effective; 0 if
	// samples have no weights.
	Effective float64

	// Algebra spans the d generators, fitted to all samples, in the coordinates of the
	// inputs.
	Algebra lie.Algebra
	// AngleError estimates by how much Algebra is off, in radians: see
	// Verdict.AngleError.
	AngleError float64
	// Closed says that Algebra closes under the bracket within its error, as estimated from
	// the samples and the gap. It is true for d = 1.
	Closed bool
	// Identity identifies the algebra; nil if its matrices represent something else.
	Identity *classification.Identity

	open string // why brackets leave it by far more than errors explain; "" otherwise
}

// Name is the name of the Lie algebra, "" if it has none.
func (r Rung) Name() string {
	if r.Identity == nil {
		return ""
	}
	return r.Identity.Name
}

// String returns, for example, "approximately 3 generators, so(3), ρ ≤ 0.090 (broken 16 % as
// strongly as unrelated directions); next 0.50".
func (r Rung) String() string {
	text := spelling.Count(r.Dim, "generator")
	if r.Standing != Within { // the bound exceeds the threshold
		text = "approximately " + text
	}
	if name := r.Name(); name != "" {
		text += ", " + name
	}
	text += ", ρ ≤ " + bounded(r.Bound)
	switch r.Standing {
	case Above:
		text += fmt.Sprintf(" (broken %s as strongly as unrelated directions)", spelling.Percent(r.Share))
	case AtThreshold:
		text += ", at the threshold"
	}
	if math.IsNaN(r.Next.Value) {
		return text
	}
	return text + "; next " + spelling.Short(r.Next.Value)
}

// bounded writes an upper bound with two digits.
func bounded(ρ float64) string { return fmt.Sprintf("%.2g", ρ) }
