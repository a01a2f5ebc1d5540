package board

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/look"
)

// Outcome says how an answer compares with the truth.
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

// Score is one cell of a scoreboard.
type Score struct {
	Outcome Outcome

	// Text is written beside the symbol of the outcome: the answer, or the
	// condition that failed.
	Text string
}

// symbol draws a check mark, a question mark, a cross or a dash. The
// typeface has no check mark and no cross.
func symbol(c draw.Canvas, o Outcome, at vg.Point) {
	line := draw.LineStyle{Color: ink(o), Width: vg.Points(1.4)}
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
