package network

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/derivative"
)

// The first samples say how large the outputs of a network are, and which of them are
// constant. An output that has a gradient later, or at few samples alone, hardly counts in
// the sums of a verdict, and one that is made of steps has no gradient anywhere. So a
// verdict watches every output over the whole stream.

const (
	seldom     = 64       // of the pilot's samples: an output with a gradient at fewer is looked at where it has one
	keptBytes  = 64 << 20 // of samples that are kept to look at such outputs
	keptAtMost = 256      // of them for one output
	abovePilot = 64       // how much the rounding of a sample may exceed the mean
)

// activity is what is known of the outputs over a stream.
type activity struct {
	samples   int
	felt      []int     // samples at which the output has a gradient
	low, high []float64 // its least and largest value
	kept      []*kept   // samples at which an output has a gradient that seldom has one; nil for others

	rounding, way float64 // of the numbers of the network; of the inputs, in root mean square
	mixed         bool    // outputs are computed from each other
	random        *rand.Rand
}

// kept are some of the samples that were offered, each with the same chance.
type kept struct {
	offered, most int
	samples       [][]byte
	numbers       []int // of the samples in the stream
}

// start watches so many outputs, of which nothing is known.
func (a *activity) start(outputs int, rounding, way float64, mixed bool) {
	*a = activity{rounding: rounding, way: way, mixed: mixed, random: rand.New(rand.NewPCG(1, 1))}
	a.felt, a.low, a.high = make([]int, outputs), make([]float64, outputs), make([]float64, outputs)
	a.kept = make([]*kept, outputs)
	for o := range outputs {
		a.low[o], a.high[o] = math.Inf(1), math.Inf(-1)
	}
}

// eachEnergy builds the squared norm of the gradient of each output, [batch, m], float64;
// if gradients were not taken, what it adds to the rows.
func (j jacobian) eachEnergy(a action.Action) *Node {
	if j.probed {
		return ReduceSum(Square(ConvertDType(j.rows, dtypes.Float64)), -1)
	}
	energies := make([]*Node, len(j.gradients))
	for k, g := range j.gradients {
		energies[k] = derivative.DualNorm(a, g)
	}
	return Stack(energies, 1)
}

// begin ends a pilot, and keeps samples from now on for the outputs that were seldom felt in it.
func (a *activity) begin(sampleBytes int) {
	var rare []int
	for o, n := range a.felt {
		if n < seldom && len(a.felt) > 1 {
			rare = append(rare, o)
		}
	}
	clear(a.felt)
	a.samples = 0
	most := min(keptAtMost, keptBytes/max(1, len(rare)*sampleBytes))
	for _, o := range rare {
		a.kept[o] = &kept{most: most}
	}
}

// watch takes what a verdict's program tells of a chunk: the energy and the value of each
// output at each sample.
func (a *activity) watch(c chunk, energies, values []float64) {
	m := len(a.felt)
	a.samples += c.Count
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
			noise := abovePilot * a.rounding
			if e > 0 && math.Sqrt(e)*a.way > noise*math.Abs(y) && e > noise*noise*all {
				a.felt[o]++
				a.kept[o].offer(c, i, a.random)
			}
		}
	}
}

// offer takes a sample with the chance that all have.
func (k *kept) offer(c chunk, i int, random *rand.Rand) {
	if k == nil || k.most == 0 {
		return
	}
	at := len(k.samples)
	if k.offered++; at == k.most {
		if at = random.IntN(k.offered); at >= k.most {
			return
		}
	}
	err := c.X.ConstBytes(func(data []byte) {
		sample := slices.Clone(tensor.Nth(data, i, c.X.Shape().Dim(0)))
		if at == len(k.samples) {
			k.samples, k.numbers = append(k.samples, sample), append(k.numbers, c.Number(i))
		} else {
			k.samples[at], k.numbers[at] = sample, c.Number(i)
		}
	})
	if err != nil {
		panic(err)
	}
}

// tensor holds the samples that were kept, in the shape of like.
func (k *kept) tensor(like *tensors.Tensor) (*tensors.Tensor, error) {
	shape := like.Shape().Clone()
	shape.Dimensions[0] = len(k.samples)
	t := tensors.FromShape(shape)
	return t, t.MutableBytes(func(to []byte) {
		for _, s := range k.samples {
			to = to[copy(to, s):]
		}
	})
}

// steps lists the outputs that take several values and have no gradient.
func (a *activity) steps() (outputs []int) {
	size := 0.
	if a.mixed {
		for o := range a.felt {
			size = max(size, math.Abs(a.low[o]), math.Abs(a.high[o]))
		}
	}
	for o, felt := range a.felt {
		own := max(size, math.Abs(a.low[o]), math.Abs(a.high[o]))
		if felt == 0 && a.high[o]-a.low[o] > abovePilot*a.rounding*own {
			outputs = append(outputs, o)
		}
	}
	return outputs
}

// rare lists the outputs that have a gradient at few samples: those for which some were kept.
func (a *activity) rare() (outputs []int) {
	for o, k := range a.kept {
		if k != nil && a.felt[o] > 0 {
			outputs = append(outputs, o)
		}
	}
	return outputs
}

// doubtSteps tells a verdict of outputs of which gradients say nothing.
func (a *activity) doubtSteps(v *liegg.Verdict) {
	for _, o := range a.steps() {
		if a.tiny(o) {
			v.DoubtSymmetries(a.tinyText(o))
		} else {
			v.DoubtSymmetries(fmt.Sprintf("output %d takes values from %.3g to %.3g, but its gradient is zero everywhere, as that of a step is: gradients say nothing about it; leave it out, or test it along a flow",
				o+1, a.low[o], a.high[o]))
		}
	}
}

// tiny says that an output varies by so little that squares of its gradients are zero.
func (a *activity) tiny(o int) bool { return a.high[o]-a.low[o] < 1e-140 }

// tinyText says so of an output.
func (a *activity) tinyText(o int) string {
	return fmt.Sprintf("output %d varies by no more than %.0e, which cannot be squared in floating point: multiply it by a large number", o+1, a.high[o]-a.low[o])
}

// doubtLate tells a verdict of outputs that were left out as constant and are not, but for
// those that were seen to keep its generators.
func (a *activity) doubtLate(v *liegg.Verdict) {
	if v.Scales == nil {
		return
	}
	for _, o := range v.Scales.Constant {
		if a.felt[o] > 0 && !a.keeps(v, o) {
			v.DoubtSymmetries(fmt.Sprintf("output %d was left out because it is constant at the first samples, but it varies at %d of all %d: shuffle the samples",
				o+1, a.felt[o], a.samples))
		}
	}
}

// doubtRare tells a verdict of other outputs that seldom have a gradient and were neither
// seen to keep its generators nor to break them.
func (a *activity) doubtRare(v *liegg.Verdict) {
	for _, o := range a.rare() {
		late := v.Scales != nil && slices.Contains(v.Scales.Constant, o)
		if e := v.Outputs[o]; !late && !a.keeps(v, o) && !(e.Lower > v.Threshold) {
			v.DoubtSymmetries(fmt.Sprintf("output %d has a gradient at only %d of %d samples, with ρ = %.2g along the generators: these are too few to tell whether it keeps them; give more samples at which it varies, or leave it out",
				o+1, a.felt[o], a.samples, e.Value))
		}
	}
}

// keeps reports whether an output was seen to keep the generators.
func (a *activity) keeps(v *liegg.Verdict, o int) bool {
	return v.Outputs != nil && v.Keeps(v.Outputs[o], a.felt[o])
}

// explain says what is the matter with a function that has no gradient and is not constant.
func (a *activity) explain(err error) error {
	steps := a.steps()
	if !errors.Is(err, liegg.ErrVanishingGradients) || len(steps) == 0 {
		return err
	}
	if o := steps[0]; a.tiny(o) {
		return fmt.Errorf("network: %s: %w", a.tinyText(o), err)
	}
	return fmt.Errorf("network: the outputs vary, but their gradients are zero everywhere, as those of steps are, so gradients say nothing about them: give what is compared or rounded, such as logits: %w", err)
}
