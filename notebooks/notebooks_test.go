// Package notebooks tests the form in which the notebooks are stored; package rerun
// and those below it run them again.
package notebooks

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
