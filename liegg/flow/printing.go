package flow

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
)

// String returns the name and the matrix.
func (h Hypothesis) String() string { return named(h.Name, h.H) }

// String returns the name and the matrix, and the matrix of the outputs if there is one.
func (g Map) String() string {
	text := named(g.Name, g.G)
	if g.Out != nil {
		text += "\n" + named("outputs", g.Out)
	}
	return text
}

// named returns a name with a matrix below it, unless the matrix is too large to read.
func named(name string, m *mat.Dense) string {
	const readable = 20
	if m == nil {
		return name
	}
	rows, columns := m.Dims()
	if rows != columns || rows > readable || mat.Norm(m, 1)-mat.Norm(m, 1) != 0 {
		return fmt.Sprintf("%s: %d×%d matrix", name, rows, columns)
	}
	return name + "\n" + lie.FormatMatrix(m, 0)
}

// String lists the fields, with defaults filled in.
func (f Fit) String() string {
	flows := "8 for each generator"
	if f.Flows != 0 {
		flows = fmt.Sprint(f.Flows)
	}
	f = Settings{Fit: f}.filled().Fit
	return fmt.Sprintf("Reach %.3g, Samples %d, Flows %s, Steps %d", f.Reach, f.Samples, flows, f.Steps)
}

// String lists the fields, with defaults filled in.
func (s Settings) String() string {
	batch := "by default"
	if s.Batch != 0 {
		batch = fmt.Sprint(s.Batch)
	}
	outputs := "outputs brought to one size"
	if s.BySize {
		outputs = "outputs by size"
	}
	s = s.filled()
	return fmt.Sprintf("Head: %s; %s; %v; Batch %s, Reach %.3g, Points %d, Random %d, Tolerance %g, Outside %g, Margin %g, Resamples %d, Seed %d; Fit: %v",
		s.Head, outputs, s.Groups, batch, s.Reach, s.Points, s.Random, s.Tolerance, s.Outside, s.Margin, s.Resamples, s.Seed, s.Fit)
}
