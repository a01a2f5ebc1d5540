package liegg

import (
	"fmt"
	"strings"

	"github.com/liegg/lab/liegg/internal/spelling"
)

// Dependence says which samples depend on each other, as far as this is known: from groups
// that were given, or from where the samples lie. The zero value knows nothing.
type Dependence struct {
	// Samples is the number of samples in the stream.
	Samples int
	// Given says that groups were given. Dependence is looked for only if they were not.
	Given bool
	// Places is the number of groups that were given, or an estimate of the number of
	// independent places that the samples come from. It is 0 if they look independent.
	Places int
	// Effective is (Σn)²/Σn² for groups of sizes n: the number of groups of equal size that
	// would give an interval of the same width. It is Places for groups of equal size, and
	// if groups were not given.
	Effective float64
	// InOrder says that consecutive samples were found to be close to each other. Near says
	// that samples, in any order, have neighbours much closer than independent samples of the
	// same spread would have.
	InOrder, Near bool
}

// Grouped returns the dependence of samples in groups of the given sizes. Different groups
// must be independent of each other.
func Grouped(sizes []int) Dependence {
	d := Dependence{Given: true, Places: len(sizes)}
	squares := 0.
	for _, n := range sizes {
		d.Samples += n
		squares += float64(n) * float64(n)
	}
	if squares > 0 {
		d.Effective = float64(d.Samples) * float64(d.Samples) / squares
	}
	return d
}

// GroupedEvenly returns the dependence of a number of samples in groups of equal size. The
// last group may be smaller.
func GroupedEvenly(samples, size int) Dependence {
	whole, rest := float64(samples/size), float64(samples%size)
	return Dependence{
		Samples: samples, Given: true, Places: (samples + size - 1) / size,
		Effective: float64(samples) * float64(samples) / (whole*float64(size)*float64(size) + rest*rest),
	}
}

// of returns how many of the samples count as independent.
func (d Dependence) of(samples int) int {
	if d.Places > 0 {
		return min(d.Places, samples)
	}
	return samples
}

// enoughGroups is the number of groups that an interval needs, the same as of blocks.
// enoughEffective is the number of effective groups that must be left if sizes are unequal.
const (
	enoughGroups    = 100
	enoughEffective = 50
)

// few reports whether groups were given and are too few for an interval.
func (d Dependence) few() bool {
	return d.Given && (d.Places < enoughGroups || d.Effective < enoughEffective)
}

// Doubts returns the reasons why no interval over these samples is firm. There are none if
// the samples are independent as far as is known, or if there are enough groups.
func (d Dependence) Doubts() []string {
	switch {
	case d.Given && d.Places < enoughGroups:
		return []string{fmt.Sprintf("%s too few for an interval: give samples of at least %d independent groups",
			spelling.Are(d.Places, "group"), enoughGroups)}
	case d.few():
		return []string{fmt.Sprintf("the %d groups are so unequal that they count as %.0f of one size, too few for an interval: give more groups, or fewer samples of the largest",
			d.Places, d.Effective)}
	case !d.Given && d.Places > 0:
		return []string{d.String()}
	}
	return nil
}

// String describes what is known, and what to do about it.
func (d Dependence) String() string {
	switch {
	case d.Given && d.Places == d.Samples:
		return "samples that are said to be independent"
	case d.Given:
		return fmt.Sprintf("%s in %s", spelling.Count(d.Samples, "sample"), spelling.Count(d.Places, "group"))
	case d.Places == 0:
		return "no dependence of samples is known"
	}
	return fmt.Sprintf("the %d samples come from about %d independent places, since %s: give groups (network.Settings.Groups)%s",
		d.Samples, d.Places, d.symptom(), d.otherwise())
}

// symptom describes how the dependence was found.
func (d Dependence) symptom() string {
	var seen []string
	if d.InOrder {
		seen = append(seen, "samples that follow each other lie far closer than others")
	}
	if d.Near {
		seen = append(seen, "samples have neighbours far closer than independent samples of that spread would")
	}
	return strings.Join(seen, ", and ")
}

// otherwise says what to do if the samples are independent after all.
func (d Dependence) otherwise() string {
	if d.InOrder && !d.Near {
		return ", or shuffle the samples if they are independent and only sorted"
	}
	return ", or more independent samples; network.GroupsOf(1) says that they are independent"
}
