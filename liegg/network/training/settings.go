// Package training fits networks: an MLP or a CNN to batches of samples, one network or many,
// from the beginning or from a stored interrupted training.
package training

import (
	"fmt"
	"runtime"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/loss"
	"github.com/gomlx/gomlx/ml/train/optimizer"
	"github.com/gomlx/gomlx/ml/train/optimizer/cosineschedule"

	"github.com/liegg/lab/liegg/internal/targets"
)

// Loss is the function that training minimises.
type Loss int

const (
	// MeanSquared is the mean of (f(x) − y)², for float targets.
	MeanSquared Loss = iota
	// CrossEntropy is −log softmax(f(x))_label, for int32 labels.
	CrossEntropy
)

// Settings says how a network is fitted: Adam on mini-batches. The zero value of each field
// means its default.
type Settings struct {
	// Steps is the number of optimiser steps, at least 1.
	Steps int
	// LearningRate is Adam's learning rate. The default is 1e-3.
	LearningRate float64
	// Cosine lets the learning rate fall to 0 as ½(1 + cos πt/T) over the steps.
	Cosine bool
	// L2 adds L2/2·‖w‖² of all variables to the loss: PyTorch's weight_decay for
	// Adam, as in the paper.
	L2 float64
	// Decay is decoupled weight decay (AdamW): each step shrinks weights by
	// LearningRate·Decay.
	Decay float64
	// Loss is MeanSquared or CrossEntropy.
	Loss Loss
	// Penalty asks for the symmetries of an algebra: training then minimises the sum. The zero
	// value asks for none.
	Penalty Penalty `json:"-"`
	// Best keeps the variables with the best validation result (lowest loss, or highest
	// accuracy for CrossEntropy) instead of the last ones.
	Best bool
	// Validate is the number of steps between measurements on the validation samples. The
	// default is a fiftieth of Steps.
	Validate int
	// Seed draws the initial weights. The data have their own seed for shuffling.
	Seed uint64
	// Quiet shows no progress.
	Quiet bool `json:"-"`
	// Cores is the largest number of networks that are trained side by side by Together. The
	// default is the number of cores.
	Cores int `json:"-"`
	// Watch is called every Validate steps with the number of steps so far. Its error ends
	// the training and is returned. Networks that are trained together call it concurrently,
	// and up to some hundred steps late. It may be nil.
	Watch func(step int) error `json:"-"`
	// Show is given the losses so far, at most ten times a second and for at most a tenth of
	// the time, in a notebook that shows progress, and at the end the network.History, also if
	// Cached reads the network from disk. plotting.InPlace() draws the curve. If Show fails, the
	// training goes on without it. Together does not call it. It may be nil.
	Show func(history any) error `json:"-"`
}

func (t Settings) watched(step int) error {
	if t.Watch == nil {
		return nil
	}
	return t.Watch(step)
}

// withDefaults fills in the defaults. It panics if fields contradict each other.
func (t Settings) withDefaults(validated bool) Settings {
	if t.Steps < 1 {
		panic(fmt.Sprintf("training: Settings.Steps must be at least 1, got %d", t.Steps))
	}
	for name, v := range map[string]float64{"LearningRate": t.LearningRate, "L2": t.L2, "Decay": t.Decay} {
		if notFinite(v) {
			panic(fmt.Sprintf("training: Settings.%s must be a finite number, got %v", name, v))
		}
	}
	if t.LearningRate < 0 || t.L2 < 0 || t.Decay < 0 || t.Validate < 0 || t.Cores < 0 {
		panic(fmt.Sprintf("training: the numbers of Settings must not be negative: %+v", t))
	}
	if t.Best && !validated {
		panic("training: Settings.Best needs validation samples")
	}
	t.Penalty.check(t.Loss)
	if t.LearningRate == 0 {
		t.LearningRate = 1e-3
	}
	if t.Cores == 0 {
		t.Cores = runtime.GOMAXPROCS(0)
	}
	if t.Validate == 0 {
		t.Validate = max(1, t.Steps/50)
	}
	return t
}

// targetRules returns the properties of targets that fit the loss.
func (t Settings) targetRules(outputs int) targets.Wanted {
	return targets.Wanted{Labels: t.Loss == CrossEntropy, Outputs: outputs}
}

// Epochs returns the number of steps for the given number of epochs over n samples, without
// incomplete batches.
func Epochs(epochs, n, batch int) int { return epochs * (n / batch) }

func (t Settings) lossFunction() loss.LossFn {
	if t.Loss == CrossEntropy {
		return loss.SparseCategoricalCrossEntropyLogits
	}
	return loss.MeanSquaredError
}

func (t Settings) optimizer() optimizer.Interface {
	return optimizer.Adam().LearningRate(t.LearningRate).Epsilon(1e-8).WeightDecay(t.Decay).Done()
}

// schedule makes the learning rate of a training graph follow its cosine.
func (t Settings) schedule(scope *model.Scope, g *Graph, dtype dtypes.DType) {
	if t.Cosine {
		cosineschedule.New(scope, g, dtype).LearningRate(t.LearningRate).PeriodInSteps(t.Steps).Done()
	}
}

// mean builds the mean loss of outputs [batch, m] for checked targets.
func (t Settings) mean(y, outputs *Node) *Node {
	if t.Loss == CrossEntropy {
		y = Reshape(y, outputs.Shape().Dim(0), 1)
	} else {
		y = Reshape(y, outputs.Shape().Dimensions...)
	}
	return ReduceAllMean(t.lossFunction()([]*Node{y}, []*Node{outputs}))
}
