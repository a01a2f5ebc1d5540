// Package activity records, over a whole stream of samples, where each output of a network has a
// gradient and which values it takes, and keeps some of the samples that say most.
package activity

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/tensor"
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

// ReservoirBytes is the memory for the samples of all reservoirs.
const ReservoirBytes = 64 << 20

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

// Reservoir holds a random subsample of the samples that were offered.
type Reservoir struct {
	offered int // number of samples
	most    int // number of samples that the reservoir can hold
	samples [][]byte
	Numbers []int // index of each sample in the stream
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

// offer puts sample i of a chunk into the reservoir, such that all samples offered have the
// same probability to be in it (reservoir sampling).
func (r *Reservoir) offer(c stream.Chunk, i int, random *rand.Rand) {
	if r == nil || r.most == 0 {
		return
	}
	at := len(r.samples)
	if r.offered++; at == r.most {
		if at = random.IntN(r.offered); at >= r.most {
			return
		}
	}
	err := c.X.ConstBytes(func(data []byte) {
		sample := slices.Clone(tensor.Nth(data, i, c.X.Shape().Dim(0)))
		if at == len(r.samples) {
			r.samples, r.Numbers = append(r.samples, sample), append(r.Numbers, c.Number(i))
		} else {
			r.samples[at], r.Numbers[at] = sample, c.Number(i)
		}
	})
	if err != nil {
		panic(err)
	}
}

// Tensor returns the samples of the reservoir, in the shape and type of like's samples.
func (r *Reservoir) Tensor(like *tensors.Tensor) (*tensors.Tensor, error) {
	shape := like.Shape().Clone()
	shape.Dimensions[0] = len(r.samples)
	t := tensors.FromShape(shape)
	return t, t.MutableBytes(func(to []byte) {
		for _, s := range r.samples {
			to = to[copy(to, s):]
		}
	})
}

// withoutGradient lists the outputs that take several values but have no gradient anywhere.
func (a *Record) withoutGradient() (outputs []int) {
	size := 0.
	if a.mixed {
		size = a.largest()
	}
	for o, active := range a.Active {
		largest := max(size, math.Abs(a.Low[o]), math.Abs(a.High[o]))
		if active == 0 && a.High[o]-a.Low[o] > roundingFactor*a.Rounding*largest {
			outputs = append(outputs, o)
		}
	}
	return outputs
}

// RarelyActive lists the outputs with a gradient at only a few samples. Their reservoirs hold
// some of these samples.
func (a *Record) RarelyActive() (outputs []int) {
	for o, k := range a.Reservoirs {
		if k != nil && a.Active[o] > 0 {
			outputs = append(outputs, o)
		}
	}
	return outputs
}

// DoubtSteps makes a verdict undetermined if outputs vary but have no gradient.
func (a *Record) DoubtSteps(v *liegg.Verdict) {
	for _, o := range a.withoutGradient() {
		if a.underflows(o) {
			v.DoubtSymmetries(a.underflowText(o))
		} else {
			v.DoubtSymmetries(fmt.Sprintf("output %d takes values from %.3g to %.3g, but its gradient is zero everywhere, like the gradient of a step: gradients say nothing about it; leave it out, or test it along a flow",
				o+1, a.Low[o], a.High[o]))
		}
	}
}

// underflows reports whether an output varies by so little that the squares of its gradients
// are zero in floating point.
func (a *Record) underflows(o int) bool { return a.High[o]-a.Low[o] < 1e-140 }

// underflowText describes such an output.
func (a *Record) underflowText(o int) string {
	return fmt.Sprintf("output %d varies by no more than %.0e, which cannot be squared in floating point: multiply it by a large number", o+1, a.High[o]-a.Low[o])
}

// DoubtLate makes a verdict undetermined if an output was left out as constant, but varies
// later in the stream and is not known to keep the generators.
func (a *Record) DoubtLate(v *liegg.Verdict) {
	if v.Scales == nil {
		return
	}
	for _, o := range v.Scales.Constant {
		if a.Active[o] > 0 && !a.keepsGenerators(v, o) {
			v.DoubtSymmetries(fmt.Sprintf("output %d was left out because it is constant at the first samples, but it varies at %d of all %d: shuffle the samples",
				o+1, a.Active[o], a.samples))
		}
	}
}

// DoubtRounded makes a verdict undetermined if an output was left out as constant to within rounding,
// but takes more values than rounding alone would give it.
func (a *Record) DoubtRounded(v *liegg.Verdict) {
	if v.Scales == nil {
		return
	}
	size := a.largest()
	for _, o := range v.Scales.Constant {
		if !a.mixed {
			size = max(math.Abs(a.Low[o]), math.Abs(a.High[o]))
		}
		if varies := a.High[o] - a.Low[o]; varies > a.Rounding/4*size && !a.keepsGenerators(v, o) {
			v.DoubtSymmetries(fmt.Sprintf("output %d was left out because it varies by only %.1g, at values of about %.1g, and rounding hides how: subtract its mean, or compute it in float64",
				o+1, varies, size))
		}
	}
}

// largest returns the largest absolute value of all outputs.
func (a *Record) largest() (size float64) {
	for o := range a.Active {
		size = max(size, math.Abs(a.Low[o]), math.Abs(a.High[o]))
	}
	return size
}

// DoubtRare makes a verdict undetermined if any other output is rarely active and is known
// neither to keep the generators nor to break them.
func (a *Record) DoubtRare(v *liegg.Verdict) {
	for _, o := range a.RarelyActive() {
		late := v.Scales != nil && slices.Contains(v.Scales.Constant, o)
		if e := v.Outputs[o]; !late && !a.keepsGenerators(v, o) && !(e.Lower > v.Threshold) {
			v.DoubtSymmetries(fmt.Sprintf("output %d has a gradient at only %d of %d samples, with ρ = %.2g along the generators: these are too few to tell whether it keeps them; give more samples at which it varies, or leave it out",
				o+1, a.Active[o], a.samples, e.Value))
		}
	}
}

// keepsGenerators reports whether an output certainly keeps the generators of a verdict.
func (a *Record) keepsGenerators(v *liegg.Verdict, o int) bool {
	return v.Outputs != nil && v.Keeps(v.Outputs[o], a.Active[o])
}

// ExplainVanishing adds to liegg.ErrVanishingGradients why a function that is not constant has
// no gradient. It returns other errors unchanged.
func (a *Record) ExplainVanishing(err error) error {
	outputs := a.withoutGradient()
	if !errors.Is(err, liegg.ErrVanishingGradients) || len(outputs) == 0 {
		return err
	}
	if o := outputs[0]; a.underflows(o) {
		return fmt.Errorf("network: %s: %w", a.underflowText(o), err)
	}
	return fmt.Errorf("network: the outputs vary, but their gradients are zero everywhere, like the gradient of a step, so gradients say nothing about them: give the numbers that are compared or rounded, such as logits: %w", err)
}
