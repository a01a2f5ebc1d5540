package distribution

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/sheet"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/network"
)

// Settings says how classifiers are trained and judged. The zero value of each field means its
// default.
type Settings struct {
	// Reach is how far samples are moved: t is uniform from 0 to Reach, for a generator scaled by
	// lie.UnitSpeed, so that t of a rotation is an angle in radians. The default is 2π for a compact
	// generator, a whole turn, and 1 for others.
	Reach float64
	// Margin is the largest accuracy beyond ½ that counts as equal distributions. The default is
	// .02.
	Margin float64
	// Hidden are the widths of the hidden layers of classifiers. The default is 64, 64.
	Hidden []int
	// Steps is the number of training steps, with 256 samples each. The default is 1000.
	Steps int
	// Samples is the largest number of samples that are used, the first ones. The default is 20 000.
	Samples int
	// Groups says which samples depend on each other, as for network.Judge. No group is in the samples
	// of a classifier and in those that judge it, and intervals are made of groups. Without Groups,
	// equal samples form a group, and Judge looks for dependent ones.
	Groups network.Groups
	// Seed draws movements, weights and batches.
	Seed uint64
	// Quiet shows no progress.
	Quiet bool
}

// String lists the fields, with defaults filled in.
func (s Settings) String() string {
	reach := "by default"
	if s.Reach != 0 {
		reach = fmt.Sprintf("%.3g", s.Reach)
	}
	s = s.withDefaults(true)
	return fmt.Sprintf("Reach %s, Margin %g, Hidden %s, Steps %d, Samples %d, %v, Seed %d, Quiet %v", reach, s.Margin, spelling.List(s.Hidden), s.Steps, s.Samples, s.Groups, s.Seed, s.Quiet)
}

func (s Settings) withDefaults(compact bool) Settings {
	if s.Reach == 0 {
		if s.Reach = 1; compact {
			s.Reach = 2 * math.Pi
		}
	}
	s.Margin = cmp.Or(s.Margin, .02)
	if len(s.Hidden) == 0 {
		s.Hidden = []int{64, 64}
	}
	s.Steps = cmp.Or(s.Steps, 1000)
	s.Samples = cmp.Or(s.Samples, 20_000)
	if !(s.Reach > 0) || math.IsInf(s.Reach, 1) || !(s.Margin > 0 && s.Margin < .5) || s.Steps < 0 || s.Samples < leastSamples {
		panic(fmt.Sprintf("distribution: Settings.Reach must be positive, Margin in (0, ½), Steps not negative and Samples at least %d, got %v, %v, %d and %d", leastSamples, s.Reach, s.Margin, s.Steps, s.Samples))
	}
	return s
}

// leastSamples is the smallest number of samples that classifiers are trained on.
const leastSamples = 100

// Accuracy is the share of held-out samples that a classifier tells right, with its 95 % interval.
type Accuracy struct {
	Value float64 `json:"value"`
	Lower float64 `json:"lower"`
	Upper float64 `json:"upper"`
}

// String writes the accuracy in percent, with its interval.
func (a Accuracy) String() string {
	return fmt.Sprintf("%.1f %% (%.1f … %.1f %%)", 100*a.Value, 100*a.Lower, 100*a.Upper)
}

// Result says whether data are distributed symmetrically along a generator.
type Result struct {
	// Verdict is Invariant if the accuracy is certainly within Margin of Floor, and the classifier
	// tells random movements. It is Broken if the accuracy certainly exceeds Floor + Margin, and
	// otherwise Undetermined, with the Reasons.
	Verdict flow.Verdict
	Reasons []string
	// Accuracy is how well a classifier tells moved samples from others, and Control how well it
	// tells samples that were moved along a random generator of the action, as fast as H and up to
	// t = 1.
	Accuracy, Control Accuracy
	// Neighbours is how well each sample is told by its nearest neighbour among those of the other
	// fold, which sees finer structures than a classifier; ½ where movements interpolate. The verdict
	// takes it in place of Accuracy if it is larger.
	Neighbours Accuracy
	// Floor is the accuracy on data that were made symmetric by random turns. Beyond ½ it shows what
	// interpolation alone gives away, as for images. It is ½ where movements do not interpolate, and
	// where the flow has no whole turns.
	Floor Accuracy
	// Reach is how far samples were moved, and Formula writes the generator.
	Reach   float64
	Formula string
	// Samples is the number of samples, and Margin the largest accuracy beyond ½ of a symmetry.
	Samples int
	Margin  float64

	blurred bool    // movements interpolate, and no Floor is known
	repeats float64 // share of the samples that equal others
}

// Judge asks whether samples x [N, input…] (float32 or float64) have the same distribution as samples moved by
// exp(tH), with t uniform from 0 to Reach. One half of the samples is moved and compared with the other
// half. Classifiers are trained on half of each and judge the other half, then the other way
// round, so that each sample is judged once.
//
// Where movements interpolate, as for images, blur may tell them apart. So the others are moved too,
// by |t| ≤ .3, classifiers of images [height, width] see means over squares of pixels, at most 8 a
// side, and the accuracy is compared with the one on data that were made symmetric by random turns.
// If the flow has no whole turns, the answer is then never Broken.
//
// Nearest neighbours tell samples, too, as long as movements do not interpolate.
//
// Intervals are binomial, and wider if answers within groups agree. The verdict is Undetermined if
// samples depend on each other and Settings.Groups does not say how, or if there are fewer than 100
// groups.
//
// Judge returns an error if there are fewer than 100 samples, if inputs do not fit the action or are
// not finite, if groups do not fit the samples, and the errors of training. It panics if the action
// moves outputs or has no finite transformations, if h is neither a generator of its size nor, for
// affine actions of Rⁿ, an n×n one, and if a setting is out of range.
func Judge(x *tensors.Tensor, a action.Action, h *mat.Dense, s Settings) (*Result, error) {
	if _, ok := a.(action.Mover); !ok {
		panic(fmt.Sprintf("distribution: Judge: a must be an action.Mover, which moves inputs alone by finite transformations, got %T", a))
	}
	size := action.GeneratorSize(a)
	h = action.Whole(a, h)
	if rows, columns := h.Dims(); rows != size || columns != size || mat.Norm(h, 2) == 0 {
		panic(fmt.Sprintf("distribution: Judge: h must be a %d×%d matrix that is not zero, got %d×%d", size, size, rows, columns))
	}
	unit, compact := lie.UnitSpeed(h), group.CompactOf(h, 1e-2)
	s = s.withDefaults(compact.Compact)
	t := &trial{a: a, s: s, random: rand.New(rand.NewPCG(s.Seed, 0xd157))}
	if err := t.read(x); err != nil {
		return nil, err
	}
	r := &Result{Reasons: t.doubts, repeats: t.repeats, Reach: s.Reach, Samples: t.count, Margin: s.Margin, Formula: lie.Formula(h, action.IsHomogeneous(a), 0)}
	draw := func() *mat.Dense { return lie.Exp(unit, s.Reach*t.random.Float64()) }
	folds, err := t.trialled(t.still(unit), draw)
	if err != nil {
		return nil, err
	}
	if r.Accuracy, err = t.byNetwork(folds); err != nil {
		return nil, err
	}
	if r.Neighbours = (Accuracy{.5, .5, .5}); !action.Resamples(a) {
		if r.Neighbours, err = t.byNeighbours(folds); err != nil {
			return nil, err
		}
	}
	r.Floor = Accuracy{.5, .5, .5}
	if turn := compact.Turn(); action.Resamples(a) && turn != nil {
		symmetric, err := t.symmetrised(turn)
		if err != nil {
			return nil, err
		}
		if r.Floor, err = symmetric.accuracy(t.still(unit), draw); err != nil {
			return nil, err
		}
	} else if action.Resamples(a) {
		r.blurred = true
	}
	if r.Control, err = t.accuracy(t.still(unit), t.randomMap(mat.Norm(unit, 2))); err != nil {
		return nil, err
	}
	r.decide()
	return r, nil
}

// mostRepeats is the largest share of samples that equal others of an Invariant.
const mostRepeats = .1

// telling is the accuracy that a control must certainly reach.
const telling = .55

// decide gives the verdict.
func (r *Result) decide() {
	told := r.Accuracy
	if r.Neighbours.Value > told.Value {
		told = r.Neighbours
	}
	excess := math.Max(0, told.Value-math.Max(.5, r.Floor.Value)) // less is chance, and no better than equal
	error := math.Hypot(told.Upper-told.Lower, r.Floor.Upper-r.Floor.Lower) / 2
	switch {
	case len(r.Reasons) > 0:
	case r.blurred && excess+error > r.Margin:
		r.Reasons = []string{"movements interpolate, and the flow has no whole turns: a classifier may tell moved samples by their blur"}
	case excess-error > r.Margin:
		r.Verdict = flow.Broken
	case excess+error > r.Margin:
		r.Reasons = []string{fmt.Sprintf("the accuracy exceeds its floor by %.2g ± %.2g, which contains the margin %g: more samples may tell", excess, error, r.Margin)}
	case r.Control.Lower <= telling:
		r.Reasons = []string{fmt.Sprintf("the classifier does not tell random movements either (%v): it is too weak, or has too few samples", r.Control)}
	case r.repeats > mostRepeats:
		r.Reasons = []string{fmt.Sprintf("%.0f %% of the samples equal others, so that copies cannot be told from points of a lattice: give different samples, each once", 100*r.repeats)}
	default:
		r.Verdict = flow.Invariant
	}
}

// Warning says what cannot be judged from data that are not symmetric; "" if they are.
func (r *Result) Warning() string {
	if r.Verdict != flow.Broken {
		return ""
	}
	return "the data stand in an orientation of their own along this generator: what a network does to moved inputs is extrapolation, and neither invariance nor equivariance can be judged off that orientation without data there"
}

// answer is the verdict in words for data.
func (r *Result) answer() string {
	return map[flow.Verdict]string{flow.Invariant: "symmetric", flow.Broken: "not symmetric", flow.Undetermined: "undetermined"}[r.Verdict]
}

// MarshalJSON writes the fields in lower case, with the answer "symmetric", "not symmetric" or
// "undetermined" in place of Verdict, and the warning.
func (r *Result) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Generator  string   `json:"generator"`
		Answer     string   `json:"answer"`
		Reasons    []string `json:"reasons,omitempty"`
		Warning    string   `json:"warning,omitempty"`
		Accuracy   Accuracy `json:"accuracy"`
		Control    Accuracy `json:"control"`
		Neighbours Accuracy `json:"neighbours"`
		Floor      Accuracy `json:"floor"`
		Reach      float64  `json:"reach"`
		Samples    int      `json:"samples"`
		Margin     float64  `json:"margin"`
	}{r.Formula, r.answer(), r.Reasons, r.Warning(), r.Accuracy, r.Control, r.Neighbours, r.Floor, r.Reach, r.Samples, r.Margin})
}

// String returns the verdict with its accuracies, and the warning.
func (r *Result) String() string {
	text := fmt.Sprintf("distribution along %s, t ≤ %.2g: %s: a classifier tells moved samples at %v, and random movements at %v; N = %d",
		r.Formula, r.Reach, r.answer(), r.Accuracy, r.Control, r.Samples)
	if r.Neighbours.Value > r.Accuracy.Value && r.Verdict != flow.Invariant {
		text += fmt.Sprintf("; nearest neighbours tell them at %v", r.Neighbours)
	}
	if r.Floor.Value != .5 {
		text += fmt.Sprintf("; on data made symmetric, by interpolation alone, at %v", r.Floor)
	}
	for _, reason := range r.Reasons {
		text += "\nundetermined: " + reason
	}
	if w := r.Warning(); w != "" {
		text += "\nwarning: " + w
	}
	return text
}

// HTML returns what String says as HTML, for plotting.Show.
func (r *Result) HTML(draw sheet.Draw) string { return sheet.Of(draw, r.String()).HTML() }
