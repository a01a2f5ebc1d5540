package liegg

// Intervals returns the ρ of the verdict's Defects with the ends of their intervals, in the
// form that plotting.Estimates takes.
func (v *Verdict) Intervals() (values, lower, upper []float64) { return columns(v.Defects) }

// Intervals returns the ρ of the parts with the ends of their intervals, in the form that
// plotting.Estimates takes.
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
