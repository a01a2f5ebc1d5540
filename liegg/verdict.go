package liegg

import (
	"fmt"
	"math"
	"slices"

	"github.com/liegg/lab/liegg/lie"
	"gonum.org/v1/gonum/mat"
)

// Answer is what a verdict comes to.
type Answer int

// The answers. Undetermined is not "none": it says that the data do not decide.
const (
	Undetermined Answer = iota
	None
	Symmetric
	Approximate // a rung of the ladder that does not lie within the threshold: see Rung
)

var answers = []string{"undetermined", "none", "symmetric", "approximate"}

// String is "undetermined", "none", "symmetric" or "approximate".
func (a Answer) String() string { return answers[a] }

// ParseAnswer reads what String writes.
func ParseAnswer(s string) (Answer, error) {
	if i := slices.Index(answers, s); i >= 0 {
		return Answer(i), nil
	}
	return 0, fmt.Errorf("liegg: no answer %q; there are %q", s, answers)
}

// Estimate is a relative defect that was measured on other samples than those
// its generator was fitted to.
type Estimate struct {
	Value    float64 // ρ on the samples that were held out
	Interval         // of Value
	Fitted   float64 // ρ on the samples that the generator was fitted to: it flatters
	least    float64 // ρ on the block of samples where it is smallest

	// Variation is η, the change of the outputs along the generator over one extent of the
	// data in units of their spread: see Variation. It is 0 where it is not known.
	Variation float64
	typical   float64 // Variation, with one extent as it is for a typical sample
}

// Verdict says how many continuous symmetries a function has, with the doubt
// that belongs to it.
type Verdict struct {
	Answer Answer
	// Dim is the number of generators: 0 for None, that of a rung for Approximate, and
	// for Undetermined a guess: the number below the threshold, or, where the fit alone
	// is too poor, what the answer would be.
	Dim int
	// Rungs is the ladder of approximate symmetry, ascending in Dim. Where the answer
	// is Undetermined they are guesses, too.
	Rungs []Rung
	// Reasons are the conditions that failed where the answer is Undetermined.
	Reasons []string

	// Algebra spans the Dim generators, fitted to all samples.
	Algebra lie.Algebra
	// AngleError estimates by how much Algebra is off, in radians, in
	// coordinates in which the data are white where they are far from it in the
	// given ones: see angleError. It is 0 for Dim = 0.
	AngleError float64

	// FixedPoint is the point that all generators of an affine algebra leave in place,
	// in the coordinates of the inputs; nil if there is none, or no single one.
	FixedPoint []float64

	// Identity says which Lie algebra it is; nil unless the answer is Symmetric or
	// Approximate, and for candidates that describe their generators themselves
	// and are not homogeneous: their matrices stand for something else. Its
	// Residual and Moved are in the coordinates of AngleError.
	Identity *lie.Identity

	// Description is what a Describer among candidates says of Algebra.
	Description string

	// Defects are the relative defects ρ of the smallest directions, ascending
	// in the half they were fitted to; at most 40 of them, at least Dim + 1
	// where there are as many.
	Defects []Estimate
	// Reference is ρ_ref, the defect of unrelated directions: ρ̃ = ρ/ρ_ref.
	Reference float64
	// Threshold is what ρ must not exceed: τ·ρ_ref, or less where the function
	// changes by little along some direction and has symmetries that need it.
	// Then it lies between the defects of these and of motion along it.
	Threshold float64
	// Rule is the rule with its defaults filled in.
	Rule Rule

	// Ignored counts the trivial generators: what the function does not feel
	// or the data do not show. They are not in Dim. Spectrum.Unmoved of them
	// do not move the data at all.
	Ignored int
	// Unfelt is the largest relative defect ρ of a motion that counts as not
	// felt, in [0, τ·ρ_ref]; 0 where the function feels all directions.
	Unfelt float64
	// Subspace says what part of the space data and gradients fill.
	Subspace Subspace
	// Considered is K without the trivial generators.
	Considered int
	// Centre is the point that affine candidates were taken about, the mean of the
	// data; nil for the origin. Spread are the standard deviations of the data's
	// coordinates, for affine candidates on vectors; nil for others.
	Centre, Spread []float64
	// Spectrum is that of all samples and all candidates, trivial ones included, with outputs
	// of the size that the function gives them: all generators up to K = 256, and the 40
	// smallest in either order beyond; see Polarization.Smallest.
	Spectrum *Spectrum

	// Sizes are the sizes of the outputs, where these were brought to one before
	// they were judged; else nil. BySize is then the number of generators that
	// would be below the threshold if outputs counted by their sizes.
	Sizes  *Sizes
	BySize int
	// Outputs are the relative defects of single outputs along the generators, where they
	// are known: see SetOutputs.
	Outputs []Estimate
	// Influence tells on how many samples the sums rest; nil where samples have no weights.
	Influence *Influence
	// Repeats is the number of samples that are equal to earlier ones.
	Repeats int
	// Dependence says which samples depend on each other, as far as is known.
	Dependence Dependence
	// Unexplained is the share of the variance of its targets, or of its labels, that the
	// function leaves unexplained, where who judged it knew that (SetFit); else 0. Noise
	// is the part of it that is noise of the targets.
	Unexplained, Noise float64
	// Alone says that the function was fitted to data, and nothing is known of how well.
	Alone bool

	legible *legible // the generators in other coordinates; nil if the inputs' own serve

	below int        // directions below the threshold
	h     *mat.Dense // coefficients of the generators, or of what comes nearest to some
	open  string     // why these span no Lie algebra; "" if they do
	away  float64    // of the data from the origin, in units of their spread
	fit   string     // how well the function fits, in words; "" where that is not known, or a reason
}

// Judge decides how many generators the evidence shows. Generators are fitted
// to every other block of samples and tested on the rest, and the other way
// round. The answer is Symmetric with d generators only if
//
//  1. ρ̃_j ≤ τ for the d directions and their upper bounds,
//  2. ρ_{d+1}/ρ_d ≥ Rule.Gap, where there is a direction d+1,
//  3. the lower bound of ρ̃_{d+1} exceeds τ,
//  4. what was fitted agrees with what was held out.
//
// It is None if the lower bound of ρ̃₁ exceeds τ, fitted and held out, and there is no
// rung above. It is Approximate where there is one, or where the threshold cuts
// through one with none below it: see Rung. If there is a rung below one that is cut,
// the answer is Symmetric with the generators of that.
//
// In all other cases it is Undetermined, with the conditions that failed; and also
// where blocks are fewer than 100, or samples mostly repeat others.
//
// How many samples it takes: symmetries that hold to rounding need twice as many equations
// (rows of independent samples) as candidates. Everything else, None included, needs
// intervals, for which there must be 100 blocks of independent samples that count as 100 of
// one size (Influence.Effective): some 130 samples where all have gradients of one size, and
// about 250 where these differ as for normal inputs. The errors
// are those of Polarization.Spectrum, of all samples or of a half of them, and of
// lie.Identify. Judge panics if a field of the rule is out of its range.
func (e *Evidence) Judge(c Candidates, rule Rule) (*Verdict, error) {
	v := &Verdict{Rule: rule.withDefaults()}
	all, err := e.Polarization()
	if err != nil {
		return nil, err
	}
	if v.Spectrum, err = e.shown(all).Smallest(c, Listed); err != nil {
		return nil, err
	}
	v.Sizes, v.Repeats, v.Influence = e.sizes, e.repeats, e.influence
	v.Dependence, v.away = e.dependence, e.away
	v.Reference = all.moments.reference()
	own := localOf(c)
	s, err := all.sighted(own, v.Rule.Threshold*v.Reference, v.Rule.Gap)
	if err != nil {
		return nil, err
	}
	t, err := newTrial(e, all, s.w)
	if err != nil {
		return nil, err
	}
	v.Considered = t.directions()
	v.Ignored, v.Unfelt, v.Threshold = v.Spectrum.K-v.Considered, s.unfelt, s.threshold
	if v.Subspace, err = all.moments.subspace(s.threshold); err != nil {
		return nil, err
	}
	if err := v.count(t); err != nil {
		return nil, err
	}
	if err := v.steep(t); err != nil {
		return nil, err
	}
	if v.Sizes != nil {
		if v.BySize, err = e.plain.within(s.w, v.Threshold); err != nil {
			return nil, err
		}
	}
	f, err := v.frameOf(c, all.moments)
	if err != nil {
		return nil, err
	}
	if err := v.climb(t, f); err != nil {
		return nil, err
	}
	edges := v.edges(v.Threshold)
	if v.open != "" {
		edges = append(edges, v.open)
	}
	v.decide(v.doubts(t.blocks, v.Threshold), edges)
	v.h = t.all.first(v.nearest())
	return v, v.describe(t, f, all.moments)
}

// Coefficients are those of the generators over the candidates that were judged, K×d. The
// first Dim are the generators; behind them come those of the largest rung. If there are
// neither, they are the directions that come nearest to being symmetries, those before the
// widest gap.
func (v *Verdict) Coefficients() *mat.Dense { return v.h }

// nearest is the number of directions that are symmetries, or come near to it.
func (v *Verdict) nearest() int {
	if len(v.Rungs) > 0 {
		return max(v.Dim, v.Rungs[len(v.Rungs)-1].Dim)
	}
	if v.Dim > 0 {
		return v.Dim
	}
	widest, best := 0., 1
	for d := 1; d < len(v.Defects); d++ {
		if gap := v.Defects[d].Value / math.Max(v.Defects[d-1].Value, v.Spectrum.Resolution()); gap > widest {
			widest, best = gap, d
		}
	}
	return best
}

// carried is the algebra of the d smallest directions, given as it is about the centre of the
// candidates, in the coordinates of the inputs. The errors are ErrFarAway and ErrUnits.
func (s *solution) carried(about lie.Algebra, d int, c Candidates) (a lie.Algebra, err error) {
	if about.Dim() < d {
		return about, ErrUnits
	}
	centring := centringOf(c)
	if centring == nil || d == 0 {
		a = s.span(c, d)
	} else if a, err = conjugatedBack(about, centring); err != nil {
		return a, err
	}
	if a.Dim() < d && outputUnits(c) != "" {
		return a, ErrUnits
	}
	if a.Dim() < d {
		return a, ErrFarAway
	}
	return a.Renamed(about.Name()), nil
}

// conjugatedBack is q⁻¹·a·q.
func conjugatedBack(a lie.Algebra, q *mat.Dense) (lie.Algebra, error) {
	back, err := lie.Inverse(q)
	if err != nil {
		return a, err
	}
	return a.Conjugate(back)
}

// Name is the name of the Lie algebra, "{0}" for None, and "" where there is
// none to give.
func (v *Verdict) Name() string {
	switch {
	case v.Identity != nil:
		return v.Identity.Name
	case v.Answer == None:
		return "{0}"
	}
	return ""
}
