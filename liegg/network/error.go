package network

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/dataset"
)

// MeanSquaredError is the mean of (f(x) − y)² over samples and outputs. With
// standardised targets it is the share of variance left unexplained. s.Y holds floats of
// the type of s.X, one for each output. The errors are those of Predict, targets that do
// not fit, and a *liegg.NotFiniteError for inputs, targets or outputs that hold NaN or Inf.
func (n *Network) MeanSquaredError(s dataset.Samples) (float64, error) {
	errors, _, err := n.errors(s)
	if err != nil {
		return 0, err
	}
	return stat.Mean(meanSquares(errors), nil), nil
}

// Unexplained is the share of the variance of the targets that the network leaves
// unexplained, Σ_i (f(x_i) − y_i)² / Σ_i (y_i − ȳ)² of each output, averaged over
// the outputs whose targets vary: 0 for a perfect fit, 1 for the mean of the
// targets, more for worse. s.Y holds floats. The errors are those of
// MeanSquaredError, and targets that do not vary.
func (n *Network) Unexplained(s dataset.Samples) (float64, error) {
	errors, targets, err := n.errors(s)
	if err != nil {
		return 0, err
	}
	var shares []float64
	for o, square := range meanSquares(errors) {
		if variance := stat.PopVariance(mat.Col(nil, o, targets), nil); variance > 0 {
			shares = append(shares, square/variance)
		}
	}
	if len(shares) == 0 {
		return 0, fmt.Errorf("network: all targets of %q are equal: there is no variance to explain", s.Name)
	}
	return stat.Mean(shares, nil), nil
}

// errors returns f(x) − y and y as matrices of samples by outputs.
func (n *Network) errors(s dataset.Samples) (errors, targets *mat.Dense, err error) {
	errors, err = n.finiteOutputs(s, MeanSquared)
	if err != nil {
		return nil, nil, err
	}
	wanted, err := dataset.Values(s.Y)
	if err != nil {
		return nil, nil, err
	}
	samples, outputs := errors.Dims()
	targets = mat.NewDense(samples, outputs, wanted)
	errors.Sub(errors, targets)
	return errors, targets, nil
}

// meanSquares are those of the columns.
func meanSquares(m *mat.Dense) []float64 {
	rows, columns := m.Dims()
	squares := make([]float64, columns)
	for o := range squares {
		column := m.ColView(o)
		squares[o] = mat.Dot(column, column) / float64(rows)
	}
	return squares
}
