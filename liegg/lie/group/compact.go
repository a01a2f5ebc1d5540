package group

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/check"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// CompactGenerator describes whether the flow of a generator returns to the
// identity, and after how many turns.
type CompactGenerator struct {
	// H is the generator scaled as by UnitSpeed, with largest frequency 1. If
	// it is compact, its eigenvalues are snapped to Frequencies exactly.
	H *mat.Dense
	// Compact reports whether H has only imaginary eigenvalues ±iω and is
	// semisimple, to within the error of the estimate, so that exp(tH) stays
	// bounded.
	Compact bool
	// Frequencies lists the distinct ω > 0 in descending order, starting with
	// 1. It is nil unless Compact.
	Frequencies []Frequency
	// Period is the smallest whole number for which exp(2π·Period·H) is the
	// identity. It is 0 if there is none or H is not compact.
	Period int
	// Moved is the relative distance ‖H − H₀‖/‖H₀‖ from the generator H₀
	// before snapping.
	Moved float64
	// Reason says why H is not compact, or why it has no period.
	Reason string
}

// Compact examines each matrix of Sparse(a). angle is the error of the
// estimated algebra in radians, 0 if it is exact to rounding; see CompactOf.
func Compact(a lie.Algebra, angle float64) []CompactGenerator {
	var out []CompactGenerator
	for _, h := range lie.Sparse(a) {
		out = append(out, CompactOf(h, angle))
	}
	return out
}

// CompactOf examines one generator whose direction is known to within angle,
// in radians. For ‖h‖_F = 1 its eigenvalues are trusted to 2·angle (at least
// 1e-9): within that, a real part counts as zero, and a frequency as a
// rational multiple p/q of the largest one. The error also limits q: the
// admitted rationals, with their tolerances, cover at most a fifth of [0, 1],
// and q ≤ 12.
//
// A generator that is not semisimple (a shear, a screw) may look compact
// after a small change, because two equal eigenvalues split by √angle. So h
// is called compact only if no such matrix is within the error.
//
// CompactOf panics if h is not square or holds NaN or Inf, or if angle is not
// in [0, π/2].
func CompactOf(h *mat.Dense, angle float64) CompactGenerator {
	check.Square("CompactOf", h)
	if !(angle >= 0 && angle <= math.Pi/2) {
		panic(fmt.Sprintf("lie: CompactOf: angle %v, want it in [0, π/2]", angle))
	}
	h = dense.WithoutExponent(h)
	norm := mat.Norm(h, 2)
	if norm == 0 {
		return CompactGenerator{H: h, Reason: "the matrix is zero"}
	}
	unitSpeed := lie.UnitSpeed(h)
	λ, ok := dense.Eigenvalues(h)
	if !ok {
		return CompactGenerator{H: unitSpeed, Reason: "its eigenvalues did not converge"}
	}
	tolerance := norm * math.Max(2*angle, 1e-9)
	if reason := spectralReason(λ, norm, tolerance, angle); reason != "" {
		return CompactGenerator{H: unitSpeed, Reason: reason}
	}
	return snapped(unitSpeed, λ, tolerance)
}

// spectralReason says why a spectrum cannot belong to a compact generator. It
// returns "" if it can.
func spectralReason(λ []complex128, norm, tolerance, angle float64) string {
	var radius, re float64
	for _, v := range λ {
		radius = math.Max(radius, cmplx.Abs(v))
		re = math.Max(re, math.Abs(real(v)))
	}
	switch {
	case radius <= norm*math.Max(math.Sqrt(angle), lie.NilpotentRadius):
		return "its eigenvalues cannot be distinguished from zero: it is nilpotent within the error, or slow"
	case re > tolerance:
		return fmt.Sprintf("an eigenvalue has a real part of %s times the spectral radius", spelling.TwoDigits(re/radius))
	}
	return ""
}

const notSemisimple = "it cannot be distinguished from a generator that is not semisimple, whose flow grows with t"

// snapped replaces the eigenvalues of h, scaled to unit speed, by exact ones.
// λ holds the eigenvalues before scaling, known to tolerance.
func snapped(h *mat.Dense, λ []complex128, tolerance float64) CompactGenerator {
	var ω []float64
	for _, v := range λ {
		ω = append(ω, math.Abs(imag(v)))
	}
	largest := slices.Max(ω)
	tolerance /= largest
	frequencies, still := distinctFrequencies(ω, largest, tolerance)
	exact, ok := withSpectrum(h, frequencies, still)
	if !ok {
		return CompactGenerator{H: h, Reason: notSemisimple}
	}
	var moved mat.Dense
	moved.Sub(exact, h)
	// Noise moves h by at most half the tolerance. Projecting on eigenspaces
	// that are not orthogonal adds some more.
	if mat.Norm(&moved, 2) > 3*tolerance || separation(exact, frequencies, still) <= 2*tolerance {
		return CompactGenerator{H: h, Reason: notSemisimple}
	}
	c := CompactGenerator{
		H: exact, Compact: true, Frequencies: frequencies, Period: commonPeriod(frequencies),
		Moved: mat.Norm(&moved, 2) / mat.Norm(h, 2),
	}
	if c.Period == 0 {
		c.Reason = fmt.Sprintf("incommensurate: no ratio of whole numbers up to %d is within %s",
			largestDenominator(tolerance), spelling.TwoDigits(tolerance))
	}
	return c
}

// Turn returns Period·H, for which exp(2π·Turn) is the identity, or nil if
// there is no period.
func (c CompactGenerator) Turn() *mat.Dense {
	if c.Period == 0 {
		return nil
	}
	var turn mat.Dense
	turn.Scale(float64(c.Period), c.H)
	return &turn
}

// String returns a line such as "compact, frequencies 1, 1/2: exp(2π·2H) = 1"
// or "not compact: …".
func (c CompactGenerator) String() string {
	if !c.Compact {
		return "not compact: " + c.Reason
	}
	var list []string
	for _, f := range c.Frequencies {
		list = append(list, f.String())
	}
	text := "compact, " + map[bool]string{true: "frequency ", false: "frequencies "}[len(list) == 1] + strings.Join(list, ", ")
	switch c.Period {
	case 0:
		return text + ", " + c.Reason
	case 1:
		return text + ": exp(2πH) = 1"
	}
	return fmt.Sprintf("%s: exp(2π·%dH) = 1", text, c.Period)
}
