package ask

import (
	"fmt"
	"strings"

	"github.com/liegg/lab/liegg/internal/sheet"
)

// HTML returns the answer as HTML, for plotting.Show and for pages of package report: the verdict
// with its finite flows and pictures, or the breakdown or the layers that were asked about, then the
// tests of single generators, invariants and the finite group, and notes. draw makes the HTML of a picture; it may be nil.
func (a *Answer) HTML(draw sheet.Draw) string {
	s := sheet.New(draw, "")
	switch {
	case a.Layers != nil:
		s.Include("", a.Layers.HTML)
	case a.Breakdown != nil:
		s.Include("", a.Breakdown.HTML)
	case a.Judgement != nil:
		s.Include("", a.Judgement.HTML)
	case a.Verdict != nil:
		s.Include("", a.Verdict.HTML)
	}
	for _, r := range a.Tests {
		s.Include(fmt.Sprintf("Test: %s", r.Name), r.HTML)
	}
	if a.Invariants != nil {
		s.Include("What outputs depend on", a.Invariants.HTML)
	}
	if a.Group != nil {
		s.Include("Finite group", a.Group.HTML)
	}
	s.Note(a.Title)
	s.Facts(strings.Join(a.Notes, "\n"))
	return s.HTML()
}
