package flow

// Verdict is what a test of equivalence says.
type Verdict int

const (
	// Undetermined: the interval contains the margin, or the data say nothing.
	Undetermined Verdict = iota
	// Invariant: the upper bound is within the margin.
	Invariant
	// Broken: the lower bound is beyond the margin.
	Broken
)

// String is "invariant", "broken" or "undetermined".
func (v Verdict) String() string { return [...]string{"undetermined", "invariant", "broken"}[v] }

// judge compares an interval with a margin. A value that is not rejected is no
// evidence of symmetry: only an upper bound is.
func judge(i Interval, margin float64) Verdict {
	switch {
	case i.Upper <= margin:
		return Invariant
	case i.Lower > margin:
		return Broken
	}
	return Undetermined
}
