package network

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/targets"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/extraction"
)

// MeanSquaredError returns the mean of (f(x) − y)² over samples and outputs. For standardised
// targets it is the share of variance left unexplained. s.Y holds floats of the type of s.X,
// one for each output. It returns the errors of Predict, an error for targets that do not
// fit, and a *liegg.NotFiniteError for inputs, targets or outputs that hold NaN or Inf.
func (n *Network) MeanSquaredError(s dataset.Samples) (float64, error) {
	errors, _, err := n.errors(s)
	if err != nil {
		return 0, err
	}
	return stat.Mean(meanSquares(errors), nil), nil
}

// Unexplained returns the share of the variance of the targets that the network leaves
// unexplained, Σ_i (f(x_i) − y_i)² / Σ_i (y_i − ȳ)² of each output, averaged over the outputs
// whose targets vary. It is 0 for a perfect fit, 1 for the mean of the targets, and more for
// a worse fit. If few targets dominate these sums, as near a singularity, each counts in both
// for at most ten typical ones: a verdict asks for the symmetry of all samples, and so this
// asks for the fit of all samples. s.Y holds floats. Unexplained returns the errors of
// MeanSquaredError, and an error if the targets do not vary.
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

// Accuracy returns the share of samples in [0, 1] whose largest output is their label. s.Y
// holds the labels as int32, [N, 1] or [N]. It returns the errors of Predict, an error for
// labels outside of 0…outputs−1, and a *liegg.NotFiniteError for inputs or outputs that hold
// NaN or Inf.
func (n *Network) Accuracy(s dataset.Samples) (float64, error) {
	logits, err := n.finiteOutputs(s, true)
	if err != nil {
		return 0, err
	}
	labels, err := tensors.CopyFlatData[int32](s.Y)
	if err != nil {
		return 0, err
	}
	return accuracy(logits.RawMatrix().Data, labels), nil
}

// Mistaken returns the share of labels that the network gets wrong, relative to the share
// that the most frequent label gets wrong as the answer for all samples. It is 0 for a
// perfect classifier, 1 for that guess, and more for worse. It returns the errors of
// Accuracy, and an error if all labels are the same.
func (n *Network) Mistaken(s dataset.Samples) (float64, error) {
	right, err := n.Accuracy(s)
	if err != nil {
		return 0, err
	}
	labels, err := tensors.CopyFlatData[int32](s.Y)
	if err != nil {
		return 0, err
	}
	counts, most := map[int32]int{}, 0
	for _, l := range labels {
		counts[l]++
		most = max(most, counts[l])
	}
	if most == len(labels) {
		return 0, fmt.Errorf("network: all labels of %q are %d: there is nothing to tell apart", s.Name, labels[0])
	}
	return (1 - right) / (1 - float64(most)/float64(len(labels))), nil
}

// boundedWeights returns weights with which no number counts, by its squared distance from
// the median, for more than ten typical ones. It returns nil if all weights are 1.
func boundedWeights(xs []float64) []float64 {
	sorted := slices.Sorted(slices.Values(xs))
	median := stat.Quantile(.5, stat.Empirical, sorted, nil)
	squares := make([]float64, len(xs))
	for i, x := range xs {
		squares[i] = (x - median) * (x - median)
	}
	bound := participation.BoundedBy * participation.Typical(squares)
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
	errors, err = n.finiteOutputs(s, false)
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

// meanSquares returns the mean square of each column.
func meanSquares(m *mat.Dense) []float64 {
	rows, columns := m.Dims()
	squares := make([]float64, columns)
	for o := range squares {
		column := m.ColView(o)
		squares[o] = mat.Dot(column, column) / float64(rows)
	}
	return squares
}

// finiteOutputs returns f(x) of samples by outputs, for targets that are labels or floats.
func (n *Network) finiteOutputs(s dataset.Samples, labels bool) (*mat.Dense, error) {
	if err := n.fits(s, labels); err != nil {
		return nil, err
	}
	y, err := n.Predict(s.X)
	if err != nil {
		return nil, err
	}
	defer finalize(y)
	values, err := dataset.Values(y)
	if err != nil {
		return nil, fmt.Errorf("network: the model's outputs: %w", err)
	}
	return mat.NewDense(y.Shape().Dim(0), y.Shape().Dim(1), values), allFinite(y, "output")
}

func accuracy(logits []float64, labels []int32) float64 {
	right, m := 0, len(logits)/len(labels)
	for i, label := range labels {
		best := 0
		for k, v := range logits[i*m : (i+1)*m] {
			if v > logits[i*m+best] {
				best = k
			}
		}
		if best == int(label) {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}

// fits returns an error unless the labels or floats of the samples can be targets for the
// outputs of the network. It runs nothing.
func (n *Network) fits(s dataset.Samples, labels bool) error {
	backend, err := n.backend()
	if err != nil {
		return err
	}
	err = tensor.CheckInputs(s.X)
	if err == nil {
		var outputs int
		outputs, _, err = extraction.Subject{Network: n.source()}.Trace(backend, s.X.Shape())
		err = cmp.Or(err, targets.Wanted{Labels: labels, Outputs: outputs}.Check(s.X, s.Y))
	}
	if err != nil {
		return fmt.Errorf("network: the samples %q cannot be used: %w", s.Name, err)
	}
	return nil
}
