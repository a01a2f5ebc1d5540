package invariants

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/internal/monomial"
)

// Polynomial is an invariant, Σ_k c_k x^α_k.
type Polynomial struct {
	// Label is a short name such as "x·y" or "det(x, y, z)"; "" if there is none.
	Label string
	// Independent says that the polynomial is functionally independent of those before it in
	// Invariants.Generators.
	Independent bool

	exponents    [][]int
	coefficients []float64
	names        []string // of the variables
	multidegree  []int    // in the components of the algebra
	degree       int      // in the variables of the algebra, which may hold the constant 1 of affine maps
	tolerance    float64  // of formulas
}

// Degree returns the largest degree of a term.
func (p Polynomial) Degree() (degree int) {
	for _, α := range p.exponents {
		degree = max(degree, sum(α))
	}
	return degree
}

// At returns the value at x. It panics if x does not have the number of inputs.
func (p Polynomial) At(x []float64) float64 {
	p.check(x)
	total := 0.
	for k, α := range p.exponents {
		total += p.coefficients[k] * monomial.Power(x, α)
	}
	return total
}

// Gradient returns ∂p/∂x_i at x. It panics if x does not have the number of inputs.
func (p Polynomial) Gradient(x []float64) []float64 {
	p.check(x)
	g := make([]float64, len(x))
	for k, α := range p.exponents {
		for i, power := range α {
			if power > 0 {
				β := slices.Clone(α)
				β[i]--
				g[i] += p.coefficients[k] * float64(power) * monomial.Power(x, β)
			}
		}
	}
	return g
}

func (p Polynomial) check(x []float64) {
	if len(x) != len(p.names) {
		panic(fmt.Sprintf("invariants: x has %d numbers, the polynomial %d variables", len(x), len(p.names)))
	}
}

// String returns the label, or the formula if there is none.
func (p Polynomial) String() string {
	if p.Label != "" {
		return p.Label
	}
	return p.Formula(0)
}

// Formula writes the terms with two significant digits, such as "x₁² + x₂²". Terms below tolerance
// times the largest are left out; 0 means ten times the error of the algebra, at most .05.
func (p Polynomial) Formula(tolerance float64) string {
	if tolerance == 0 {
		tolerance = p.tolerance
	}
	largest := floats.Norm(p.coefficients, math.Inf(1))
	var text strings.Builder
	for k, c := range p.coefficients {
		if c != 0 && math.Abs(c) >= tolerance*largest {
			monomial.WriteTerm(&text, c, monomial.Text(p.exponents[k], p.names))
		}
	}
	if text.Len() == 0 {
		return "0"
	}
	return text.String()
}

// terms maps the keys of monomials to coefficients.
type terms map[string]float64

func (p Polynomial) terms() terms {
	t := terms{}
	for k, α := range p.exponents {
		t[monomial.Key(α)] += p.coefficients[k]
	}
	return t
}

// times returns the product.
func (t terms) times(u terms) terms {
	product := terms{}
	for a, v := range t {
		for b, w := range u {
			product[monomial.Product(a, b)] += v * w
		}
	}
	return product
}

func sum(numbers []int) (total int) {
	for _, n := range numbers {
		total += n
	}
	return total
}
