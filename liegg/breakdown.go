package liegg

import (
	"fmt"
	"math"
	"strings"

	"github.com/liegg/lab/liegg/internal/spelling"
)

// Breakdown says which parts of a function, or of its data, keep the generators of the
// whole, or those that come nearest to being symmetries of it, and which parts break them.
type Breakdown struct {
	// Of is the kind of the parts, such as "output" or "label".
	Of string
	// All is the verdict on all parts together.
	All *Verdict
	// Dim is the number of generators along which each part's Defect is measured: the
	// Coefficients of All, up to its largest rung. They may be more than the symmetries
	// of All.
	Dim int
	// Parts are in their natural order: outputs as the function gives them, labels ascending.
	Parts []Part
	// Broken holds the indices of the parts that break the generators, the worst first. A part
	// breaks them if the lower bound of its Defect exceeds both its own threshold and the
	// threshold of All. It also does if it stands out: if that bound exceeds .4 of the
	// threshold, and Rule.Gap times the largest upper bound of all other parts.
	Broken []int
}

// Part is one output of a function, or the samples of one label.
type Part struct {
	Name    string
	Samples int // number of samples that have the part
	// Effective is the number of equally weighted samples that would be as good; see
	// Influence.
	Effective float64
	// Defect is the relative defect of the generator, in the span of the Dim generators,
	// that this part breaks most. The generator is fitted to half of the part's samples and
	// tested on the others. The interval allows for the number of parts. Value is NaN if
	// the defect is not known.
	Defect Estimate
	// Verdict is the verdict on this part alone; nil if there is none.
	Verdict *Verdict
	// Reason says why there is no verdict; it is "" if there is one.
	Reason string
}

// Answer is the answer of the part's own verdict, Undetermined if it has none.
func (p Part) Answer() Answer {
	if p.Verdict == nil {
		return Undetermined
	}
	return p.Verdict.Answer
}

// String returns, for example, "37: ρ = 0.050 (0.047–0.053); alone 1 generator, so(2)".
func (p Part) String() string {
	text := fmt.Sprintf("%s: ρ = %s", p.Name, spelling.Short(p.Defect.Value))
	if !math.IsNaN(p.Defect.Lower) {
		text += fmt.Sprintf(" (%s–%s)", spelling.Short(p.Defect.Lower), spelling.Short(p.Defect.Upper))
	}
	return text + "; alone " + p.alone()
}

// BreakDown compares the parts of what was judged together. The candidates are those of the
// verdict all, and evidence[i] is the evidence of the part names[i] alone; nil means that
// nothing is known of that part. A part with too few samples gets a Reason, not an error.
// BreakDown panics if evidence and names differ in length, or if a field of the rule is out
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

// Accuse makes All undetermined if its answer is firm although a part breaks its generators,
// as Judge does for outputs. If Dim exceeds the number of symmetries of All, it changes
// nothing, because parts are then expected to break the additional generators.
func (b *Breakdown) Accuse() {
	if b.All.Answer != Symmetric || b.Dim != b.All.Dim || len(b.Broken) == 0 {
		return
	}
	b.All.Answer, b.All.Identity = Undetermined, nil
	b.All.Reasons = append(b.All.Reasons, b.broken())
}

// broken returns the indices of the parts that break the generators.
func (b *Breakdown) broken() string {
	each := make([]Estimate, len(b.Parts))
	for i, p := range b.Parts {
		each[i] = p.Defect
	}
	return brokenBy(b.Of, b.Broken, each, func(i int) string { return b.Parts[i].Name })
}

// relative returns the defects of the parts on the scale of the threshold of all. If a part
// has a larger threshold of its own, its defects are reduced in proportion.
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
		p.Reason = fmt.Sprintf("%s too few: give at least %d", spelling.Are(p.Samples, "sample"), enough)
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

// Order returns the indices of the parts by descending Defect, with unknown ones at the end.
func (b *Breakdown) Order() []int {
	each := make([]Estimate, len(b.Parts))
	for i, p := range b.Parts {
		each[i] = p.Defect
	}
	return worstFirst(each)
}
