package sheet

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// Matrix is a matrix with a formula or a name, which may be empty.
type Matrix struct {
	Name string
	H    mat.Matrix
}

const (
	mostMatrices = 12 // that are shown
	largest      = 12 // rows of a matrix that is shown
)

// Matrices adds matrices side by side, as MathML, under a line. Entries have two decimals. Matrices
// beyond the twelfth and matrices of more than 12 rows are not shown, and a line says so.
func (s *Sheet) Matrices(line string, list []Matrix) {
	if len(list) == 0 {
		return
	}
	s.Note(line)
	var b strings.Builder
	shown := 0
	for _, m := range list[:min(len(list), mostMatrices)] {
		if rows, columns := m.H.Dims(); rows > largest || columns > largest {
			continue
		}
		shown++
		b.WriteString("<div class=\"liegg-matrix\">")
		if m.Name != "" {
			b.WriteString("<span>" + s.text(m.Name) + "</span>")
		}
		b.WriteString(mathML(m.H) + "</div>\n")
	}
	if shown > 0 {
		fmt.Fprintf(&s.b, "<div class=\"liegg-matrices\">\n%s</div>\n", b.String())
	}
	if left := len(list) - shown; left > 0 {
		rows, columns := list[len(list)-1].H.Dims()
		s.Note(fmt.Sprintf("not shown: %d matrices of %d×%d", left, rows, columns))
	}
}

func mathML(h mat.Matrix) string {
	var b strings.Builder
	b.WriteString("<math><mtable>")
	rows, columns := h.Dims()
	for i := range rows {
		b.WriteString("<mtr>")
		for j := range columns {
			b.WriteString("<mtd>" + entry(h.At(i, j)) + "</mtd>")
		}
		b.WriteString("</mtr>")
	}
	b.WriteString("</mtable></math>")
	return b.String()
}

// entry writes a number with two decimals, or fewer if they are zeros.
func entry(x float64) string {
	switch {
	case math.IsNaN(x):
		return "<mtext>NaN</mtext>"
	case math.IsInf(x, 0):
		x = math.Copysign(math.Inf(1), x)
	default:
		x = math.Round(100*x)/100 + 0 // avoid −0
	}
	number := strings.Replace(strconv.FormatFloat(math.Abs(x), 'f', -1, 64), "+Inf", "∞", 1)
	if math.Abs(x) >= 1e6 && !math.IsInf(x, 0) {
		number = strconv.FormatFloat(math.Abs(x), 'g', 3, 64)
	}
	if x < 0 {
		return "<mrow><mo>−</mo><mn>" + number + "</mn></mrow>"
	}
	return "<mn>" + number + "</mn>"
}
