package flow

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// This file holds what a RangeResult prints, and what plotting.Ranges draws.

// String returns the verdict, and the ranges of the classes as a table.
func (r *RangeResult) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", r.Name, r.Verdict())
	if r.End <= atOnce {
		return b.String()
	}
	fmt.Fprintf(&b, "%s; followed to %s both ways, in steps of at most %s", r.Answers.what(), r.at(r.End), r.at(r.Step))
	if r.Limit <= r.End {
		b.WriteString(", where the flow leaves the data")
	}
	fmt.Fprintf(&b, "%s; ranges that %.3g %% of a class reach (95 %%)\n", inWords(r.Frame), 100*r.Answers.Share)
	for _, reason := range r.Reasons {
		fmt.Fprintf(&b, "  not certain: %s\n", reason)
	}
	wide := len("class")
	for _, c := range r.Classes {
		wide = max(wide, len([]rune(c.Name)))
	}
	fmt.Fprintf(&b, "%-*s  %7s  %22s  %22s  %15s\n", wide, "class", "samples", "backward", "forward", "kept to the end")
	for _, c := range r.Classes {
		fmt.Fprintf(&b, "%-*s  %7d  %22s  %22s  %13.0f %%\n", wide, c.Name, c.Samples, r.between(c.Backward), r.between(c.Forward), 100*c.Kept)
	}
	return b.String()
}

// Verdict says how far each class keeps its answers, in the direction in which it keeps them
// less far. Classes with the same range are told together, the smallest range first.
func (r *RangeResult) Verdict() string {
	if r.End <= atOnce {
		return "nothing can be said, because the flow leaves the data at once: give more samples, or allow more of them outside by Settings.Outside"
	}
	var ranges []string
	names := map[string][]string{}
	classes := slices.Clone(r.Classes)
	slices.SortStableFunc(classes, func(a, b ClassRange) int {
		return cmp.Compare(a.Smaller().Value, b.Smaller().Value)
	})
	for _, c := range classes {
		to := "to " + r.at(c.Smaller().Value)
		if math.IsInf(c.Smaller().Value, 1) {
			to = "as far as followed, " + r.at(r.End)
		}
		if names[to] == nil {
			ranges = append(ranges, to)
		}
		names[to] = append(names[to], c.Name)
	}
	for i, to := range ranges {
		ranges[i] = strings.Join(names[to], ", ") + " " + to
	}
	return "answers hold for " + strings.Join(ranges, "; ")
}

// atOnce is a parameter at which a flow has not moved inputs by more than rounding.
const atOnce = 1e-9

// at writes a parameter: an angle in degrees.
func (r *RangeResult) at(t float64) string {
	switch {
	case math.IsInf(t, 1) && r.Angle:
		return "> " + r.at(r.End)
	case math.IsInf(t, 1):
		return fmt.Sprintf("> %.2g", r.End)
	case r.Angle:
		return fmt.Sprintf("%.0f°", t*180/math.Pi)
	}
	return fmt.Sprintf("%.2g", t)
}

func (r *RangeResult) between(i Interval) string {
	return fmt.Sprintf("%s (%s…%s)", r.at(i.Value), r.at(i.Lower), r.at(i.Upper))
}

// Names returns the names of the classes.
func (r *RangeResult) Names() []string {
	names := make([]string, len(r.Classes))
	for i, c := range r.Classes {
		names[i] = c.Name
	}
	return names
}

// Reach returns the ranges of the classes with the ends of their intervals, along exp(tH) or
// along exp(−tH). They are +Inf if they lie beyond End.
func (r *RangeResult) Reach(forward bool) (values, lower, upper []float64) {
	for _, c := range r.Classes {
		i := c.Backward
		if forward {
			i = c.Forward
		}
		values, lower, upper = append(values, i.Value), append(lower, i.Lower), append(upper, i.Upper)
	}
	return values, lower, upper
}

// Followed returns End, and whether t is an angle in radians.
func (r *RangeResult) Followed() (end float64, angle bool) { return r.End, r.Angle }

// String returns the name of the class and its ranges in the parameter t.
func (c ClassRange) String() string {
	return fmt.Sprintf("%s: %v backward, %v forward, N = %d", c.Name, c.Backward, c.Forward, c.Samples)
}
