package liegg

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
)

// String returns the verdict in words: the answer with its interval, the rest of the ladder,
// the conditions that failed, and what was left out. Details says more.
func (v *Verdict) String() string { return v.text(false) }

// Details returns the text of String with more figures: the details of the algebra, see
// classification.Identity.Details, how much f changes along it (SetChanges), and how well the algebra of
// each other rung is known.
func (v *Verdict) Details() string { return v.text(true) }

func (v *Verdict) text(details bool) string {
	var b strings.Builder
	b.WriteString(v.headline())
	b.WriteByte('\n')
	v.writeLadder(&b, details)
	for _, r := range v.Reasons {
		fmt.Fprintf(&b, "  because %s\n", r)
	}
	v.writeAlgebra(&b, details)
	v.writeDescription(&b)
	if v.Dim > 0 {
		fmt.Fprintf(&b, "  the algebra is known %s\n", accuracy(v.AngleError))
		if details && v.changed > 0 {
			fmt.Fprintf(&b, "  %s along it while a typical sample moves over one extent of the data\n", v.changing("up to "+spelling.Short(v.changed)))
		}
	}
	if v.between != "" {
		fmt.Fprintf(&b, "  between the samples the generators hold less well: f changes by %s\n", v.between)
	}
	share := v.Rule.Threshold
	if v.Threshold < share*v.Reference {
		share = v.Threshold / v.Reference
	}
	fmt.Fprintf(&b, "  threshold ρ ≤ %s (%s of ρ_ref = %s); N = %d, %s\n", spelling.Short(v.Threshold),
		spelling.Short(share), spelling.Short(v.Reference), v.Spectrum.N(), spelling.Count(v.Considered, "candidate"))
	if v.Influence.ruled(v.Spectrum.N()) {
		fmt.Fprintf(&b, "  %v\n", v.Influence)
	}
	v.writeByFew(&b)
	if v.Frame != "" {
		fmt.Fprintf(&b, "  inputs are %s\n", v.Frame)
	}
	v.writeScales(&b)
	v.writeLeftOut(&b)
	v.writeFit(&b)
	return strings.TrimSuffix(b.String(), "\n")
}

// accuracy puts an angle error in radians into words.
func accuracy(angle float64) string {
	const rounding = 1e-8
	if angle < rounding {
		return "to rounding"
	}
	return fmt.Sprintf("to about %s°", spelling.Short(angle*180/math.Pi))
}

// writeLadder lists the rungs that are not the answer itself; with details, also what is
// known about their algebras.
func (v *Verdict) writeLadder(b *strings.Builder, details bool) {
	for _, r := range v.Rungs {
		text := r.String()
		if details {
			text += fmt.Sprintf(" (the algebra is known %s)", accuracy(r.AngleError))
		}
		switch {
		case v.Answer == Undetermined:
			fmt.Fprintf(b, "  perhaps %s\n", text)
		case r.Dim < v.Dim:
			fmt.Fprintf(b, "  of these, %s\n", text)
		case r.Dim > v.Dim:
			fmt.Fprintf(b, "  %s\n", text)
		}
	}
}

// writeAlgebra writes which algebra it is, and its generators as vector fields unless there are
// too many to read.
func (v *Verdict) writeAlgebra(b *strings.Builder, details bool) {
	if v.Identity == nil {
		return
	}
	text := v.Identity.String()
	if details {
		text = v.Identity.Details()
	}
	for line := range strings.Lines(text) {
		fmt.Fprintf(b, "  %s", line)
	}
	b.WriteByte('\n')
	const few, line = 10, 300
	if v.Dim > few || v.Description != "" {
		return
	}
	generators, about := v.Basis()
	var fields []string
	for _, h := range generators {
		if v.Algebra.Homogeneous() {
			h = withoutSmallTranslation(h)
		}
		fields = append(fields, lie.Formula(h, v.Algebra.Homogeneous(), v.negligible()))
	}
	switch basis := strings.Join(fields, ",  "); {
	case utf8.RuneCountInString(basis) > line:
		b.WriteString("  basis: too long to be written here; Verdict.Basis returns it\n")
	default:
		fmt.Fprintf(b, "  basis: %s\n", basis)
		if about != "" {
			fmt.Fprintf(b, "  with %s\n", about)
		}
	}
}

// writeDescription writes what the candidates say.
func (v *Verdict) writeDescription(b *strings.Builder) {
	if v.Description == "" {
		return
	}
	for line := range strings.Lines(v.Description) {
		fmt.Fprintf(b, "  %s", line)
	}
	b.WriteByte('\n')
}

// headline is the answer in one line.
func (v *Verdict) headline() string {
	switch v.Answer {
	case Symmetric, Approximate:
		name := ", described below"
		if v.Identity != nil {
			name = ", Lie algebra " + cmp.Or(v.Name(), "not known by name")
		}
		text := fmt.Sprintf("%s%s, ρ ≤ %s (%.0f %%)", spelling.Count(v.Dim, "generator"), name, bounded(v.boundOf(v.Dim)), 100*v.Rule.Confidence)
		return v.approximately(text) + v.exactly() + v.next()
	case None:
		if v.Ignored > v.Spectrum.Unmoved {
			return fmt.Sprintf("none but trivial ones (%s): no other generator below the threshold%s", v.trivially(), v.next())
		}
		return "none: no generator below the threshold" + v.next()
	}
	if v.Dim != v.below { // a rung, which other doubts forbid
		return fmt.Sprintf("undetermined: perhaps %s%s", spelling.Count(v.Dim, "generator"), v.next())
	}
	return fmt.Sprintf("undetermined: %s below the threshold%s", spelling.Count(v.Dim, "generator"), v.next())
}

// near is the largest ratio to the threshold that is still described as at the threshold.
const near = 2

// approximately adds to the headline how the answer compares with the threshold.
func (v *Verdict) approximately(text string) string {
	r := v.rungOf(v.Dim)
	switch {
	case r == nil || r.Standing == Within:
		return text
	case r.Standing == AtThreshold && r.Bound <= near*v.Threshold:
		return fmt.Sprintf("%s, at the threshold %s", text, spelling.Short(v.Threshold))
	}
	text = fmt.Sprintf("approximately %s, broken %s as strongly as unrelated directions", text, spelling.Percent(r.Share))
	if r.Standing == AtThreshold {
		text += fmt.Sprintf(" (the threshold %s cuts through them)", spelling.Short(v.Threshold))
	}
	return text
}

// exactly describes a rung that holds to rounding if the answer as a whole does not, for a reader
// who is interested in exact symmetries only.
func (v *Verdict) exactly() string {
	rounding := v.Spectrum.Resolution()
	for _, r := range slices.Backward(v.Rungs) {
		if r.Dim < v.Dim && r.Bound <= rounding && v.boundOf(v.Dim) > rounding {
			holds := "holds"
			if r.Dim > 1 {
				holds = "hold"
			}
			at := ""
			if v.between != "" {
				at = " at the samples"
			}
			return fmt.Sprintf("; only %d of them, %s, %s exactly%s", r.Dim, cmp.Or(r.Name(), "the first"), holds, at)
		}
	}
	return ""
}

// next describes the first direction that is not a symmetry.
func (v *Verdict) next() string {
	if v.Dim >= len(v.Defects) {
		return "; all candidates are symmetries"
	}
	d := v.Defects[v.Dim]
	if d.Value <= v.Threshold && d.Variation > varies {
		return fmt.Sprintf("; along the next direction ρ = %s is small only because f is steep: over one extent of the data %s",
			spelling.Short(d.Value), v.changing(spelling.Short(d.Variation)))
	}
	return fmt.Sprintf("; the next direction has ρ = %s (%s–%s)", spelling.Short(d.Value), spelling.Short(d.Lower), spelling.Short(d.Upper))
}

func (v *Verdict) writeLeftOut(b *strings.Builder) {
	if !v.Subspace.Whole() {
		fmt.Fprintf(b, "  %v\n", v.Subspace)
	}
	if v.Ignored > 0 {
		bound := ""
		if v.hardlyIgnored() {
			bound = fmt.Sprintf(" (relative defect ρ ≤ %s)", spelling.Short(v.Unfelt))
		}
		still := min(v.Ignored, v.Spectrum.Unmoved)
		along := v.Ignored - still
		fmt.Fprintf(b, "  left out: %s: %d %s nothing in these data, %d %s them only along directions in which %s%s\n",
			spelling.Count(v.Ignored, "trivial generator"), still, spelling.Agree(still, "moves", "move"),
			along, spelling.Agree(along, "moves", "move"), v.ignores(), bound)
	}
	if v.Spectrum.Idle > 0 {
		fmt.Fprintf(b, "  left out: %s with a gradient of less than a millionth of the typical one (saturated or flat)\n", spelling.Count(v.Spectrum.Idle, "sample"))
	}
}

// trivially says what the trivial generators do.
func (v *Verdict) trivially() string {
	if v.Spectrum.Unmoved == 0 {
		return "motions only along directions in which " + v.ignores()
	}
	return "motions that leave every sample where it is, or only move it along directions in which " + v.ignores()
}

// ignores says what f does in the directions to which it counts as not responding.
func (v *Verdict) ignores() string {
	switch hardly := v.hardlyIgnored(); {
	case v.changesUnseen && hardly:
		return "gradients nearly vanish"
	case v.changesUnseen:
		return "gradients vanish"
	case hardly:
		return "f hardly changes"
	}
	return "f does not change"
}

// hardlyIgnored reports whether f responds to a direction that counts as ignored, by more than rounding.
func (v *Verdict) hardlyIgnored() bool { return v.Unfelt*v.Unfelt > defects.Resolved }

// writeScales writes how the answer would differ without the scaling of outputs, and which outputs
// were left out.
func (v *Verdict) writeScales(b *strings.Builder) {
	if v.Scales == nil {
		return
	}
	if v.BySize != v.Dim {
		small, large := v.Scales.extremes()
		fmt.Fprintf(b, "  outputs were scaled to one size; with their own, from %.2g (output %d) to %.2g (output %d), %s would be below the threshold\n",
			v.Scales.Gradients[small], small+1, v.Scales.Gradients[large], large+1, spelling.Count(v.BySize, "generator"))
	}
	if n := len(v.Scales.Constant); n > 0 {
		fmt.Fprintf(b, "  left out: %s constant to within rounding at the first samples: %s\n", spelling.Are(n, "output"), spelling.Numbered(v.Scales.Constant))
	}
	if v.Untested > 0 {
		fmt.Fprintf(b, "  not tested: whether one of the %d outputs breaks the symmetry; they are too many to test each here, as network.JudgeByOutput does\n", v.Untested)
	}
}

// withoutSmallTranslation returns an affine generator without translations below a twentieth of its
// largest coefficient: its fixed point is that near to the point that it is written about.
func withoutSmallTranslation(h *mat.Dense) *mat.Dense {
	const small = .05
	h = mat.DenseCopyOf(h)
	n, _ := h.Dims()
	largest := math.Max(mat.Max(h), -mat.Min(h))
	for i := range n {
		if math.Abs(h.At(i, n-1)) < small*largest {
			h.Set(i, n-1, 0)
		}
	}
	return h
}

// negligible returns the share of a generator's largest coefficient below which coefficients are
// not written: the size that its error explains, at most .05. It must not be larger, because only a
// small coefficient distinguishes a rotation along flat ellipses from a shear.
func (v *Verdict) negligible() float64 {
	return math.Min(.05, math.Max(3*v.AngleError, 1e-8))
}
