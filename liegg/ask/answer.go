package ask

import (
	"strings"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/discrete"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/invariants"
	"github.com/liegg/lab/liegg/network/profile"
	"github.com/liegg/lab/liegg/report"
)

// Answer is the answer to a question.
type Answer struct {
	Title string
	Text  string // the answer in words
	Notes []string

	Verdict  *liegg.Verdict  // nil for layers
	Spectrum *liegg.Spectrum // of the outputs, for layers

	// Judgement holds Verdict with what finite flows say; nil if they were not followed.
	Judgement *flow.Judgement
	// Breakdown says which outputs or labels break the symmetries; nil if that was not asked.
	Breakdown *liegg.Breakdown
	// Layers is the profile of layers; nil if that was not asked.
	Layers profile.Profile
	// Tests are the answers about single generators.
	Tests []*flow.Result
	// Invariants are what an invariant function depends on, and Group is its finite group; nil if they
	// were not asked for.
	Invariants *invariants.Invariants
	Group      *discrete.Group
}

// add adds lines to the text.
func (a *Answer) add(text string) {
	a.Text = strings.TrimPrefix(strings.TrimSuffix(a.Text, "\n")+"\n"+strings.TrimSuffix(text, "\n")+"\n", "\n")
}

// String returns the answer in words.
func (a *Answer) String() string {
	return strings.Join(append([]string{strings.TrimSuffix(a.Text, "\n")}, a.Notes...), "\n")
}

// Report returns the answer as a report of package report.
func (a *Answer) Report() report.Report {
	notes := a.Notes
	if a.Verdict == nil || a.Text != a.Verdict.String() { // the report itself prints a verdict
		notes = append([]string{a.Text}, notes...)
	}
	return report.Report{Title: a.Title, Answer: a, Notes: notes, Verdict: a.Verdict, Spectrum: a.Spectrum}
}
