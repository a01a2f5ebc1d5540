package rerun

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

func TestAlikeText(t *testing.T) {
	for _, c := range []struct {
		got, want string
		alike     bool
	}{
		{"10 small, bias 0.0052", "10 small, bias 0.0060", true},
		{"3 generators, Lie algebra so(3), ρ ≤ 0.0088", "3 generators: the Lie algebra is so(3), with ρ ≤ 0.0071", true}, // other words
		{"2 generators, so(2), ρ ≤ .068", "3 generators, so(3), ρ ≤ .0088", false},
		{"3 generators, so(3), ρ ≤ 0.068", "3 generators, so(3), ρ ≤ 0.0088", false},
		{"3 generators, so(2,1)", "3 generators, so(3)", false},
		{"6 generators, so(3) ⊕ so(3)", "6 generators, so(3) ⋉ so(3)", false},
		{"3 generators, so(3) ⋉ R³", "3 generators, so(3)", false},
		{"2 generators", "3 generators", false},
		{"2 small of 5", "3 small of 5", false},
		{"9 small, bias 0.0052", "10 small, bias 0.0052", false},
		{"undetermined, because few samples", "none, because few samples", false},
		{"approximately 3 generators", "3 generators", false},
		{"rotation: broken, ρ = 0.05", "rotation: invariant, ρ = 0.05", false},
		{"basis: x₁∂₂ − x₂∂₁", "basis: x₁∂₂ + x₂∂₁", false},
		{"t∂x + x∂t", "t∂y + y∂t", false},
		{"bias 0.9", "bias 0.005", false},
		{"bias 0.05", "bias -0.05", false},
		{"fixed point (-0.00, -0.02)", "fixed point (0.01, 0.00)", true},
		{"1.2e-15", "3.1e-16", true},
		{"1.2e-15", "3.1e-6", false},
		{" 1° ", "0.98°", true},
		{"broken at 14 %", "broken at 16 %", true},
		{"n_eff = 2900", "n_eff = 2812", true},
		{"moving 1500 inputs 2673 times each", "moving 1500 inputs 2650 times each", true},
		{"moving 1500 inputs 20 times each", "moving 1500 inputs 2650 times each", false},
		{"of 2900 samples", "of 2812 samples", false},
		{"generators [10 10? 10]", "generators [10 9? 10]", false},
	} {
		if err := alikeText(c.got, c.want); (err == nil) != c.alike {
			t.Errorf("%q for %q: %v", c.got, c.want, err)
		}
	}
}

// Every text that is stored is like itself, and unlike itself with one fact changed.
func TestAChangedFactIsSeen(t *testing.T) {
	rng := rand.New(rand.NewPCG(16, 0))
	for _, text := range storedTexts(t) {
		if err := alikeText(text, text); err != nil {
			t.Fatal(err)
		}
		for _, at := range fact.FindAllStringIndex(text, -1) {
			if rng.IntN(20) > 0 {
				continue
			}
			f := factsOf(text[at[0]:at[1]])
			changed := text[:at[0]] + " so(77) " + text[at[1]:]
			switch {
			case len(f.answers) > 0:
			case f.numbers[0].value < rounding:
				continue
			default:
				changed = text[:at[0]] + strings.Replace(text[at[0]:at[1]], f.numbers[0].text, "7e7", 1) + text[at[1]:]
			}
			if alikeText(changed, text) == nil {
				t.Errorf("%q for %q in %q is not seen", changed[at[0]:], text[at[0]:at[1]], text)
			}
		}
	}
}

func storedTexts(t *testing.T) (texts []string) {
	for _, n := range storedNotebooks(t) {
		for _, cell := range n.Cells {
			for _, o := range cell.Outputs {
				texts = append(texts, string(o.Text))
			}
		}
	}
	return texts
}

func storedNotebooks(t *testing.T) (all []Notebook) {
	paths, err := filepath.Glob("../0*.ipynb")
	if err != nil || len(paths) == 0 {
		t.Fatal("no notebooks: ", err)
	}
	for _, path := range paths {
		all = append(all, Read(t, path))
	}
	return all
}

// The picture of one cell does not pass for the picture of another.
func TestPicturesOfOtherCellsAreUnlike(t *testing.T) {
	passed, tried := 0, 0
	for _, n := range storedNotebooks(t) {
		var pictures []Text
		for _, cell := range n.Cells {
			for _, o := range cell.Outputs {
				if p := o.Data["image/png"]; p != "" {
					pictures = append(pictures, p)
				}
			}
		}
		for i, a := range pictures {
			if err := alikePicture(a, a); err != nil {
				t.Error(err)
			}
			for _, b := range pictures[:i] {
				tried++
				if alikePicture(a, b) == nil {
					passed++
				}
			}
		}
	}
	if passed > 2 { // two pairs draw the same quantity of two networks
		t.Errorf("%d of %d pictures pass for another", passed, tried)
	}
}

// What is printed and what is shown may come in any order.
func TestPrintedFirst(t *testing.T) {
	text := func(s string) Output { return Output{Kind: "stream", Name: "stdout", Text: Text(s)} }
	shown := Output{Kind: "display_data", Data: map[string]Text{"text/html": "<p>3 generators</p>", "text/plain": "3 generators"}}
	a, b := Cell{Outputs: []Output{text("2 small\n"), shown, text("1 large\n")}}, Cell{Outputs: []Output{shown, text("2 small\n1 large\n")}}
	if err := alike(a, b); err != nil {
		t.Error(err)
	}
	if alike(a, Cell{Outputs: []Output{shown, text("1 large\n2 small\n")}}) == nil || alike(a, Cell{Outputs: []Output{text("2 small\n1 large\n")}}) == nil {
		t.Error("other outputs pass")
	}
}
