package liegg

import (
	"fmt"
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
	// Spectrum is taken of all samples and all candidates, trivial ones included, with outputs
	// of the size that the function gives them: all generators up to K = 256, and the 40
	// smallest in either order beyond; see Polarization.Smallest.
	Spectrum *Spectrum

	// OutputScales are the sizes of the outputs, where these were brought to one before
	// they were judged; else nil. BySize is then the number of generators that
	// would be below the threshold if outputs counted by their sizes.
	Scales *OutputScales
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

// Coefficients are those of the generators over the candidates that were judged, K×d. The
// first Dim are the generators; behind them come those of the largest rung. If there are
// neither, they are the directions that come nearest to being symmetries, those before the
// widest gap.
func (v *Verdict) Coefficients() *mat.Dense { return v.h }

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
