package profile

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
)

// Profile is the symmetry of a network over its depth, layer by layer.
type Profile []Layer

// Names returns the names of the layers.
func (p Profile) Names() []string {
	names := make([]string, len(p))
	for i, l := range p {
		names[i] = l.Name
	}
	return names
}

// Variances returns the d-th smallest symmetry variance s²/N of invariance for each layer, in
// the units of the layer. Like the methods below, it panics unless 1 ≤ d ≤ K.
func (p Profile) Variances(d int) []float64 {
	return p.column(d, func(l Layer) float64 { return l.Invariance.BySingular[d-1].Variance })
}

// Biases returns the largest symmetry bias of the d generators of smallest singular value for
// each layer.
func (p Profile) Biases(d int) []float64 {
	return p.column(d, func(l Layer) float64 {
		largest := 0.
		for _, g := range l.Invariance.BySingular[:d] {
			largest = math.Max(largest, g.Bias)
		}
		return largest
	})
}

// Defects returns the d-th smallest relative defect ρ of invariance for each layer. It is NaN
// if fewer than d generators move the data.
func (p Profile) Defects(d int) []float64 {
	return p.column(d, func(l Layer) float64 { return defect(l.Invariance, d) })
}

// DefectBounds returns the ends of 95 % intervals (Settings.Rule.Confidence) of the d-th
// smallest ρ. Its generators are fitted to half of the samples and measured on the other
// half, so they are a little larger than Defects, which are fitted to all samples. The ends
// are NaN if there are fewer than 100 blocks of samples, or if at most d directions of a
// layer move the data.
func (p Profile) DefectBounds(d int) (lower, upper []float64) {
	of := func(end func(liegg.Estimate) float64) []float64 {
		return p.column(d, func(l Layer) float64 {
			if d > len(l.estimates) {
				return math.NaN()
			}
			return end(l.estimates[d-1])
		})
	}
	return of(func(e liegg.Estimate) float64 { return e.Lower }), of(func(e liegg.Estimate) float64 { return e.Upper })
}

// Residuals returns the d-th smallest relative residual ε of equivariance for each layer. It
// is NaN if the layer has none.
func (p Profile) Residuals(d int) []float64 {
	return p.column(d, func(l Layer) float64 { return defect(l.Equivariance, d) })
}

func defect(s *liegg.Spectrum, d int) float64 {
	if s == nil || d > len(s.ByDefect) {
		return math.NaN()
	}
	return s.ByDefect[d-1].Defect
}

func (p Profile) column(d int, of func(Layer) float64) []float64 {
	values := make([]float64, len(p))
	for i, l := range p {
		if d < 1 || d > l.Invariance.K {
			panic(fmt.Sprintf("profile: d must be in 1 … %d, got %d", l.Invariance.K, d))
		}
		values[i] = of(l)
	}
	return values
}

// Along follows one algebra through all layers, such as the one found at the output, or a
// named one. For each layer it returns the mean symmetry variance, and the relative defects
// of invariance ρ and of equivariance ε, over a basis that is orthonormal in the Frobenius
// product (root of the ratio of sums). ε is NaN if the layer has none. Along panics if the
// algebra is trivial or does not belong to the action.
func (p Profile) Along(g lie.Algebra) (variance, invariance, equivariance []float64) {
	for _, l := range p {
		h := l.coefficients(g)
		moved, scale := trace(l.gram, h), trace(l.metric, h)
		variance = append(variance, moved/float64(l.samples*g.Dim()))
		invariance = append(invariance, math.Sqrt(moved/scale))
		ε := math.NaN()
		if l.residual != nil {
			ε = math.Sqrt(math.Max(trace(l.residual, h), 0) / scale)
		}
		equivariance = append(equivariance, ε)
	}
	return variance, invariance, equivariance
}

// AlongBounds returns the ends of 95 % intervals (Settings.Rule.Confidence) of the defect of
// invariance that Along returns. The algebra must not have been fitted to these samples. The
// ends are NaN if there are fewer than 50 blocks of samples.
func (p Profile) AlongBounds(g lie.Algebra) (lower, upper []float64) {
	for _, l := range p {
		i := l.evidence.DefectInterval(l.coefficients(g), l.rule)
		lower, upper = append(lower, i.Lower), append(upper, i.Upper)
	}
	return lower, upper
}

// trace returns Σ_j h_jᵀ Q h_j over the columns of h.
func trace(q *mat.SymDense, h *mat.Dense) float64 {
	var qh, hqh mat.Dense
	qh.Mul(q, h)
	hqh.Mul(h.T(), &qh)
	return mat.Trace(&hqh)
}

// coefficients returns the coefficients of g's basis over the candidates, one column for each
// basis matrix.
func (l Layer) coefficients(g lie.Algebra) *mat.Dense {
	n := action.GeneratorSize(l.action)
	if g.Dim() == 0 || g.Size() != n {
		panic(fmt.Sprintf("profile: Along: g must be an algebra of %d×%d matrices of dimension 1 or more, got %s", n, n, g))
	}
	h, off, err := action.Coefficients(l.action, g.Basis()...)
	if err != nil {
		panic(fmt.Sprintf("profile: Along: %v", err))
	}
	if whole := floats.Norm(off, 2); whole > 1e-9 {
		panic(fmt.Sprintf("profile: Along: g must lie in the algebra of the action, %s is off by %.2g", g, whole))
	}
	return h
}

// Table formats the profile for a claim of d generators: for each layer its width, the d-th
// smallest variance s²/N, the d-th smallest relative defect ρ with its interval (see
// DefectBounds) and the next one, the largest bias of the d, and the d-th smallest residual ε
// of equivariance.
func (p Profile) Table(d int) string {
	var b strings.Builder
	wide := 10
	for _, l := range p {
		wide = max(wide, len(l.Name))
	}
	fmt.Fprintf(&b, "%-*s %6s  %9s  %9s  %16s  %9s  %7s  %9s\n", wide, "layer", "width",
		fmt.Sprintf("s²/N, %d", d), fmt.Sprintf("ρ, %d", d), "interval", fmt.Sprintf("ρ, %d", d+1), "bias", fmt.Sprintf("ε, %d", d))
	variances, defects, biases, residuals := p.Variances(d), p.Defects(d), p.Biases(d), p.Residuals(d)
	lower, upper := p.DefectBounds(d)
	for i, l := range p {
		fmt.Fprintf(&b, "%-*s %6d  %9s  %9s  %16s  %9s  %7.2g  %9s\n", wide, l.Name, l.Width(), written(variances[i]),
			written(defects[i]), between(lower[i], upper[i]), written(defect(l.Invariance, d+1)), biases[i], written(residuals[i]))
	}
	return b.String()
}

// between writes an interval, or a dash if there is none.
func between(lower, upper float64) string {
	if math.IsNaN(lower) {
		return "–"
	}
	return written(lower) + " … " + written(upper)
}

// written writes a value with two digits, or a dash if there is none.
func written(v float64) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case v < 1e-8:
		return "< 1e-8"
	}
	return fmt.Sprintf("%.2g", v)
}
