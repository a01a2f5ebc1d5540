package plotting

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/look"
)

// An Outcome says how an answer compares with the truth.
type Outcome int

// The zero value is a cell without an answer.
const (
	NotRun       Outcome = iota
	Right                // the answer is the truth
	Undetermined         // no answer was given, and the verdict says so
	Wrong                // the answer given is not the truth
)

// String returns "not run", "right", "undetermined" or "wrong".
func (o Outcome) String() string {
	return [...]string{"not run", "right", "undetermined", "wrong"}[o]
}

// A Score is one cell of a scoreboard.
type Score struct {
	Outcome Outcome

	// Text is written beside the symbol of the outcome: the answer, or the
	// condition that failed.
	Text string
}

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
	b := &board{rows: rows, columns: columns, scores: scores}
	c := newChart(0, 0)
	c.HideAxes()
	c.X.Min, c.X.Max = 0, max(1, float64(len(columns)))
	c.Y.Min, c.Y.Max = 0, max(1, float64(len(rows)))
	c.Y.Scale = plot.InvertedScale{Normalizer: axes.LinearScale{}}
	c.X.Padding, c.Y.Padding = 0, 0
	c.Width, c.Height = b.size()
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

// Sizes of the table.
const (
	scoreHeight  = 0.27 * vg.Inch
	scoreText    = 8.5 // points
	leastScore   = 0.55 * vg.Inch
	largestScore = 1.4 * vg.Inch
	symbolRoom   = vg.Length(14) // to the left of the text of a cell
	scorePad     = vg.Length(4)
	boardEdge    = vg.Length(4) // kept free around the data by gonum/plot
)

// outcomeSymbol draws a check mark, a question mark, a cross or a dash. The
// typeface has no check mark and no cross.
func outcomeSymbol(c draw.Canvas, o Outcome, at vg.Point) {
	line := draw.LineStyle{Color: outcomeInk(o), Width: vg.Points(1.4)}
	switch o {
	case Right:
		c.StrokeLines(line, []vg.Point{
			{X: at.X - 3.2, Y: at.Y}, {X: at.X - 1, Y: at.Y - 2.6}, {X: at.X + 3.2, Y: at.Y + 3},
		})
	case Wrong:
		c.StrokeLine2(line, at.X-2.7, at.Y-2.7, at.X+2.7, at.Y+2.7)
		c.StrokeLine2(line, at.X-2.7, at.Y+2.7, at.X+2.7, at.Y-2.7)
	case Undetermined:
		sty := look.Text(look.LabelSize, line.Color)
		sty.XAlign, sty.YAlign = draw.XCenter, draw.YCenter
		c.FillText(sty, vg.Point{X: at.X, Y: at.Y + 1}, "?")
	default:
		c.StrokeLine2(line, at.X-2, at.Y, at.X+2, at.Y)
	}
}
