package profile

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Names returns the names of the layers.
func (c *Contents) Names() []string {
	names := make([]string, len(c.Layers))
	for i, l := range c.Layers {
		names[i] = l.Name
	}
	return names
}

// String returns the shares as a table, in percent.
func (c *Contents) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "share of the variance by irreducible representation, over %s; N = %d\n%s", c.Over, c.Samples, c.legend())
	switch {
	case math.IsNaN(c.Change):
		fmt.Fprintln(&b, "shares were not compared with a finer rule, which would have too many elements")
	case c.Change > .01:
		fmt.Fprintf(&b, "shares are not known well: a rule of one degree more changes one by %.0f %%; ask for a larger ContentSettings.Degree\n", 100*c.Change)
	}
	wide := len("layer")
	for _, l := range c.Layers {
		wide = max(wide, len([]rune(l.Name)))
	}
	fmt.Fprintf(&b, "%-*s  %6s", wide, "layer", "width")
	for _, irrep := range c.Irreps {
		fmt.Fprintf(&b, "  %7v", irrep)
	}
	fmt.Fprintf(&b, "  %7s\n", "rest")
	for _, l := range c.Layers {
		fmt.Fprintf(&b, "%-*s  %6d", wide, l.Name, l.Width)
		for _, share := range append(slices.Clone(l.Shares), l.Rest) {
			if math.IsNaN(share) {
				fmt.Fprintf(&b, "  %7s", "–")
			} else {
				fmt.Fprintf(&b, "  %5.1f %%", 100*share)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// legend says what the columns mean, in a line.
func (c *Contents) legend() string {
	switch {
	case len(c.Irreps) < 2:
		return ""
	case c.Irreps[1].Dim == 2:
		return "0 does not change, m turns m times while the inputs turn once\n"
	}
	return "0 does not change, 1 turns like a vector, j like a symmetric tensor of order j without traces\n"
}

// String returns the shares.
func (l LayerContent) String() string {
	return fmt.Sprintf("%s, width %d: shares %.3g, rest %.3g", l.Name, l.Width, l.Shares, l.Rest)
}

// String lists the fields.
func (s ContentSettings) String() string {
	return fmt.Sprintf("Head: %s; Largest %g, Degree %d, Samples %d", s.Head, s.Largest, s.Degree, s.Samples)
}
