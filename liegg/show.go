package liegg

import (
	"fmt"
	"math"

	"github.com/liegg/lab/liegg/internal/sheet"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
)

// This file holds what plotting.Show and the pages of package report show of a value: its method
// HTML. draw makes the HTML of a picture; it may be nil.

// HTML returns the verdict as HTML: the answer, what String says, the picture of plotting.Verdict,
// the generators of Basis as matrices, and a table of Defects.
func (v *Verdict) HTML(draw sheet.Draw) string {
	s := sheet.Of(draw, v.String(), "basis: ", "with ")
	s.Picture(v, "relative defects ρ of the directions that were tested, with intervals, threshold and ladder: "+v.headline())
	if v.Dim > 0 {
		generators, about := v.Basis()
		line := "a readable basis of the algebra:"
		if about != "" {
			line = "a readable basis of the algebra, with " + about + ":"
		}
		list := make([]sheet.Matrix, len(generators))
		for i, h := range generators {
			list[i] = sheet.Matrix{H: h}
			if v.Description == "" {
				list[i].Name = lie.Formula(h, v.Algebra.Homogeneous(), v.negligible())
			}
		}
		s.Matrices(line, list)
	}
	s.Table(fmt.Sprintf("relative defects ρ of the smallest directions, held out, with the ends of their %.0f %% intervals", 100*v.Rule.Confidence),
		[]string{"direction", "ρ held out", "lower", "upper", "ρ fitted"}, v.defectRows())
	return s.HTML()
}

func (v *Verdict) defectRows() (rows [][]string) {
	for i, d := range v.Defects {
		rows = append(rows, []string{fmt.Sprint(i + 1), tidy(d.Value), tidy(d.Lower), tidy(d.Upper), tidy(d.Fitted)})
	}
	return rows
}

// tidy formats x with three digits, and as – if it is not known.
func tidy(x float64) string {
	switch {
	case math.IsNaN(x):
		return "–"
	case math.IsInf(x, 0):
		return "∞"
	}
	return fmt.Sprintf("%.3g", x)
}

// HTML returns the spectrum as HTML: the head of String, the picture of plotting.Spectrum, and the
// generators in both orders.
func (s *Spectrum) HTML(draw sheet.Draw) string {
	page := sheet.New(draw, fmt.Sprintf("Polarization spectrum of %d candidates", s.K))
	page.Note(fmt.Sprintf("%s with a gradient, %d without; %s; not moving the data: %s; kept as %v",
		spelling.Count(s.N(), "sample"), s.Idle, spelling.Count(s.Outputs, "output"), s.unmoved(), s.Method))
	page.Picture(s, "symmetry variances s²/N of the generators, ascending")
	floor := s.Resolution() * s.Largest()
	var rows [][]string
	for i, g := range s.BySingular {
		small := g.Singular <= floor
		row := []string{fmt.Sprint(i + 1), figure(g.Singular, small), figure(g.Variance, small), figure(g.Defect, small || g.Defect <= s.Resolution()), tidy(g.Bias), ""}
		if i < len(s.ByDefect) {
			row[5] = figure(s.ByDefect[i].Defect, s.ByDefect[i].Defect <= s.Resolution())
		}
		rows = append(rows, row)
	}
	page.Table("generators by ascending singular value s, with symmetry variance s²/N, ρ and bias; in the last column ρ in its own order, which does not belong to the same generators",
		[]string{"rank", "s", "s²/N", "ρ(H)", "bias", "ρ ascending"}, rows)
	return page.HTML()
}

// HTML returns the breakdown as HTML: what all parts have together, which of them break it, the
// picture of plotting.Breakdown, and a table of the parts, the worst first.
func (b *Breakdown) HTML(draw sheet.Draw) string {
	s := sheet.New(draw, fmt.Sprintf("all %ss together: %s", b.Of, b.All.headline()))
	s.Facts(b.summary())
	for _, r := range b.All.Reasons {
		s.Facts("because " + r)
	}
	s.Picture(b, fmt.Sprintf("relative defect ρ of each %s, with intervals and threshold", b.Of))
	var rows [][]string
	for _, i := range b.Order() {
		rows = append(rows, b.row(i))
	}
	s.Table(fmt.Sprintf("relative defects ρ of each %s, the answer for it alone, the number n of its samples, and n_eff", b.Of), b.columns(), rows)
	return s.HTML()
}

// Breaks returns the threshold and the indices of the parts that break the generators, for
// plotting.Show.
func (b *Breakdown) Breaks() (threshold float64, broken []int) { return b.All.Threshold, b.Broken }

// HTML returns the generator as HTML: its figures and its matrix.
func (g Generator) HTML(draw sheet.Draw) string {
	s := sheet.New(draw, fmt.Sprintf("s = %s, s²/N = %s, ρ = %s, bias %s", figure(g.Singular, false), figure(g.Variance, false), figure(g.Defect, false), figure(g.Bias, false)))
	if g.H != nil {
		s.Matrices("", []sheet.Matrix{{H: g.H}})
	}
	return s.HTML()
}

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
