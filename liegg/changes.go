package liegg

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Gradients say what f does next to the samples. They do not say what it does between samples
// that lie on a lattice, as r² + sin²(πx₁) at whole numbers does, and they do not see jumps:
// the gradient of a step is zero, or whatever the model declares it to be. So a verdict is also
// told how far outputs change along finite steps.

// Extents returns, for each column of h, K×d, the parameter t at which the flow exp(tH) of
// these coefficients of candidates has moved a typical sample over one extent of the data, to
// first order; see Variation. It is +Inf for a generator that moves nothing. Extents returns nil if
// the variation is not known, or if the outputs do not vary. It panics unless h has K rows.
func (v *Verdict) Extents(h *mat.Dense) []float64 {
	rows, d := h.Dims()
	if rows != v.Spectrum.K {
		panic(fmt.Sprintf("liegg: Extents: h has %d rows for %s", rows, spelling.Count(v.Spectrum.K, "candidate")))
	}
	if v.variation == nil || v.variation.Outputs == 0 {
		return nil
	}
	samples := v.Spectrum.Samples
	extents := (*defects.Variation)(v.variation).Typically(h, slices.Repeat([]float64{v.variation.Outputs * float64(samples)}, d), samples)
	for j, t := range extents {
		if t == 0 {
			extents[j] = math.Inf(1)
		}
	}
	return extents
}

// ToOneExtent scales each column of h, K×d, so that its flow moves a typical sample over one extent
// of the data in the time 1; columns that move nothing become 0. It reports whether the extents are
// known and something moves. It panics as Extents does.
func (v *Verdict) ToOneExtent(h *mat.Dense) (moves bool) {
	for j, t := range v.Extents(h) {
		if math.IsInf(t, 1) {
			t = 0
		}
		moves = moves || t > 0
		column := mat.Col(nil, j, h)
		floats.Scale(t, column)
		h.SetCol(j, column)
	}
	return moves
}

// Steps are the square changes of outputs at some samples, ‖f(exp(tH)x) − f(x)‖², or
// ‖f(exp(tA)x) − exp(tB)f(x)‖² if outputs move, in units of the variance of these outputs. Outputs
// that range over orders of magnitude should be bounded.
type Steps struct {
	Way     float64     // how far a typical sample moved, in extents of the data
	Extreme bool        // the samples were picked because something is large or small there
	Leaves  bool        // even a short step leaves the range of the data, as off a plane or a sphere on which they lie
	Lost    int         // further samples, at which outputs are not finite after the step
	All     []float64   // of all outputs together at each sample, as a verdict takes them
	Each    [][]float64 // of each output; an output that does not vary has none
}

// String is such as "changes of 1024 samples along steps of 0.1 extents".
func (s Steps) String() string {
	return fmt.Sprintf("changes of %s along steps of %s extents", spelling.Count(len(s.All), "sample"), spelling.Short(s.Way))
}

// SetSteps tells a verdict how much outputs change while inputs move along its first Dim
// generators, or between them, by finite steps. The square change s of a sample counts as
// s/(1 + s/2), since unrelated samples differ by 2; c² is the mean of these. The gradients at the
// samples foretell c = η·way for a step that is short against what f varies on, and less for
// longer ones. Jumps that go on add up as a random walk does, so that c² grows as the way. An
// answer that would be Symmetric becomes Undetermined if, certainly,
//
//	c² > (2·η·way)² + .2²·way
//
// for all outputs, or for one of those that SetOutputs has told: more than gradients foretell, and
// more than leaves f unchanged to within .2 of its spread over one extent of the data. If the
// generators hold to rounding, f may not change at any sample, so one that changes by more than
// rounding explains suffices: by 1e-4 of the spread in float64, or by a hundred times what gradients
// foretell, and by a tenth in float32 or at extreme samples. Extreme samples count only there,
// because their mean tells nothing of the others. Otherwise steps with less than 64 samples say
// nothing.
//
// Nor may outputs be infinite or NaN at more than a tenth of the samples that moved, since a symmetry keeps
// them finite.
//
// Nor may c certainly exceed both .01 and a thousand times what gradients foretell: generators that hold so
// well at the samples, and not between them, are due to where the samples lie. If the answer stays
// Symmetric, its text mentions changes that exceed .01 and ten times what is foretold.
func (v *Verdict) SetSteps(steps []Steps) {
	if v.Answer != Symmetric {
		return
	}
	η := v.changed
	for _, d := range v.Defects[:v.Dim] {
		η = math.Max(η, math.Max(d.Variation, d.typical))
	}
	for _, s := range steps {
		if moved := s.Lost + len(s.All); !s.Extreme && moved >= fewSteps && float64(s.Lost) > mostLost*float64(moved) {
			v.Doubt(fmt.Sprintf("f is not finite at %d of %d samples that have moved along the generators by %s of the extent of the data: these lead out of where f is defined. Give samples or candidates that stay there",
				s.Lost, moved, spelling.Short(s.Way)))
			return
		}
		exact := math.Inf(1) // the square change that generators which hold to rounding may not exceed
		if v.exact() >= v.Dim {
			exact = v.unrounded(s.Extreme)
		}
		what, largest := "", change{}
		if c := s.change(s.All, η, exact); c.unforetold || c.exceeds(tooManyTimes) {
			what, largest = "f", c
		}
		var outputs []int
		for o, each := range s.Each {
			if o >= len(v.Outputs) || math.IsNaN(v.Outputs[o].Value) {
				continue
			}
			if c := s.change(each, v.Outputs[o].Variation, exact); c.unforetold || c.exceeds(tooManyTimes) {
				if outputs = append(outputs, o); len(outputs) == 1 || c.c > largest.c {
					largest = c
				}
			}
		}
		if len(outputs) > 0 {
			what = fmt.Sprintf("output %s changes by %s of its spread", spelling.Numbered(outputs), largest.most())
		} else if what != "" {
			what = v.changing(largest.most())
		}
		if what != "" {
			why := "It jumps, or it varies between the samples: follow finite flows (flow.Judge), or give samples between those"
			if s.Leaves {
				why = "The generators move the data out of their range at once, as off a plane or a sphere on which they lie, and no sample says what f is there: give fewer coordinates, or samples beyond"
			}
			v.Doubt(fmt.Sprintf("gradients at the samples do not say how f changes: while a typical sample moves along the generators by %s of the extent of the data, %s%s, where they foretell %s. %s",
				spelling.Short(s.Way), what, largest.where(), spelling.Short(largest.foretold), why))
			return
		}
	}
	v.between = firstBetween(steps, η)
}

// firstBetween describes how much f changes along the shortest steps that change it by far more than
// gradients foretell; "" if none do.
func firstBetween(steps []Steps, η float64) string {
	for _, s := range steps {
		if c := s.change(s.All, η, math.Inf(1)); c.exceeds(manyTimes) {
			return fmt.Sprintf("%s of its spread while a typical sample moves along the generators by %s of the extent of the data, where gradients foretell %s",
				c.most(), spelling.Short(s.Way), spelling.Short(c.foretold))
		}
	}
	return ""
}

// A change of f between the samples is mentioned, or makes the answer Undetermined, if it exceeds
// noticeable and so many times what gradients foretell.
const (
	manyTimes    = 10
	tooManyTimes = 1000
	noticeable   = .01 // in units of the spread of f
)

// SetTrivialSteps tells a verdict how much outputs change while inputs move by finite steps along the
// generators of Trivial. f should not change there. The answer becomes Undetermined if it does, as for
// SetSteps with η = 0, or if three samples or more change by more than rounding explains along steps of
// less than an extent, unless gradients vanish only nearly.
func (v *Verdict) SetTrivialSteps(steps []Steps) {
	for _, s := range steps {
		exact := math.Inf(1)
		if v.Unfelt*v.Unfelt <= defects.Resolved && s.Way < 1 && !s.Extreme {
			exact = v.unrounded(false)
		}
		for _, squares := range append([][]float64{s.All}, s.Each...) {
			if c := s.change(squares, 0, exact); c.unforetold && (c.at == 0 || c.at >= fewOutliers) {
				v.changesUnseen = true
				v.Doubt(fmt.Sprintf("f changes by %s of its spread%s while a typical sample moves by %s of the extent of the data along directions in which its gradient vanishes. It jumps, or it varies between the samples, and gradients do not say what its symmetries are: follow finite flows (flow.Judge)",
					c.most(), c.where(), spelling.Short(s.Way)))
				return
			}
		}
	}
}

// change is a change c of outputs, in units of their spread, and what gradients foretell.
type change struct {
	c, foretold float64
	least       float64 // a lower bound of c²; 0 at extreme samples
	unforetold  bool    // it is certainly too large for what they foretell
	at          int     // samples that change, if generators that hold to rounding change only some
}

// exceeds reports whether a change is certainly noticeable, and so many times as large as foretold.
func (c change) exceeds(times float64) bool {
	return c.least > math.Pow(times*c.foretold, 2)+noticeable*noticeable
}

// most is such as "0.3" or "up to 3", and where is such as "" or " at 2 samples".
func (c change) most() string {
	if c.at > 0 {
		return "up to " + spelling.Short(c.c)
	}
	return spelling.Short(c.c)
}

func (c change) where() string {
	if c.at > 0 {
		return " at " + spelling.Count(c.at, "sample")
	}
	return ""
}

// mostLost is the share of samples at which f may not be finite after a step: those at the edge of where f
// is defined, which rounding moves beyond it.
const mostLost = .1

// fewSteps is the number of samples below which steps say nothing, and surely the number of
// standard errors by which a change must exceed what is foretold.
const (
	fewSteps = 64
	surely   = 3
)

// Rounding may change fewer samples than fewOutliers, far out, by squares of up to noRounding.
const (
	fewOutliers = 3
	noRounding  = .01
)

// unrounded is the square change of a sample, in units of the variance, that no rounding explains.
// Where samples are extreme, f may be so steep that rounding shows.
func (v *Verdict) unrounded(extreme bool) float64 {
	const least, factor = 1e-4, 1e6
	most := math.Sqrt(noRounding)
	change := math.Min(most, math.Max(least, factor*v.Spectrum.Resolution()))
	if extreme {
		change = most
	}
	return change * change
}

// change measures square changes of outputs of which gradients tell η, and of which none may exceed
// most.
func (s Steps) change(squares []float64, η, most float64) (c change) {
	if len(squares) < fewSteps && !s.Extreme || len(squares) == 0 {
		return c
	}
	mean, deviation := saturated(squares)
	c.c, c.foretold = math.Sqrt(mean), η*s.Way
	if !s.Extreme {
		c.least = mean - surely*deviation
		c.unforetold = c.least > 4*c.foretold*c.foretold+varies*varies*s.Way
	}
	// What gradients along generators that hold to rounding foretell is rounding, and values of f at
	// inputs that have moved have more of it.
	const values = 100
	most = math.Max(most, math.Min(noRounding, values*values*c.foretold*c.foretold))
	if largest := slices.Max(squares); !c.unforetold && largest > most {
		for _, s := range squares {
			if s > most {
				c.at++
			}
		}
		if c.at < fewOutliers && largest <= noRounding {
			return change{c: c.c, foretold: c.foretold}
		}
		c.c, c.unforetold = math.Sqrt(largest), true
	}
	return c
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
