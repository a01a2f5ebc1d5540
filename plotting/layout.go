package plotting

import (
	"fmt"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/look"
)

// A Layout is several figures in rows and columns, drawn as one.
type Layout struct {
	// Title is written above the figures.
	Title string

	// Columns is the number of figures in a row.
	Columns int

	// Figures fill the rows from left to right, the top row first.
	Figures []Figure

	// Width and Height are the size of the whole. Zero means the natural
	// sizes of the figures, reduced in proportion to a width of at most 9
	// inches.
	Width, Height vg.Length

	remark, warning string // lines above the figures
}

const layoutGap = 0.08 * vg.Inch

// Grid arranges figures in rows of at most the given number of columns.
// Without figures it says "nothing to show".
//
// Grid panics if columns < 1 or a figure is nil.
func Grid(columns int, figures ...Figure) *Layout {
	if columns < 1 {
		panic(fmt.Sprintf("plotting: Grid: columns is %d, want at least 1", columns))
	}
	for i, f := range figures {
		if f == nil {
			panic(fmt.Sprintf("plotting: Grid: figures[%d] is nil", i))
		}
	}
	return &Layout{Columns: max(1, min(columns, len(figures))), Figures: figures}
}

// Titled sets the title and returns l, for use inside an expression.
func (l *Layout) Titled(title string) *Layout {
	l.Title = title
	return l
}

// Size returns the natural size of the layout.
func (l *Layout) Size() (width, height vg.Length) {
	widths, heights := l.tracks()
	w, h := sum(widths), sum(heights)
	if w > look.PageWidth {
		w, h = look.PageWidth, h*look.PageWidth/w
	}
	return orDefault(l.Width, w), orDefault(l.Height, h+l.headHeight())
}

// Draw draws the figures on dc, in proportion to their natural sizes.
func (l *Layout) Draw(dc draw.Canvas) {
	dc.SetColor(look.White)
	dc.Fill(dc.Rectangle.Path())
	dc = l.drawTitle(dc)
	if len(l.Figures) == 0 {
		dc.FillText(look.Text(look.LabelSize, look.Warning), vg.Point{X: dc.Min.X + 4, Y: dc.Min.Y + 6}, "nothing to show")
		return
	}
	widths, heights := l.tracks()
	x := fit(widths, dc.Size().X)
	y := fit(heights, dc.Size().Y)
	columns := max(1, l.Columns)
	for i, f := range l.Figures {
		row, col := i/columns, i%columns
		f.Draw(draw.Canvas{Canvas: dc.Canvas, Rectangle: vg.Rectangle{
			Min: vg.Point{X: dc.Min.X + x[col] + layoutGap/2, Y: dc.Max.Y - y[row+1]},
			Max: vg.Point{X: dc.Min.X + x[col+1] - layoutGap/2, Y: dc.Max.Y - y[row]},
		}})
	}
}

// drawTitle writes the title and the warning and returns the rest of dc.
func (l *Layout) drawTitle(dc draw.Canvas) draw.Canvas {
	for _, line := range l.head() {
		at := vg.Point{X: dc.Center().X, Y: dc.Max.Y - headGap/2}
		dc.FillText(line.style, at, line.text)
		dc.Max.Y -= line.height()
	}
	return dc
}

const headGap = vg.Length(6)

// A headLine is a line of text above the figures.
type headLine struct {
	text  string
	style text.Style
}

func (h headLine) height() vg.Length { return h.style.Height(h.text) + headGap }

// head returns the lines above the figures.
func (l *Layout) head() (lines []headLine) {
	add := func(s string, sty text.Style) {
		if s != "" {
			sty.XAlign, sty.YAlign = draw.XCenter, draw.YTop
			lines = append(lines, headLine{s, sty})
		}
	}
	add(l.Title, look.Text(look.TitleSize+1, look.Ink))
	add(l.remark, look.Text(look.NoteSize, look.Ink))
	add(l.warning, look.Text(look.NoteSize, look.Warning))
	return lines
}

func (l *Layout) headHeight() (height vg.Length) {
	for _, line := range l.head() {
		height += line.height()
	}
	return height
}

// tracks returns the natural widths of the columns and heights of the rows.
func (l *Layout) tracks() (widths, heights []vg.Length) {
	if len(l.Figures) == 0 {
		return []vg.Length{1.5 * vg.Inch}, []vg.Length{0.3 * vg.Inch}
	}
	columns := max(1, l.Columns)
	widths = make([]vg.Length, columns)
	heights = make([]vg.Length, (len(l.Figures)+columns-1)/columns)
	for i, f := range l.Figures {
		w, h := sizeOf(f)
		row, col := i/columns, i%columns
		widths[col] = max(widths[col], w+layoutGap)
		heights[row] = max(heights[row], h)
	}
	return widths, heights
}

func sum(lengths []vg.Length) (s vg.Length) {
	for _, l := range lengths {
		s += l
	}
	return s
}

// fit returns the borders between tracks that share a length in proportion.
func fit(tracks []vg.Length, length vg.Length) (borders []vg.Length) {
	borders = make([]vg.Length, len(tracks)+1)
	for i, t := range tracks {
		borders[i+1] = borders[i] + t*length/sum(tracks)
	}
	return borders
}

// String returns the title and the size of the layout, and how to show it.
func (l *Layout) String() string {
	return drawn(fmt.Sprintf("layout of %d figures", len(l.Figures)), l.Title, l)
}
