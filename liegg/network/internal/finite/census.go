// Package finite counts samples whose inputs, outputs or gradients are not finite.
package finite

import (
	"errors"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/function"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Census counts the samples of a stream with a number that is not finite: in the input, otherwise
// in the outputs, otherwise in their gradients. The zero value has counted no samples.
type Census struct {
	samples                    int // number of samples so far
	inputs, outputs, gradients tally
	suspect                    *tensors.Tensor // [1, input…], the first sample with a finite input
}

// tally counts samples.
type tally struct{ count, first int }

func (t *tally) add(sample int) {
	if t.count == 0 {
		t.first = sample
	}
	t.count++
}

// IsNot reports whether v is NaN or infinite.
func IsNot(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// Add counts the samples of a chunk, given the results of Spoilt and ‖J_i‖²_F for each.
func (c *Census) Add(of stream.Chunk, spoilt, energy []float64) error {
	c.samples += of.Count
	var inputs []bool
	for i := range of.Count {
		if !IsNot(spoilt[i]) && !IsNot(energy[i]) {
			continue
		}
		if inputs == nil {
			inputs = tensor.FiniteSamples(of.X)
		}
		switch {
		case !inputs[i]:
			c.inputs.add(of.Number(i))
			continue
		case IsNot(spoilt[i]):
			c.outputs.add(of.Number(i))
		default:
			c.gradients.add(of.Number(i))
		}
		if c.suspect == nil {
			if err := c.keep(of.X, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// keep copies sample i of x as the suspect.
func (c *Census) keep(x *tensors.Tensor, i int) error {
	local, err := x.LocalClone()
	if err != nil {
		return err
	}
	defer tensor.Finalize(local)
	c.suspect = dataset.Rows(local, i, i+1)
	return nil
}

// Found reports whether any sample was counted.
func (c *Census) Found() bool { return c.inputs.count+c.outputs.count+c.gradients.count > 0 }

// Err returns nil if no sample was counted. Otherwise it returns a *liegg.NotFiniteError, or
// several joined errors. The graph code computes, from inputs [1, input…] and the arguments, the
// numbers that were not finite; see function.Batched.FiniteElsewhere.
func (c *Census) Err(f function.Batched, code func(scope *model.Scope, inputs []*Node) []*Node, arguments ...*tensors.Tensor) error {
	if !c.Found() {
		return nil
	}
	other, gradient := "", "gradient"
	if c.suspect != nil {
		with := append([]*tensors.Tensor{c.suspect}, arguments...)
		if c.inputs.count+c.outputs.count == 0 && f.FiniteHere(code, with...) {
			gradient = liegg.SquaredGradient
		} else {
			other = f.FiniteElsewhere(code, with...)
		}
	}
	var errs []error
	for _, part := range []struct {
		tally
		what, finite string
	}{{c.inputs, "input", ""}, {c.outputs, "output", other}, {c.gradients, gradient, other}} {
		if part.count > 0 {
			errs = append(errs, &liegg.NotFiniteError{Sample: part.first, What: part.what, Count: part.count, Of: c.samples, Finite: part.finite})
		}
	}
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}
