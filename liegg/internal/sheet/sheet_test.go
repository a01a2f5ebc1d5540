package sheet_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/sheet"
	"github.com/liegg/lab/liegg/internal/sheet/sheettest"
)

func body(fragment string) string {
	_, rest, _ := strings.Cut(fragment, "</style>\n")
	return rest
}

// The parts of a sheet, as they are written.
func TestSheet(t *testing.T) {
	drawn := func(value any, about string) string {
		if value == nil {
			return ""
		}
		return fmt.Sprintf("<img src=\"data:image/png;base64,%v\" width=\"1\" height=\"1\" alt=\"%s\"/>", value, about)
	}
	s := sheet.Of(drawn, "2 < 3 rungs\n  because ρ is small\n  basis: hidden\n\n  last", "basis:")
	s.Picture("AA", "a picture")
	s.Picture(nil, "none")
	s.Table("a caption", []string{"name", "number"}, [][]string{{"<a>", "1"}, {"b", "−2"}})
	s.Matrices("", []sheet.Matrix{{Name: "x & y", H: mat.NewDense(1, 2, []float64{-.5, 0})}})
	s.Folded("more", func() { s.Note("a < b") })
	const want = `<div class="liegg">
<p class="liegg-answer">2 &lt; 3 rungs</p>
<ul class="liegg-facts"><li>because <abbr tabindex="0" title="$">ρ</abbr> is small</li><li>last</li></ul>
<div class="liegg-picture"><img src="data:image/png;base64,AA" width="1" height="1" alt="a picture"/></div>
<div class="liegg-wide"><table class="liegg-table">
<caption>a caption</caption>
<thead><tr><th scope="col" class="liegg-words">name</th><th scope="col">number</th></tr></thead>
<tbody>
<tr><th scope="row" class="liegg-words">&lt;a&gt;</th><td>1</td></tr>
<tr><th scope="row" class="liegg-words">b</th><td>−2</td></tr>
</tbody></table></div>
<div class="liegg-matrices">
<div class="liegg-matrix"><span>x &amp; y</span><math><mtable><mtr><mtd><mrow><mo>−</mo><mn>0.5</mn></mrow></mtd><mtd><mn>0</mn></mtd></mtr></mtable></math></div>
</div>
<details><summary>more</summary>
<p class="liegg-note">a &lt; b</p>
</details>
</div>
`
	got := s.HTML()
	sheettest.Read(t, got)
	got = body(got)
	if from, to := strings.Index(got, "title=\"")+7, strings.Index(got, "\">ρ"); from < to {
		got = got[:from] + "$" + got[to:]
	}
	if got != want {
		t.Errorf("%s", got)
	}
}

// A term is explained once, the longest one that begins there, and never within a word.
func TestTerms(t *testing.T) {
	for text, want := range map[string]string{
		"ρ and ρ":                    "<ρ> and ρ",
		"ρ_ref, ρ":                   "<ρ_ref>, <ρ>",
		"ρ_2 and Δt":                 "ρ_2 and Δt",
		"regenerators, generator":    "regenerators, <generator>",
		"3 generators of (0.1, 95 %": "3 <generators> of (0.1, <95 %>",
		"":                           "",
	} {
		got := body(sheet.New(nil, text).HTML())
		for strings.Contains(got, "<abbr") {
			before, rest, _ := strings.Cut(got, "<abbr")
			_, rest, _ = strings.Cut(rest, "\">")
			got = before + "{" + strings.Replace(rest, "</abbr>", "}", 1)
		}
		want = strings.NewReplacer("<", "{", ">", "}").Replace(want)
		if !strings.Contains(got, "liegg-answer\">"+want+"</p>") && want != "" {
			t.Errorf("%q is shown as %s", text, got)
		}
	}
}

// What is long is cut, and numbers that are none are written.
func TestLimits(t *testing.T) {
	s := sheet.New(nil, "x")
	s.Table("", []string{"n"}, make([][]string, 45))
	s.Matrices("large", []sheet.Matrix{{H: mat.NewDense(13, 13, nil)}, {H: mat.NewDense(2, 2, []float64{math.NaN(), math.Inf(-1), -.001, 2.5e9})}})
	text, elements := sheettest.Read(t, s.HTML())
	if elements["tr"] != 41 || !strings.Contains(text, "… 5 more") || elements["math"] != 1 || !strings.Contains(text, "not shown: 1 matrices") {
		t.Errorf("%v %s", elements, text)
	}
	if !strings.Contains(text, "NaN − ∞ 0 2.5e+09") {
		t.Errorf("%s", text)
	}
}
