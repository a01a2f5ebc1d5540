package plotting

import (
	"fmt"

	"gonum.org/v1/plot"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/board"
)

// An Outcome says how an answer compares with the truth.
type Outcome = board.Outcome

// The zero value is a cell without an answer.
const (
	NotRun       = board.NotRun
	Right        = board.Right        // the answer is the truth
	Undetermined = board.Undetermined // no answer was given, and the verdict says so
	Wrong        = board.Wrong        // the answer given is not the truth
)

// A Score is one cell of a scoreboard: its outcome, and a text beside the symbol of the outcome, the
// answer or the condition that failed.
type Score = board.Score

// Scoreboard draws a table with a row for each case and a column for each
// seed or quality. Right cells are blue with a check mark, undetermined ones
// grey with a question mark, wrong ones vermilion with a cross, and those not
// run white. A line below the table explains the symbols and counts the
// outcomes. Twelve rows by eight columns of short texts fit on a page; longer
// texts shrink.
//
// Scoreboard panics if scores and rows differ in length, if a row of scores
// and columns do, or if an outcome is none of the four.
func Scoreboard(rows, columns []string, scores [][]Score) *Chart {
	checkScores(rows, columns, scores)
	b := &board.Board{Rows: rows, Columns: columns, Scores: scores}
	c := newChart(0, 0)
	c.HideAxes()
	c.X.Min, c.X.Max = 0, max(1, float64(len(columns)))
	c.Y.Min, c.Y.Max = 0, max(1, float64(len(rows)))
	c.Y.Scale = plot.InvertedScale{Normalizer: axes.LinearScale{}}
	c.X.Padding, c.Y.Padding = 0, 0
	c.Width, c.Height = b.Size()
	c.Add(b)
	if len(rows) == 0 || len(columns) == 0 {
		c.warn("no data")
	}
	return c
}

func checkScores(rows, columns []string, scores [][]Score) {
	if len(scores) != len(rows) {
		panic(fmt.Sprintf("plotting: Scoreboard: %d rows of scores for %d names of rows", len(scores), len(rows)))
	}
	for i, row := range scores {
		if len(row) != len(columns) {
			panic(fmt.Sprintf("plotting: Scoreboard: scores[%d] has %d cells for %d columns", i, len(row), len(columns)))
		}
		for j, s := range row {
			if s.Outcome < NotRun || s.Outcome > Wrong {
				panic(fmt.Sprintf("plotting: Scoreboard: scores[%d][%d].Outcome is %d", i, j, int(s.Outcome)))
			}
		}
	}
}
