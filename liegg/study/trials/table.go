package trials

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Tally counts the results of a group of trials.
type Tally struct {
	Group                            string
	Runs                             int
	Right, Near, False, Rung, Missed int
	Open, Named, Failed              int
	Others                           int // trials with rungs that are not known to hold
	Seconds                          float64
	Reason                           string // the most frequent reason of undetermined or wrong results
	reasons                          map[string]int
	examples                         map[string]string
}

// Tallies counts results by their groups, in order of appearance.
func Tallies(results []Result, byCase bool) (tallies []*Tally) {
	for _, r := range results {
		group := r.Trial.Group(byCase)
		i := slices.IndexFunc(tallies, func(t *Tally) bool { return t.Group == group })
		if i < 0 {
			i = len(tallies)
			tallies = append(tallies, &Tally{Group: group, reasons: map[string]int{}, examples: map[string]string{}})
		}
		tallies[i].add(r)
	}
	for _, t := range tallies {
		t.Reason = t.frequent()
	}
	return tallies
}

func (t *Tally) add(r Result) {
	t.Runs++
	t.Seconds += r.Seconds
	counts := map[Outcome]*int{Right: &t.Right, Near: &t.Near, False: &t.False, Rung: &t.Rung, Missed: &t.Missed, Open: &t.Open, Failed: &t.Failed}
	*counts[r.Outcome]++
	if r.Named {
		t.Named++
	}
	if r.Rungs > 0 {
		t.Others++
	}
	if r.Outcome == Right || r.Outcome == False {
		return
	}
	reasons := r.Reasons
	if r.Outcome != Open {
		reasons = []string{r.Headline()}
	}
	for _, reason := range reasons {
		kind := number.ReplaceAllString(reason, "#")
		t.reasons[kind]++
		if t.examples[kind] == "" {
			t.examples[kind] = reason
		}
	}
}

// number matches what differs between reasons of one kind.
var number = regexp.MustCompile(`[0-9.]+(e[-+]?[0-9]+)?|≈0`)

func (t *Tally) frequent() string {
	best := ""
	for kind, count := range t.reasons {
		if best == "" || count > t.reasons[best] || count == t.reasons[best] && kind < best {
			best = kind
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("%d× %s", t.reasons[best], t.examples[best])
}

// Table writes tallies as a Markdown table.
func Table(tallies []*Tally) string {
	var b strings.Builder
	b.WriteString("| trials | runs | right | approximate | firm false | false rung | other rungs | missed | undetermined | of these named | error | s each | most frequent reason |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, t := range tallies {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %s | %s | %d | %d | %d | %d | %d | %.2g | %s |\n",
			t.Group, t.Runs, t.Right, t.Near, boldIfAny(t.False), boldIfAny(t.Rung), t.Others, t.Missed, t.Open, t.Named, t.Failed, t.Seconds/float64(t.Runs), shortened(t.Reason))
	}
	return b.String()
}

// shortened shortens a cell so that the table stays readable.
func shortened(s string) string {
	const most = 160
	s = strings.NewReplacer("\n", " ", "|", "/").Replace(s)
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// boldIfAny writes a number in bold unless it is 0.
func boldIfAny(n int) string {
	if n > 0 {
		return fmt.Sprintf("**%d**", n)
	}
	return "0"
}
