package dynamics

import (
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/lie"
)

// pointAction moves states and momenta z = (x, p) by fields ξ and clocks λ: ẋ = ξ(x),
// ṗ = −(∂ξ/∂x)ᵀp − λ(x)p. The first part is the Hamiltonian field of p·ξ(x).
type pointAction struct {
	Canonical
	clocks Library // the monomials of λ, as functions of z; unlike others, this library may hold the constant 1
}

// newPointAction returns the action for states z = (x, p).
func newPointAction(o ODE, z *tensors.Tensor) (pointAction, error) {
	c, err := NewCanonical(fields(o.Degree, o.Names), z)
	if err != nil {
		return pointAction{}, err
	}
	a := pointAction{Canonical: c}
	a.clocks.names, a.clocks.frame = c.library.names, c.library.frame
	if o.Time > 0 {
		list := monomial.List(len(o.Names), o.Time)
		for _, α := range list[:len(list)-1] {
			a.clocks.exponents = append(a.clocks.exponents, append(α, make([]int, len(α))...))
		}
	}
	if o.Time >= 0 {
		a.clocks.exponents = append(a.clocks.exponents, make([]int, 2*len(o.Names)))
	}
	return a, nil
}

// Dim returns the number of fields and clocks.
func (a pointAction) Dim() int { return a.library.Dim() + a.clocks.Dim() }

// Generator returns the coefficients h as a diagonal matrix.
func (a pointAction) Generator(h []float64) *mat.Dense {
	return generatorOf(h, a.Dim())
}

// Tangents returns the velocities of z [batch, 2n] as [batch, K, 2n].
func (a pointAction) Tangents(z *Node) *Node {
	fields := a.Canonical.Tangents(z)
	if a.clocks.Dim() == 0 {
		return fields
	}
	_, p := halves(z)
	slowed := Einsum("bk,bi->bki", a.clocks.values(z), Neg(p))
	return Concatenate([]*Node{fields, Concatenate([]*Node{ZerosLike(slowed), slowed}, -1)}, 1)
}

// Contract returns ⟨g, A_k·z⟩ as [batch, K].
func (a pointAction) Contract(z, g *Node) *Node {
	fields := a.Canonical.Contract(z, g)
	if a.clocks.Dim() == 0 {
		return fields
	}
	_, p := halves(z)
	_, gp := halves(g)
	slowed := Mul(a.clocks.values(z), Neg(ReduceAndKeep(Mul(p, gp), ReduceSum, -1)))
	return Concatenate([]*Node{fields, slowed}, -1)
}

// Metric returns Σᵢ wᵢ TᵢᵀTᵢ in units of the coordinates, [K, K].
func (a pointAction) Metric(z, w *Node) *Node { return a.metric(a.Tangents(z), w) }

// Describe writes the fields and clocks that an algebra of generators spans, one a line.
func (a pointAction) Describe(algebra lie.Algebra, tolerance float64) string {
	return formulaLines(a.symmetries(algebra), tolerance)
}

// symmetries returns a readable basis.
func (a pointAction) symmetries(algebra lie.Algebra) (found []PointSymmetry) {
	for _, h := range echelon(algebra) {
		found = append(found, a.symmetry(h))
	}
	return found
}

func (a pointAction) symmetry(h []float64) PointSymmetry {
	n := a.library.Dim()
	all := Library{exponents: append(slices.Clone(a.library.exponents), a.clocks.exponents...), frame: a.library.frame}
	h = all.readable(h)
	return PointSymmetry{Quantity{a.library, h[:n]}, Quantity{a.clocks, h[n:]}}
}

// combinations returns Σ_j c_ji of symmetries for each column of c, in reduced row echelon form.
func (a pointAction) combinations(all []PointSymmetry, c *mat.Dense) []PointSymmetry {
	if c == nil {
		return nil
	}
	rows, columns := c.Dims()
	generators := make([]*mat.Dense, columns)
	for i := range generators {
		h := make([]float64, a.Dim())
		for j := range rows {
			for k := range h {
				h[k] += c.At(j, i) * all[j].coefficient(k)
			}
		}
		generators[i] = a.Generator(h)
	}
	return a.symmetries(lie.Span("", generators...))
}

// coefficient returns the k-th coefficient of the field and then of λ.
func (s PointSymmetry) coefficient(k int) float64 {
	if n := len(s.field.coefficients); k >= n {
		return s.time.coefficients[k-n]
	}
	return s.field.coefficients[k]
}
