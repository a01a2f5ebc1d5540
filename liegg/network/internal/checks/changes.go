package checks

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/extraction"
)

// setChanges calls Verdict.SetChanges for a verdict on some of the outputs or samples, as
// setOutputs does for the verdict on all. The factors multiply the outputs. The variance of the
// outputs is still taken over all samples, as in the evidence of a part.
func (n Network) setChanges(v *liegg.Verdict, a action.Action, o View, factors []float64, s Settings) (err error) {
	defer graphpanic.Catch(&err)
	const leastSamples = 64 // fewer changes say nothing about their distribution
	numbers := o.Part.Size() / o.Part.Shape().Dim(0)
	if v == nil || v.Answer != liegg.Symmetric || !extraction.InExtents(a) || !inexact(v) || min(len(factors), numbers) > eachPasses || o.Part.Shape().Dim(0) < leastSamples {
		return nil
	}
	_, first, err := n.lookAgain(v, a, o.Part, len(factors), s)
	if err != nil {
		return err
	}
	all := first
	if o.Part != o.All.X {
		if _, all, err = n.lookAgain(v, a, o.All.X, len(factors), s); err != nil {
			return err
		}
	}
	v.SetChanges(first.changes(v.Dim, factors, all))
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
// each sample, in units of their variance over all samples. Outputs are multiplied by factors.
func (l results) changes(d int, factors []float64, all results) [][]float64 {
	m, samples := l.outputs, l.samples()
	changes, variance := make([][]float64, d), 0.
	for j := range changes {
		changes[j] = make([]float64, samples)
	}
	for o, f := range factors {
		y := tensor.Column(all.y, o, m)
		φ := boundedFor(y)
		if f == 0 || φ.scale == 0 {
			continue
		}
		for i, v := range y {
			y[i] = φ.of(v)
		}
		variance += f * f * φ.scale * φ.scale * stat.Variance(y, nil)
		for i := range samples {
			bounded := φ.of(l.y[i*m+o])
			slope := f * math.Pow(1-bounded*bounded, 1.5)
			for j := range changes {
				change := slope * l.rows[(i*m+o)*d+j]
				changes[j][i] += change * change
			}
		}
	}
	for j := range changes {
		if variance > 0 {
			floats.Scale(1/variance, changes[j])
		}
	}
	return changes
}
