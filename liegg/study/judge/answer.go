package judge

import (
	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/report"
)

// Answer is the answer to a question.
type Answer struct {
	Title string
	Text  string // the answer in words
	Notes []string

	Verdict  *liegg.Verdict  // nil for layers
	Spectrum *liegg.Spectrum // of the outputs, for layers
}

// String returns the answer in words.
func (a *Answer) String() string {
	text := a.Text
	for _, n := range a.Notes {
		text += n + "\n"
	}
	return text
}

// Report returns the answer as a report of package report.
func (a *Answer) Report() report.Report {
	notes := a.Notes
	if a.Verdict == nil || a.Text != a.Verdict.String() { // the report itself prints a verdict
		notes = append([]string{a.Text}, notes...)
	}
	return report.Report{Title: a.Title, Notes: notes, Verdict: a.Verdict, Spectrum: a.Spectrum}
}
