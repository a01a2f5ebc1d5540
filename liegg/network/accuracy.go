package network

import (
	"fmt"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/dataset"
)

// Accuracy is the share of samples in [0, 1] whose largest output is their label;
// s.Y holds the labels as int32, [N, 1] or [N]. It returns the errors of Predict, labels
// outside of 0…outputs−1, and a *liegg.NotFiniteError for inputs or outputs that hold
// NaN or Inf.
func (n *Network) Accuracy(s dataset.Samples) (float64, error) {
	logits, err := n.finiteOutputs(s, CrossEntropy)
	if err != nil {
		return 0, err
	}
	labels, err := tensors.CopyFlatData[int32](s.Y)
	if err != nil {
		return 0, err
	}
	return accuracy(logits.RawMatrix().Data, labels), nil
}

// Mistaken is the share of labels that the network gets wrong, in units of what the most
// frequent label gets wrong as the answer to all: 0 for a perfect classifier, 1 for that
// guess, more for worse. It returns the errors of Accuracy, and labels that are all the same.
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

// finiteOutputs returns f(x) of samples by outputs, for targets such as the loss takes.
func (n *Network) finiteOutputs(s dataset.Samples, loss Loss) (*mat.Dense, error) {
	if err := n.fits(s, loss); err != nil {
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
