package liegg

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Variation is the second scale of a verdict. The relative defect ρ compares how f changes
// along A with how steep f is. Near a null cone, or if f oscillates quickly, f is steep
// everywhere and yet varies little over the data. Along the scaling of x² − y² near the
// cone, ρ is a few thousandths although the scaling multiplies f by e²ᵗ. So the change along
// A is also compared with how f varies over the data:
//
//	η(h)² = Σ_i w_i‖J_iT_ih‖² / (V · Σ_i w_i‖T_ih‖²_S),
//
// the change of f along h over one extent of the data, in units of the spread √V of f. S
// is the inner product in which the data have unit variance in every direction. Over one
// extent Δ = E‖f(gx) − f(x)‖²/(2 Var f) is about η²/2.
//
// If outputs are to move by B, the change is J·Ax − B·f, by which f departs from how it should
// change. If B is free, pairs (A, B) move points (x, f(x)), so ‖Bf‖²/V is added to ‖T_ih‖²_S.
type Variation struct {
	// Motion is Σ_i w_i T_iᵀST_i, K×K.
	Motion mat.Symmetric
	// Outputs is V, a variance of the outputs, divided by their Scales if they have any,
	// that a few large outputs do not dominate. It is the same for all chunks; 0 if it is
	// not known.
	Outputs float64
	// Typical is, for each candidate, the squared motion of a typical sample, in units of the
	// extent that the data have by their quantiles; nil if that is not known. If the data
	// have heavy tails, Motion is the motion of a few large samples, and one extent of the
	// data is theirs: most samples hardly move by it. It is the same for all chunks, and +Inf
	// for a candidate that moves outputs only.
	Typical []float64
}

// String returns, for example, "motion of 9 candidates, outputs of variance 1.2".
func (v *Variation) String() string {
	if v == nil || v.Motion == nil {
		return "no motion"
	}
	return fmt.Sprintf("motion of %s, outputs of variance %s", spelling.Count(v.Motion.SymmetricDim(), "candidate"), spelling.Short(v.Outputs))
}

func (v *Variation) check(k int) error {
	if v == nil {
		return nil
	}
	if v.Motion == nil || v.Motion.SymmetricDim() != k || !(v.Outputs >= 0) {
		return fmt.Errorf("%w: a Variation needs a %d×%d Motion and a variance of outputs that is not negative", ErrShape, k, k)
	}
	if v.Typical != nil && len(v.Typical) != k {
		return fmt.Errorf("%w: a Variation of %d candidates has %d in Typical", ErrShape, k, len(v.Typical))
	}
	if !linalg.IsFinite(v.Motion) {
		return &NotFiniteError{Sample: -1, What: "the summed motion of the samples"}
	}
	return nil
}

// plus adds w to v and returns it, or a copy of w if v is nil. w may be nil.
func (v *Variation) plus(w *Variation) *Variation {
	if w == nil {
		return v
	}
	if v == nil {
		v = new(Variation)
	}
	v.Motion = linalg.Plus(v.Motion, w.Motion)
	v.Outputs, v.Typical = w.Outputs, w.Typical
	return v
}

// disagree is the ratio from which on two measures of η differ by more than their errors.
const disagree = 1.5

// SetChanges records by how much f changes along each of the first Dim generators at samples of
// equal weight: c_i = ‖J_iTh‖²/V per unit of the motion h, for the columns h of Coefficients and
// the variance V of the outputs. The sums of a verdict do not show this, because the weight of a
// sample in ρ, and the bound on its influence, depend on how steep f is there. If f is steep at
// some samples and saturates at others, the latter hardly count. (For x/(1+x)·y/(1+y), both
// lognormal, ρ along x∂₁ − y∂₂ is .046, but f changes by .4 of its spread while x grows to e·x.)
//
// While a typical sample moves over one extent of the data, as in Variation, the square change of
// sample i is s_i = c_i·t² at first, but in the end no larger than 2V, by which unrelated samples
// differ. So it counts as s_i/(1 + s_i/2), and η² is the mean of these. An answer that would be
// Symmetric becomes Undetermined unless η is certainly at most .2 for all generators: if, for some
// generator, 1.2 times the upper bound of η (two standard errors of η²) exceeds .2, and η is more
// than 1.5 times as large as the η of the sums. Below that factor, the two agree within their
// errors. The factor 1.2 allows for the errors of V and of the extent. Details prints the largest
// η. SetChanges panics unless there are Dim changes.
func (v *Verdict) SetChanges(changes [][]float64) {
	if len(changes) != v.Dim {
		panic(fmt.Sprintf("liegg: SetChanges: %d changes for %s", len(changes), spelling.Count(v.Dim, "generator")))
	}
	if v.Answer != Symmetric || v.variation == nil || v.variation.Outputs == 0 {
		return
	}
	k, _ := v.h.Dims()
	extents := v.Extents(mat.DenseCopyOf(v.h.Slice(0, k, 0, v.Dim)))
	for j, each := range changes {
		if math.IsInf(extents[j], 1) {
			continue // it moves nothing
		}
		squares := make([]float64, len(each))
		for i, c := range each {
			squares[i] = c * extents[j] * extents[j]
		}
		mean, deviation := saturated(squares)
		η, upper := math.Sqrt(mean), math.Sqrt(mean+2*deviation)
		v.changed = math.Max(v.changed, η)
		if d := v.Defects[j]; ofVariance*upper > varies && η > disagree*d.Variation && d.Value > v.Spectrum.Resolution() {
			v.Doubt(fmt.Sprintf("ρ_%d = %s is small only by the measure of the samples at which f is steep: with equal weights, %s (up to %s) while a typical sample moves over one extent of the data. Give logarithms of inputs that range over factors, or samples of one size",
				j+1, spelling.Short(d.Value), v.changing(spelling.Short(η)), spelling.Short(ofVariance*upper)))
			return
		}
	}
}

// saturated is the mean of s/(1 + s/2) over square changes s of samples, in units of the variance,
// and its standard error. Unrelated samples differ by 2.
func saturated(squares []float64) (mean, deviation float64) {
	if len(squares) == 0 {
		return 0, 0
	}
	n, second := float64(len(squares)), 0.
	for _, s := range squares {
		s = 1 / (1/s + .5)
		mean += s / n
		second += s * s / n
	}
	return mean, math.Sqrt(math.Max(0, second-mean*mean) / n)
}
