package flow

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow/internal/motion"
	"github.com/liegg/lab/liegg/flow/internal/moved"
	"github.com/liegg/lab/liegg/flow/internal/sampling"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/progress"
)

// RangeResult says how far along a flow the samples keep their answers: a symmetry may hold up
// to 40° for some and to 180° for others.
type RangeResult struct {
	// Hypothesis is the generator.
	Hypothesis
	// Answers says what an answer is, with defaults filled in.
	Answers Answers
	// Forward and Backward are the ranges of each sample along exp(tH) and exp(−tH): the first
	// t > 0 at which its answer changes, interpolated between the Settings.Points parameters
	// at which it is looked at. A range is +Inf if the answer is kept up to End.
	Forward, Backward []float64
	// Classes are the ranges by class: by number, and then by name.
	Classes []ClassRange
	// End is how far the flow was followed both ways, and Step the largest distance between
	// the parameters. Limit is the t at which the flow leaves the range of the data or the
	// domain of f; it is +Inf if neither happens within Settings.Reach.
	End, Step, Limit float64
	// Angle says that exp(2πH) = 1, so that t is an angle in radians.
	Angle bool
	// Reasons say why the intervals may be too narrow, or ranges too long: samples depend on each
	// other, or answers change and change back between two parameters.
	Reasons []string
	// Frame says what fills moved inputs, as in Curve.
	Frame string
}

// ClassRange is how far the samples of a class keep their answers.
type ClassRange struct {
	Name    string
	Samples int
	// Forward and Backward are the ranges of the class: the largest t up to which
	// Answers.Share of its samples keep their answer. Values and ends of intervals are +Inf if
	// they lie beyond RangeResult.End. Intervals are of 95 %, by inversion of the interval of
	// the share (Woodruff, "Confidence Intervals for Medians and Other Position Measures",
	// JASA 1952), over whole groups if groups are given.
	Forward, Backward Interval
	// Kept is the share of the samples that keep their answer up to End both ways.
	Kept float64
}

// Smaller returns the smaller one of both ranges.
func (c ClassRange) Smaller() Interval {
	if c.Backward.Value < c.Forward.Value {
		return c.Backward
	}
	return c.Forward
}

// rangePoints is the default number of parameters of TestRange: every 5° on average up to π.
const rangePoints = 36

// TestRange follows the flow exp(tH) both ways and finds, for each sample and each class, how
// far the network keeps its answers. Many symmetries are partial: a network that reads digits
// keeps its answer for a 0 turned by any angle, and takes a 6 for a 9 from some angle on.
//
// A range says nothing of whether answers are right, only of whether they stay. Answers that
// change and change back between two of the Settings.Points parameters, here 36 by default, are
// not seen. So some samples are followed four times as closely, too, and Reasons says if many of
// them change their answers earlier. Settings.Random, Tolerance and Margin are not used. If
// answers are classes, outputs are compared as they are.
//
// TestRange returns the errors of Along, and an error if the answers do not fit the outputs. It
// panics if h is not a generator of the action, or if the action is neither an action.Mover nor
// action.Integrable, or if answers are classes and the action moves outputs.
func TestRange(n *network.Network, a action.Action, h Hypothesis, inputs network.Inputs, answers Answers, s Settings) (*RangeResult, error) {
	answers = answers.withDefaults()
	s.Points = cmp.Or(s.Points, rangePoints)
	s = s.withDefaults()
	matrix, _ := mustBeGenerator(a, h.H)
	if answers.Departure == 0 {
		if motion.MovesOutputs(a) {
			panic("flow: TestRange: the action moves outputs, which makes no sense of classes: set Answers.Departure")
		}
		s.BySize, s.asTheyAre = true, true
	}
	e, err := buffered(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer e.Finalize()
	samples := e.Held.Len()
	if err := answers.check(samples, len(e.Before)/samples); err != nil {
		return nil, err
	}
	r := &RangeResult{Hypothesis: Hypothesis{h.Name, matrix}, Answers: answers, Angle: e.turns(matrix), Frame: framing(e.Action)}
	spread := math.Sqrt(floats.Sum(e.Variance) / float64(samples))
	r.Limit = e.Limit(r.H, e.s.Reach)
	if err := e.ranges(r, spread); err != nil {
		return nil, err
	}
	r.Classes = e.byClass(r, answers.classes(e.Before, samples))
	if r.Reasons, err = e.Plan.Dependence(e.Held, e.Action); err != nil {
		return nil, err
	}
	hidden, err := e.hiddenChanges(r, spread)
	r.Reasons = append(r.Reasons, hidden...)
	return r, err
}

// turns reports whether exp(2πH) is the identity on inputs.
func (e *experiment) turns(h *mat.Dense) bool {
	if e.Field != nil {
		return false
	}
	if pair, ok := e.Pair(); ok {
		h = pair.Block(h, 0)
	}
	n, _ := h.Dims()
	return mat.EqualApprox(lie.Exp(h, 2*math.Pi), linalg.Identity(n), 1e-6)
}

// ranges measures the ranges of all samples, up to r.Limit. spread is √Var f.
func (e *experiment) ranges(r *RangeResult, spread float64) error {
	bar := progress.Unless(e.s.Quiet, "following samples", e.s.Points)
	defer bar.Done()
	still := r.Answers.scores(e.Before, e.Before, e.Held.Len(), spread)
	ways := [2]*keeping{newKeeping(still), newKeeping(still)}
	for i, t := range times(min(e.s.Reach, r.Limit), e.s.Points) {
		var scores [][]float64
		err := e.BothWays(r.H, t, func(held *network.Buffered, g motion.Finite) error {
			y, err := e.AtMoved(held, g)
			if err != nil {
				return err
			}
			target, err := e.Target(g)
			if err == nil {
				scores = append(scores, r.Answers.scores(y, target, e.Held.Len(), spread))
			}
			return err
		})
		if i > 0 && moved.LeftDomain(err) {
			r.Limit = t
			break
		}
		if err != nil {
			return err
		}
		for way, k := range ways {
			k.at(t, scores[way])
		}
		r.Step, r.End = max(r.Step, t-r.End), t
		bar.At(i+1, "")
	}
	r.Forward, r.Backward = ways[0].first, ways[1].first
	return nil
}

// keeping follows the scores of samples along a flow until they become negative.
type keeping struct {
	first []float64 // t at which the score became negative; +Inf before
	last  []float64 // scores at the last t
	t     float64
}

func newKeeping(still []float64) *keeping {
	first := make([]float64, len(still))
	for i := range first {
		first[i] = math.Inf(1)
	}
	return &keeping{first: first, last: still}
}

// at takes the scores at t.
func (k *keeping) at(t float64, scores []float64) {
	for i, next := range scores {
		if next < 0 && math.IsInf(k.first[i], 1) {
			last := max(0, k.last[i])
			k.first[i] = k.t + (t-k.t)*last/(last-next)
		}
	}
	k.t, k.last = t, scores
}

// byClass returns the ranges of the classes.
func (e *experiment) byClass(r *RangeResult, class []string) (all []ClassRange) {
	of := map[string][]int{}
	for i, name := range class {
		of[name] = append(of[name], i)
	}
	for name, samples := range of {
		c := ClassRange{Name: name, Samples: len(samples)}
		c.Forward = e.quantile(r.Forward, samples, r.Answers.Share)
		c.Backward = e.quantile(r.Backward, samples, r.Answers.Share)
		for _, i := range samples {
			if math.IsInf(r.Forward[i], 1) && math.IsInf(r.Backward[i], 1) {
				c.Kept += 1 / float64(len(samples))
			}
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b ClassRange) int { return byNumber(a.Name, b.Name) })
	return all
}

// quantile returns the largest t that a share of the samples reach.
func (e *experiment) quantile(ranges []float64, samples []int, share float64) Interval {
	sorted := make([]float64, len(samples))
	for k, i := range samples {
		sorted[k] = ranges[i]
	}
	slices.Sort(sorted)
	reached := func(by float64) float64 {
		return sorted[min(int(float64(len(sorted))*(1-by)+1e-9), len(sorted)-1)]
	}
	value := reached(share)
	off := e.shareError(ranges, samples, share, value)
	interval := Interval{Value: value, Upper: math.Inf(1)}
	if share+off < 1 {
		interval.Lower = reached(share + off)
	}
	if share-off > 0 {
		interval.Upper = reached(share - off)
	}
	return interval
}

// shareError returns half of the width of the interval of the share of samples that reach t: by
// Student's t over samples, or over blocks of whole groups.
func (e *experiment) shareError(ranges []float64, samples []int, share, t float64) float64 {
	sums := map[int]float64{}
	for _, i := range samples {
		block := e.Plan.Block(i)
		sums[block] -= share
		if ranges[i] >= t {
			sums[block]++
		}
	}
	n, b := float64(len(samples)), float64(len(sums))
	if b < 2 {
		return math.Inf(1)
	}
	squares := 0.0
	for _, sum := range sums {
		squares += sum * sum
	}
	variance := max(squares*b/(b-1), n*share*(1-share)) / (n * n)
	return distuv.StudentsT{Sigma: 1, Nu: b - 1}.Quantile((1+sampling.Confidence)/2) * math.Sqrt(variance)
}
