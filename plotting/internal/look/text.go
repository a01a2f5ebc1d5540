package look

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// Fit shrinks the style if s is wider than room.
func Fit(sty text.Style, s string, room vg.Length) text.Style {
	if w := sty.Width(s); w > room && room > 0 {
		sty.Font.Size *= room / w
	}
	return sty
}

// Wrap breaks s at spaces, and inside words only if a single word is longer
// than width characters.
func Wrap(s string, width int) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		for _, part := range chop(word, width) {
			switch {
			case line == "":
				line = part
			case len([]rune(line))+1+len([]rune(part)) <= width:
				line += " " + part
			default:
				lines = append(lines, line)
				line = part
			}
		}
	}
	return strings.Join(append(lines, line), "\n")
}

// chop cuts a word into pieces of at most width characters.
func chop(word string, width int) (parts []string) {
	r := []rune(word)
	for len(r) > width {
		parts = append(parts, string(r[:width]))
		r = r[width:]
	}
	return append(parts, string(r))
}

// Text returns the sans-serif face at size points.
func Text(size float64, c color.Color) text.Style {
	return text.Style{
		Color:   c,
		Font:    font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, vg.Points(size)),
		Handler: newSpeller(),
	}
}

// Restyle sets face, size, colour and spelling of s, and keeps its alignment.
func Restyle(s *text.Style, size float64) {
	new := Text(size, Ink)
	s.Font, s.Color, s.Handler = new.Font, new.Color, new.Handler
}
