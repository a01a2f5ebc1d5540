package liegg

import (
	"fmt"
	"math"
	"strings"

	"github.com/liegg/lab/liegg/internal/spelling"
)

// numbered counts outputs from 1, and names the first of many.
func numbered(outputs []int) string {
	const most = 8
	var names []string
	for _, o := range outputs[:min(most, len(outputs))] {
		names = append(names, fmt.Sprint(o+1))
	}
	if len(outputs) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// short writes two significant digits, and rounding errors as ≈0.
func short(x float64) string {
	switch {
	case math.IsNaN(x):
		return "–"
	case math.Abs(x) < 1e-9:
		return "≈0"
	case math.Abs(x) < 1e-3:
		return fmt.Sprintf("%.1e", x)
	}
	s := fmt.Sprintf("%.*f", max(0, 1-int(math.Floor(math.Log10(math.Abs(x))))), x)
	return s
}

// percent returns, for example, "9 %".
func percent(share float64) string { return spelling.Percent(share) }

// bounded writes an upper bound with two digits.
func bounded(ρ float64) string { return fmt.Sprintf("%.2g", ρ) }

func sampleNumbers(numbers []int) string {
	word := "number"
	if len(numbers) > 1 {
		word = "numbers"
	}
	return fmt.Sprintf("%s %s", word, spelling.List(numbers))
}

func plural(n int, noun string) string { return spelling.Count(n, noun) }

// are returns a number with its noun and verb.
func are(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return plural(n, noun) + " are"
}
