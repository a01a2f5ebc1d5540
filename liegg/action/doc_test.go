package action_test

import (
	"os"
	"strings"
	"testing"
)

// The action that the package comment shows is the one that ExampleAgrees checks.
func TestDocShowsTheExample(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("example_own_test.go")
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for line := range strings.Lines(string(doc)) {
		code, ok := strings.CutPrefix(line, "//\t")
		if !ok {
			continue
		}
		shown++
		if !strings.Contains(string(example), "\n"+code) {
			t.Errorf("doc.go shows a line that the example has not: %s", code)
		}
	}
	if shown < 10 {
		t.Errorf("doc.go shows %d lines of code", shown)
	}
}
