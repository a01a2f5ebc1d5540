package trials

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/lie"
)

// Outcome classifies the result of a trial.
type Outcome string

// The outcomes.
const (
	Right  Outcome = "right"
	Near   Outcome = "approximate"  // the right generators, but called approximate
	Missed Outcome = "missed"       // for a trained network: none, or fewer generators than its target has; for a measurement: out of bounds
	Open   Outcome = "undetermined" // with its reasons
	False  Outcome = "FALSE"        // firm, but not true
	Rung   Outcome = "false rung"   // approximate, but not nearly true
	Failed Outcome = "error"
)

// Result is the outcome of a trial.
type Result struct {
	Trial   Trial
	Outcome Outcome
	Text    string   // the verdict in words, or the error
	Reasons []string // of an undetermined answer
	Rungs   int      // besides the answer, not known to hold
	Named   bool     // the reasons are the expected ones
	Angle   float64  // between a right answer and the truth, in degrees; NaN if there is none
	Seconds float64  // of the verdict
}

// tolerance is the largest angle, in degrees, between the true algebra and a generator that
// is called a symmetry.
var tolerance = map[Kind]float64{Exact: 1, Trained: 20}

// compare compares a verdict with the truth.
func (p Problem) compare(r *Result, v *liegg.Verdict, kind Kind) {
	r.Reasons, r.Angle = v.Reasons, math.NaN()
	switch {
	case v.Answer == liegg.Undetermined:
		r.Outcome = Open
		return
	case p.Undecided:
		r.Outcome = False
	case v.Answer == liegg.Approximate:
		r.Outcome = p.approximate(r, v)
	case v.Answer == liegg.None:
		r.Outcome = p.none(kind)
	default:
		r.Outcome = p.symmetric(r, v, kind)
	}
	r.Rungs = p.others(v)
}

// none classifies the answer "no symmetry".
func (p Problem) none(kind Kind) Outcome {
	switch {
	case p.Truth[0].Dim() == 0:
		return Right
	case kind == Exact:
		return False
	}
	return Missed
}

// approximate classifies d generators that are called approximate.
func (p Problem) approximate(r *Result, v *liegg.Verdict) Outcome {
	for _, truth := range slices.Concat(p.Truth, p.Near) {
		if off := p.off(v, truth); truth.Dim() >= v.Dim && off <= tolerance[Trained] {
			r.Angle = off
			return Near
		}
	}
	return Rung
}

// others counts the rungs that are neither the answer nor known.
func (p Problem) others(v *liegg.Verdict) (count int) {
	for _, rung := range v.Rungs {
		known := slices.ContainsFunc(slices.Concat(p.Truth, p.Near), func(a lie.Algebra) bool { return a.Dim() >= rung.Dim })
		if rung.Dim != v.Dim && !known {
			count++
		}
	}
	return count
}

// symmetric classifies d generators that are called symmetries.
func (p Problem) symmetric(r *Result, v *liegg.Verdict, kind Kind) Outcome {
	if kind == Exact && v.Ignored != p.Trivial {
		return False
	}
	best := math.Inf(1)
	for _, truth := range p.Truth {
		off := p.off(v, truth)
		if truth.Dim() == v.Dim && off <= tolerance[kind] {
			r.Angle = off
			return Right
		}
		if truth.Dim() > v.Dim {
			best = min(best, off)
		}
	}
	if kind == Trained && best <= tolerance[kind] {
		return Missed
	}
	return False
}

// off returns the angle, in degrees, by which the found generators leave an algebra, in
// coordinates scaled to size 1. If trivial generators may be added to them, it is 0.
func (p Problem) off(v *liegg.Verdict, truth lie.Algebra) float64 {
	if truth.Dim() == 0 {
		return 90
	}
	if p.Trivial > 0 || v.Ignored > 0 {
		return 0
	}
	units := p.units()
	algebra := lie.Span("", inUnits(truth.Basis(), units)...)
	largest := 0.
	for _, h := range inUnits(v.Algebra.Basis(), units) {
		largest = max(largest, lie.AngleTo(h, algebra))
	}
	return largest * 180 / math.Pi
}

// units returns the median sizes of the coordinates of the vectors.
func (p Problem) units() []float64 {
	const some = 500
	x := p.Draw(newRandom(0, streamUnits), some)
	units := make([]float64, p.Size)
	for j := range units {
		var sizes []float64
		for i := j; i < len(x); i += p.Size {
			sizes = append(sizes, math.Abs(x[i]))
		}
		slices.Sort(sizes)
		units[j] = cmp.Or(sizes[len(sizes)/2], 1)
	}
	return units
}

// inUnits takes matrices to coordinates in the given units. Additional coordinates, such as
// the 1 of homogeneous ones, have the unit 1.
func inUnits(matrices []*mat.Dense, units []float64) (carried []*mat.Dense) {
	unit := func(i int) float64 {
		if i < len(units) {
			return units[i]
		}
		return 1
	}
	for _, m := range matrices {
		c := mat.DenseCopyOf(m)
		c.Apply(func(i, j int, v float64) float64 { return v * unit(j) / unit(i) }, c)
		carried = append(carried, c)
	}
	return carried
}

// Headline returns the first line of the text.
func (r Result) Headline() string {
	line, _, _ := strings.Cut(r.Text, "\n")
	return line
}
