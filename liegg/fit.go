package liegg

import (
	"fmt"
	"strings"
)

// carries is the largest share of the variance of its targets that a function may leave
// unexplained, noise of the targets apart, for a verdict on it to say something of the
// data. Networks trained on functions of known symmetry leave ρ̃ ≤ τ = .1 below about
// .01, and are told for what they are up to .05; at .2 they give false answers.
const carries = .05

// SetFit notes that the function leaves a share of the variance of its targets
// unexplained, and that a share of it is noise of the targets, which no function
// explains: both in units of the targets' variance. Where the rest is more than .05, the
// answer is Undetermined: what is missing may have other symmetries than what is there.
// Dim, Algebra and Rungs stay as guesses. It panics unless 0 ≤ noise and 0 ≤ unexplained.
func (v *Verdict) SetFit(unexplained, noise float64) {
	if !(unexplained >= 0 && noise >= 0) {
		panic(fmt.Sprintf("liegg: SetFit: unexplained = %g, noise = %g: want shares of a variance", unexplained, noise))
	}
	v.Unexplained, v.Noise, v.Alone = unexplained, min(noise, unexplained), false
	if misfit := v.Unexplained - v.Noise; misfit > carries {
		v.Answer, v.Identity = Undetermined, nil
		v.Reasons = append(v.Reasons, fmt.Sprintf("the network leaves %s of the variance of its targets unexplained%s, and what it has not learned may have other symmetries: train it longer, on more data, or make it larger",
			percent(v.Unexplained), v.ofNoise()))
	}
}

// ofNoise says how much of what is unexplained is noise.
func (v *Verdict) ofNoise() string {
	if v.Noise == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s of it noise)", percent(v.Noise/v.Unexplained))
}

// writeFit says how much the verdict on the function can say of the data that it
// was fitted to.
func (v *Verdict) writeFit(b *strings.Builder) {
	switch {
	case v.Alone:
		b.WriteString("  no validation data: this is about the network alone\n")
	case v.Unexplained > 0:
		fmt.Fprintf(b, "  the function leaves %s of the variance of its targets unexplained%s\n", percent(v.Unexplained), v.ofNoise())
	}
}
