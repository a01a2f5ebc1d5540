package network

import (
	"errors"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/dataset"
)

// census counts the samples of a stream for which something is not finite: an input, or
// else what a model makes of it, or else the gradient of that. The zero value has seen
// nothing.
type census struct {
	samples                    int // seen so far
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

func notFinite(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// add looks at what spoilt and ‖J_i‖²_F are for the samples of a chunk.
func (c *census) add(of chunk, spoilt, energy []float64) error {
	c.samples += of.count
	var inputs []bool
	for i := range of.count {
		if !notFinite(spoilt[i]) && !notFinite(energy[i]) {
			continue
		}
		if inputs == nil {
			inputs = finiteSamples(of.x)
		}
		switch {
		case !inputs[i]:
			c.inputs.add(of.number(i))
			continue
		case notFinite(spoilt[i]):
			c.outputs.add(of.number(i))
		default:
			c.gradients.add(of.number(i))
		}
		if c.suspect == nil {
			if err := c.suspects(of.x, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// suspects copies a sample.
func (c *census) suspects(x *tensors.Tensor, i int) error {
	local, err := x.LocalClone()
	if err != nil {
		return err
	}
	defer finalize(local)
	c.suspect = dataset.Rows(local, i, i+1)
	return nil
}

// found says whether any sample was counted.
func (c *census) found() bool { return c.inputs.count+c.outputs.count+c.gradients.count > 0 }

// err is nil or tells of all that was counted. The graph code takes inputs like a
// sample's to what was found not to be finite; see finiteElsewhere.
func (c *census) err(n *Network, code func(scope *model.Scope, inputs []*Node) []*Node, arguments ...*tensors.Tensor) error {
	if !c.found() {
		return nil
	}
	other, gradient := "", "gradient"
	if c.suspect != nil {
		with := append([]*tensors.Tensor{c.suspect}, arguments...)
		if c.inputs.count+c.outputs.count == 0 && n.finiteHere(code, with...) {
			gradient = liegg.SquaredGradient
		} else {
			other = n.finiteElsewhere(code, with...)
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
