package flow

import (
	"fmt"
	"strings"

	"github.com/liegg/lab/liegg/internal/sheet"
	"github.com/liegg/lab/liegg/lie"
)

// This file holds what plotting.Show shows of results: their method HTML. draw makes the HTML of a
// picture; it may be nil.

// HTML returns the judgement as HTML: what finite flows confirm, the flows of the largest confirmed
// candidate or of the first one, a table of all candidates, and the verdict by gradients.
func (j *Judgement) HTML(draw sheet.Draw) string {
	s := sheet.Of(draw, j.finite())
	if r := j.shown(); r != nil {
		s.Picture(r.curves(), "change Δ(t) along finite flows of the generators, and along others")
	}
	var rows [][]string
	for _, r := range j.Rungs {
		rows = append(rows, []string{fmt.Sprint(r.Dim), r.name(), r.Finding.String(), fmt.Sprintf("%.2g", r.Holds), fmt.Sprintf("%.2g", r.Others), figure(r.Delta)})
	}
	if len(rows) > 0 {
		s.Table("generators that were followed, how far (t) the answers hold along them and along others, and the largest Δ up to there",
			[]string{"number", "generators", "finite flows", "hold to t", "others to t", "Δ"}, rows)
	}
	if j.Verdict != nil {
		s.Include("By gradients", j.Verdict.HTML)
	}
	return s.HTML()
}

// shown is the rung whose flows are drawn; nil if none was followed.
func (j *Judgement) shown() *Rung {
	if r := j.Confirmed(); r != nil {
		return r
	}
	for i := range j.Rungs {
		if len(j.Rungs[i].Along) > 0 {
			return &j.Rungs[i]
		}
	}
	return nil
}

func (r *Rung) name() string {
	if r.Name != "" {
		return r.Name
	}
	return "without a name"
}

// HTML returns the rung as HTML: what was found, and its flows.
func (r Rung) HTML(draw sheet.Draw) string {
	s := sheet.New(draw, r.String())
	s.Picture(r.curves(), "change Δ(t) along finite flows of the generators, and along others")
	list := []sheet.Matrix{}
	for _, h := range r.Algebra.Basis() {
		list = append(list, sheet.Matrix{H: h})
	}
	s.Matrices("its generators:", list)
	return s.HTML()
}

// namedCurves are several flows for a picture.
type namedCurves struct {
	names  []string
	curves []*Curve
}

// curves returns a few flows of the rung: along the generators, and along others.
func (r *Rung) curves() namedCurves {
	const most = 3
	var n namedCurves
	for i, c := range r.Along[:min(most, len(r.Along))] {
		n.add(fmt.Sprintf("generator %d", i+1), c)
	}
	for i, c := range r.Beside[:min(most, len(r.Beside))] {
		n.add(fmt.Sprintf("other %d", i+1), c)
	}
	return n
}

func (n *namedCurves) add(name string, c *Curve) {
	n.names, n.curves = append(n.names, name), append(n.curves, c)
}

// NamedFlows returns the flows for plotting.Show.
func (n namedCurves) NamedFlows() (names []string, t, delta, lower, upper [][]float64) {
	for _, c := range n.curves {
		t, delta, lower, upper = append(t, c.T), append(delta, c.Delta), append(lower, c.Lower), append(upper, c.Upper)
	}
	return n.names, t, delta, lower, upper
}

// Change returns the first flow.
func (n namedCurves) Change() (t, delta, lower, upper []float64) {
	if len(n.curves) == 0 {
		return nil, nil, nil, nil
	}
	return n.curves[0].Change()
}

// RandomChange returns the random flows beside the first one.
func (n namedCurves) RandomChange() (t, mean, smallest, largest []float64, count []int) {
	if len(n.curves) == 0 {
		return nil, nil, nil, nil, nil
	}
	return n.curves[0].RandomChange()
}

// HTML returns the curve as HTML: how far the invariance holds, its picture and a table.
func (c *Curve) HTML(draw sheet.Draw) string {
	s := sheet.New(draw, c.Verdict())
	if c.Bounded {
		s.Note(c.transform())
	}
	s.Picture(c, "change Δ(t) along the flow, and along random flows")
	s.Folded("figures", func() { s.Table("Δ along the flow, with its 95 % interval", curveColumns, c.rows()) })
	return s.HTML()
}

var curveColumns = []string{"t", "Δ(t)", "lower", "upper", "random"}

func (c *Curve) rows() (rows [][]string) {
	for i, t := range c.T {
		rows = append(rows, []string{fmt.Sprintf("%.3g", t), figure(c.Delta[i]), figure(c.Lower[i]), figure(c.Upper[i]), c.random(i)})
	}
	return rows
}

// HTML returns the result as HTML: the answer, its figures, and the flow.
func (r *Result) HTML(draw sheet.Draw) string {
	s := sheet.Of(draw, r.head())
	s.Matrices("the generator:", []sheet.Matrix{{Name: r.Name, H: r.H}})
	if r.Curve != nil {
		s.Note(r.Curve.Verdict())
		s.Picture(r.Curve, "change Δ(t) along the flow of "+r.Name+", and along random flows")
		s.Folded("figures", func() { s.Table("Δ along the flow, with its 95 % interval", curveColumns, r.Curve.rows()) })
	}
	return s.HTML()
}

// HTML returns the comparison as HTML: what tells the first generator from the others, the flows,
// and a table.
func (c *Comparison) HTML(draw sheet.Draw) string {
	s := sheet.Of(draw, c.words())
	var n namedCurves
	for _, r := range c.Results {
		n.add(r.Name, r.Curve)
	}
	s.Picture(n, "change Δ(t) along the flow of each generator")
	var rows [][]string
	for _, r := range c.Results {
		rows = append(rows, []string{r.Name, r.Defect.String(), fmt.Sprintf("%.2g", r.Curve.Holds), r.largest().String(), fmt.Sprintf("%.2g", r.Curve.T[len(r.Curve.T)-1])})
	}
	s.Table("generators at equal speed, with 95 % intervals", []string{"generator", "ρ", "holds to t", "largest Δ", "followed to t"}, rows)
	return s.HTML()
}

// HTML returns the refinement as HTML: what changed, the generators before and after, and the flows.
func (r *Refinement) HTML(draw sheet.Draw) string {
	s := sheet.Of(draw, r.String())
	for _, side := range []struct {
		line    string
		algebra lie.Algebra
	}{{"before:", r.Before}, {"after:", r.After}} {
		var list []sheet.Matrix
		for _, h := range side.algebra.Basis() {
			list = append(list, sheet.Matrix{H: h})
		}
		s.Matrices(side.line, list)
	}
	var n namedCurves
	for i, c := range r.Curves {
		n.add(fmt.Sprintf("generator %d", i+1), c)
	}
	s.Picture(n, "change Δ(t) along the refined generators, on inputs that were not fitted")
	return s.HTML()
}

// HTML returns how far answers are kept as HTML: what String says, with its picture.
func (r *RangeResult) HTML(draw sheet.Draw) string {
	first, _, _ := strings.Cut(r.String(), "\nclass ")
	s := sheet.Of(draw, first)
	s.Picture(r, "how far each class keeps its answers, forward and backward")
	var rows [][]string
	for _, c := range r.Classes {
		rows = append(rows, []string{c.Name, fmt.Sprint(c.Samples), r.between(c.Backward), r.between(c.Forward), fmt.Sprintf("%.0f %%", 100*c.Kept)})
	}
	s.Table("how far each class keeps its answers", []string{"class", "samples", "backward", "forward", "kept to the end"}, rows)
	return s.HTML()
}
