package network

import (
	"cmp"
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
)

// targets says what targets a loss takes for a number of outputs. XLA would not tell:
// a label that is no class adds nothing to the cross-entropy.
type targets struct {
	loss    Loss
	outputs int
}

// check returns an error unless a network can be trained on inputs x [N, input…] and
// targets y: floats of x's type [N, outputs], or class labels int32 [N, 1]. Where there
// is one number for each sample, [N] is as good. The error names the first sample that
// cannot be used.
func (t targets) check(x, y *tensors.Tensor) error {
	if err := (&batcher{}).check(x); err != nil {
		return err
	}
	if y == nil || !y.Ok() {
		return fmt.Errorf("the targets are nil or were freed")
	}
	if err := t.checkShape(x.Shape(), y.Shape()); err != nil {
		return err
	}
	if err := allFinite(x, "input"); err != nil {
		return err
	}
	if t.loss == CrossEntropy {
		return checkLabels(y, t.outputs)
	}
	return allFinite(y, "target")
}

// checkShape looks at the number and the type of targets.
func (t targets) checkShape(x, y shapes.Shape) error {
	if y.Rank() == 0 || y.Dim(0) != x.Dim(0) {
		return fmt.Errorf("there are %d inputs, but targets of shape %s: each sample needs its own", x.Dim(0), y)
	}
	perSample := y.Size() / max(1, y.Dim(0))
	switch {
	case t.loss == CrossEntropy && perSample != 1:
		return fmt.Errorf("CrossEntropy takes the number of each sample's class, int32 [%d, 1], but got targets of shape %s: for one-hot rows or probabilities give the index of the largest in each row", x.Dim(0), y)
	case t.loss == CrossEntropy && y.DType != dtypes.Int32:
		return fmt.Errorf("CrossEntropy takes labels of type int32, got targets of shape %s: make labels of them with dataset.Labels, or train with MeanSquared", y)
	case t.loss != CrossEntropy && y.DType != x.DType:
		return fmt.Errorf("MeanSquared takes targets of the inputs' type %s, got targets of shape %s: convert them, or train with CrossEntropy if they are classes", x.DType, y)
	case t.loss != CrossEntropy && perSample != t.outputs:
		return fmt.Errorf("targets of shape %s do not fit %d outputs: they must have same shape, [%d, %d]", y, t.outputs, x.Dim(0), t.outputs)
	}
	return nil
}

// checkLabels returns an error that counts the int32 labels outside of 0…outputs−1.
func checkLabels(y *tensors.Tensor, outputs int) error {
	labels, err := tensors.CopyFlatData[int32](y)
	if err != nil {
		return fmt.Errorf("reading the labels: %w", err)
	}
	wrong, first := 0, -1
	for i, label := range labels {
		if label >= 0 && int(label) < outputs {
			continue
		}
		if wrong++; first < 0 {
			first = i
		}
	}
	if wrong == 0 {
		return nil
	}
	return fmt.Errorf("the label of sample %d is %d, but with %d outputs classes are numbered 0…%d; %d of %d labels are outside: number the classes from 0, or give the network an output for each", first, labels[first], outputs, outputs-1, wrong, len(labels))
}

// checkSource checks the samples of a source that has them in memory, each once. Those of
// other sources are checked as they come (see feed.copied).
func (t targets) checkSource(s Source, seen map[dataset.Samples]bool) error {
	batches, ok := s.(*dataset.Batches)
	if !ok || seen[batches.Samples()] {
		return nil
	}
	samples := batches.Samples()
	seen[samples] = true
	return t.check(samples.X, samples.Y)
}

// checkValidation is check for validation samples, for a network of such inputs.
func (t targets) checkValidation(s *dataset.Samples, input shapes.Shape) error {
	if s == nil {
		return nil
	}
	err := t.check(s.X, s.Y)
	if own := s.X.Shape(); err == nil && !shapes.Make(own.DType, own.Dimensions[1:]...).Equal(input) {
		err = fmt.Errorf("inputs of shape %s, where training has inputs of shape %s each", own, input)
	}
	if err != nil {
		return fmt.Errorf("network: the validation samples %q cannot be used: %w", s.Name, err)
	}
	return nil
}

// fits returns an error unless samples have targets that a loss takes for the outputs of
// the network. It runs nothing.
func (n *Network) fits(s dataset.Samples, loss Loss) error {
	backend, err := n.backend()
	if err != nil {
		return err
	}
	err = (&batcher{}).check(s.X)
	if err == nil {
		var outputs int
		outputs, err = (&extraction{network: n, head: Outputs}).width(backend, s.X.Shape())
		err = cmp.Or(err, targets{loss, outputs}.check(s.X, s.Y))
	}
	if err != nil {
		return fmt.Errorf("network: the samples %q cannot be used: %w", s.Name, err)
	}
	return nil
}

// mean builds the mean loss of outputs [batch, m] for targets that were checked.
func (t Training) mean(y, outputs *Node) *Node {
	if t.Loss == CrossEntropy {
		y = Reshape(y, outputs.Shape().Dim(0), 1)
	} else {
		y = Reshape(y, outputs.Shape().Dimensions...)
	}
	return ReduceAllMean(t.lossFunction()([]*Node{y}, []*Node{outputs}))
}
