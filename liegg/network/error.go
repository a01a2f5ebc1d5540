package network

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/participation"
)

// MeanSquaredError is the mean of (f(x) − y)² over samples and outputs. With
// standardised targets it is the share of variance left unexplained. s.Y holds floats of
// the type of s.X, one for each output. It returns the errors of Predict, targets that do
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
// targets, more for worse. Where few targets rule these sums, as near a singularity, each
// counts in both for no more than ten typical ones: the fit of all samples is asked for, as
// a verdict asks for the symmetry of all. s.Y holds floats. The errors are those of
// MeanSquaredError, and targets that do not vary.
func (n *Network) Unexplained(s dataset.Samples) (float64, error) {
	errors, targets, err := n.errors(s)
	if err != nil {
		return 0, err
	}
	var shares []float64
	_, outputs := errors.Dims()
	for o := range outputs {
		wanted, weights := mat.Col(nil, o, targets), []float64(nil)
		if weights = boundedWeights(wanted); weights == nil {
			weights = slices.Repeat([]float64{1}, len(wanted))
		}
		mean, left, variance := stat.Mean(wanted, weights), 0., 0.
		for i, w := range weights {
			e := errors.At(i, o)
			left += w * e * e
			variance += w * (wanted[i] - mean) * (wanted[i] - mean)
		}
		if variance > 0 {
			shares = append(shares, left/variance)
		}
	}
	if len(shares) == 0 {
		return 0, fmt.Errorf("network: all targets of %q are equal: there is no variance to explain", s.Name)
	}
	return stat.Mean(shares, nil), nil
}

// boundedWeights are those with which no number counts, by its squared distance from the
// median, for more than ten typical ones; nil if all are ones.
func boundedWeights(xs []float64) []float64 {
	sorted := slices.Sorted(slices.Values(xs))
	median := stat.Quantile(.5, stat.Empirical, sorted, nil)
	squares := make([]float64, len(xs))
	for i, x := range xs {
		squares[i] = (x - median) * (x - median)
	}
	bound := boundedBy * participation.Typical(squares)
	if bound == 0 || slices.Max(squares) <= bound {
		return nil
	}
	for i, s := range squares {
		squares[i] = min(1, bound/s)
	}
	return squares
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
