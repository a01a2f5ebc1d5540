package flow

import (
	"fmt"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// Result is what a test says of a generator that was named beforehand.
type Result struct {
	Hypothesis
	// Defect is the relative defect ρ(H) = √(Σ‖J_i T_i h‖² / Σ‖J_i‖²_F ‖T_i h‖²) in
	// [0, 1], with its interval for fixed H. Vectors are whitened, as by
	// network.Judge: the units of single coordinates do not matter.
	Defect Interval
	// Margin is Settings.Margin, and Verdict what the interval says about it:
	// Invariant if ρ is certainly within, Broken if it is certainly beyond.
	Margin  float64
	Verdict Verdict
	// Curve is the finite flow.
	Curve *Curve
	// Samples is the number of inputs; Idle of them have (nearly) no gradient and say
	// nothing.
	Samples, Idle int
}

// String is the verdict, the defect and the curve.
func (r *Result) String() string {
	return fmt.Sprintf("%s: %s: ρ = %v (95 %%), N = %d, %d without a gradient\n%v",
		r.Name, describe(r.Verdict, r.Margin), r.Defect, r.Samples, r.Idle, r.Curve)
}

func describe(v Verdict, margin float64) string {
	switch v {
	case Invariant:
		return fmt.Sprintf("invariant within %.2g %%", 100*margin)
	case Broken:
		return fmt.Sprintf("broken by more than %.2g %%", 100*margin)
	}
	return fmt.Sprintf("undetermined at %.2g %%", 100*margin)
}

// Test asks whether the network is invariant under a generator that was chosen
// without looking at it: its relative defect with an interval, a verdict of
// equivalence, and the finite flow. An n×n generator serves an affine action as
// [H 0; 0 0]. Inputs are kept in memory.
//
// Errors are those of Along, and liegg.ErrVanishingGradients. It panics where the
// generator is none of the action's, or the action neither an action.Mover nor
// action.Integrable.
func Test(n *network.Network, a action.Action, h Hypothesis, inputs network.Inputs, s Settings) (*Result, error) {
	s = s.withDefaults()
	matrix, _ := fitting(a, h.H)
	e, err := hold(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer e.finalize()
	_, coefficients := fitting(e.mover, matrix)
	p, err := e.defectProgram()
	if err != nil {
		return nil, err
	}
	defer p.Finalize()
	r, err := e.judge(p, Hypothesis{h.Name, matrix}, coefficients)
	if err != nil {
		return nil, err
	}
	r.Curve, err = e.along(matrix, coefficients)
	return r, err
}

// judge is the result of a hypothesis without its curve.
func (e *experiment) judge(p *network.Program, h Hypothesis, coefficients []float64) (*Result, error) {
	d, err := e.defects(p, coefficients)
	if err != nil {
		return nil, err
	}
	r := &Result{Hypothesis: h, Margin: e.s.Margin, Samples: e.held.Len(), Idle: d.idle}
	r.Defect = ratios([][]float64{d.change}, d.bound, e.s)[0].root()
	r.Defect.Upper = min(1, r.Defect.Upper)
	r.Verdict = judge(r.Defect, r.Margin)
	return r, nil
}
