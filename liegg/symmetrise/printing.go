package symmetrise

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/flow"
)

// String describes the error, its share of the test error, and the parts with the largest shares.
func (c *Cost) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "equivariance error √E‖f − f̄‖² = %v (95 %%), %s of the spread of the outputs; f̄ is the mean over %s, known to %.2g\n", c.Error, percent(c.Relative), c.Over, c.Rule)
	if c.split != nil {
		fmt.Fprintln(&b, c.split)
	}
	if c.coarse(c.Error.Value) {
		fmt.Fprintln(&b, "f̄ is not known much better than that: ask for more elements, by group.HaarSettings")
	}
	for _, reason := range c.Reasons {
		fmt.Fprintf(&b, "intervals may be too narrow: %s\n", reason)
	}
	fmt.Fprintf(&b, "over the orbits of the samples it is %.2g\n", c.Orbit)
	list(&b, "by output", c.Outputs)
	list(&b, "by label", c.Labels)
	fmt.Fprintf(&b, "worst at the samples %s\n", strings.Trim(fmt.Sprint(c.Worst(10)), "[]"))
	return b.String()
}

// list writes the parts with the largest shares.
func list(b *strings.Builder, what string, parts []Part) {
	const shown = 10
	if len(parts) < 2 {
		return
	}
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, func(x, y Part) int {
		switch {
		case x.Share > y.Share:
			return -1
		case x.Share < y.Share:
			return 1
		}
		return 0
	})
	fmt.Fprintf(b, "%s, of the largest share:\n", what)
	for _, p := range parts[:min(shown, len(parts))] {
		fmt.Fprintf(b, "  %v\n", p)
	}
	if len(parts) > shown {
		fmt.Fprintf(b, "  and %d more\n", len(parts)-shown)
	}
}

// String returns the name with the error and its share.
func (p Part) String() string {
	return fmt.Sprintf("%-12s  %v, %s %% of E‖f − f̄‖², N = %d", p.Name, p.Error, digits(100*p.Share), p.Samples)
}

// String describes the share of the test error that is broken symmetry, if the error is a sum.
func (s *Decomposition) String() string {
	if s.Sums() {
		return fmt.Sprintf("%s of the test error E‖f − y‖² is broken symmetry: RMSE %.3g, of f̄ %.3g", percent(s.Share), s.RMSE, s.Symmetrised)
	}
	return fmt.Sprintf("RMSE %.3g, of f̄ %.3g; what of the test error is broken symmetry cannot be said: a cross term is left, %s of E‖f − y‖², so that targets are not equivariant, or inputs are not spread evenly over the orbits",
		s.RMSE, s.Symmetrised, percent(s.Cross))
}

// percent returns, for example, "3.1 % (2.9…3.3)".
func percent(i flow.Interval) string {
	return fmt.Sprintf("%s %% (%s…%s)", digits(100*i.Value), digits(100*i.Lower), digits(100*i.Upper))
}

// digits returns two digits of a number, or all before the decimal point.
func digits(v float64) string {
	if math.Abs(v) >= 10 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2g", v)
}
