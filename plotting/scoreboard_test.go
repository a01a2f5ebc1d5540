package plotting

import (
	"fmt"
	"image"
	"image/color"
	"testing"

	"gonum.org/v1/plot/vg"

	"github.com/liegg/lab/plotting/internal/board"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/pixels"
)

func names(what string, n int) (s []string) {
	for i := range n {
		s = append(s, fmt.Sprintf("%s %d", what, i+1))
	}
	return s
}

// Twelve by eight cells with long texts fit a page and stay light.
func TestScoreboardFitsAPage(t *testing.T) {
	var scores [][]Score
	for i := range 12 {
		var row []Score
		for j := range 8 {
			row = append(row, Score{Outcome: Outcome(1 + (i*j)%3), Text: []string{"so(3) ⊕ R", "gap 3.2", "sl(2,R) ⋉ R²", "none"}[j%4]})
		}
		scores = append(scores, row)
	}
	c := Scoreboard(names("broken, ε =", 12), names("a quality", 8), scores)
	if w, h := c.Size(); w > look.PageWidth || h > 0.6*look.PageWidth {
		t.Errorf("the table takes %v × %v", w, h)
	}
	mustEncode(t, c)
}

// Each outcome is shown in its colour where it stands.
func TestScoreboardCells(t *testing.T) {
	b := &board.Board{Rows: names("case", 2), Columns: names("seed", 2), Scores: [][]Score{
		{{Outcome: Right}, {Outcome: Wrong, Text: "so(3)"}},
		{{Outcome: Undetermined}, {}},
	}}
	c := Scoreboard(b.Rows, b.Columns, b.Scores)
	img, _ := pixelsWith(c, isRed)
	left, above, below := b.Margins()
	cells := img.Bounds() // without names and tally
	cells.Min = cells.Min.Add(image.Pt(dots(left+look.ChartMargin), dots(above+look.ChartMargin)))
	cells.Max.Y -= dots(below + look.ChartMargin)
	places := map[Outcome]image.Rectangle{}
	for o := Right; o <= Wrong; o++ {
		for y := cells.Min.Y; y < cells.Max.Y; y++ {
			for x := cells.Min.X; x < cells.Max.X; x++ {
				if color.NRGBAModel.Convert(img.At(x, y)) == board.Fill[o] {
					places[o] = places[o].Union(image.Rect(x, y, x+1, y+1))
				}
			}
		}
	}
	right, wrong, undetermined := places[Right], places[Wrong], places[Undetermined]
	if right.Empty() || wrong.Min.X < right.Max.X || undetermined.Min.Y < right.Max.Y ||
		wrong.Max.Y != right.Max.Y || undetermined.Max.X != right.Max.X {
		t.Errorf("right %v, wrong %v, undetermined %v: not in their places", right, wrong, undetermined)
	}
}

func TestScoreboardOfFew(t *testing.T) {
	for _, c := range []*Chart{
		Scoreboard(nil, nil, nil),
		Scoreboard([]string{"a"}, nil, [][]Score{nil}),
		Scoreboard([]string{""}, []string{""}, [][]Score{{{Outcome: Right}}}),
	} {
		mustEncode(t, c)
	}
	if got := warnings(Scoreboard(nil, nil, nil)); got != "no data" {
		t.Errorf("warning %q", got)
	}
}

func dots(l vg.Length) int { return int(l.Dots(pixels.DPI)) }
