package training

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// threeClasses are 60 points of the plane for a network with three outputs.
func threeClasses() *tensors.Tensor {
	x := make([]float32, 120)
	for i := range x {
		x[i] = float32(math.Sin(float64(i * i)))
	}
	return tensors.FromFlatDataAndDimensions(x, 60, 2)
}

// labelled are labels first…first+2 in turn.
func labelled(first int32) *tensors.Tensor {
	y := make([]int32, 60)
	for i := range y {
		y[i] = first + int32(i%3)
	}
	return tensors.FromFlatDataAndDimensions(y, 60, 1)
}

// floats32 returns targets [60, width] of 0 except for one number.
func floats32(width, at int, value float32) *tensors.Tensor {
	y := make([]float32, 60*width)
	y[at] = value
	return tensors.FromFlatDataAndDimensions(y, 60, width)
}

// Targets that do not fit a loss are an error before training, which names the first wrong sample, from
// every function that reads them.
func TestTargetsAreChecked(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	x, withNaN := threeClasses(), threeClasses()
	tensors.MustMutableFlatData(withNaN, func(v []float32) { v[2*41+1] = nan })
	n := ok(network.New(network.MLP{Hidden: []int{4}, Outputs: 3}, shapes.Make(dtypes.Float32, 2), 2))(t)
	for name, c := range map[string]struct {
		loss  Loss
		x, y  *tensors.Tensor
		words []string
	}{
		"labels from 1":         {CrossEntropy, x, labelled(1), []string{"sample 2 is 3", "3 outputs", "0…2", "20 of 60"}},
		"labels from 7":         {CrossEntropy, x, labelled(7), []string{"sample 0 is 7", "60 of 60"}},
		"negative labels":       {CrossEntropy, x, labelled(-1), []string{"sample 0 is -1", "20 of 60"}},
		"one-hot":               {CrossEntropy, x, floats32(3, 5, 1), []string{"[60, 3]", "one-hot", "index of the largest"}},
		"float labels":          {CrossEntropy, x, floats32(1, 5, 1), []string{"int32", "dataset.Labels"}},
		"no labels for some":    {CrossEntropy, x, dataset.Rows(labelled(0), 0, 50), []string{"60 inputs", "[50, 1]"}},
		"labels for floats":     {MeanSquared, x, labelled(0), []string{"Float32", "Int32", "CrossEntropy"}},
		"wide targets":          {MeanSquared, x, dataset.Float64(floats32(3, 0, 0)), []string{"Float32", "Float64"}},
		"too few targets":       {MeanSquared, x, floats32(2, 0, 0), []string{"[60, 2]", "3 outputs"}},
		"NaN in targets":        {MeanSquared, x, floats32(3, 3*17+1, nan), []string{"target", "1 of 60", "sample 17"}},
		"infinite targets":      {MeanSquared, x, floats32(3, 3*18, inf), []string{"target", "sample 18"}},
		"NaN in inputs":         {MeanSquared, withNaN, floats32(3, 0, 0), []string{"input", "sample 41"}},
		"NaN beside the labels": {CrossEntropy, withNaN, labelled(0), []string{"input", "sample 41"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := network.MLP{Hidden: []int{4}, Outputs: 3}
			bad := dataset.Samples{Name: "bad data", X: c.x, Y: c.y}
			good := dataset.Samples{Name: "good", X: x, Y: labelled(0)}
			if c.loss == MeanSquared {
				good.Y = floats32(3, 1, 1)
			}
			s := Settings{Steps: 2, Loss: c.loss, Quiet: true}
			_, validated := Train(m, s, good.Batches(20, 1), &bad)
			_, judged := network.Judge(n, action.Linear(2, 1), network.Tensor(x), network.Settings{Validation: &bad})
			if c.loss == CrossEntropy {
				_, judged = n.Accuracy(bad)
			}
			if name == "labels for floats" { // which a verdict takes for labels
				done(t, judged)
				judged = validated
			}
			_, measured := n.MeanSquaredError(bad)
			errs := []error{validated, judged}
			if c.loss == MeanSquared {
				errs = append(errs, measured)
			}
			if c.y.Shape().Dim(0) == 60 { // Batches want targets for all
				_, trained := Train(m, s, bad.Batches(60, 1), nil)
				_, streamed := Train(m, s, struct{ Source }{bad.Batches(60, 1)}, nil)
				_, together := Together(m, s, []Member{{Source: good.Batches(60, 1)}, {Source: bad.Batches(60, 1)}})
				errs = append(errs, trained, together)
				expect.Error(t, streamed, "bad data")
			}
			for _, err := range errs {
				expect.Error(t, err, append(c.words, "bad data")...)
			}
		})
	}
}

// For sources that make their batches, a wrong sample of a later batch is found, too.
func TestBatchesAreCheckedAsTheyCome(t *testing.T) {
	s := dataset.Samples{Name: "late", X: threeClasses(), Y: labelled(0)}
	tensors.MustMutableFlatData(s.Y, func(y []int32) { y[7] = 3 })
	_, err := Train(network.MLP{Outputs: 3}, Settings{Steps: 60, Loss: CrossEntropy, Quiet: true}, struct{ Source }{s.Batches(5, 1)}, nil)
	expect.Error(t, err, `"late"`, "batch ", "is 3", "0…2")
}

// Labels and single targets may come without their axis of length 1.
func TestTargetsOfOneAxis(t *testing.T) {
	x := threeClasses()
	n := ok(network.New(network.MLP{Hidden: []int{4}, Outputs: 3}, shapes.Make(dtypes.Float32, 2), 2))(t)
	y := labelled(0)
	flat := tensors.FromFlatDataAndDimensions(tensors.MustCopyFlatData[int32](y), 60)
	want := ok(n.Accuracy(dataset.Samples{X: x, Y: y}))(t)
	if got := ok(n.Accuracy(dataset.Samples{X: x, Y: flat}))(t); got != want || want == 0 {
		t.Errorf("accuracy %g with labels [60], %g with [60, 1]", got, want)
	}
	one := ok(network.New(network.MLP{Hidden: []int{4}, Outputs: 1}, shapes.Make(dtypes.Float32, 2), 2))(t)
	column := floats32(1, 3, 2)
	row := tensors.FromFlatDataAndDimensions(tensors.MustCopyFlatData[float32](column), 60)
	if got, want := ok(one.MeanSquaredError(dataset.Samples{X: x, Y: row}))(t), ok(one.MeanSquaredError(dataset.Samples{X: x, Y: column}))(t); got != want {
		t.Errorf("error %g with targets [60], %g with [60, 1]", got, want)
	}
}
