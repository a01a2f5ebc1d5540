package liegg

import (
	"fmt"
	"math"
	"strings"
)

// Breakdown says which part of a function, or of its data, keeps the generators that all
// have together or come nearest to, and which breaks them.
type Breakdown struct {
	// Of is what the parts are, such as "output" or "label".
	Of string
	// All is the verdict on all parts together.
	All *Verdict
	// Dim is the number of generators that Defect of the parts is about, Coefficients of
	// All: those of its largest rung, which may be more than the symmetries of all.
	Dim int
	// Parts are in their own order: outputs as the function has them, labels ascending.
	Parts []Part
	// Broken are the indices of the parts that break the generators, the worst first. A
	// part does where the lower bound of its Defect exceeds the threshold, its own or
	// that of All, whichever is larger; or where it stands out, with a bound above .4 of
	// the threshold and Rule.Gap times the largest upper bound of all others.
	Broken []int
}

// Part is one output of a function, or the samples of one label.
type Part struct {
	Name    string
	Samples int // that have it
	// Effective is the number of equal samples that would be as good; see Influence.
	Effective float64
	// Defect is that of the generator, in the span of the Dim, which this part breaks
	// most: fitted to half of its samples and tested on the others, with an interval in
	// which the number of parts is allowed for. Value is NaN if it is not known.
	Defect Estimate
	// Verdict is on this part alone; nil where there is none.
	Verdict *Verdict
	// Reason says why there is no verdict; else it is "".
	Reason string
}

// Answer is the answer of the part's own verdict, Undetermined if it has none.
func (p Part) Answer() Answer {
	if p.Verdict == nil {
		return Undetermined
	}
	return p.Verdict.Answer
}

// String is such as "37: ρ = 0.050 (0.047–0.053); alone 1 generator, so(2)".
func (p Part) String() string {
	text := fmt.Sprintf("%s: ρ = %s", p.Name, short(p.Defect.Value))
	if !math.IsNaN(p.Defect.Lower) {
		text += fmt.Sprintf(" (%s–%s)", short(p.Defect.Lower), short(p.Defect.Upper))
	}
	return text + "; alone " + p.alone()
}

// BreakDown compares the parts of what was judged together. The candidates are those of the
// verdict all, and evidence[i] is that of the part names[i] alone; nil stands for a part
// that nothing is known of. Parts whose samples do not suffice have a Reason, which is no
// error. It panics if evidence and names have not one length, or a field of the rule is out
// of its range.
func BreakDown(of string, all *Verdict, c Candidates, rule Rule, names []string, evidence []*Evidence) *Breakdown {
	if len(names) != len(evidence) {
		panic(fmt.Sprintf("liegg: BreakDown: %d names for the evidence of %d parts", len(names), len(evidence)))
	}
	h := all.Coefficients()
	_, d := h.Dims()
	b := &Breakdown{Of: of, All: all, Dim: d, Parts: make([]Part, len(names))}
	known := make([]*Evidence, len(names))
	for i, e := range evidence {
		if known[i] = e; e == nil {
			known[i] = NewEvidence(c.Dim())
		}
		b.Parts[i] = partOf(names[i], known[i], c, rule)
	}
	each := WorstOfEach(known, h, rule, all.Threshold)
	for i := range each {
		b.Parts[i].Defect = each[i]
	}
	b.Broken = breaking(b.relative(each), all.Threshold, all.Rule.Gap, all.Spectrum.Resolution())
	return b
}

// Accuse makes All undetermined where its answer would be firm although a part breaks its
// generators, as Judge does for outputs. Where Dim is more than they are, the parts that
// break the others are no surprise.
func (b *Breakdown) Accuse() {
	if b.All.Answer != Symmetric || b.Dim != b.All.Dim || len(b.Broken) == 0 {
		return
	}
	b.All.Answer, b.All.Identity = Undetermined, nil
	b.All.Reasons = append(b.All.Reasons, b.broken())
}

// broken says which parts break the generators.
func (b *Breakdown) broken() string {
	each := make([]Estimate, len(b.Parts))
	for i, p := range b.Parts {
		each[i] = p.Defect
	}
	return brokenBy(b.Of, b.Broken, each, func(i int) string { return b.Parts[i].Name })
}

// relative are the defects against the threshold of all: those of a part with a larger
// threshold of its own count for less.
func (b *Breakdown) relative(each []Estimate) []Estimate {
	scaled := make([]Estimate, len(each))
	for i, e := range each {
		if v := b.Parts[i].Verdict; v != nil {
			s := math.Min(1, b.All.Threshold/(v.Rule.Threshold*v.Reference))
			e.Value, e.Lower, e.Upper = s*e.Value, s*e.Lower, s*e.Upper
		}
		scaled[i] = e
	}
	return scaled
}

// partOf judges a part alone.
func partOf(name string, e *Evidence, c Candidates, rule Rule) Part {
	p := Part{Name: name, Samples: e.Samples()}
	if e.influence != nil {
		p.Effective = e.influence.Effective()
	}
	const enough = 100
	switch {
	case p.Samples == 0:
		p.Reason = "nothing is known of it"
		return p
	case p.Samples < enough:
		p.Reason = fmt.Sprintf("%s too few: give at least %d", are(p.Samples, "sample"), enough)
		return p
	}
	v, err := e.Judge(c, rule)
	if err != nil {
		p.Reason = strings.TrimPrefix(err.Error(), "liegg: ")
		return p
	}
	p.Verdict = v
	return p
}

// Order is the order of the parts by falling Defect, with what is not known at the end.
func (b *Breakdown) Order() []int {
	each := make([]Estimate, len(b.Parts))
	for i, p := range b.Parts {
		each[i] = p.Defect
	}
	return worstFirst(each)
}
