package liegg

import (
	"fmt"
	"math"
	"strings"

	"github.com/liegg/lab/liegg/internal/spelling"
)

// carries is the largest share of the variance of its targets, apart from their noise, that a
// function may leave unexplained for a verdict on it to hold for the data. The defects of known
// symmetries are within the threshold for networks that leave .006 or less, and at the threshold
// up to .015. From .05 on, firm answers were false (none for so(1,3), so(2) for sl(2,R)).
const carries = .03

// swifter is how many times as fast as the function itself what a network leaves
// unexplained may vary along a motion: a share u of the variance then makes a defect of
// swifter·√u. Of networks of so(5), so(1,3) and inertia on heavy tails, which have learned
// all but .0006 to .02, ρ₁ was .3 to 2.8 times √u, and of networks of none 3 to 8 times.
const swifter = 3

// carriesLabels is the same for labels, by Network.Mistaken: an accuracy of .82 for ten
// classes. Turned digits at .84 have the smallest generator within 1.5° of a rotation.
const carriesLabels = .2

// SetFit records the share of the variance of the targets that the function leaves unexplained,
// and the share that is noise of the targets, which no function explains; both in units of the
// variance of the targets. Let u be their difference. If u exceeds .03, the answer is
// Undetermined: the part that the function misses may have other symmetries. The answer is also
// Undetermined if ρ_{d+1} of the first direction that is no symmetry may be less than 3·√u. A
// missing part that varies three times as fast as the function gives a symmetry of the data such
// a ρ, so the data may have more symmetries than the d generators. (Trained networks for all cases
// of groundtruth, with .000005 to .014 unexplained, have a larger ρ_{d+1}.) Dim, Algebra and Rungs
// remain as guesses. SetFit panics if a share is negative or NaN.
func (v *Verdict) SetFit(unexplained, noise float64) {
	if !(unexplained >= 0 && noise >= 0) {
		panic(fmt.Sprintf("liegg: SetFit: unexplained = %g, noise = %g: want shares of a variance", unexplained, noise))
	}
	v.Unexplained, v.Noise = unexplained, min(noise, unexplained)
	v.setFit(fmt.Sprintf("%s of the variance of its targets unexplained%s", spelling.Percent(unexplained), v.ofNoise()),
		", or tell how much of it is noise of the targets", unexplained-v.Noise > carries)
	v.doubtFewer(math.Sqrt(unexplained - v.Noise))
}

// doubtFewer makes the answer Undetermined if the misfit alone may break the first direction that
// is no symmetry. The size of the misfit is given in standard deviations of the targets.
//
// The test uses ρ. If there are generators, it also accepts that f certainly varies along the
// direction (η, see Estimate.varies). If there are none, it does not. Neither test serves for both:
//
//   - Near a null cone every ρ is small. A network for the mass of fast particles has so(1,3), and
//     along the next direction, scaling, ρ = .03 and η > .2. With ρ alone, a misfit of 1e-4 of the
//     variance would make the right answer Undetermined.
//   - A misfit that oscillates also increases η: to .37 along rotations, for a network of ‖x‖ that
//     leaves 2 % of the variance as sin 5x_i. If that were enough for None, None would be false.
//   - A bound on η in units of √u cannot replace both. For Student-t inputs, the few large samples
//     determine η, and it is a quarter of ρ; for normal inputs it is twice ρ. Networks that break
//     so(1,3) for the former by their misfit have η = .4√u to .7√u; the oscillation has 2.4√u.
func (v *Verdict) doubtFewer(missing float64) {
	if v.Answer == Undetermined || v.Dim >= len(v.Defects) {
		return
	}
	next, most := v.Defects[v.Dim], swifter*missing
	if next.Lower >= most || v.Dim > 0 && next.varies() {
		return
	}
	v.fit = ""
	v.Doubt(fmt.Sprintf("ρ_%d = %s may be due to what the network has not learned: the %s of the variance that it leaves unexplained can make a defect of %s even if the data have %s. Train it longer, on more data, or make it larger",
		v.Dim+1, spelling.Short(next.Value), spelling.Percent(missing*missing), spelling.Short(most), v.more()))
}

// more describes the symmetries that the data may have in addition to those that were found.
func (v *Verdict) more() string {
	if v.Dim == 0 {
		return "a symmetry"
	}
	return "more symmetries than " + spelling.Count(v.Dim, "generator")
}

// SetLabelFit is SetFit for a classifier: mistaken is the share of labels that it gets wrong,
// relative to the share that the most frequent label gets wrong as the answer for all samples. If
// it exceeds .2, the answer is Undetermined. None is about the outputs, not the labels, and its text says so.
// SetLabelFit panics if the share is negative or NaN.
func (v *Verdict) SetLabelFit(mistaken float64) {
	if !(mistaken >= 0) {
		panic(fmt.Sprintf("liegg: SetLabelFit: a share of %g mistaken labels", mistaken))
	}
	v.Unexplained, v.Noise = mistaken, 0
	v.setFit(fmt.Sprintf("%s of its labels unexplained", spelling.Percent(mistaken)), "", mistaken > carriesLabels)
	if v.Answer == None {
		v.fit += "; this is about its outputs: others that give the same labels may have symmetries"
	}
}

func (v *Verdict) setFit(left, otherwise string, poor bool) {
	v.Alone, v.fit = false, "the function leaves "+left
	if poor {
		v.fit = ""
		v.Doubt(fmt.Sprintf("the network leaves %s, and what it has not learned may have other symmetries: train it longer, on more data, or make it larger%s", left, otherwise))
	}
}

// ofNoise says how much of what is unexplained is noise.
func (v *Verdict) ofNoise() string {
	if v.Noise == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s of it noise)", spelling.Percent(v.Noise/v.Unexplained))
}

// writeFit says how much the verdict on the function can say of the data that it
// was fitted to.
func (v *Verdict) writeFit(b *strings.Builder) {
	switch {
	case v.Alone:
		b.WriteString("  no validation data: this is about the network alone\n")
	case v.fit != "":
		fmt.Fprintf(b, "  %s\n", v.fit)
	}
}
