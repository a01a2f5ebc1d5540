package flow

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow/internal/moved"
	"github.com/liegg/lab/liegg/network"
)

// enoughGap is the ratio ρ₂/ρ₁ at which the infinitesimal defects alone tell generators
// apart, as in the verdicts of package liegg.
const enoughGap = 5

// Comparison compares one generator, the first of Results, with others that move the data at
// the same speed.
type Comparison struct {
	// Results are in the order of the hypotheses. Their generators are scaled so that the
	// root mean square of ‖H·x‖, in units of the spread of the data, equals that of the
	// first. Only the first has random flows.
	Results []*Result
	// Gap is the smallest ρ of the others divided by ρ of the first.
	Gap float64
}

// Compare tests hypotheses on the same inputs at equal speed, to see what sets the first one
// apart. A small gap of infinitesimal defects decides nothing. Along the flow of a symmetry,
// however, the answers stay the same, and along the other flows they change.
//
// Compare returns the errors of Test and panics as Test does. It also panics if there are
// fewer than two hypotheses.
func Compare(n *network.Network, a action.Action, hypotheses []Hypothesis, inputs network.Inputs, s Settings) (*Comparison, error) {
	s = s.withDefaults()
	if len(hypotheses) < 2 {
		panic(fmt.Sprintf("flow: hypotheses must be at least two, got %d", len(hypotheses)))
	}
	for _, h := range hypotheses {
		mustBeGenerator(a, h.H) // panic before the long work, not after it
	}
	e, err := buffered(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer e.Finalize()
	c := &Comparison{}
	if c.Results, err = e.compared(hypotheses); err != nil {
		return nil, err
	}
	c.Gap = gap(c.Results)
	return c, nil
}

// gap returns the smallest ρ of the others divided by ρ of the first, or 1 if both are 0.
func gap(results []*Result) float64 {
	smallest := math.Inf(1)
	for _, r := range results[1:] {
		smallest = min(smallest, r.Defect.Value)
	}
	if first := results[0].Defect.Value; smallest != first {
		return smallest / first
	}
	return 1
}

// compared tests each hypothesis at the speed of the first.
func (e *experiment) compared(hypotheses []Hypothesis) ([]*Result, error) {
	_, first := mustBeGenerator(e.Action, hypotheses[0].H)
	p, err := e.paceOf(first)
	if err != nil {
		return nil, err
	}
	results := make([]*Result, len(hypotheses))
	for i, h := range hypotheses {
		if results[i], err = e.atSpeed(p.ofInputs, p.inputs, h); err != nil {
			return nil, fmt.Errorf("%s: %w", h.Name, err)
		}
	}
	return results, e.besides(results[0].Curve, p)
}

// atSpeed tests a hypothesis with its generator scaled to a speed.
func (e *experiment) atSpeed(at float64, d *mat.SymDense, h Hypothesis) (*Result, error) {
	matrix, coefficients := mustBeGenerator(e.Action, h.H)
	own := moved.Speed(d, coefficients)
	if own == 0 {
		return nil, moved.ErrUnmoved
	}
	matrix.Scale(at/own, matrix)
	floats.Scale(at/own, coefficients)
	r, err := e.judge(Hypothesis{h.Name, matrix}, coefficients)
	if err != nil {
		return nil, err
	}
	if r.Curve, err = e.curve(matrix); err != nil {
		return nil, err
	}
	r.settle()
	return r, nil
}

// Apart reports whether the flow tells the first generator from the i-th: somewhere the lower
// bound of Δ along the i-th exceeds every upper bound along the first.
func (c *Comparison) Apart(i int) bool {
	return floats.Max(c.Results[i].Curve.Lower) > floats.Max(c.Results[0].Curve.Upper)
}

// String returns a table of the defects and of how far each flow holds, and says what tells
// the first generator from the others.
func (c *Comparison) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-18s  %-22s  %9s  %-22s  %s\n", "generator", "ρ (95 %)", "holds to", "largest Δ (95 %)", "followed to")
	for _, r := range c.Results {
		fmt.Fprintf(&b, "%-18s  %-22v  %9.2g  %-22v  %.2g\n", r.Name, r.Defect, r.Curve.Holds, r.largest(), r.Curve.T[len(r.Curve.T)-1])
	}
	if first := c.Results[0].Curve; first.Bounded {
		fmt.Fprintln(&b, first.transform())
	}
	if first := c.Results[0].Curve; first.Frame != "" {
		fmt.Fprintf(&b, "inputs are %s\n", first.Frame)
	}
	b.WriteString(c.words())
	return b.String()
}

// largest is the largest Δ along the flow, with its interval.
func (r *Result) largest() Interval {
	worst := floats.MaxIdx(r.Curve.Delta)
	return Interval{r.Curve.Delta[worst], r.Curve.Lower[worst], r.Curve.Upper[worst]}
}

// words returns the conclusion.
func (c *Comparison) words() string {
	first := c.Results[0].Name
	var alike []string
	for i, r := range c.Results[1:] {
		if !c.Apart(i + 1) {
			alike = append(alike, r.Name)
		}
	}
	gap := fmt.Sprintf("the infinitesimal gap ρ₂/ρ₁ = %.2g (%d or more) alone tells %s from the others", c.Gap, enoughGap, first)
	if c.Gap < enoughGap {
		gap = fmt.Sprintf("the infinitesimal gap ρ₂/ρ₁ = %.2g (below %d) alone would not have told %s from the others", c.Gap, enoughGap, first)
	}
	if len(alike) > 0 {
		return gap + "; the finite flow does not tell it from " + strings.Join(alike, ", ") + "\n"
	}
	return gap + "; its finite flow does: along it the answers stay, along each of the others they change by more\n"
}
