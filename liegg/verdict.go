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
	// Spectrum is that of all samples and all candidates, trivial ones
	// included, with outputs of the size that the function gives them.
	Spectrum *Spectrum

	// Sizes are the sizes of the outputs, where these were brought to one before
	// they were judged; else nil. BySize is then the number of generators that
	// would be below the threshold if outputs counted by their sizes.
	Sizes  *Sizes
	BySize int
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

	below int    // directions below the threshold
	open  string // why these span no Lie algebra; "" if they do
	fit   string // how well the function fits, in words; "" where that is not known, or a reason
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
// where blocks are fewer than 100, or samples mostly repeat others. The errors
// are those of Polarization.Spectrum, of all samples or of a half of them, and of
// lie.Identify. Judge panics if a field of the rule is out of its range.
func (e *Evidence) Judge(c Candidates, rule Rule) (*Verdict, error) {
	v := &Verdict{Rule: rule.withDefaults()}
	all, err := e.Polarization()
	if err != nil {
		return nil, err
	}
	if v.Spectrum, err = e.shown(all).Spectrum(c); err != nil {
		return nil, err
	}
	v.Sizes, v.Repeats, v.Influence = e.sizes, e.repeats, e.influence
	v.Dependence = e.dependence
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
	return v, v.describe(t, f, all.moments)
}

// carried is the algebra about the centre of the candidates, in the coordinates of the
// inputs. The error is ErrFarAway.
func (s *solution) carried(about lie.Algebra, c Candidates) (a lie.Algebra, err error) {
	centring := centringOf(c)
	if centring == nil || about.Dim() == 0 {
		a = s.span(c, about.Dim())
	} else if a, err = conjugatedBack(about, centring); err != nil {
		return a, err
	}
	if a.Dim() < about.Dim() {
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

// count tests the smallest directions: the first forty, and all that are small enough
// for a rung.
func (v *Verdict) count(t *trial) error {
	v.test(t, tested)
	if last := len(v.Defects) - 1; len(v.Defects) == v.Considered || v.Defects[last].Value > math.Max(v.Threshold, ceiling*v.Reference) {
		return nil
	}
	if err := t.takeAll(); err != nil {
		return err
	}
	small := 0
	for small < len(t.all.ρ) && t.all.ρ[small] <= ceiling*v.Reference {
		small++
	}
	v.test(t, small+tested)
	return nil
}

// test tests the smallest directions, and counts those below the threshold.
func (v *Verdict) test(t *trial, wanted int) {
	v.Defects = t.estimates(wanted, v.Rule)
	v.below = 0
	for v.below < len(v.Defects) && v.Defects[v.below].Value <= v.Threshold {
		v.below++
	}
}

// steep leaves out the directions along which f is steep but varies little over the data.
func (v *Verdict) steep(t *trial) error {
	if t.variation == nil || v.below == v.unchanged() {
		return nil
	}
	if err := t.byVariation(v.below); err != nil {
		return err
	}
	v.Defects = t.estimates(len(v.Defects), v.Rule)
	v.below = v.unchanged()
	return nil
}

// unchanged is the number of directions below the threshold along which f does not vary.
func (v *Verdict) unchanged() int {
	i := slices.IndexFunc(v.Defects[:v.below], func(d Estimate) bool { return d.Variation > varies })
	if i < 0 {
		return v.below
	}
	return i
}

// variesMore says that along the direction after the first d, f certainly varies over the
// data, and by far more than along these: a gap in η where ρ has none.
func (v *Verdict) variesMore(d int) bool {
	most := 0.
	for _, e := range v.Defects[:d] {
		most = math.Max(most, e.Variation)
	}
	next := v.Defects[d]
	return next.varies() && next.Variation >= v.Rule.Gap*most
}

// doubts are the conditions on the data that fail: with any of them nothing is firm.
func (v *Verdict) doubts(blocks int, τ float64) (reasons []string) {
	doubt := func(format string, args ...any) { reasons = append(reasons, fmt.Sprintf(format, args...)) }
	certain := v.certain()
	if !certain {
		reasons = v.dependenceDoubts()
	}
	if blocks < 100 && !v.Dependence.few() && !certain {
		doubt("%d blocks of samples are too few for an interval: %s", blocks, moreBlocks(v.Spectrum.K, blocks))
	}
	if distinct := v.Spectrum.Samples - v.Repeats; v.Repeats > 0 && (distinct < 100 || v.Repeats > distinct) {
		doubt("only %s distinct, the other %d repeat them, so that what is held out is not new: give different samples, each once",
			are(distinct, "sample"), v.Repeats)
	}
	if d := v.Influence.doubt(v.Spectrum.N()); d != "" {
		doubt("%s", d)
	}
	v.doubtsOfFit(τ, doubt)
	return reasons
}

// edges are the conditions that fail near the threshold.
func (v *Verdict) edges(τ float64) (reasons []string) {
	doubt := func(format string, args ...any) { reasons = append(reasons, fmt.Sprintf(format, args...)) }
	if v.below > 0 {
		v.doubtsBelow(τ, doubt)
	}
	if v.below < v.Considered {
		v.doubtsAbove(τ, doubt)
	}
	return reasons
}

// moreBlocks says what gives k candidates more blocks of samples.
func moreBlocks(k, blocks int) string {
	if limit := blockLimit(k); limit < enoughBlocks && blocks >= limit/2 {
		return fmt.Sprintf("memory holds no more for %d candidates, take fewer of them", k)
	}
	return fmt.Sprintf("give at least %d samples, or more and smaller batches of them", Blocks)
}

// doubtsOfFit tests whether generators hold as well on other samples as on those that
// they were fitted to.
func (v *Verdict) doubtsOfFit(τ float64, doubt func(string, ...any)) {
	for j, d := range v.Defects[:v.below] {
		if d.Value > 2*d.Fitted && d.Value > v.Spectrum.Resolution() && d.Value > .2*τ {
			doubt("ρ_%d is %s on the samples it was fitted to and %s on others: more samples are needed for %d candidates",
				j+1, short(d.Fitted), short(d.Value), v.Considered)
			return
		}
	}
}

// doubtsBelow tests the directions that look like symmetries.
func (v *Verdict) doubtsBelow(τ float64, doubt func(string, ...any)) {
	for j, d := range v.Defects[:v.below] {
		if d.Upper > τ && !v.certain() {
			doubt("the upper bound of ρ_%d = %s is %s, above the threshold %s", j+1, short(d.Value), short(d.Upper), short(τ))
			return
		}
	}
}

// doubtsAbove tests the first direction that does not look like a symmetry.
func (v *Verdict) doubtsAbove(τ float64, doubt func(string, ...any)) {
	next := v.Defects[v.below]
	least := math.Min(next.Lower, next.Fitted)
	if least <= τ && !next.varies() {
		doubt("the lower bound of ρ_%d = %s is %s, not above the threshold %s", v.below+1, short(next.Value), short(least), short(τ))
	}
	if v.below == 0 {
		return
	}
	last := math.Max(v.largest(v.below), v.Spectrum.Resolution())
	if gap := math.Min(next.Value, next.Fitted) / last; gap < v.Rule.Gap && !v.variesMore(v.below) {
		doubt("the gap ρ_%d/ρ_%d is only %.1f, %.0f is wanted", v.below+1, v.below, gap, v.Rule.Gap)
	}
}

// largest is the largest held-out defect of the first d directions.
func (v *Verdict) largest(d int) float64 {
	most := 0.
	for _, e := range v.Defects[:d] {
		most = math.Max(most, e.Value)
	}
	return most
}
