package network

import (
	"math"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/internal/participation"
)

// pilot holds the results of a verdict's program for some of the first samples.
type pilot struct {
	quantities  [bounds][]float64
	differences []float64
	squares     []float64 // of the scaled outputs, summed over the outputs of a sample
}

// bound sets the bounds of the four quantities, and the variance of the outputs.
func (e *extraction) bound(backend compute.Backend, beginning *tensors.Tensor, samples, batch int) error {
	var p pilot
	for c, err := range piloted(beginning, inOrder(samples), backend, batch) {
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
	e.activity.endPilot(beginning)
	e.limit(p)
	return nil
}

// watch passes the results of a verdict's program for a chunk to activity.
func (e *extraction) watch(c chunk, values [][]float64) {
	last := values[len(values)-2:]
	e.activity.watch(c, last[0], last[1])
}

// add adds the samples of a batch, count of which are real, for outputs that are multiplied
// by factors.
func (p *pilot) add(values [][]float64, count int, factors []float64) {
	tail := values[len(values)-weighted:]
	p.addSquares(tail[6][:count*len(factors)], factors)
	for i := range count {
		for b := range p.quantities {
			p.quantities[b] = append(p.quantities[b], tail[0][i*bounds+b])
		}
		p.differences = append(p.differences, tail[3][i])
	}
}

// addSquares adds outputs that are multiplied by factors.
func (p *pilot) addSquares(outputs, factors []float64) {
	for sample := range slices.Chunk(outputs, len(factors)) {
		sum := 0.
		for o, y := range sample {
			sum += math.Pow(y*factors[o], 2)
		}
		p.squares = append(p.squares, sum)
	}
}

// limit sets the bounds and the variance of the outputs from some samples.
func (e *extraction) limit(p pilot) {
	for b, q := range p.quantities {
		if m := participation.Typical(q); m > 0 {
			e.limits[b] = boundedBy * m
		}
	}
	e.spread = boundedMean(p.differences)
	if r := e.activity.rounding; e.spread <= r*r*boundedMean(p.squares) { // of squares bounded like the differences
		e.spread = 0 // the data lie on a level set, and the outputs differ only by rounding
	}
	if e.spread > 0 {
		e.limits[len(e.limits)-1] = 1 / e.spread
	}
}

// sizedByPilot reports whether the verdict's own program measures the outputs: if it takes the
// gradient of every one. Then no other program is compiled, and no sample is differentiated
// for its sizes alone.
func (e *extraction) sizedByPilot() bool {
	return e.scaled && e.mode != TangentMode && e.outputs <= sizePasses
}

// unscaled are results of a verdict's program for outputs as they are, sample by sample.
type unscaled struct {
	speeds           []float64 // Σ_k ‖A_kx_i‖²/typical_k, [n]
	energies, values []float64 // of every output, [n, m]
}

// sizeAndBound is equalise, and then bound, with one run of the program over the samples of
// either. The program is run with the outputs as they are: what it would give for outputs of
// one size follows from the gradients and values of single outputs.
func (e *extraction) sizeAndBound(backend compute.Backend, beginning *tensors.Tensor, batch int) error {
	all := beginning.Shape().Dim(0)
	n := min(sizeSamples, all)
	sums, ran := newSizeSums(e.outputs), unscaled{}
	for c, err := range piloted(beginning, inOrder(n), backend, batch) {
		if err != nil {
			return err
		}
		values, err := e.values(c)
		if err != nil {
			return err
		}
		tail := values[len(values)-weighted:]
		squares := floats.MulTo(make([]float64, len(tail[6])), tail[6], tail[6])
		sums.addValues([][]float64{tail[5], squares, tail[4]}, c.Count)
		for i := range c.Count {
			ran.speeds = append(ran.speeds, tail[0][i*bounds])
		}
		ran.energies = append(ran.energies, tail[5][:c.Count*e.outputs]...)
		ran.values = append(ran.values, tail[6][:c.Count*e.outputs]...)
	}
	e.setSizes(sums, beginning.DType())
	copy(e.limits[bounds+e.action.Dim():], e.sizes.Factors(e.outputs))
	samples := min(pilotSamples, all)
	at := make([]int, samples)
	for i := range at { // the sample i·all/samples of the beginning is the one at[i] of those that were run
		at[i] = (i*all/samples*n + all - 1) / all
	}
	e.limit(e.scaledPilot(ran.picked(at, e.outputs), batch))
	e.activity.endPilot(beginning)
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

// pairedWith is the sample with whose outputs differences compares those of sample i.
func (u unscaled) pairedWith(i, batch int) int {
	n := len(u.speeds)
	if batch == 1 {
		return (i + n/2) % n // see partnered
	}
	other := i - i%batch + (i+batch/2)%batch // see halfway
	if other >= n {
		return i - i%batch // which fills up the last batch
	}
	return other
}

// scaledPilot is the pilot of samples that come in batches of the given size, with outputs that
// are multiplied by their factors.
func (e *extraction) scaledPilot(u unscaled, batch int) (p pilot) {
	m, factors := e.outputs, e.sizes.Factors(e.outputs)
	e.activity.watch(chunk{Count: len(u.speeds)}, u.energies, u.values)
	p.addSquares(u.values, factors)
	for i, speed := range u.speeds {
		energy, difference := 0., 0.
		other := u.pairedWith(i, batch)
		for o, f := range factors {
			energy += f * f * u.energies[i*m+o]
			difference += math.Pow(f*(u.values[i*m+o]-u.values[other*m+o]), 2) / 2
		}
		for b, q := range []float64{speed, energy * speed, 0, energy} {
			p.quantities[b] = append(p.quantities[b], q)
		}
		p.differences = append(p.differences, difference)
	}
	return p
}
