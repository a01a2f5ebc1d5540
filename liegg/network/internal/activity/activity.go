// Package activity records, over a whole stream of samples, where each output of a network has a
// gradient and which values it takes, and keeps some of the samples that say most.
package activity

import (
	"math"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Judge learns from the first samples how large each output is, and which outputs are
// constant. An output that has a gradient only later in the stream, or only at a few samples,
// hardly counts in the sums of a verdict. An output made of steps has no gradient at all. So
// Judge watches every output over the whole stream.

const (
	rareBelow      = 64  // an output with a gradient at fewer samples of the pilot is rarely active
	reservoirSize  = 256 // largest number of samples in a reservoir
	roundingFactor = 64  // how much the rounding error of one sample may exceed the mean
)

// Record records where each output has a gradient, and which values it takes.
type Record struct {
	samples    int
	Active     []int        // samples at which the output has a gradient
	Low, High  []float64    // least and largest value of the output
	Reservoirs []*Reservoir // for outputs that are rarely active, samples at which they are; else nil
	Extremes   *Extremes    // after the pilot

	Rounding  float64 // relative rounding error of the network's numbers
	InputSize float64 // root mean square of the norm of the inputs
	mixed     bool    // the head computes each output from several others
	random    *rand.Rand
}

// Reset starts the records of a number of outputs.
func (a *Record) Reset(outputs int, rounding, inputSize float64, mixed bool) {
	*a = Record{Rounding: rounding, InputSize: inputSize, mixed: mixed, random: rand.New(rand.NewPCG(1, 1))}
	a.Active, a.Low, a.High = make([]int, outputs), make([]float64, outputs), make([]float64, outputs)
	a.Reservoirs = make([]*Reservoir, outputs)
	for o := range outputs {
		a.Low[o], a.High[o] = math.Inf(1), math.Inf(-1)
	}
}

// EndPilot forgets the counts of the pilot. From now on it keeps extreme samples, and samples for
// the outputs that were rarely active in the pilot. like holds samples of the stream.
func (a *Record) EndPilot(like *tensors.Tensor) {
	var rare []int
	samples := like.Shape().Dim(0)
	sampleBytes := int(like.ByteSize()) / samples
	a.Extremes = newExtremes(len(a.Active), like.Size()/samples, sampleBytes)
	for o, n := range a.Active {
		if n < rareBelow && len(a.Active) > 1 {
			rare = append(rare, o)
		}
	}
	clear(a.Active)
	a.samples = 0
	most := min(reservoirSize, ReservoirBytes/max(1, len(rare)*sampleBytes))
	for _, o := range rare {
		a.Reservoirs[o] = &Reservoir{most: most}
	}
}

// Watch records a chunk, given the energy and the value of each output at each sample.
func (a *Record) Watch(c stream.Chunk, energies, values []float64) {
	m := len(a.Active)
	a.samples += c.Count
	a.Extremes.watch(c, values)
	for i := range c.Count {
		all := 0.
		if a.mixed {
			for _, e := range energies[i*m : (i+1)*m] {
				all += e
			}
		}
		for o := range m {
			e, y := energies[i*m+o], values[i*m+o]
			a.Low[o], a.High[o] = min(a.Low[o], y), max(a.High[o], y)
			noise := roundingFactor * a.Rounding
			if e > 0 && math.Sqrt(e)*a.InputSize > noise*math.Abs(y) && e > noise*noise*all {
				a.Active[o]++
				a.Reservoirs[o].offer(c, i, a.random)
			}
		}
	}
}
