package report

import (
	"bytes"
	_ "embed" // the page's template
	"encoding/base64"
	"fmt"
	"html/template"
	"image/png"
	"io"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/lie"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"add": func(a, b int) int { return a + b }, "figure": figure,
	"table": func(note string) bool { return strings.Contains(note, "\n") },
}).Parse(pageText))

const (
	maxLines    = 30 // of a table
	maxMatrices = 12 // generators shown as matrices
	maxSize     = 12 // rows of a matrix that is shown
)

// view is the data of the page's template.
type view struct {
	Report
	Spectrum  *liegg.Spectrum
	Singular  []line
	Defects   []line
	More      int // lines left out of the longer table
	Matrices  []matrix
	About     string // origin of x in Matrices; empty for 0
	HiddenDim int    // generators too large or too many to show
	Images    []inlined
}

type (
	line struct {
		liegg.Generator
		Zero bool // zero to within the resolution
	}
	matrix struct {
		Rows    [][]float64
		Formula string
	}
	inlined struct {
		Caption       string
		Source        template.URL
		Width, Height int
	}
)

// HTML writes a self-contained page that loads nothing. Tables are cut at 30
// lines; the other formats hold everything. The error names a picture that is
// not a PNG.
func (r Report) HTML(w io.Writer) error {
	v := view{Report: r, Spectrum: r.spectrum()}
	for _, p := range r.Pictures {
		i, err := inline(p)
		if err != nil {
			return err
		}
		v.Images = append(v.Images, i)
	}
	s := v.Spectrum
	floor := s.Resolution() * s.Largest()
	v.Singular = lines(s.BySingular, func(g liegg.Generator) bool { return g.Singular <= floor })
	v.Defects = lines(s.ByDefect, func(g liegg.Generator) bool { return g.Defect <= s.Resolution() })
	v.More = s.K - len(v.Singular)
	if r.Verdict != nil {
		v.Matrices, v.About, v.HiddenDim = shown(r.Verdict)
	}
	return page.Execute(w, v)
}

func inline(p Picture) (inlined, error) {
	c, err := png.DecodeConfig(bytes.NewReader(p.PNG))
	if err != nil {
		return inlined{}, fmt.Errorf("report: the picture %q is not a PNG: %w", p.Caption, err)
	}
	source := "data:image/png;base64," + base64.StdEncoding.EncodeToString(p.PNG)
	return inlined{p.Caption, template.URL(source), c.Width, c.Height}, nil
}

func lines(gens []liegg.Generator, zero func(liegg.Generator) bool) []line {
	list := make([]line, min(len(gens), maxLines))
	for i := range list {
		list[i] = line{gens[i], zero(gens[i])}
	}
	return list
}

// shown returns the generators of a verdict in their most readable basis.
func shown(v *liegg.Verdict) (list []matrix, about string, hidden int) {
	if v.Dim == 0 {
		return nil, "", 0
	}
	if v.Dim > maxMatrices || v.Algebra.Size() > maxSize {
		return nil, "", v.Dim
	}
	basis, about := v.Basis()
	for _, h := range basis {
		list = append(list, matrix{rounded(h), lie.Formula(h, v.Algebra.Homogeneous(), 0)})
	}
	return list, about, 0
}

// rounded returns the rows of a matrix to two decimals.
func rounded(h *mat.Dense) [][]float64 {
	list := rows(h)
	for _, row := range list {
		for j, x := range row {
			row[j] = math.Round(100*x)/100 + 0 // avoid −0
		}
	}
	return list
}

// figure formats x with three digits, as ≈0 if it is zero to within rounding,
// and as – if it is undefined.
func figure(x float64, zero bool) string {
	switch {
	case math.IsNaN(x):
		return "–"
	case math.IsInf(x, 0):
		return "∞"
	case zero:
		return "≈0"
	}
	return fmt.Sprintf("%.3g", x)
}
