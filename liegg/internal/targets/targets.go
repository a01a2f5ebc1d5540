// Package targets checks the targets of samples before a network is trained on them or
// measured by them.
package targets

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/tensor"
)

// Wanted says which targets fit a loss and a number of outputs. XLA would not tell: a
// label that is no class adds nothing to the cross-entropy.
type Wanted struct {
	// Labels asks for class labels, as the cross-entropy takes them, and not for floats.
	Labels  bool
	Outputs int
}

// Check returns an error unless a network can be trained on inputs x [N, input…] and
// targets y: floats of x's type [N, outputs], or class labels int32 [N, 1]. Where there
// is one number for each sample, [N] is as good. The error names the first sample that
// cannot be used.
func (w Wanted) Check(x, y *tensors.Tensor) error {
	if err := tensor.CheckInputs(x); err != nil {
		return err
	}
	if y == nil || !y.Ok() {
		return fmt.Errorf("the targets are nil or were freed")
	}
	if err := w.CheckShape(x.Shape(), y.Shape()); err != nil {
		return err
	}
	if err := tensor.AllFinite(x, "input"); err != nil {
		return err
	}
	if w.Labels {
		return checkLabels(y, w.Outputs)
	}
	return tensor.AllFinite(y, "target")
}

// CheckShape looks at the number and the type of targets.
func (w Wanted) CheckShape(x, y shapes.Shape) error {
	if y.Rank() == 0 || y.Dim(0) != x.Dim(0) {
		return fmt.Errorf("there are %d inputs, but targets of shape %s: each sample needs its own", x.Dim(0), y)
	}
	perSample := y.Size() / max(1, y.Dim(0))
	switch {
	case w.Labels && perSample != 1:
		return fmt.Errorf("CrossEntropy takes the number of each sample's class, int32 [%d, 1], but got targets of shape %s: for one-hot rows or probabilities give the index of the largest in each row", x.Dim(0), y)
	case w.Labels && y.DType != dtypes.Int32:
		return fmt.Errorf("CrossEntropy takes labels of type int32, got targets of shape %s: make labels of them with dataset.Labels, or train with MeanSquared", y)
	case !w.Labels && y.DType != x.DType:
		return fmt.Errorf("MeanSquared takes targets of the inputs' type %s, got targets of shape %s: convert them, or train with CrossEntropy if they are classes", x.DType, y)
	case !w.Labels && perSample != w.Outputs:
		return fmt.Errorf("targets of shape %s do not fit %d outputs: they must have same shape, [%d, %d]", y, w.Outputs, x.Dim(0), w.Outputs)
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
