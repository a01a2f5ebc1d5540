package ask

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Fit is an action that fits inputs of a shape.
type Fit struct {
	Action     string // such as linear:3x2
	About      string
	Candidates int // K
}

// String is a line such as "linear:3x2: 2 × R^3, …, 9 candidates".
func (f Fit) String() string {
	return fmt.Sprintf("%s: %s, %d candidates", f.Action, f.About, f.Candidates)
}

// mostOffered bounds the candidates of actions that are offered, and mostVectors the
// dimension of their vectors.
const (
	mostOffered = 200
	mostVectors = 10
)

// Actions lists actions that fit inputs of a shape, without the sample axis. The most likely
// ones come first.
func Actions(shape []int) (fits []Fit) {
	for _, text := range textsFor(shape) {
		t, err := parseTerm(text)
		if err != nil {
			panic(err) // textsFor writes what parseTerm reads
		}
		a, err := t.on(shape)
		if err != nil || a.Dim() > mostOffered || slices.ContainsFunc(fits, func(f Fit) bool { return f.Action == text }) {
			continue
		}
		fits = append(fits, Fit{text, t.about(shape), a.Dim()})
	}
	return fits
}

// textsFor returns actions that may fit a shape.
func textsFor(shape []int) (texts []string) {
	numbers := product(shape)
	if len(shape) >= 2 && slices.Max(shape) >= leastImage {
		texts = append(texts, "image", "image:linear", "image:projective", "volume", "volume:linear", "signal", "signal:affine")
	}
	sizes := []int{3, 2, 4, 5, 6, 7, 8, 9, 10}
	if len(shape) >= 2 { // vectors along the last axis
		sizes = append([]int{shape[len(shape)-1]}, sizes...)
	} else {
		sizes = append(sizes, numbers)
	}
	for _, n := range sizes {
		if n > 1 && n <= mostVectors && numbers%n == 0 {
			texts = append(texts, fmt.Sprintf("linear:%dx%d", n, numbers/n), fmt.Sprintf("affine:%dx%d", n, numbers/n))
		}
	}
	for _, n := range []int{2, 3} {
		if numbers%n == 0 {
			texts = append(texts, fmt.Sprintf("polynomial:%dx%d:degree=2", n, numbers/n))
		}
	}
	if numbers%2 == 0 && numbers/2 <= mostVectors {
		texts = append(texts, fmt.Sprintf("complex:%d", numbers/2))
	}
	if len(shape) == 1 && numbers >= leastSide {
		if side := int(math.Sqrt(float64(numbers))); side*side == numbers && side >= leastImage {
			texts = append([]string{fmt.Sprintf("image:%dx%[1]d", side), fmt.Sprintf("image:%dx%[1]d:linear", side)}, texts...)
		}
		texts = append(texts, "signal")
	}
	return append(texts, fmt.Sprintf("affine:1x%d", numbers))
}

// leastImage is the smallest side of an array that is offered as an image first.
const leastImage = 8

// about describes what a term does to inputs of a shape.
func (t term) about(shape []int) string {
	if !t.kind.vectors {
		about, _, _ := strings.Cut(t.kind.about, "; also")
		for _, o := range t.options {
			about += ", " + o
		}
		return about
	}
	n, c, err := t.vectors(product(shape))
	if err != nil {
		return t.kind.about
	}
	if t.kind.name == "affine" && n == 1 {
		return "numbers scaled and shifted together"
	}
	about, _, _ := strings.Cut(t.kind.about, "; also")
	space := "R"
	if t.kind.numbers == 2 {
		space = "C"
	}
	return fmt.Sprintf("%d × %s^%d, %s", c, space, n, about)
}

// offered lists what fits as lines of text.
func offered(shape []int) string {
	fits := Actions(shape)
	wide := 0
	for _, f := range fits {
		wide = max(wide, len(f.Action))
	}
	var b strings.Builder
	for _, f := range fits {
		fmt.Fprintf(&b, "  %-*s  %s (%d candidates)\n", wide, f.Action, f.About, f.Candidates)
	}
	b.WriteString("If an input has several parts, join their actions in its order: linear:3x4+linear:1x4.\n")
	return b.String()
}
