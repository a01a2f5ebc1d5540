package activity

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/liegg/lab/liegg"
)

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
			v.DoubtSymmetries(fmt.Sprintf("output %d takes values from %.3g to %.3g, but its gradient is zero everywhere, like the gradient of a step: gradients say nothing about it; leave it out, or give the numbers that are compared or rounded in its place",
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

// stepError is liegg.ErrVanishingGradients of outputs that vary.
type stepError struct{ error }

func (e *stepError) Error() string {
	return "network: the outputs vary, but their gradients are zero everywhere, like the gradient of a step, so gradients say nothing about them: give the numbers that are compared or rounded in place of the outputs, such as logits, from a layer before the step"
}
func (e *stepError) Unwrap() error { return e.error }

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
	return &stepError{err}
}
