package network

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// setPart calls Verdict.SetChanges and Verdict.SetSteps for a verdict on some of the outputs or
// samples; see setChanges.
func (n *Network) setPart(v *liegg.Verdict, a action.Action, o someSamples, factors []float64, wanted func(number int) bool, s Settings) error {
	if err := n.setChanges(v, a, o, factors, wanted, s); err != nil {
		return err
	}
	return n.setSteps(v, a, o, factors, wanted, s)
}

// setChanges calls Verdict.SetChanges for a verdict on some of the outputs or samples, as
// setOutputs does for the verdict on all. The factors multiply the outputs. wanted selects
// samples by their index in the stream. The variance of the outputs is still taken over all
// samples, as in the evidence of a part.
func (n *Network) setChanges(v *liegg.Verdict, a action.Action, o someSamples, factors []float64, wanted func(number int) bool, s Settings) (err error) {
	defer caught(&err)
	if v == nil || v.Answer != liegg.Symmetric || !inExtents(a) || !inexact(v) || min(len(factors), o.x.Size()/o.x.Shape().Dim(0)) > eachPasses {
		return nil
	}
	_, first, err := n.lookAgain(v, a, o, len(factors), s)
	if err != nil {
		return err
	}
	const leastSamples = 64 // fewer changes say nothing about their distribution
	changes := first.changes(v.Dim, factors)
	for j, all := range changes {
		changes[j] = nil
		for i, number := range o.numbers(first.samples()) {
			if wanted(number) {
				changes[j] = append(changes[j], all[i])
			}
		}
	}
	if len(changes[0]) >= leastSamples {
		v.SetChanges(changes)
	}
	return nil
}

// inexact reports whether the defect of some generator exceeds rounding.
func inexact(v *liegg.Verdict) bool {
	for _, d := range v.Defects[:v.Dim] {
		if d.Value > v.Spectrum.Resolution() {
			return true
		}
	}
	return false
}

// changes returns, for each of d generators, the squared change of the bounded outputs along it at
// each sample, in units of their variance. Outputs are multiplied by factors.
func (l outputResults) changes(d int, factors []float64) [][]float64 {
	m, samples := l.outputs, l.samples()
	changes, variance := make([][]float64, d), 0.
	for j := range changes {
		changes[j] = make([]float64, samples)
	}
	y := make([]float64, samples)
	for o, f := range factors {
		for i := range y {
			y[i] = l.y[i*m+o]
		}
		φ := boundedFor(y)
		if f == 0 || φ.scale == 0 {
			continue
		}
		for i, v := range y {
			y[i] = φ.of(v)
			slope := f * math.Pow(1-y[i]*y[i], 1.5)
			for j := range changes {
				change := slope * l.rows[(i*m+o)*d+j]
				changes[j][i] += change * change
			}
		}
		variance += f * f * φ.scale * φ.scale * stat.Variance(y, nil)
	}
	for j := range changes {
		if variance > 0 {
			floats.Scale(1/variance, changes[j])
		}
	}
	return changes
}

// boundedOutput is the function φ(y) = u/√(1+u²), u = (y − centre)/scale, of an output. It has the
// same symmetries as y, and no sample dominates its variance. A scale of 0 means that the output is
// constant at most samples.
type boundedOutput struct{ centre, scale float64 }

// boundedFor returns φ for an output with the values y. Its centre is their median, and its scale
// three times the standard deviation of a normal distribution with the same quartiles.
func boundedFor(y []float64) boundedOutput {
	centre, spread := medianAndSpread(y)
	return boundedOutput{centre, 3 * spread}
}

func (b boundedOutput) of(y float64) float64 {
	u := (y - b.centre) / b.scale
	if math.IsInf(u, 0) {
		return math.Copysign(1, u)
	}
	return u / math.Hypot(1, u)
}

// medianAndSpread returns the median of y, and the standard deviation of a normal distribution
// with the quartiles of y.
func medianAndSpread(y []float64) (median, spread float64) {
	sorted := slices.Sorted(slices.Values(y))
	quantile := func(p float64) float64 { return sorted[int(p*float64(len(y)-1))] }
	return quantile(.5), (quantile(.75) - quantile(.25)) / 1.349
}
