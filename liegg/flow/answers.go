package flow

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Answers says what the answer of a sample is, and which samples are looked at together. The
// zero value is for classifiers.
type Answers struct {
	// Departure is 0 if the answer of a sample is its class, the number of the largest output:
	// it changes where another output becomes the largest. Otherwise the answer is f(x) itself.
	// It changes where ‖f(exp(tH)x) − f(x)‖ exceeds Departure·√Var f, or
	// ‖f(exp(tA)x) − exp(tB)f(x)‖ for pairs (A, B).
	Departure float64
	// Classes holds the class of each sample, such as its label. By default, samples are in
	// the class that the network puts them in, named "0", "1", …. If Departure is not 0, the
	// default is one class, "all".
	Classes []string
	// Share is the share of the samples of a class that keep their answer up to the range of
	// the class. The default is .5: the range of a class is the median over its samples.
	Share float64
}

// withDefaults fills in the defaults. It panics if a field is out of range.
func (a Answers) withDefaults() Answers {
	a.Share = cmp.Or(a.Share, .5)
	if !(a.Departure >= 0) || math.IsInf(a.Departure, 1) || !(a.Share > 0 && a.Share < 1) {
		panic(fmt.Sprintf("flow: Answers.Departure must not be negative, and Share must lie between 0 and 1, got %v and %v", a.Departure, a.Share))
	}
	return a
}

// String lists the fields, with defaults filled in.
func (a Answers) String() string {
	a = a.withDefaults()
	return fmt.Sprintf("%s; %d classes given; Share %g", a.what(), len(a.Classes), a.Share)
}

// what says when an answer changes.
func (a Answers) what() string {
	if a.Departure == 0 {
		return "an answer is the number of the largest output"
	}
	return fmt.Sprintf("an answer changes if outputs depart from it by %.3g of their spread", a.Departure)
}

// check returns an error if answers do not fit n samples of m outputs.
func (a Answers) check(n, m int) error {
	if a.Classes != nil && len(a.Classes) != n {
		return fmt.Errorf("flow: Answers.Classes holds %d classes for %d samples: give one for each", len(a.Classes), n)
	}
	if a.Departure == 0 && m < 2 {
		return fmt.Errorf("flow: a single output has no class: set Answers.Departure, such as .5 of the spread of the outputs")
	}
	return nil
}

// scores returns a number for each sample that is negative if its answer has changed, where y
// are the outputs at moved inputs and target those that would be no change.
func (a Answers) scores(y, target []float64, n int, spread float64) []float64 {
	m := len(y) / n
	scores := make([]float64, n)
	for i := range scores {
		own, wanted := y[i*m:(i+1)*m], target[i*m:(i+1)*m]
		if a.Departure == 0 {
			scores[i] = margin(own, largest(wanted))
		} else {
			scores[i] = a.Departure*spread - distance(own, wanted)
		}
	}
	return scores
}

// largest returns the number of the largest output, the first of several.
func largest(y []float64) int { return slices.Index(y, slices.Max(y)) }

// margin returns by how much output c exceeds the largest of the others.
func margin(y []float64, c int) float64 {
	other := math.Inf(-1)
	for o, v := range y {
		if o != c {
			other = max(other, v)
		}
	}
	return y[c] - other
}

func distance(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += (v - b[i]) * (v - b[i])
	}
	return math.Sqrt(sum)
}

// classes returns the class of each of n samples with outputs y.
func (a Answers) classes(y []float64, n int) []string {
	if a.Classes != nil {
		return a.Classes
	}
	m, names := len(y)/n, make([]string, n)
	for i := range names {
		names[i] = "all"
		if a.Departure == 0 {
			names[i] = strconv.Itoa(largest(y[i*m : (i+1)*m]))
		}
	}
	return names
}

// byNumber compares names of classes: numbers by their value, before other names.
func byNumber(a, b string) int {
	x, notX := strconv.ParseFloat(a, 64)
	y, notY := strconv.ParseFloat(b, 64)
	switch {
	case notX == nil && notY == nil:
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
	case notX == nil:
		return -1
	case notY == nil:
		return 1
	}
	return cmp.Compare(a, b)
}
