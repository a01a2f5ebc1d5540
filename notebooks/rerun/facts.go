package rerun

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// facts are what a printed text states, in its order.
type facts struct {
	answers []string // names of algebras, vector fields, and words of a verdict
	numbers []figure
}

// figure is a printed number.
type figure struct {
	text     string
	value    float64
	unit     float64 // of its last digit
	measured bool    // not a count
}

func (f figure) String() string { return f.text }

// fact matches, in this order, the name of an algebra or group, a factor or a term of a
// vector field, a word of a verdict, and a number.
var fact = regexp.MustCompile(
	`(?:[a-zA-Z]+\([0-9][^()]*\)|[RC][⁰¹²³⁴⁵⁶⁷⁸⁹]+)` +
		`|[⊕⋉]|[+−]?\s*\w*[₀-₉]*∂\w*[₀-₉]*` +
		`|\b(?:none|undetermined|approximately|invariant|broken|refuted|confirmed|agree|(?:not )?compact|converged|true|false)\b` +
		`|[-−]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?`)

// measure matches what follows a whole number that was measured, and estimate what stands
// before one.
var (
	measure  = regexp.MustCompile(`^\s?(?:°|%|×|px|s\b|ms\b|times each\b)`)
	estimate = regexp.MustCompile(`(?:≈|about|n_eff =)\s*$`)
)

func factsOf(text string) facts {
	var f facts
	for _, at := range fact.FindAllStringIndex(text, -1) {
		word := text[at[0]:at[1]]
		value, err := strconv.ParseFloat(strings.Replace(word, "−", "-", 1), 64)
		if err != nil {
			f.answers = append(f.answers, strings.Join(strings.Fields(word), ""))
			continue
		}
		exponent := strings.ContainsAny(word, "eE")
		f.numbers = append(f.numbers, figure{
			text: word, value: value, unit: lastDigit(word),
			measured: exponent || strings.Contains(word, ".") || measure.MatchString(text[at[1]:]) || estimate.MatchString(text[:at[0]]),
		})
	}
	return f
}

// lastDigit returns what one unit of the last digit of a number is worth.
func lastDigit(number string) float64 {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(number), "e")
	power, _ := strconv.Atoi(exponent)
	_, decimals, _ := strings.Cut(mantissa, ".")
	return math.Pow10(power - len(decimals))
}
