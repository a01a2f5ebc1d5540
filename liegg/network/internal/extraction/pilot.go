package extraction

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// pilot holds the results of a verdict's program for some of the first samples.
type pilot struct {
	quantities [bounds][]float64
	outputs    []float64 // scaled, [n, m]
	m          int
}

// pilotSize is the largest number of samples that the verdict's own program runs before the stream.
func (e *Program) pilotSize() int {
	if e.sizedByPilot() {
		return sizeSamples
	}
	return pilotSamples
}

// pilotAt returns which n of the first samples are run: spread evenly or, if their results are kept
// for the stream, in whole batches that are spread evenly. For blocks together on a device with its
// own memory, whose batches are large, it leaves out the samples that would begin another batch.
func (e *Program) pilotAt(all, n, batch int) []int {
	if e.apart && e.block > 0 && n > batch {
		n = n / batch * batch
	}
	if !e.cut || n == all {
		return stream.Evenly(n, all)
	}
	var at []int
	batches := n / batch
	for _, b := range stream.Evenly(batches, all/batch) {
		for i := range batch {
			at = append(at, b*batch+i)
		}
	}
	return at
}

// add adds the samples of a batch, count of which are real, for outputs that are multiplied
// by factors.
func (p *pilot) add(values [][]float64, count int, factors []float64) {
	tail := values[len(values)-weighted:]
	p.addOutputs(tail[5][:count*len(factors)], factors)
	for i := range count {
		for b := range p.quantities {
			p.quantities[b] = append(p.quantities[b], tail[0][i*bounds+b])
		}
	}
}

// addOutputs adds outputs that are multiplied by factors.
func (p *pilot) addOutputs(outputs, factors []float64) {
	p.m = len(factors)
	for i, y := range outputs {
		p.outputs = append(p.outputs, y*factors[i%p.m])
	}
}

// spread returns ½‖y_i − y_i'‖² of each sample and another one, i' = i + ⌊n/2⌋ mod n, and ‖y_i‖².
func (p *pilot) spread() (differences, squares []float64) {
	n := len(p.outputs) / p.m
	for i := range n {
		y, other := p.outputs[i*p.m:(i+1)*p.m], p.outputs[(i+n/2)%n*p.m:]
		difference := 0.
		for o, v := range y {
			difference += (v - other[o]) * (v - other[o]) / 2
		}
		differences, squares = append(differences, difference), append(squares, floats.Dot(y, y))
	}
	return differences, squares
}

// bound sets the bounds of the four quantities, and the variance of the outputs.
func (e *Program) bound(backend compute.Backend, beginning *tensors.Tensor, samples, batch int) error {
	var p pilot
	for c, err := range stream.Piloted(beginning, e.pilotAt(beginning.Shape().Dim(0), samples, batch), backend, batch) {
		if err != nil {
			return err
		}
		values, err := e.values(c)
		if err != nil {
			return err
		}
		p.add(values, c.Count, e.sizes.Factors(e.outputs))
		e.watch(c, values)
	}
	e.activity.EndPilot(beginning)
	e.limit(p)
	return nil
}

// limit sets the bounds and the variance of the outputs from some samples.
func (e *Program) limit(p pilot) {
	for b, q := range p.quantities {
		if m := participation.Typical(q); m > 0 {
			e.limits[b] = participation.BoundedBy * m
		}
	}
	differences, squares := p.spread()
	e.spread = participation.BoundedMean(differences)
	if r := e.activity.Rounding; e.spread <= r*r*participation.BoundedMean(squares) { // of squares bounded like the differences
		e.spread = 0 // the data lie on a level set, and the outputs differ only by rounding
	}
	if e.spread > 0 {
		e.limits[len(e.limits)-1] = 1 / e.spread
	}
}

// sizedByPilot reports whether the verdict's own program measures the outputs: if it takes the
// gradient of every one. Then no other program is compiled, and no sample is differentiated
// for its sizes alone.
func (e *Program) sizedByPilot() bool {
	return e.scaled && e.mode != jacobian.TangentMode && e.outputs <= sizePasses
}

// unscaled are results of a verdict's program for outputs as they are, sample by sample.
type unscaled struct {
	speeds           []float64 // Σ_k ‖A_kx_i‖²/typical_k, [n]
	energies, values []float64 // of every output, [n, m]
}

// sizeAndBound is equalise, and then bound, with one run of the program over the samples of
// either. The program is run with the outputs as they are: what it would give for outputs of
// one size follows from the gradients and values of single outputs.
func (e *Program) sizeAndBound(backend compute.Backend, beginning *tensors.Tensor, batch int) error {
	all := beginning.Shape().Dim(0)
	sums, ran := newSizeSums(e.outputs), unscaled{}
	for c, err := range stream.Piloted(beginning, e.pilotAt(all, min(sizeSamples, all), batch), backend, batch) {
		if err != nil {
			return err
		}
		values, err := e.values(c)
		if err != nil {
			return err
		}
		tail := values[len(values)-weighted:]
		squares := floats.MulTo(make([]float64, len(tail[5])), tail[5], tail[5])
		sums.addValues([][]float64{tail[4], squares, tail[3]}, c.Count)
		for i := range c.Count {
			ran.speeds = append(ran.speeds, tail[0][i*bounds])
		}
		ran.energies = append(ran.energies, tail[4][:c.Count*e.outputs]...)
		ran.values = append(ran.values, tail[5][:c.Count*e.outputs]...)
	}
	e.setSizes(sums, beginning.DType())
	copy(e.limits[bounds+e.Action.Dim():], e.sizes.Factors(e.outputs))
	n := len(ran.speeds)
	e.limit(e.scaledPilot(ran.picked(stream.Evenly(min(pilotSamples, n), n), e.outputs)))
	e.activity.EndPilot(beginning)
	return nil
}

// picked are the results for some of the samples.
func (u unscaled) picked(at []int, m int) (some unscaled) {
	for _, i := range at {
		some.speeds = append(some.speeds, u.speeds[i])
		some.energies = append(some.energies, u.energies[i*m:(i+1)*m]...)
		some.values = append(some.values, u.values[i*m:(i+1)*m]...)
	}
	return some
}

// scaledPilot is the pilot of samples with outputs that are multiplied by their factors.
func (e *Program) scaledPilot(u unscaled) (p pilot) {
	m, factors := e.outputs, e.sizes.Factors(e.outputs)
	e.activity.Watch(stream.Chunk{Count: len(u.speeds)}, u.energies, u.values)
	p.addOutputs(u.values, factors)
	for i, speed := range u.speeds {
		energy := 0.
		for o, f := range factors {
			energy += f * f * u.energies[i*m+o]
		}
		for b, q := range []float64{speed, energy * speed, 0, energy} {
			p.quantities[b] = append(p.quantities[b], q)
		}
	}
	return p
}
