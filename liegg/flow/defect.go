package flow

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/flow/internal/sampling"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// defects holds w·‖J_i T_i h‖² and w·‖J_i‖²_F ‖T_i h‖² of each sample, whose sums give the
// relative defect ρ², and w·‖T_i h‖². The weights w are those of Influence. For pairs (A, B) the
// first two are w·‖J_i·A·x_i − B·f(x_i)‖² and 2w·(‖J_i‖²_F ‖A·x_i‖² + ‖B·f(x_i)‖²).
type defects struct {
	change, bound, motion []float64
	each                  []float64 // change of each output
	weight                []float64
	plan                  sampling.Plan
	idle                  int
	rounding              float64 // largest ρ that rounding alone gives an exact symmetry
	influence             Influence
}

// defects measures a generator at the inputs before they are moved.
func (e *experiment) defects(coefficients []float64) (defects, error) {
	p, err := e.Rates()
	if err != nil {
		return defects{}, err
	}
	arguments := []mat.Matrix{mat.NewDense(1, len(coefficients), coefficients)}
	if e.Field == nil {
		arguments = append(arguments, e.Still())
	}
	outputs, err := p.Run(e.Held, arguments...)
	if err != nil {
		return defects{}, err
	}
	d := defects{change: e.PerSample(outputs[0]), bound: outputs[1], motion: outputs[4], each: outputs[0], rounding: e.Rounding, plan: e.Plan}
	energy := outputs[2]
	d.idle = idle(energy)
	if d.idle == len(energy) {
		return d, fmt.Errorf("%w (%d samples)", liegg.ErrVanishingGradients, len(energy))
	}
	if floats.Sum(d.bound) == 0 {
		return d, liegg.ErrUnmoved
	}
	d.weigh()
	return d, nil
}

// idle counts the samples with (nearly) no gradient: ‖J‖² is below 10⁻¹² of the mean, or of
// the median of the nonzero ones if that is smaller.
func idle(energy []float64) int {
	usual := floats.Sum(energy) / float64(len(energy))
	if nonzero := slices.DeleteFunc(slices.Clone(energy), func(v float64) bool { return v == 0 }); len(nonzero) > 0 {
		slices.Sort(nonzero)
		usual = min(usual, nonzero[len(nonzero)/2])
	}
	count := 0
	for _, v := range energy {
		if v <= 1e-12*usual {
			count++
		}
	}
	return count
}

// breaker names an output that changes along a generator by more than all of them together
// may. It returns "" if no output certainly does. change and along hold the terms of each
// output in the numerators of ρ² and Δ. Of outputs that move, only Δ is looked at.
func (e *experiment) breaker(change, bound, along []float64, tolerance float64) string {
	width := len(along) / e.Held.Len()
	if m := e.Sized(); m > 1 {
		for o := range width {
			own := tensor.Column(change, o, width)
			floats.Scale(float64(m), own)
			if floats.Sum(own) > e.s.Margin*e.s.Margin*floats.Sum(bound) {
				if ρ := e.ratios([][]float64{own}, bound)[0].root(); ρ.Lower > e.s.Margin {
					return fmt.Sprintf("output %d breaks it: its ρ = %v (95 %%) is larger than that of all %d together", o+1, ρ, m)
				}
			}
		}
	}
	if some, δ := e.Broken(along, tolerance, nil); some != nil {
		return fmt.Sprintf("%v it: along the finite flow Δ = %v (95 %%) of its own variance, larger than that of all %d outputs together", some, Interval(δ), width)
	}
	return ""
}
