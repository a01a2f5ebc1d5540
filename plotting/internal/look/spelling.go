package look

import (
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// A speller draws plain text and replaces symbols of Lie theory that the
// typeface lacks. Without it the sum in "so(3) ⊕ so(3)" would vanish without
// a trace.
type speller struct{ text.Plain }

// Spelling lists the replacements. Missing symbols without a near likeness
// are left as they are.
var Spelling = strings.NewReplacer(
	"⊕", "+", "⊗", "×", "⋉", "|×", "⋊", "×|", "≅", "≈", "∼", "~",
	"ℝ", "R", "ℂ", "C", "⟨", "<", "⟩", ">", "∥", "||",
	"∘", "·", "∗", "*", "∧", "^", "ⱼ", "j", "ₖ", "k", "ₘ", "m", "ₙ", "n", "⁻", "^-",
)

func newSpeller() text.Handler {
	return speller{text.Plain{Fonts: plot.DefaultTextHandler.Cache()}}
}

// Lines implements text.Handler.
func (s speller) Lines(txt string) []string { return s.Plain.Lines(Spelling.Replace(txt)) }

// Box implements text.Handler.
func (s speller) Box(txt string, f font.Font) (width, height, depth vg.Length) {
	return s.Plain.Box(Spelling.Replace(txt), f)
}

// Draw implements text.Handler.
func (s speller) Draw(c vg.Canvas, txt string, sty text.Style, at vg.Point) {
	s.Plain.Draw(c, Spelling.Replace(txt), sty, at)
}
