package liegg

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
)

// Answer is the result of a verdict.
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

// Verdict says how many continuous symmetries a function has, and how certain that is.
type Verdict struct {
	Answer Answer
	// Dim is the number of generators. It is 0 for None, and the dimension of a rung for
	// Approximate. For Undetermined it is a guess: the number below the threshold, or, if
	// only the fit is too poor, the number that the answer would have.
	Dim int
	// Rungs is the ladder of approximate symmetry, ascending in Dim. If the answer is
	// Undetermined, they are guesses, too.
	Rungs []Rung
	// Reasons are the conditions that failed if the answer is Undetermined. Beside None they say
	// what it depends on, if anything.
	Reasons []string

	// Algebra spans the Dim generators, fitted to all samples.
	Algebra lie.Algebra
	// AngleError estimates by how many radians Algebra is off. It is measured in white
	// coordinates if the data are far from white in the given ones. It is 0 for Dim = 0.
	AngleError float64

	// FixedPoint is the point that all generators of an affine algebra leave in place,
	// in the coordinates of the inputs; nil if there is none, or more than one.
	FixedPoint []float64

	// Identity identifies the Lie algebra. It is nil unless the answer is Symmetric or
	// Approximate. It is also nil for candidates that describe their generators themselves and
	// are not homogeneous, because their matrices represent something else. Its Residual and
	// Moved are in the coordinates of AngleError.
	Identity *classification.Identity

	// Description is the description of Algebra by candidates that are Describers.
	Description string

	// Defects are the relative defects ρ of the smallest directions, ascending in the half
	// of the samples to which they were fitted: at most 40, and at least Dim + 1 if there
	// are that many directions.
	Defects []Estimate
	// Reference is ρ_ref, the defect of unrelated directions: ρ̃ = ρ/ρ_ref.
	Reference float64
	// Threshold is the largest ρ of a symmetry: τ·ρ_ref, or less if the function changes
	// little along some direction and has symmetries that need this direction. Then it lies
	// between the defects of those symmetries and of motion along the direction.
	Threshold float64
	// Rule is the rule with its defaults filled in.
	Rule Rule

	// Ignored counts the trivial generators, to which the function does not respond or
	// which the data do not show. They are not in Dim. Spectrum.Unmoved of them do not move
	// the data at all.
	Ignored int
	// Unfelt is the largest relative defect ρ of a motion to which the function counts as
	// not responding, in [0, τ·ρ_ref]; 0 if it responds to all directions.
	Unfelt float64
	// Subspace describes the parts of the space that data and gradients span.
	Subspace Subspace
	// Considered is K minus the number of trivial generators.
	Considered int
	// Frame describes how the candidates frame inputs and continue them outside of the frame,
	// such as "seen through a disc, continued by reflection"; "" if they do not.
	Frame string
	// Centre is the point about which affine candidates were taken, the mean of the data;
	// nil for the origin. Spread are the standard deviations of the data's coordinates for
	// affine candidates on vectors; nil for others.
	Centre, Spread []float64
	// Spectrum is the spectrum of all samples and all candidates, trivial ones included, with
	// the outputs as the function gives them: in either order the 40 smallest generators besides
	// as many as are trivial, or all of them if there are less than about 200 or if rows were kept;
	// see Polarization.Smallest.
	Spectrum *Spectrum

	// Untested is the number of outputs if a verdict that would be Symmetric did not test them
	// one by one, because they are too many; 0 if it did.
	Untested int
	// Scales are the sizes by which the outputs were divided before they were judged; nil
	// if they were not divided. BySize is then the number of generators that would be below
	// the threshold if outputs counted by their sizes.
	Scales *OutputScales
	BySize int
	// Outputs are the relative defects of single outputs along the generators, if they are
	// known: see SetOutputs.
	Outputs []Estimate
	// Influence says on how many samples the sums rest; nil if samples have no weights.
	Influence *Influence
	// Repeats is the number of samples that equal earlier ones.
	Repeats int
	// Dependence says which samples depend on each other, as far as this is known.
	Dependence Dependence
	// Unexplained is the share of the variance of the targets, or of the labels, that the
	// function leaves unexplained, and Noise is the part of that share that is noise of the
	// targets. Both are 0 if the fit is not known; see SetFit.
	Unexplained, Noise float64
	// Alone says that the function was fitted to data, but it is not known how well.
	Alone bool

	legible *legible // the generators in other coordinates; nil if the inputs' own serve

	below         int        // directions below the threshold
	h             *mat.Dense // coefficients of the generators, or of what comes nearest to some
	trivial       *mat.Dense // coefficients of some generators that were left out; see Trivial
	open          string     // why these span no Lie algebra; "" if they do
	covariant     bool       // outputs move with the inputs
	byFew         []float64  // see setByFew
	missing       float64    // see Evidence.Misses: the root of the share
	hidden        int        // candidates that move the data, but by less than rounding; see setWeak
	faint         int        // candidates that were left out although f changes along them by more than rounding
	away          float64    // of the data from the origin, in units of their spread
	variation     *Variation // of all samples; nil if it is not known
	changesUnseen bool       // f changes along generators that were left out; see SetTrivialSteps
	between       string     // how much f changes along finite steps, if gradients foretell far less; see SetSteps
	changed       float64    // the largest η at samples of equal weight; 0 if it is not known
	fit           string     // how well the function fits, in words; "" if that is not known or already a reason
}

// Coefficients returns the coefficients of generators over the candidates that were judged,
// K×d. The first Dim columns are the generators. The others, if any, complete the largest
// rung. If there are neither generators nor rungs, the columns are the directions before the
// widest gap, which come nearest to being symmetries.
func (v *Verdict) Coefficients() *mat.Dense { return v.h }

// Trivial returns the coefficients, as those of Coefficients, of some random generators that were left
// out although they move the data, because gradients vanish along them. It is nil if there are none, or
// if that is not known.
func (v *Verdict) Trivial() *mat.Dense { return v.trivial }

// Name is the name of the Lie algebra, "{0}" for None, and "" if there is no name to give.
func (v *Verdict) Name() string {
	switch {
	case v.Identity != nil:
		return v.Identity.Name
	case v.Answer == None:
		return "{0}"
	}
	return ""
}

// Doubt makes the answer Undetermined for a reason that the gradients do not show, such as a
// finite flow that contradicts them. Dim, Algebra and Rungs remain as guesses.
func (v *Verdict) Doubt(reason string) {
	v.Answer, v.Identity = Undetermined, nil
	v.Reasons = append(v.Reasons, reason)
}

// DoubtSymmetries is like Doubt for a reason that can only take symmetries away, such as an
// output that does not show in the gradients. The answer None remains.
func (v *Verdict) DoubtSymmetries(reason string) {
	if v.Answer != None {
		v.Doubt(reason)
	}
}

// changing says that f changes by so much of its spread or, if outputs move, that it fails to move
// with its inputs.
func (v *Verdict) changing(amount string) string {
	if v.covariant {
		return fmt.Sprintf("f(g·x) departs from g·f(x) by %s of the spread of f", amount)
	}
	return fmt.Sprintf("f changes by %s of its spread", amount)
}

// Subspace describes the parts of the space of vectors that data and gradients span. The function
// has learned nothing about the rest. It is zero if candidates do not act on vectors.
type Subspace struct {
	// Size is n, for vectors of Rⁿ.
	Size int
	// Data is the dimension of the data's span, or of their affine span if candidates are
	// affine.
	Data int
	// Gradients is the dimension of the span of the gradients, without directions to which
	// the function hardly responds (Verdict.Unfelt).
	Gradients int
}

// Whole reports whether data and gradients fill the space, or there is none.
func (s Subspace) Whole() bool { return s.Data == s.Size && s.Gradients == s.Size }

// String is "the data fill 3 of 5 dimensions, the gradients 2".
func (s Subspace) String() string {
	return fmt.Sprintf("the data fill %d of %s, the gradients %d", s.Data, spelling.Count(s.Size, "dimension"), s.Gradients)
}

// legible is the algebra of a verdict in coordinates in which its matrices are easily
// read. If the units of the given coordinates differ by much, a rotation looks like a shear in
// them; and if the data fill a subspace, only what happens there is known.
type legible struct {
	algebra lie.Algebra
	about   string // how the coordinates are measured
}
