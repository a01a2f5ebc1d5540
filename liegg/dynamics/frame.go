package dynamics

import (
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/internal/monomial"
)

// frame says in which units a library's functions are measured: its monomials have
// the factors (z_i − origin_i)/unit_i, and its own functions are divided by sizes. They span the same space as
// functions of z itself. But powers of coordinates that vary little around a distant mean, or that
// are very large or small, cannot be told apart in floating point, and a coefficient without its
// unit does not say how much a term matters. The zero value is z itself.
type frame struct {
	origin, unit, sizes []float64
}

// far is the distance of a mean from 0, in standard deviations, from which monomials are taken
// about the mean.
const far = 3

// framed returns the library in the frame of states [N, 2n].
func (l Library) framed(states *tensors.Tensor) (Library, error) {
	z, err := rowsOf(states)
	if err != nil {
		return l, err
	}
	f := frame{unit: deviations(z)}
	f.origin = originOf(z, f.unit)
	if len(l.own) > 0 {
		values, err := evaluateSome(states, func(z *Node) *Node { return Concatenate(l.ownValues(z), -1) })
		if err != nil {
			return l, err
		}
		f.sizes = deviations(values)
	}
	l.frame = f
	return l, nil
}

// originOf returns the origin of the columns of a table with the standard deviations u.
func originOf(values table, u units) []float64 {
	origin := make([]float64, len(u))
	for i, σ := range u {
		if mean := stat.Mean(mat.Col(nil, i, values), nil); math.Abs(mean) > far*σ {
			digit := math.Pow(10, math.Floor(math.Log10(σ))) // short numbers in formulas
			origin[i] = math.Round(mean/digit) * digit
		}
	}
	return origin
}

// points returns the coordinates of states z [batch, 2n] in the frame.
func (f frame) points(z *Node) *Node {
	if f.unit == nil {
		return z
	}
	origin := Reshape(ConvertDType(Const(z.Graph(), f.origin), z.DType()), 1, len(f.origin))
	return units(f.unit).divide(Sub(z, origin))
}

// canonical returns an affine generator [A b; 0 0] on states z as the one on (z − origin)/s, in
// units s in which each position varies like its momentum.
func (f frame) canonical(generator *mat.Dense) *mat.Dense {
	if f.unit == nil {
		return generator
	}
	n, s, out := len(f.unit), units(f.unit).canonical(), mat.DenseCopyOf(generator)
	for i := range n {
		shift := generator.At(i, n)
		for j := range n {
			out.Set(i, j, generator.At(i, j)*s[j]/s[i])
			shift += generator.At(i, j) * f.origin[j]
		}
		out.Set(i, n, shift/s[i])
	}
	return out
}

// size returns by what the k-th function is divided, as a function of z minus the origin.
func (l Library) size(k int) float64 {
	switch {
	case l.frame.unit == nil:
		return 1
	case k >= len(l.exponents):
		return l.frame.sizes[k-len(l.exponents)]
	}
	return units(l.frame.unit).power(l.exponents[k])
}

// inCoordinates returns the coefficients of Σ_k c_k G_k in the monomials of z and in the library's
// own functions as they were given. The constant is left out.
func (l Library) inCoordinates(c []float64) []float64 {
	out := make([]float64, len(c))
	var p monomial.Polynomial
	for k, v := range c {
		if v /= l.size(k); k >= len(l.exponents) {
			out[k] = v
		} else if v != 0 {
			p = p.Plus(v, l.expanded(l.exponents[k]))
		}
	}
	for k, α := range l.exponents {
		out[k] = p[monomial.Key(α)]
	}
	return out
}

// expanded returns Π (z_i − origin_i)^α_i.
func (l Library) expanded(α []int) monomial.Polynomial {
	n := len(α)
	product := monomial.Polynomial{monomial.Key(make([]int, n)): 1}
	for i, power := range α {
		factor := monomial.Variable(i, n)
		if l.frame.unit != nil {
			factor = factor.Plus(-l.frame.origin[i], monomial.Polynomial{monomial.Key(make([]int, n)): 1})
		}
		for range power {
			product = product.Times(factor)
		}
	}
	return product
}

// coordinateNames returns the names of the coordinates, or of their distances from the origin,
// such as "(x − 100)".
func (l Library) coordinateNames() []string {
	names := make([]string, len(l.names))
	for i, name := range l.names {
		names[i] = name
		if l.frame.unit == nil || l.frame.origin[i] == 0 {
			continue
		}
		sign := "−"
		if l.frame.origin[i] < 0 {
			sign = "+"
		}
		names[i] = fmt.Sprintf("(%s %s %.6g)", name, sign, math.Abs(l.frame.origin[i]))
	}
	return names
}
