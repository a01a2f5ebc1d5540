package effects

import (
	"fmt"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/study/sweep"
)

// Answers counts the verdicts of the networks, for each value of x.
func (r Rows) Answers(x Measure) string {
	answer := func(row sweep.Row) string {
		if row.Failed != "" {
			return "failed"
		}
		return row.Answer
	}
	var answers []string
	for _, row := range r {
		if a := answer(row); !slices.Contains(answers, a) {
			answers = append(answers, a)
		}
	}
	slices.Sort(answers)
	rows := [][]string{append([]string{fmt.Sprintf("%d networks", len(r))}, answers...)}
	labels, groups := r.groups([]Measure{x})
	for i, group := range groups {
		line := []string{labels[i]}
		for _, a := range answers {
			of := slices.DeleteFunc(slices.Clone(group), func(row sweep.Row) bool { return answer(row) != a })
			line = append(line, fmt.Sprint(len(of)))
		}
		rows = append(rows, line)
	}
	return aligned(rows)
}

// Generators lists, for each regime, how many generators were found for each seed: with a question
// mark if the number is undetermined, with ≈ if it is approximate.
func (r Rows) Generators() string {
	marks := map[string]string{"undetermined": "?", "approximate": "≈"}
	var rows [][]string
	for _, regime := range r.Regimes() {
		var found []string
		for _, row := range r.In(regime) {
			found = append(found, fmt.Sprint(row.Dim)+marks[row.Answer])
		}
		rows = append(rows, []string{regime, fmt.Sprintf("generators [%s] of %d", strings.Join(found, " "), r.In(regime)[0].Truth)})
	}
	return aligned(rows)
}

// Spread lists the geometric means of measures in each regime, with their intervals.
func (r Rows) Spread(ys ...Measure) string {
	rows := [][]string{append([]string{"means"}, names(ys)...)}
	for _, regime := range r.Regimes() {
		line := []string{regime}
		for _, y := range ys {
			m := r.In(regime).Mean(y)
			line = append(line, fmt.Sprintf("%.3f (%.3f to %.3f)", m.Value, m.Lower, m.Upper))
		}
		rows = append(rows, line)
	}
	return aligned(rows)
}
