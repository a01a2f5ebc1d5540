// Package notebooks tests the form in which the notebooks are stored; package rerun
// and those below it run them again.
package notebooks

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/liegg/lab/notebooks/rerun"
)

func stored(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("*.ipynb")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no notebooks here: %v", err)
	}
	return paths
}

// Stored notebooks have one form, so that a change of theirs is a change of
// substance: executed without errors, no counts, no metadata of a front end. They
// get it by go run ./kernel run --canonical NOTEBOOK.
func TestStoredForm(t *testing.T) {
	for _, path := range stored(t) {
		if info, err := os.Stat(path); err != nil || info.Size() > 500_000 {
			t.Errorf("%s: %v bytes (%v), the limit is 500 000", path, info.Size(), err)
		}
		n := rerun.Read(t, path)
		for key := range n.Metadata {
			if key != "kernelspec" && key != "language_info" {
				t.Errorf("%s: metadata %q", path, key)
			}
		}
		drawn := 0
		for i, c := range n.Cells {
			if c.Count != nil {
				t.Errorf("%s, cell %d: execution count %d", path, i+1, *c.Count)
			}
			for key := range c.Metadata {
				if key != "tags" {
					t.Errorf("%s, cell %d: metadata %q", path, i+1, key)
				}
			}
			for _, o := range c.Outputs {
				if o.Kind == "error" || o.Name == "stderr" {
					t.Errorf("%s, cell %d: stored with an error: %s", path, i+1, o.Text)
				}
				drawn += len(o.Pictures())
			}
		}
		if drawn == 0 {
			t.Errorf("%s shows no picture", path)
		}
	}
}

// Cells of code fit on a page of 1000 pixels, and in a reader's head.
func TestCellsAreShort(t *testing.T) {
	const mostLines, mostColumns = 12, 95
	for _, path := range stored(t) {
		for i, c := range rerun.Read(t, path).Cells {
			if c.Kind != "code" {
				continue
			}
			lines := strings.Split(strings.TrimRight(string(c.Source), "\n"), "\n")
			if len(lines) > mostLines {
				t.Errorf("%s, cell %d: %d lines, at most %d", path, i+1, len(lines), mostLines)
			}
			for _, line := range lines {
				if n := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    ")); n > mostColumns {
					t.Errorf("%s, cell %d: %d columns, at most %d: %s", path, i+1, n, mostColumns, line)
				}
			}
		}
	}
}

// A notebook begins with one title and a question, and ends with what would refute its answer.
func TestQuestionAndRefutation(t *testing.T) {
	for _, path := range stored(t) {
		titles, refutations := 0, 0
		cells := rerun.Read(t, path).Cells
		for _, c := range cells {
			if c.Kind == "markdown" {
				titles += len(title.FindAllString(fenced.ReplaceAllString(string(c.Source), ""), -1))
				refutations += strings.Count(string(c.Source), "## What would refute this\n")
			}
		}
		first, last := string(cells[0].Source), string(cells[len(cells)-1].Source)
		if titles != 1 || !title.MatchString(first) || !strings.Contains(first, "?") {
			t.Errorf("%s has %d titles, and should begin with one and a question: %.80q", path, titles, first)
		}
		if refutations != 1 || !strings.Contains(last, "## What would refute this\n") {
			t.Errorf("%s says %d times what would refute it, and should end with that", path, refutations)
		}
	}
}

var (
	fenced   = regexp.MustCompile("(?s)```.*?```") // code in Markdown
	title    = regexp.MustCompile(`(?m)^# [^\n]+$`)
	next     = regexp.MustCompile(`(?m)^Next: \[\w+\]\((\w+\.ipynb)\)`)
	previous = regexp.MustCompile(`(?m)^Back: \[\w+\]\((\w+\.ipynb)\)`)
)

// From the first notebook, links lead through all of them, and back.
func TestLinksLeadThroughAllNotebooks(t *testing.T) {
	linked := func(path string, link *regexp.Regexp) string {
		cells := rerun.Read(t, path).Cells
		found := link.FindStringSubmatch(string(cells[len(cells)-1].Source))
		if found == nil {
			return ""
		}
		return found[1]
	}
	all := stored(t)
	before, seen := "", map[string]bool{}
	for path := "00_your_question.ipynb"; path != ""; before, path = path, linked(path, next) {
		if seen[path] || !slices.Contains(all, path) {
			t.Fatalf("%s leads to %s, which is no notebook, or was passed before", before, path)
		}
		seen[path] = true
		if back := linked(path, previous); back != before {
			t.Errorf("%s leads back to %q, and %q leads to it", path, back, before)
		}
	}
	for _, path := range all {
		if !seen[path] {
			t.Errorf("no link leads to %s: its last cell needs lines that begin with Next: [name](file) and Back: [name](file)", path)
		}
	}
}

// The README's picture is one that a notebook draws.
func TestReadmePicture(t *testing.T) {
	want, err := os.ReadFile("learned_rotation.png")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range rerun.Read(t, "02_rotated_mnist.ipynb").Cells {
		for _, o := range c.Outputs {
			raw, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(o.Data["image/png"]), "\n", ""))
			if err == nil && bytes.Equal(raw, want) {
				return
			}
		}
	}
	t.Error("learned_rotation.png is not drawn by 02_rotated_mnist: take it from the notebook again")
}

// Every notebook is run again by one package below rerun.
func TestEveryNotebookIsRunAgain(t *testing.T) {
	tests, err := filepath.Glob("rerun/*/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, path := range tests {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(source)
	}
	for _, path := range stored(t) {
		if n := strings.Count(text.String(), path); n != 1 {
			t.Errorf("%s is run by %d tests below rerun, want 1", path, n)
		}
	}
}
