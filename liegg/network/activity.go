package network

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// Judge learns from the first samples how large each output is, and which outputs are
// constant. An output that has a gradient only later in the stream, or only at a few samples,
// hardly counts in the sums of a verdict. An output made of steps has no gradient at all. So
// Judge watches every output over the whole stream.

const (
	rareBelow      = 64       // an output with a gradient at fewer samples of the pilot is rarely active
	reservoirBytes = 64 << 20 // memory for the samples of all reservoirs
	reservoirSize  = 256      // largest number of samples in a reservoir
	roundingFactor = 64       // how much the rounding error of one sample may exceed the mean
)

// activity records where each output has a gradient, and which values it takes.
type activity struct {
	samples    int
	active     []int        // samples at which the output has a gradient
	low, high  []float64    // least and largest value of the output
	reservoirs []*reservoir // for outputs that are rarely active, samples at which they are; else nil
	extremes   *extremes    // after the pilot

	rounding  float64 // relative rounding error of the network's numbers
	inputSize float64 // root mean square of the norm of the inputs
	mixed     bool    // the head computes each output from several others
	random    *rand.Rand
}

// reservoir holds a random subsample of the samples that were offered.
type reservoir struct {
	offered int // number of samples
	most    int // number of samples that the reservoir can hold
	samples [][]byte
	numbers []int // index of each sample in the stream
}

// reset starts the records of a number of outputs.
func (a *activity) reset(outputs int, rounding, inputSize float64, mixed bool) {
	*a = activity{rounding: rounding, inputSize: inputSize, mixed: mixed, random: rand.New(rand.NewPCG(1, 1))}
	a.active, a.low, a.high = make([]int, outputs), make([]float64, outputs), make([]float64, outputs)
	a.reservoirs = make([]*reservoir, outputs)
	for o := range outputs {
		a.low[o], a.high[o] = math.Inf(1), math.Inf(-1)
	}
}

// endPilot forgets the counts of the pilot. From now on it keeps extreme samples, and samples for
// the outputs that were rarely active in the pilot. like holds samples of the stream.
func (a *activity) endPilot(like *tensors.Tensor) {
	var rare []int
	samples := like.Shape().Dim(0)
	sampleBytes := int(like.ByteSize()) / samples
	a.extremes = newExtremes(len(a.active), like.Size()/samples, sampleBytes)
	for o, n := range a.active {
		if n < rareBelow && len(a.active) > 1 {
			rare = append(rare, o)
		}
	}
	clear(a.active)
	a.samples = 0
	most := min(reservoirSize, reservoirBytes/max(1, len(rare)*sampleBytes))
	for _, o := range rare {
		a.reservoirs[o] = &reservoir{most: most}
	}
}

// watch records a chunk, given the energy and the value of each output at each sample.
func (a *activity) watch(c chunk, energies, values []float64) {
	m := len(a.active)
	a.samples += c.Count
	a.extremes.watch(c, values)
	for i := range c.Count {
		all := 0.
		if a.mixed {
			for _, e := range energies[i*m : (i+1)*m] {
				all += e
			}
		}
		for o := range m {
			e, y := energies[i*m+o], values[i*m+o]
			a.low[o], a.high[o] = min(a.low[o], y), max(a.high[o], y)
			noise := roundingFactor * a.rounding
			if e > 0 && math.Sqrt(e)*a.inputSize > noise*math.Abs(y) && e > noise*noise*all {
				a.active[o]++
				a.reservoirs[o].offer(c, i, a.random)
			}
		}
	}
}

// offer puts sample i of a chunk into the reservoir, such that all samples offered have the
// same probability to be in it (reservoir sampling).
func (r *reservoir) offer(c chunk, i int, random *rand.Rand) {
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
			r.samples, r.numbers = append(r.samples, sample), append(r.numbers, c.Number(i))
		} else {
			r.samples[at], r.numbers[at] = sample, c.Number(i)
		}
	})
	if err != nil {
		panic(err)
	}
}

// tensor returns the samples of the reservoir, in the shape and type of like's samples.
func (r *reservoir) tensor(like *tensors.Tensor) (*tensors.Tensor, error) {
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
func (a *activity) withoutGradient() (outputs []int) {
	size := 0.
	if a.mixed {
		size = a.largest()
	}
	for o, active := range a.active {
		largest := max(size, math.Abs(a.low[o]), math.Abs(a.high[o]))
		if active == 0 && a.high[o]-a.low[o] > roundingFactor*a.rounding*largest {
			outputs = append(outputs, o)
		}
	}
	return outputs
}

// rarelyActive lists the outputs with a gradient at only a few samples. Their reservoirs hold
// some of these samples.
func (a *activity) rarelyActive() (outputs []int) {
	for o, k := range a.reservoirs {
		if k != nil && a.active[o] > 0 {
			outputs = append(outputs, o)
		}
	}
	return outputs
}

// doubtSteps makes a verdict undetermined if outputs vary but have no gradient.
func (a *activity) doubtSteps(v *liegg.Verdict) {
	for _, o := range a.withoutGradient() {
		if a.underflows(o) {
			v.DoubtSymmetries(a.underflowText(o))
		} else {
			v.DoubtSymmetries(fmt.Sprintf("output %d takes values from %.3g to %.3g, but its gradient is zero everywhere, like the gradient of a step: gradients say nothing about it; leave it out, or test it along a flow",
				o+1, a.low[o], a.high[o]))
		}
	}
}

// underflows reports whether an output varies by so little that the squares of its gradients
// are zero in floating point.
func (a *activity) underflows(o int) bool { return a.high[o]-a.low[o] < 1e-140 }

// underflowText describes such an output.
func (a *activity) underflowText(o int) string {
	return fmt.Sprintf("output %d varies by no more than %.0e, which cannot be squared in floating point: multiply it by a large number", o+1, a.high[o]-a.low[o])
}

// doubtLate makes a verdict undetermined if an output was left out as constant, but varies
// later in the stream and is not known to keep the generators.
func (a *activity) doubtLate(v *liegg.Verdict) {
	if v.Scales == nil {
		return
	}
	for _, o := range v.Scales.Constant {
		if a.active[o] > 0 && !a.keepsGenerators(v, o) {
			v.DoubtSymmetries(fmt.Sprintf("output %d was left out because it is constant at the first samples, but it varies at %d of all %d: shuffle the samples",
				o+1, a.active[o], a.samples))
		}
	}
}

// doubtRounded makes a verdict undetermined if an output was left out as constant to within rounding,
// but takes more values than rounding alone would give it.
func (a *activity) doubtRounded(v *liegg.Verdict) {
	if v.Scales == nil {
		return
	}
	size := a.largest()
	for _, o := range v.Scales.Constant {
		if !a.mixed {
			size = max(math.Abs(a.low[o]), math.Abs(a.high[o]))
		}
		if varies := a.high[o] - a.low[o]; varies > a.rounding/4*size && !a.keepsGenerators(v, o) {
			v.DoubtSymmetries(fmt.Sprintf("output %d was left out because it varies by only %.1g, at values of about %.1g, and rounding hides how: subtract its mean, or compute it in float64",
				o+1, varies, size))
		}
	}
}

// largest returns the largest absolute value of all outputs.
func (a *activity) largest() (size float64) {
	for o := range a.active {
		size = max(size, math.Abs(a.low[o]), math.Abs(a.high[o]))
	}
	return size
}

// doubtRare makes a verdict undetermined if any other output is rarely active and is known
// neither to keep the generators nor to break them.
func (a *activity) doubtRare(v *liegg.Verdict) {
	for _, o := range a.rarelyActive() {
		late := v.Scales != nil && slices.Contains(v.Scales.Constant, o)
		if e := v.Outputs[o]; !late && !a.keepsGenerators(v, o) && !(e.Lower > v.Threshold) {
			v.DoubtSymmetries(fmt.Sprintf("output %d has a gradient at only %d of %d samples, with ρ = %.2g along the generators: these are too few to tell whether it keeps them; give more samples at which it varies, or leave it out",
				o+1, a.active[o], a.samples, e.Value))
		}
	}
}

// keepsGenerators reports whether an output certainly keeps the generators of a verdict.
func (a *activity) keepsGenerators(v *liegg.Verdict, o int) bool {
	return v.Outputs != nil && v.Keeps(v.Outputs[o], a.active[o])
}

// explainVanishing adds to liegg.ErrVanishingGradients why a function that is not constant has
// no gradient. It returns other errors unchanged.
func (a *activity) explainVanishing(err error) error {
	outputs := a.withoutGradient()
	if !errors.Is(err, liegg.ErrVanishingGradients) || len(outputs) == 0 {
		return err
	}
	if o := outputs[0]; a.underflows(o) {
		return fmt.Errorf("network: %s: %w", a.underflowText(o), err)
	}
	return fmt.Errorf("network: the outputs vary, but their gradients are zero everywhere, like the gradient of a step, so gradients say nothing about them: give the numbers that are compared or rounded, such as logits: %w", err)
}
