package liegg

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// All outputs have the same weight in a verdict, so if one of m outputs breaks a symmetry, the
// verdict sees only 1/√m of its defect. A part of a function, or of its data, breaks the common
// generators if
//
//  1. the lower bound of its relative defect along them exceeds the threshold, or
//  2. it stands out: that bound exceeds standsOut times the threshold, and Rule.Gap times the
//     largest upper bound of the other parts, which must be the majority. If these keep the
//     generators far better than the threshold requires, one part must not use up the margin, or
//  3. it certainly varies along them by too much of its own spread (see Variation). A steep
//     output that varies little has a small defect, and beside outputs that vary more its
//     variation does not show.
const (
	standsOut  = .4
	suspicious = .3 // of the threshold, from which on an interval is computed with care
)

// breaking lists the parts that break the generators, the worst first. No defect counts as
// smaller than the resolution.
func breaking(each []Estimate, threshold, gap, resolution float64) (parts []int) {
	order := worstFirst(each)
	count := 0
	for ; count < len(order) && each[order[count]].Lower > threshold; count++ {
	}
	apart := math.Inf(1) // the smallest lower bound of the first
	for i, part := range order[:min(len(order), (len(order)-1)/2)] {
		apart = math.Min(apart, each[part].Lower)
		rest := resolution
		for _, other := range order[i+1:] {
			if u := each[other].Upper; !math.IsNaN(u) {
				rest = math.Max(rest, u)
			}
		}
		if apart > standsOut*threshold && apart > gap*rest {
			count = max(count, i+1)
		}
	}
	parts = order[:count:count]
	for _, part := range order[count:] {
		if e := each[part]; e.varies() && e.Value > resolution {
			parts = append(parts, part)
		}
	}
	return parts
}

// worstFirst is the order of falling defects; what is not known comes last.
func worstFirst(each []Estimate) []int {
	order := make([]int, len(each))
	for i := range order {
		order[i] = i
	}
	value := func(i int) float64 {
		if math.IsNaN(each[i].Value) {
			return -1
		}
		return each[i].Value
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(value(j), value(i)) })
	return order
}

// SetOutputs records by how much each output of the function changes along the generators of the
// verdict: the defect of the generator in their span that is worst for the output (WorstOfEach
// with the first Dim of Coefficients). Value is NaN for outputs for which it is not known. An
// answer that would be Symmetric becomes Undetermined if an output breaks the generators. An
// output breaks them if the lower bound of its defect exceeds the threshold of the verdict; if that
// bound exceeds .4 of the threshold and Rule.Gap times the upper bounds of all others, which must
// be the majority; or if its Variation certainly exceeds .2.
func (v *Verdict) SetOutputs(each []Estimate) {
	v.Outputs = each
	if v.Answer != Symmetric {
		return
	}
	broken := breaking(each, v.Threshold, v.Rule.Gap, v.Spectrum.Resolution())
	if len(broken) == 0 {
		return
	}
	v.Answer, v.Identity = Undetermined, nil
	v.Reasons = append(v.Reasons, brokenBy("output", broken, each, func(i int) string { return fmt.Sprint(i + 1) })+
		": judge the outputs one by one (network.JudgeByOutput)")
}

// Keeps reports whether an output, or another part, with a gradient at a number of samples
// certainly keeps the generators: the upper bound of its defect along them is below the threshold,
// or its defect is zero to rounding and the samples give enough equations.
func (v *Verdict) Keeps(e Estimate, samples int) bool {
	return e.Upper <= v.Threshold || e.Value <= v.Spectrum.Resolution() && samples >= 2*v.Dim
}

// brokenBy says which parts break the symmetry, by how much, and what the others do.
func brokenBy(what string, broken []int, each []Estimate, name func(i int) string) string {
	return fmt.Sprintf("%s %s the symmetry: %s", listed(what, broken, name), spelling.Agree(len(broken), "breaks", "break"), defectsOf(broken, each))
}

// listed names parts, the first five of many, such as "output 37" or "labels 1, 2".
func listed(what string, parts []int, name func(i int) string) string {
	const most = 5
	text := spelling.Agree(len(parts), what, what+"s")
	for i, part := range parts[:min(most, len(parts))] {
		if i > 0 {
			text += ","
		}
		text += " " + name(part)
	}
	if more := len(parts) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// defectsOf gives the defect of the first of the parts that break a symmetry, and the bound of all
// other parts.
func defectsOf(broken []int, each []Estimate) string {
	worst := each[broken[0]]
	text := fmt.Sprintf("ρ = %s (%s–%s)", spelling.Short(worst.Value), spelling.Short(worst.Lower), spelling.Short(worst.Upper))
	if worst.varies() {
		text += fmt.Sprintf(" and η = %s of its own spread over one extent of the data", spelling.Short(worst.Variation))
	}
	if len(broken) > 1 {
		text += " for the first"
	}
	rest, others := 0., 0
	for i, e := range each {
		if !slices.Contains(broken, i) && !math.IsNaN(e.Upper) {
			rest = math.Max(rest, e.Upper)
			others++
		}
	}
	if others > 0 {
		text += fmt.Sprintf(", of the %s ρ ≤ %s", spelling.Agree(others, "other", fmt.Sprintf("other %d", others)), spelling.Short(rest))
	}
	return text
}

// WorstOfEach returns, for every part of a function or of its data, such as its outputs, the
// relative defect of the generator that changes the part most, in the span of the columns of
// h, K×d. These are coefficients of generators that were chosen without regard to the parts.
// The worst generator is found in every other block of samples and measured on the rest, and
// the other way round. Value is NaN if a part has fewer than two blocks, or if the generators
// move nothing. The ends of the interval are NaN if the part has fewer than 50 blocks.
// Variation is η of the generator along which the part varies most, in units of the part's
// spread; 0 if that is not known.
//
// The intervals allow for the number of parts: with m parts, the interval of each part that may be
// above the threshold has the confidence 1 − (1 − Confidence)/m, so that it is unlikely that
// any of m parts is accused by chance. It panics unless h has K rows, or if a field of the rule
// is out of its range.
func WorstOfEach(parts []*Evidence, h *mat.Dense, rule Rule, threshold float64) []Estimate {
	rule = rule.withDefaults()
	quick, careful := rule, rule
	quick.Resamples = min(rule.Resamples, 200)
	m := float64(max(1, len(parts)))
	careful.Confidence = 1 - (1-rule.Confidence)/m
	careful.Resamples = int(math.Min(1e5, float64(rule.Resamples)*math.Max(1, m/20)))
	each := make([]Estimate, len(parts))
	for i, e := range parts {
		s := e.within(h)
		if each[i] = worst(s, quick); each[i].Value > suspicious*threshold {
			each[i] = worst(s, careful)
		}
	}
	return each
}

// within returns the sums over the span of the columns of h. It panics unless h has K rows.
func (e *Evidence) within(h *mat.Dense) defects.Spanned {
	if rows, _ := h.Dims(); rows != e.k {
		panic("liegg: WorstOfEach: h must have a row for each candidate")
	}
	return defects.SpannedBy(h, e.blocks.Each, (*defects.Variation)(e.variation))
}

func worst(s defects.Spanned, r Rule) Estimate {
	return estimateOf(s.Worst(r.Confidence, r.Resamples, r.Seed))
}
