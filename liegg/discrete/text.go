package discrete

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/sheet"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Head says in a line what was found, such as "D_4, of order 8, exact, among 7 candidates".
func (g *Group) Head() string {
	among := fmt.Sprintf("among %s", spelling.Count(g.Candidates, "candidate"))
	switch g.Outputs {
	case Same:
		among = "with outputs that move as the inputs do, " + among
	case Free:
		among = "with outputs that any matrix may move, " + among
	}
	if g.Partly != "" {
		among += " (not all " + g.Partly + ")"
	}
	name := g.Name
	if name != unnamed(g.Order) {
		name = fmt.Sprintf("%s, of order %.6g", name, g.Order)
	}
	var text string
	switch {
	case g.Answer == liegg.None:
		return "no finite symmetry " + among
	case g.Order == 1:
		return "undetermined: " + g.Reasons[0] + "; " + among
	case g.Exact:
		text = fmt.Sprintf("%s, exact to rounding, %s", name, among)
	case g.Answer == liegg.Approximate:
		text = fmt.Sprintf("approximately %s, √Δ ≤ %.2g, %s", name, g.Largest, among)
	default:
		text = fmt.Sprintf("%s, within √Δ ≤ %.2g, %s", name, cmp.Or(g.Largest, g.Margin), among)
	}
	if g.Answer == liegg.Undetermined {
		text = "undetermined, at least " + text
	}
	return text
}

// String returns Head, the generators with their changes, what comes nearest beside the group, and
// the reasons for doubt.
func (g *Group) String() string {
	const most = 10
	var b strings.Builder
	b.WriteString(g.Head())
	for _, r := range g.Generators {
		fmt.Fprintf(&b, "\n%s: √Δ = %v", r.Name, r.Change)
	}
	if g.Nearest != nil {
		fmt.Fprintf(&b, "\noutside, the nearest: %s: √Δ = %v", g.Nearest.Name, g.Nearest.Change)
	}
	for i, reason := range g.Reasons {
		if i == most {
			fmt.Fprintf(&b, "\n… %d more reasons", len(g.Reasons)-most)
			break
		}
		fmt.Fprintf(&b, "\nundetermined: %s", reason)
	}
	if g.Misfit > 0 {
		fmt.Fprintf(&b, "\nthe network leaves %.2g %% of the variance of its targets unexplained, which explains changes up to √Δ = %.2g", 100*g.Misfit, math.Sqrt(2*g.Misfit))
	}
	if len(g.Generators) > 0 {
		fmt.Fprintf(&b, "\na wrong candidate is accepted with a chance of at most %.2g", g.Level)
	}
	return b.String()
}

// HTML returns what String says as HTML, with the matrices of the generators, for plotting.Show.
func (g *Group) HTML(draw sheet.Draw) string {
	s := sheet.Of(draw, g.String())
	var list []sheet.Matrix
	for _, r := range g.Generators {
		list = append(list, sheet.Matrix{Name: r.Name, H: r.G})
	}
	s.Matrices("generators of the group:", list)
	return s.HTML()
}
