package plotting

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/look"
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
