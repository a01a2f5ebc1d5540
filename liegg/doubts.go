package liegg

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/spaces"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/internal/sums"
	"github.com/liegg/lab/liegg/lie"
)

// doubts returns the conditions on the data that fail. With any of them nothing is firm.
func (v *Verdict) doubts(blocks int, τ float64) (reasons []string) {
	doubt := func(format string, args ...any) { reasons = append(reasons, fmt.Sprintf(format, args...)) }
	certain := v.certain()
	if !certain {
		reasons = v.dependenceDoubts()
	}
	if blocks < 100 && !v.Dependence.few() && !certain {
		doubt("%d blocks of samples are too few for an interval: %s", blocks, moreBlocks(v.Spectrum.K, blocks))
	}
	if distinct := v.Spectrum.Samples - v.Repeats; v.Repeats > 0 && (distinct < 100 || v.Repeats > distinct) {
		doubt("only %s distinct, the other %d repeat them, so that what is held out is not new: give different samples, each once",
			spelling.Are(distinct, "sample"), v.Repeats)
	}
	if d := v.Influence.doubt(v.Spectrum.N()); d != "" && !certain {
		doubt("%s", d)
	}
	if v.away > defects.TooFar && v.Ignored > 0 && !v.alongOne() {
		doubt("the data lie %.0e times their spread from the origin, where %s %s them only along directions in which f seems not to change: subtract a centre, or take affine candidates",
			v.away, spelling.Count(v.Ignored, "linear map"), spelling.Agree(v.Ignored, "moves", "move"))
	}
	v.doubtsOfWeakDirections(doubt)
	v.doubtsOfFit(τ, doubt)
	v.doubtsOfScale(doubt)
	v.doubtsOfRounding(doubt)
	return reasons
}

// alongOne reports whether all gradients have one direction w, as those of a linear f have. Then f
// depends on w·x alone, and a linear map H keeps it only if wᵀH = 0, or wᵀHx = 0 for all x of the data.
// All of these are trivial, however far away the data are. The gradients of a function with other
// symmetries turn as x does, over the data by the inverse of their distance or more.
func (v *Verdict) alongOne() bool {
	const turns = .3
	return v.Subspace.Gradients == 1 && v.Unfelt*v.away < turns
}

// doubtsOfRounding tests whether f is so steep that a change which is zero to rounding may
// still be as large as the variation of f over the data.
func (v *Verdict) doubtsOfRounding(doubt func(string, ...any)) {
	if v.below == len(v.Defects) {
		return
	}
	next, rounding := v.Defects[v.below], v.Spectrum.Resolution()
	if next.Variation > varies && next.Value <= rounding {
		doubt("f is so steep that rounding hides what it does: ρ_%d is zero to rounding, and as much as that is a change by up to %s of the spread of f over one extent of the data; give inputs in float64, or in units and from an origin in which f varies slowly",
			v.below+1, spelling.Short(next.Variation*rounding/next.Value))
	}
}

// doubtsOfScale tests whether the extent of the data is a meaningful unit of motion.
func (v *Verdict) doubtsOfScale(doubt func(string, ...any)) {
	if j := v.manyScales(v.below); j >= 0 {
		d := v.Defects[j]
		doubt("the data have many sizes, and ρ_%d = %s is small only by the measure of the largest samples: if a typical sample moves over the sizes that the data have, %s. Give logarithms of the inputs, or samples of one size",
			j+1, spelling.Short(d.Value), v.changing(spelling.Short(d.typical)))
	}
}

// moreBlocks says how to get more blocks of samples for k candidates.
func moreBlocks(k, blocks int) string {
	if limit := BlockLimit(k); limit < enoughBlocks && blocks >= limit/2 {
		return fmt.Sprintf("memory holds no more for %d candidates, take fewer of them", k)
	}
	return fmt.Sprintf("give at least %d samples, or more and smaller batches of them", Blocks)
}

// doubtsOfFit tests whether generators hold as well on held-out samples as on the samples
// that they were fitted to.
func (v *Verdict) doubtsOfFit(τ float64, doubt func(string, ...any)) {
	for j, d := range v.Defects[:v.below] {
		if d.Value > 2*d.Fitted && d.Value > v.Spectrum.Resolution() && d.Value > .2*τ {
			doubt("ρ_%d is %s on the samples it was fitted to and %s on others: more samples are needed for %d candidates",
				j+1, spelling.Short(d.Fitted), spelling.Short(d.Value), v.Considered)
			return
		}
	}
}

// edges returns the conditions that fail near the threshold.
func (v *Verdict) edges(τ float64) (reasons []string) {
	doubt := func(format string, args ...any) { reasons = append(reasons, fmt.Sprintf(format, args...)) }
	if v.below > 0 {
		v.doubtsBelow(τ, doubt)
	}
	if v.below < v.Considered {
		v.doubtsAbove(τ, doubt)
	}
	return reasons
}

// doubtsBelow tests the directions that look like symmetries.
func (v *Verdict) doubtsBelow(τ float64, doubt func(string, ...any)) {
	for j, d := range v.Defects[:v.below] {
		if d.Upper <= τ || v.certain() {
			continue
		}
		if math.IsInf(d.Upper, 1) {
			doubt("ρ_%d = %s has no upper bound, since it rests on a few blocks of samples: give more samples, or more groups of them", j+1, spelling.Short(d.Value))
		} else {
			doubt("the upper bound of ρ_%d = %s is %s, above the threshold %s", j+1, spelling.Short(d.Value), spelling.Short(d.Upper), spelling.Short(τ))
		}
		return
	}
}

// doubtsAbove tests the first direction that does not look like a symmetry.
func (v *Verdict) doubtsAbove(τ float64, doubt func(string, ...any)) {
	next := v.Defects[v.below]
	least := next.lowest()
	if least <= τ && !next.varies() {
		doubt("the lower bound of ρ_%d = %s is %s, not above the threshold %s", v.below+1, spelling.Short(next.Value), spelling.Short(least), spelling.Short(τ))
	}
	if v.below == 0 {
		if next.Lower <= τ && next.varies() && next.leastVariation() <= clearly {
			doubt("along ρ_1 = %s, below the threshold %s, %s while a typical sample moves over one extent of the data: too much for a symmetry, too little to say that there is none",
				spelling.Short(next.Value), spelling.Short(τ), v.changing(spelling.Short(next.Variation)))
		}
		return
	}
	last := math.Max(v.largest(v.below), v.Spectrum.Resolution())
	if gap := math.Min(next.Value, next.Fitted) / last; gap < v.Rule.Gap && !v.variesMore(v.below) {
		doubt("the gap ρ_%d/ρ_%d is only %.1f, %.0f is wanted", v.below+1, v.below, gap, v.Rule.Gap)
	}
}

// certain reports whether the answer needs no interval: all symmetries hold to rounding, the
// next direction is far from being one, overall or in every block of samples, and there are
// enough equations. Such an answer holds even for few samples, dependent ones, and samples
// of which a few dominate. Far means above the threshold by half of the gap: 40 independent
// samples give ρ to about a fifth, and a fit to half of them is too optimistic.
func (v *Verdict) certain() bool {
	if v.below == 0 || v.exact() < v.below || !v.enoughRows() {
		return false
	}
	if v.below == len(v.Defects) {
		return v.below == v.Considered
	}
	next := v.Defects[v.below]
	return next.lowest() >= v.Rule.Gap/2*v.Threshold || math.Min(next.least, next.Fitted) > v.Threshold
}

// dependenceDoubts returns the reasons why dependent samples leave nothing firm, and what is
// certain nevertheless.
func (v *Verdict) dependenceDoubts() (reasons []string) {
	reasons = v.Dependence.Doubts()
	if exact := v.exact(); len(reasons) > 0 && exact > 0 && v.enoughRows() {
		is := "are"
		if exact == 1 {
			is = "is"
		}
		reasons[0] += fmt.Sprintf("; %s %s exact to rounding all the same", spelling.Count(exact, "generator"), is)
	}
	return reasons
}

// unseen is the share of a motion, as an amplitude, that may lead out of the subspace in which all
// data lie.
const unseen = .1

// doubtUnseen doubts generators that move the data out of the subspace in which they lie. Trivial
// generators cannot mend that: if adding some would keep the data in the subspace, spaces.Moments.Kept
// has added them. Gradients at the data still say how f changes outside to first order, but no sample
// says what f is there, and a network has not learned it. The algebra is not determined either: it
// depends on what generators do to vectors that the data do not have.
func (v *Verdict) doubtUnseen(about lie.Algebra, m *spaces.Moments) error {
	if v.Answer != Symmetric && v.Answer != Approximate || m == nil || m.Data == nil {
		return nil
	}
	q, rank, err := m.DataSpan()
	n := m.Data.SymmetricDim()
	if err != nil || rank == n {
		return err
	}
	for _, pair := range about.Basis() {
		if size, _ := pair.Dims(); size < n {
			return nil // candidates that describe their generators in another way
		}
		a := mat.DenseCopyOf(pair.Slice(0, n, 0, n)) // what moves the inputs
		var out mat.Dense
		out.Mul(q, a)
		out.Sub(a, &out)
		if m.Length(&out) > unseen*m.Length(a) {
			v.Doubt(fmt.Sprintf("all data lie in a subspace of the inputs, and %s %s them out of it, where no sample says what f is: give fewer coordinates, or samples beyond the subspace",
				spelling.Count(v.Dim, "generator"), spelling.Agree(v.Dim, "moves", "move")))
			return nil
		}
	}
	return nil
}

// If the data are thin in some direction, or f changes little along it, moments and the metric, which
// are sums of squares, do not tell whether motion along it counts as none. Two contradictions show
// that they do not. Candidates that are independent matrices all move data that fill the space, so
// none of them may seem to move nothing. And candidates that f ignores have no defect: rows kept by
// QR show one of some 1e-13, moments one of 1e-7.

// setWeak counts the candidates of either kind, given the sums of all samples and the solution for
// the candidates that were not left out. It finds none for candidates that do not act on vectors.
// For Gram matrices it finds candidates of the first kind only, if they were not left out.
func (v *Verdict) setWeak(p *sums.Sum, kept *defects.Solution) error {
	if p.Moments == nil || p.Moments.Gradients == nil {
		return nil
	}
	v.hidden = kept.Sum.K - kept.Moving
	if p.Triangle == nil || kept.Moving == p.K {
		return nil
	}
	all, err := defects.Solve(p, nil, p.Scales())
	if err != nil {
		return err
	}
	if v.Subspace.Data == v.Subspace.Size {
		v.hidden = max(v.hidden, p.K-all.Moving)
	}
	const roundings = 100
	zero := roundings * resolutionOf(QR, p.K)
	silent, err := all.Within(zero)
	if err != nil {
		return err
	}
	symmetries, err := kept.Within(zero)
	v.faint = max(0, all.Moving-kept.Moving-(silent-symmetries))
	return err
}

// doubtsOfWeakDirections tests whether there are directions in which the data, or f, vary so little
// that nothing is known of motion along them.
func (v *Verdict) doubtsOfWeakDirections(doubt func(string, ...any)) {
	switch {
	case v.hidden > 0:
		doubt("in some direction the data vary a thousand times less than in others, or even less, and rounding hides how %s them: take coordinates along that direction, or leave it out",
			moves(v.hidden))
	case v.faint > 0 && v.away <= defects.TooFar && v.Unfelt*v.Unfelt <= defects.Resolved: // else the verdict says how weakly f responds
		doubt("f changes along %s by no more than 1e-7 of its steepest change, but by more than rounding: too little to tell symmetries from motions that f ignores: give inputs that vary more in the directions in which f is flat, or leave those out",
			spelling.Count(v.faint, "candidate"))
	}
}

// moves is such as "2 candidates move".
func moves(candidates int) string {
	if candidates == 1 {
		return "1 candidate moves"
	}
	return spelling.Count(candidates, "candidate") + " move"
}
