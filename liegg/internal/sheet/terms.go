package sheet

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// terms explains the terms of the field. Of terms that begin alike, the longest comes first.
var terms = []struct{ word, meaning string }{
	{"ρ_ref", "ρ of directions that have nothing to do with the function, on these data: the scale for ρ"},
	{"ρ", "relative defect of a generator: how much the outputs change along it, as a share of how much they would if gradients and motions were parallel. 0 for a symmetry, at most 1"},
	{"η", "change of the outputs while the inputs move along the generator by one extent of the data, in units of the spread of the outputs"},
	{"Δ", "mean squared change of the outputs along a finite flow, over twice their variance: 0 if nothing changes, 1 if outputs before and after are unrelated"},
	{"n_eff", "number of equally weighted samples that would say as much as these samples with their weights"},
	{"s²/N", "symmetry variance: mean squared change of the outputs along the generator, in their own units"},
	{"threshold", "the largest ρ that counts as a symmetry"},
	{"generators", "matrices A whose flows exp(tA) move the inputs; symmetries, if the outputs stay"},
	{"generator", "a matrix A whose flow exp(tA) moves the inputs; a symmetry, if the outputs stay"},
	{"Lie algebra", "a space of generators that holds the bracket [A, B] = AB − BA of any two of them"},
	{"Killing form", "the form κ(A, B) = tr(ad A · ad B) of a Lie algebra; the signs of its eigenvalues tell algebras apart"},
	{"structure constants", "the numbers c in [E_i, E_j] = Σ c_ij^k E_k, which say all about an algebra"},
	{"Polarization spectrum", "singular values of the matrix that holds, for all samples, how the outputs change along each candidate; symmetries have small ones"},
	{"rung", "a number of directions whose ρ is clearly smaller than the next one: a step on the ladder of approximate symmetries"},
	{"candidates", "all motions among which symmetries are sought"},
	{"held out", "measured on samples to which the generators were not fitted"},
	{"undetermined", "the data do not decide. This is not the same as none"},
	{"approximately", "broken, but much less than other directions are"},
	{"trivial", "motions that the data do not show, or to which the function does not respond"},
	{"finite flows", "motions exp(tA) of the inputs as far as they go. Gradients see only their beginning"},
	{"random", "along random generators that move the data at the same speed"},
	{"bias", "distance of a generator of unit norm to the skew-symmetric matrices, which are the rotations"},
	{"positive quadratic form", "a length: x ↦ xᵀQx, positive for all x ≠ 0"},
	{"infinite order", "its flow never comes back, as for scaling and shears"},
	{"solvable", "brackets of brackets of brackets … end at 0"},
	{"nilpotent", "brackets with the algebra, taken again and again, end at 0"},
	{"semisimple", "a sum of simple algebras: without an abelian ideal"},
	{"abelian", "all brackets are 0: the flows commute"},
	{"95 %", "confidence of the interval"},
	{"loss", "what training makes small"},
}

// text escapes a text and explains the terms that it is the first to name.
func (s *Sheet) text(text string) string {
	var b strings.Builder
	from, before := 0, rune(' ')
	for at := 0; at < len(text); {
		if word, meaning := s.term(text[at:], before); word != "" {
			s.explained[word] = true
			b.WriteString(clean(text[from:at]))
			fmt.Fprintf(&b, "<abbr tabindex=\"0\" title=\"%s\">%s</abbr>", clean(meaning), clean(word))
			at += len(word)
			from, before = at, ' '
			continue
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		at, before = at+size, r
	}
	return b.String() + clean(text[from:])
}

// term returns the term that a text begins with, if it is not explained yet.
func (s *Sheet) term(text string, before rune) (word, meaning string) {
	if inWord(before) {
		return "", ""
	}
	for _, t := range terms {
		rest, ok := strings.CutPrefix(text, t.word)
		if next, _ := utf8.DecodeRuneInString(rest); !ok || rest != "" && inWord(next) {
			continue
		}
		if s.explained[t.word] {
			return "", ""
		}
		return t.word, t.meaning
	}
	return "", ""
}

// inWord reports whether a rune continues a word.
func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '~' || r == '\u0303'
}
