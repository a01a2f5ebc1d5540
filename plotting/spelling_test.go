package plotting

import (
	"testing"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"

	"github.com/liegg/lab/plotting/internal/look"
)

// What the typeface lacks takes the room of its spelling in every text of a chart.
func TestSpelling(t *testing.T) {
	c := Spectrum(Series{Name: "a", Y: []float64{1}})
	for name, sty := range map[string]text.Style{
		"title": c.Title.TextStyle, "label": c.X.Label.TextStyle, "tick": c.Y.Tick.Label, "key": c.Legend.TextStyle,
	} {
		if got, want := sty.Width("so(3) ⊕ R ⋉ R²"), sty.Width("so(3) + R |× R²"); got != want {
			t.Errorf("%s: %v wide, want %v", name, got, want)
		}
	}
}

// The spelling of a sign is made of signs that the typeface has, and the sign itself
// is not.
func TestSpellingIsNeededAndHelps(t *testing.T) {
	sty := look.Text(look.TickSize, look.Ink)
	face := sty.Handler.Cache().Lookup(sty.Font, sty.Font.Size)
	for _, sign := range "⊕⊗⋉⋊≅∼ℝℂ⟨⟩∥∘∗∧ⱼₖₘₙ⁻" {
		if has(t, face, sign) {
			t.Errorf("the typeface has %c", sign)
		}
		for _, r := range look.Spelling.Replace(string(sign)) {
			if !has(t, face, r) {
				t.Errorf("the typeface has no %c for %c", r, sign)
			}
		}
	}
}

func has(t *testing.T, face font.Face, r rune) bool {
	index, err := face.Face.GlyphIndex(nil, r)
	if err != nil {
		t.Fatal(err)
	}
	return index != 0
}
