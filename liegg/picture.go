package liegg

import "github.com/liegg/lab/liegg/internal/spelling"

// This file holds what package plotting draws: plotting.Verdict(v) takes these methods of a
// verdict, and plotting.Estimates and plotting.Breakdown what a Breakdown returns.

// Intervals returns ρ of the verdict's Defects with the ends of their intervals.
func (v *Verdict) Intervals() (values, lower, upper []float64) { return columns(v.Defects) }

// Ladder returns the Dim, Bound and Name of the verdict's Rungs.
func (v *Verdict) Ladder() (sizes []int, bounds []float64, names []string) {
	for _, r := range v.Rungs {
		sizes, bounds, names = append(sizes, r.Dim), append(bounds, r.Bound), append(names, r.Name())
	}
	return sizes, bounds, names
}

// Decision returns the answer in a few words, such as "3 generators, so(3)", the number of
// Defects that count as symmetries, and Threshold. The number is -1 if the answer is
// Undetermined.
func (v *Verdict) Decision() (answer string, counted int, threshold float64) {
	switch v.Answer {
	case Undetermined:
		return "undetermined", -1, v.Threshold
	case None:
		return "no generator", 0, v.Threshold
	}
	answer = spelling.Count(v.Dim, "generator")
	if name := v.Name(); name != "" {
		answer += ", " + name
	}
	if v.Answer == Approximate {
		answer = "approximately " + answer
	}
	return answer, v.Dim, v.Threshold
}

// Intervals returns ρ of the parts with the ends of their intervals, as plotting.Estimates
// takes them.
func (b *Breakdown) Intervals() (values, lower, upper []float64) {
	defects := make([]Estimate, len(b.Parts))
	for i, p := range b.Parts {
		defects[i] = p.Defect
	}
	return columns(defects)
}

// Names returns the names of the parts.
func (b *Breakdown) Names() []string {
	names := make([]string, len(b.Parts))
	for i, p := range b.Parts {
		names[i] = p.Name
	}
	return names
}

func columns(estimates []Estimate) (values, lower, upper []float64) {
	for _, e := range estimates {
		values, lower, upper = append(values, e.Value), append(lower, e.Lower), append(upper, e.Upper)
	}
	return values, lower, upper
}
