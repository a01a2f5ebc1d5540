package board

import (
	"fmt"
	"testing"
)

// Each outcome is counted.
func TestTally(t *testing.T) {
	b := &Board{Rows: []string{"case 1", "case 2"}, Columns: []string{"seed 1", "seed 2"}, Scores: [][]Score{
		{{Outcome: Right}, {Outcome: Wrong, Text: "so(3)"}},
		{{Outcome: Undetermined}, {}},
	}}
	want := "[{1 right: 1 of 4} {2 undetermined: 1 of 4} {3 wrong: 1 of 4} {0 not run: 1 of 4}]"
	if got := fmt.Sprint(b.tallied()); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
