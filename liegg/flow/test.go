package flow

import (
	"fmt"
	"strings"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow/internal/doubt"
	"github.com/liegg/lab/liegg/flow/internal/motion"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/network"
)

// Result is the result of a test of a generator that was named beforehand.
type Result struct {
	// Hypothesis is the generator. Equivariant says that it moves outputs, too: "invariant" then
	// stands for equivariant, and J_i T_i h below for J_i·A·x_i − B·f(x_i).
	Hypothesis
	Equivariant bool
	// Defect is the relative defect ρ(H) = √(Σw‖J_i T_i h‖² / Σw‖J_i‖²_F ‖T_i h‖²) in [0, 1],
	// with its interval for fixed H. Vectors are whitened, as by network.Judge, so the units
	// of single coordinates do not matter. The weights w are 1, or those of Influence if few
	// samples would carry the sums.
	Defect    Interval
	Influence Influence
	// Variation is η, the change of f along H over one extent of the data, in units of the
	// spread of f:
	//
	//	η² = Σw‖J_i T_i h‖² / (V·Σw‖T_i h‖²).
	//
	// V is Var f, or a robust variance if few samples carry Var f. ‖T_i h‖ is in extents of
	// the data: in the coordinates in which vectors are white, and otherwise in units of √(tr
	// Σ²/tr Σ), with Σ the covariance of the inputs, which is 1 for white ones. η complements
	// ρ, which compares with the steepest direction. Near a null cone that direction is much
	// steeper than f varies over the data, and ρ is small even if f changes.
	Variation Interval
	// Extent is the t at which inputs have moved by one extent of the data (root mean
	// square). Finite is the largest Δ up to Extent. Followed is how far it was measured:
	// less than Extent if the flow leaves the data before.
	Extent, Followed float64
	Finite           Interval
	// Margin is Settings.Margin, and Verdict judges ρ, η and Δ together; see Verdict. Reasons
	// say why it is Undetermined, or why it is Broken although ρ is within the margin.
	Margin  float64
	Verdict Verdict
	Reasons []string
	// Curve is the finite flow.
	Curve *Curve
	// Samples is the number of inputs. Idle of them have (nearly) no gradient and say
	// nothing.
	Samples, Idle int
}

// String returns the verdict with its reasons, the defect and the curve.
func (r *Result) String() string {
	text := r.head()
	if r.Curve != nil {
		text += r.Curve.String()
	}
	return text
}

// head says what was found, in lines, without the curve.
func (r *Result) head() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: ρ = %v (95 %%), N = %d, %d without a gradient\n", r.Name, describe(r.Verdict, r.Margin, r.Equivariant), r.Defect, r.Samples, r.Idle)
	for _, reason := range r.Reasons {
		fmt.Fprintf(&b, "  because %s\n", reason)
	}
	fmt.Fprintf(&b, "over one extent of the data (t = %.2g) f changes by η = %.2g of its spread to first order, and by Δ ≤ %s along the flow", r.Extent, r.Variation.Value, figure(r.Finite.Upper))
	if r.Followed < r.Extent {
		fmt.Fprintf(&b, " up to t = %.2g, where the flow leaves the data", r.Followed)
	}
	b.WriteByte('\n')
	if r.Influence.Cut > 0 {
		fmt.Fprintf(&b, "%v\n", r.Influence)
	}
	return b.String()
}

func describe(v Verdict, margin float64, equivariant bool) string {
	switch v {
	case Invariant:
		what := "invariant"
		if equivariant {
			what = "equivariant"
		}
		return fmt.Sprintf("%s within %.2g %%", what, 100*margin)
	case Broken:
		return fmt.Sprintf("broken by more than %.2g %%", 100*margin)
	}
	return fmt.Sprintf("undetermined at %.2g %%", 100*margin)
}

// Test asks whether the network is invariant under a generator that was chosen without
// looking at the network. It measures the relative defect with an interval, the change over
// one extent of the data and the finite flow, and gives a verdict of equivalence on all
// three; see Verdict. For an affine action, an n×n generator means [H 0; 0 0]. Inputs are
// kept in memory.
//
// With an action.Equivariance, the question is whether f(exp(tA)·x) = exp(tB)·f(x). The generator
// is A if outputs move by a representation of it. If they move by factors, it is diag(A, B…): a
// generator that network.Judge finds, or one made by Pair.
//
// Test returns the errors of Along, and liegg.ErrVanishingGradients. It panics if h is not a
// generator of the action, or if the action is neither an action.Mover nor action.Integrable.
func Test(n *network.Network, a action.Action, h Hypothesis, inputs network.Inputs, s Settings) (*Result, error) {
	s = s.withDefaults()
	matrix, _ := mustBeGenerator(a, h.H)
	e, err := buffered(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer e.Finalize()
	_, coefficients := mustBeGenerator(e.Action, matrix)
	r, err := e.judge(Hypothesis{h.Name, matrix}, coefficients)
	if err != nil {
		return nil, err
	}
	if r.Curve, err = e.along(matrix, coefficients); err != nil {
		return nil, err
	}
	r.settle()
	return r, nil
}

// judge returns the result of a hypothesis without its curve.
func (e *experiment) judge(h Hypothesis, coefficients []float64) (*Result, error) {
	d, err := e.defects(coefficients)
	if err != nil {
		return nil, err
	}
	moving := motion.MovesOutputs(e.Action)
	r := &Result{Hypothesis: h, Equivariant: moving, Margin: e.s.Margin, Samples: e.Held.Len(), Idle: d.idle, Influence: d.influence}
	r.Defect = e.ratios([][]float64{d.change}, d.bound)[0].root()
	r.Defect.Upper = min(1, r.Defect.Upper)
	e.secondScale(r, d)
	f, err := e.upToExtent(r, d)
	if err != nil {
		return nil, err
	}
	doubts, err := e.doubts(d, !d.zero() || r.Finite.Upper > unchanged)
	if err != nil {
		return nil, err
	}
	r.decide(doubts, e.s.Tolerance)
	if far, err := e.movesAsTranslation(r, d, coefficients); err != nil {
		return nil, err
	} else if far != "" {
		r.doubt(far)
	}
	if f.jump.Found {
		r.doubt(f.jump.String())
	}
	if f.few != "" {
		r.doubt("along the finite flow " + f.few)
	}
	if breaker := e.breaker(d.each, d.bound, f.each, e.s.Tolerance); breaker != "" {
		r.doubt(breaker)
	}
	return r, nil
}

// doubts returns the conditions on the data that fail. Dependence of the samples matters only if f
// changes.
func (e *experiment) doubts(d defects, changes bool) ([]string, error) {
	doubts := d.doubts()
	if effective := participation.Ratio(e.Variance); len(doubts) == 0 && effective < enoughVaried {
		doubts = append(doubts, restsOnFew(effective))
	}
	if changes {
		dependence, err := e.Plan.Dependence(e.Held, e.Action)
		if err != nil {
			return nil, err
		}
		doubts = append(doubts, dependence...)
	}
	return append(append(doubts, e.Blurriness()...), e.Blindness()...), nil
}

// movesAsTranslation returns a reason to give no answer if a linear map moves inputs far from the
// origin nearly as a translation would, so that ρ cannot tell the two apart. It returns "" if
// there is no such problem.
func (e *experiment) movesAsTranslation(r *Result, d defects, coefficients []float64) (string, error) {
	if r.Defect.Upper > e.s.Margin {
		return "", nil
	}
	share, err := doubt.OwnShare(e.Outputs, coefficients, d.weight, d.motion)
	if err != nil || share > doubt.Far || r.Defect.Upper <= e.s.Margin*share {
		return "", err
	}
	return fmt.Sprintf("the inputs lie so far from the origin that it moves them as a translation would, to within %.2g of its speed: subtract a centre, or take affine candidates", share), nil
}
