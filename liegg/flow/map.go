package flow

import (
	"fmt"
	"slices"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow/internal/doubt"
	"github.com/liegg/lab/liegg/flow/internal/motion"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/network"
)

// MapResult is the result of a test of a finite transformation that was named beforehand.
type MapResult struct {
	// Map is the transformation. If outputs move, Out is the matrix that moved them.
	Map
	// Delta is Δ(g) = E‖f(g·x) − f(x)‖²/(2·Var f) with its interval; if outputs move by R, it is
	// E‖f(g·x) − R·f(x)‖²/(2·Var f).
	Delta Interval
	// Change is √Δ, the root mean square change of the output relative to the difference
	// between unrelated inputs. The margin is a bound on it.
	Change Interval
	// Outside is the share of the data that g carries out of their range.
	Outside float64
	// Bounded says that Δ is measured for a bounded function of the outputs, as in Curve.
	Bounded bool
	// Margin is Settings.Margin, and Verdict compares the interval of Change with it. The
	// verdict is Undetermined, for the given Reasons, if Outside exceeds Settings.Outside, if
	// Var f rests on fewer than 20 samples, or if a single output, or outputs that a declared
	// representation moves together, are certainly beyond the margin in units of their own variance
	// and all together are not.
	Margin  float64
	Verdict Verdict
	Reasons []string
	Samples int
	// Equivariant says that outputs were to move. Fitted is the number of samples that Out was
	// fitted to, which are not among Samples, or 0 if it was not fitted.
	Equivariant bool
	Fitted      int
	// Frame says what fills the parts of moved inputs that come from outside their frame, as
	// in Curve.
	Frame string
}

// String returns the verdict and Δ.
func (r *MapResult) String() string {
	text := fmt.Sprintf("%s: %s: change √Δ = %v (95 %%), Δ = %.2g, N = %d", r.Name, describe(r.Verdict, r.Margin, r.Equivariant), r.Change, r.Delta.Value, r.Samples)
	if r.Fitted > 0 {
		text += fmt.Sprintf(", with the outputs' matrix that fits %d others best", r.Fitted)
	}
	if r.Bounded {
		text += ", of f/√(1+f²) in robust units, as few samples carry the variance of f"
	}
	text += inWords(r.Frame)
	for _, reason := range r.Reasons {
		text += "; " + reason
	}
	return text
}

// TestMap asks whether the network is invariant under a finite transformation g of the
// action: a reflection, a permutation, any matrix. For an affine action, an n×n matrix means
// [g 0; 0 1]. TestMap returns the errors of Along. It panics if g has another size or no inverse, or
// if the action is not an action.Mover.
//
// With an action.Equivariance, g moves the inputs, and the question is whether f(g·x) = R·f(x).
// R is Map.Out, in the units of the outputs. If it is nil, R is ρ(g) of the declared
// representation; see rep.Representation.OfMap. If the action has free factors, R is found: it
// is fitted by least squares to the first half of the inputs and tested on the other half.
// Broken then says that no R serves.
func TestMap(n *network.Network, a action.Action, g Map, inputs network.Inputs, s Settings) (*MapResult, error) {
	s = s.withDefaults()
	matrix := mustBeMap(a, g.G)
	mustMoveOutputs(a, g.Out)
	pair, ok := a.(action.Equivariance)
	switch {
	case ok && g.Out == nil && !pair.Free():
		g.Out = pair.OutputMap(matrix)
	case ok && g.Out == nil:
		found, err := findOutputs(n, a, []Map{{Name: g.Name, G: matrix}}, inputs, s)
		if err != nil {
			return nil, err
		}
		return found[0], nil
	}
	results, err := judgeMaps(n, a, []Map{{g.Name, matrix, g.Out}}, inputs, s)
	if err != nil {
		return nil, err
	}
	return results[0], nil
}

// TestMaps is TestMap for several maps of an invariance, with one reading of the inputs. Each has
// an interval of its own: of many maps, chance takes some for invariances. TestMaps panics if
// the action is an action.Equivariance.
func TestMaps(n *network.Network, a action.Action, maps []Map, inputs network.Inputs, s Settings) ([]*MapResult, error) {
	if _, ok := a.(action.Equivariance); ok {
		panic("flow: TestMaps tests invariance: for outputs that move, call TestMap")
	}
	maps = slices.Clone(maps)
	for i, g := range maps {
		maps[i].G = mustBeMap(a, g.G)
	}
	return judgeMaps(n, a, maps, inputs, s.withDefaults())
}

// judgeMaps tests maps of the action's size, whose Out moves outputs if they move.
func judgeMaps(n *network.Network, a action.Action, maps []Map, inputs network.Inputs, s Settings) ([]*MapResult, error) {
	e, err := buffered(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer e.Finalize()
	results := make([]*MapResult, len(maps))
	for i, g := range maps {
		if results[i], err = e.judgeMap(g); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// findOutputs tests maps of the size of the action's inputs with the matrices of the outputs that
// fit the first half of the inputs.
func findOutputs(n *network.Network, a action.Action, maps []Map, inputs network.Inputs, s Settings) ([]*MapResult, error) {
	fitted, judge, err := halves(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer fitted.Finalize()
	defer judge.Finalize()
	results := make([]*MapResult, len(maps))
	for i, g := range maps {
		out, err := fitted.FoundMap(g.G)
		if err != nil {
			return nil, err
		}
		g.Out = fitted.InUnits(out, true)
		if results[i], err = judge.judgeMap(g); err != nil {
			return nil, err
		}
		results[i].fittedTo(fitted.Held.Len())
	}
	return results, nil
}

// fewFor is the number of samples for each output that a matrix is to be fitted to. With n of
// them for each the fit to noise loses 1/n of it.
const fewFor = 20

// fittedTo says how many samples the outputs' matrix was fitted to. Of too few, Broken may be the
// fault of the fit.
func (r *MapResult) fittedTo(samples int) {
	r.Fitted = samples
	if m, _ := r.Out.Dims(); samples < fewFor*m && r.Verdict == Broken {
		r.Verdict = Undetermined
		r.Reasons = append(r.Reasons, fmt.Sprintf("the matrix of %d outputs was fitted to %d samples, %d are wanted", m, samples, fewFor*m))
	}
}

// judgeMap tests a map of the action's size.
func (e *experiment) judgeMap(g Map) (*MapResult, error) {
	m := motion.Finite{In: g.G}
	moving := motion.MovesOutputs(e.Action)
	if _, ok := e.Pair(); ok {
		m.Out = e.InUnits(g.Out, false)
	}
	each, err := e.Changes(m)
	if err != nil {
		return nil, err
	}
	r := &MapResult{Map: g, Margin: e.s.Margin, Samples: e.Held.Len(), Outside: e.Outside(g.G), Bounded: e.Bounded(), Equivariant: moving, Frame: framing(e.Action)}
	r.Delta = e.ratios([][]float64{e.PerSample(each)}, e.Variance)[0]
	r.Change = r.Delta.root()
	if r.Reasons, err = e.mapDoubts(r); err != nil {
		return nil, err
	}
	if len(r.Reasons) > 0 {
		return r, nil
	}
	if r.Verdict = judge(r.Change, e.s.Margin); r.Verdict == Undetermined {
		r.Reasons = []string{"the interval of √Δ contains the margin: more inputs may tell"}
	}
	if r.Verdict != Broken && e.s.Margin < wideMargin {
		if err := e.fewUnder(r, m); err != nil {
			return nil, err
		}
	}
	if some, δ := e.Broken(each, e.s.Margin*e.s.Margin, m.Out); some != nil && r.Verdict != Broken {
		r.Verdict, r.Reasons = Undetermined, []string{fmt.Sprintf("%v it: √Δ = %v (95 %%) of its own spread, larger than that of all %d outputs together", some, Interval(δ).root(), len(each)/r.Samples)}
	}
	return r, nil
}

// mapDoubts returns the conditions on the data that fail under a map.
func (e *experiment) mapDoubts(r *MapResult) (reasons []string, err error) {
	if r.Outside > e.s.Outside {
		reasons = append(reasons, fmt.Sprintf("it carries %.0f %% of the data out of their range", 100*r.Outside))
	}
	if effective := participation.Ratio(e.Variance); effective < enoughVaried {
		reasons = append(reasons, restsOnFew(effective))
	}
	if r.Delta.Upper > unchanged {
		dependence, err := e.Plan.Dependence(e.Held, e.Action)
		if err != nil {
			return nil, err
		}
		reasons = append(reasons, dependence...)
	}
	return append(append(reasons, e.Blurriness()...), e.Blindness()...), nil
}

// wideMargin is the margin from which on a few samples may lose their answers: it asks for maps that f
// keeps only roughly.
const wideMargin = .2

// fewUnder leaves a map undetermined if few samples lose their answers under it.
func (e *experiment) fewUnder(r *MapResult, m motion.Finite) error {
	few, err := doubt.MinorityIn(e.Outputs, func() ([]float64, error) { return e.Changes(m) }, false, lostAt*e.s.Tolerance, m.Out)
	if few != nil {
		r.Verdict, r.Reasons = Undetermined, append(r.Reasons, few.Breaks("it", e.Plan, r.Delta.Upper))
	}
	return err
}

// restsOnFew returns the reason to give no answer if few samples carry Var f.
func restsOnFew(effective float64) string {
	return fmt.Sprintf("the variance of f rests on about %.2g samples, %d are wanted", effective, enoughVaried)
}
