package liegg

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

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

// broken says which parts break the symmetry of all.
func (b *Breakdown) broken() string { return brokenBy(b.Of, b.Broken, b.defects(), b.name) }

// defects returns the defects of the parts.
func (b *Breakdown) defects() []Estimate {
	each := make([]Estimate, len(b.Parts))
	for i, p := range b.Parts {
		each[i] = p.Defect
	}
	return each
}

func (b *Breakdown) name(i int) string { return b.Parts[i].Name }

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
	return worstFirst(b.defects())
}

// partRows is the number of parts that a printed breakdown lists, beginning with the worst.
const partRows = 20

// String returns the breakdown as a readable table: what all parts have together, which of
// them break it, and a row for each of the 20 worst parts. A row gives the relative defect ρ
// with its interval, the answer for the part alone, and its numbers of samples, plain and
// effective. The other parts are summed up in one line.
func (b *Breakdown) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "all %ss together: %s\n", b.Of, strings.TrimSuffix(b.All.headline(), "\n"))
	b.All.writeLadder(&s, false)
	for _, r := range b.All.Reasons {
		fmt.Fprintf(&s, "  because %s\n", r)
	}
	s.WriteString(b.summary())
	order := b.Order()
	listed := order[:min(len(order), partRows)]
	rows := [][]string{b.columns()}
	for _, i := range listed {
		rows = append(rows, b.row(i))
	}
	writeColumns(&s, rows)
	b.writeOthers(&s, order[len(listed):])
	return s.String()
}

// summary says along what ρ is measured, and which parts break the symmetry of all, if there is one.
func (b *Breakdown) summary() string {
	along := spelling.The(b.Dim, "generator") + " that all have"
	if !b.shared() {
		along = spelling.The(b.Dim, "direction") + spelling.Agree(b.Dim, " that comes nearest to a symmetry of all", " that come nearest to symmetries of all")
	}
	text := fmt.Sprintf("ρ is the defect of each %s along %s", b.Of, along)
	if b.Dim > 1 {
		text = fmt.Sprintf("among combinations of %s, ρ is the defect along the one that the %s breaks most", along, b.Of)
	}
	text += fmt.Sprintf("; threshold %s\n", spelling.Short(b.All.Threshold))
	if b.All.Frame != "" {
		text += fmt.Sprintf("inputs are %s\n", b.All.Frame)
	}
	return text + b.breaks() + "\n"
}

// shared reports whether the parts are compared along generators that all have together.
func (b *Breakdown) shared() bool {
	return (b.All.Answer == Symmetric || b.All.Answer == Approximate) && b.Dim == b.All.Dim
}

// breaks says which parts break the symmetry of all; if there is none, for which parts the nearest
// directions are no symmetries either.
func (b *Breakdown) breaks() string {
	switch {
	case b.shared() && len(b.Broken) > 0:
		return b.broken()
	case b.shared():
		return fmt.Sprintf("no %s is known to break the symmetry%s", b.Of, b.undecided())
	}
	text := ""
	if b.All.Answer == None {
		text = "there is no common symmetry to break; "
	}
	if len(b.Broken) == 0 {
		return text + fmt.Sprintf("no %s by itself is known to rule %s out%s", b.Of, spelling.Agree(b.Dim, "this direction", "these directions"), b.undecided())
	}
	return text + fmt.Sprintf("%s of %s: %s", spelling.Agree(b.Dim, "this direction is no symmetry", "these directions are not symmetries"), listed(b.Of, b.Broken, b.name), defectsOf(b.Broken, b.defects()))
}

// undecided counts the parts whose measured defect is above the threshold, but whose samples are
// too few to decide whether they break the generators. It returns "" if there are none.
func (b *Breakdown) undecided() string {
	count, first := 0, ""
	for _, i := range b.Order() {
		if b.Parts[i].Defect.Value > b.All.Threshold && !slices.Contains(b.Broken, i) {
			if count++; count == 1 {
				first = b.Parts[i].Name
			}
		}
	}
	switch count {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf(", but %s %s has ρ above the threshold, and too few samples to tell", b.Of, first)
	}
	return fmt.Sprintf(", but %d have ρ above the threshold, and too few samples to tell", count)
}

// columns are the heads of the table.
func (b *Breakdown) columns() []string {
	return []string{b.Of, "ρ", fmt.Sprintf("(%.0f %%)", 100*b.All.Rule.Confidence), "", "alone", "n", "n_eff"}
}

// row is a line of the table.
func (b *Breakdown) row(i int) []string {
	p := b.Parts[i]
	interval, mark, effective := "–", "", "–"
	if !math.IsNaN(p.Defect.Lower) {
		interval = fmt.Sprintf("(%s–%s)", spelling.Short(p.Defect.Lower), spelling.Short(p.Defect.Upper))
	}
	if slices.Contains(b.Broken, i) {
		mark = "breaks"
	}
	if p.Effective > 0 {
		effective = fmt.Sprintf("%.0f", p.Effective)
	}
	return []string{p.Name, spelling.Short(p.Defect.Value), interval, mark, p.alone(), fmt.Sprint(p.Samples), effective}
}

// alone returns the part's own verdict in a few words.
func (p Part) alone() string {
	const most = 60
	text := ""
	switch v := p.Verdict; {
	case v == nil:
		text = "undetermined: " + p.Reason
	case v.Answer == None:
		text = "none"
	case v.Answer == Undetermined:
		text = "undetermined"
		if len(v.Reasons) > 0 {
			text += ": " + v.Reasons[0]
		}
	default:
		text = spelling.Count(v.Dim, "generator")
		if v.Answer == Approximate {
			text = "approximately " + text
		}
		text += ", " + cmp.Or(v.Name(), "no name")
	}
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most-1]) + "…"
	}
	return text
}

// writeOthers sums up the parts that have no row.
func (b *Breakdown) writeOthers(s *strings.Builder, parts []int) {
	if len(parts) == 0 {
		return
	}
	largest, answers := 0., map[Answer]int{}
	for _, i := range parts {
		answers[b.Parts[i].Answer()]++
		if u := b.Parts[i].Defect.Upper; u > largest {
			largest = u
		}
	}
	var words []string
	for _, a := range []Answer{Symmetric, Approximate, None, Undetermined} {
		if answers[a] > 0 {
			words = append(words, fmt.Sprintf("%d %v", answers[a], a))
		}
	}
	fmt.Fprintf(s, "  … %d more, with ρ ≤ %s; alone: %s\n", len(parts), spelling.Short(largest), strings.Join(words, ", "))
}

// writeColumns aligns the columns of a table: names and words to the left.
func writeColumns(s *strings.Builder, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for j, cell := range row {
			widths[j] = max(widths[j], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		line := " "
		for j, cell := range row {
			pad := strings.Repeat(" ", widths[j]-utf8.RuneCountInString(cell))
			if j >= len(row)-2 { // numbers
				cell, pad = pad+cell, ""
			}
			line += " " + cell + pad + " "
		}
		s.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}
