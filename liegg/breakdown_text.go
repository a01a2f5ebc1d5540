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

// summary says which parts break the generators.
func (b *Breakdown) summary() string {
	of := fmt.Sprintf("the %s that all have", spelling.Count(b.Dim, "generator"))
	if b.All.Answer != Symmetric && b.All.Answer != Approximate || b.Dim != b.All.Dim {
		of = fmt.Sprintf("the %s that come nearest to symmetries of all", spelling.Count(b.Dim, "direction"))
	}
	text := fmt.Sprintf("ρ is the defect along %s, of the one that is worst for the %s; threshold %s\n", of, b.Of, spelling.Short(b.All.Threshold))
	if b.All.Frame != "" {
		text += fmt.Sprintf("inputs are %s\n", b.All.Frame)
	}
	if len(b.Broken) == 0 {
		return text + fmt.Sprintf("no %s is known to break them%s\n", b.Of, b.undecided())
	}
	return text + b.broken() + "\n"
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
