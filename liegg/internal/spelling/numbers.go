package spelling

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// List writes numbers with commas between them.
func List(numbers []int) string {
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = fmt.Sprint(n)
	}
	return strings.Join(words, ", ")
}

// Named writes what there is to say about values, after their names in quotes and in the order
// of these.
func Named[V any, S fmt.Stringer](values map[string]V, say func(V) S) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		words = append(words, fmt.Sprintf("%q %s", name, say(values[name])))
	}
	return strings.Join(words, " ")
}

// Count writes a number of things, such as "1 batch" or "2 batches".
func Count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "ch"):
		noun += "e"
	case strings.HasSuffix(noun, "ty"), strings.HasSuffix(noun, "ry"):
		noun = strings.TrimSuffix(noun, "y") + "ie"
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Subscript writes n as in x₁₂.
func Subscript(n int) string {
	return strings.Map(func(d rune) rune { return d - '0' + '₀' }, strconv.Itoa(n))
}

// Superscript writes n as in R⁵.
func Superscript(n int) string {
	digits := []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")
	return strings.Map(func(d rune) rune { return digits[d-'0'] }, strconv.Itoa(n))
}

// Power writes R^k with a superscript k, and R alone for k = 1.
func Power(k int) string {
	if k == 1 {
		return "R"
	}
	return "R" + Superscript(k)
}

// TwoDigits formats v with two significant digits and no trailing zeros: "1",
// "0.71", "−120", "2.5e−05".
func TwoDigits(v float64) string {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 1, 64), 64)
	layout := byte('f')
	if size := math.Abs(rounded); size != 0 && (size < 1e-4 || size >= 1e6) {
		layout = 'e'
	}
	return strings.ReplaceAll(strconv.FormatFloat(rounded, layout, -1, 64), "-", "−")
}

// Short writes two significant digits, and rounding errors as ≈0.
func Short(x float64) string {
	switch {
	case math.IsNaN(x):
		return "–"
	case math.Abs(x) < 1e-9:
		return "≈0"
	case math.Abs(x) < 1e-3:
		return fmt.Sprintf("%.1e", x)
	}
	return fmt.Sprintf("%.*f", max(0, 1-int(math.Floor(math.Log10(math.Abs(x))))), x)
}

// Numbered counts places such as outputs from 1 instead of 0, and names the first of many.
func Numbered(places []int) string {
	const most = 8
	var names []string
	for _, o := range places[:min(most, len(places))] {
		names = append(names, fmt.Sprint(o+1))
	}
	if len(places) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// The writes "the generator" or "the 3 generators".
func The(n int, noun string) string {
	if n == 1 {
		return "the " + noun
	}
	return "the " + Count(n, noun)
}

// Agree returns the form of a word that agrees with a number of things: the singular for 1.
func Agree(n int, singular, plural string) string {
	if n == 1 {
		return singular
	}
	return plural
}

// Are returns a number with its noun and verb, such as "1 sample is" or "2 samples are".
func Are(n int, noun string) string {
	if n == 1 {
		return Count(n, noun) + " is"
	}
	return Count(n, noun) + " are"
}
