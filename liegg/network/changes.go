package network

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// setChanges calls Verdict.SetChanges for a verdict on some of the outputs or samples, as
// setOutputs does for the verdict on all. The factors multiply the outputs. wanted selects
// samples by their index in the stream. The variance of the outputs is still taken over all
// samples, as in the evidence of a part.
func (n *Network) setChanges(v *liegg.Verdict, a action.Action, o firstSamples, factors []float64, wanted func(number int) bool, s Settings) (err error) {
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

// changes returns, for each of d generators, the squared change of the outputs along it at each
// sample, in units of the variance of the outputs. So that no sample dominates the variance,
// every output y is replaced by a bounded function of it,
//
//	φ(y) = u/√(1+u²),   u = (y − median)/(3 spread),
//
// which has the same symmetries as y. The spread is the standard deviation of a normal
// distribution with the same quartiles. Outputs are multiplied by factors.
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
		centre, spread := medianAndSpread(y)
		scale := 3 * spread
		if f == 0 || scale == 0 {
			continue
		}
		for i, v := range y {
			u := (v - centre) / scale
			y[i] = u / math.Hypot(1, u)
			slope := f * math.Pow(1-y[i]*y[i], 1.5)
			for j := range changes {
				change := slope * l.rows[(i*m+o)*d+j]
				changes[j][i] += change * change
			}
		}
		variance += f * f * scale * scale * stat.Variance(y, nil)
	}
	for j := range changes {
		if variance > 0 {
			floats.Scale(1/variance, changes[j])
		}
	}
	return changes
}

// medianAndSpread returns the median of y, and the standard deviation of a normal distribution
// with the quartiles of y.
func medianAndSpread(y []float64) (median, spread float64) {
	sorted := slices.Sorted(slices.Values(y))
	quantile := func(p float64) float64 { return sorted[int(p*float64(len(y)-1))] }
	return quantile(.5), (quantile(.75) - quantile(.25)) / 1.349
}
