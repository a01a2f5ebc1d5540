package dynamics

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Library lists functions G on the states z of a phase space, from which conserved quantities
// are combined. A state is n positions followed by their n momenta.
type Library struct {
	names     []string // of the coordinates of z
	exponents [][]int  // of the monomials, without 1
	own       []Observable
	frame     frame
}

// Observable is a function of states with a name, such as 1/r.
type Observable struct {
	Name string
	// Of is graph code: it maps states [batch, 2n] to [batch]. It must be differentiable
	// wherever there are data.
	Of func(z *Node) *Node
}

// String returns the name.
func (f Observable) String() string { return f.Name }

// Monomials returns the monomials of the coordinates up to a degree, without the constant 1.
// There are C(2n+degree, degree) − 1. names name the coordinates, the positions first:
// Monomials(2, "x", "y", "pₓ", "p_y"). It panics unless there is an even number of names, at
// least two, all different, and the degree is in 1 … 100.
func Monomials(degree int, names ...string) Library {
	if len(names) == 0 || len(names)%2 != 0 {
		panic(fmt.Sprintf("dynamics: Monomials: names must name n positions and n momenta, got %d: a phase space has an even dimension", len(names)))
	}
	if degree < 1 || degree > 100 {
		panic(fmt.Sprintf("dynamics: Monomials: the degree must be in 1 … 100, got %d", degree))
	}
	if sorted := slices.Sorted(slices.Values(names)); len(slices.Compact(sorted)) != len(names) {
		panic(fmt.Sprintf("dynamics: Monomials: names must differ, got %q", names))
	}
	list := monomial.List(len(names), degree)
	return Library{names: slices.Clone(names), exponents: list[:len(list)-1]}
}

// fields returns the functions p·ξ(x) of polynomial vector fields ξ = x^α ∂_i up to a degree,
// including the constant ones. A momentum p_i is written as ∂_i.
func fields(degree int, names []string) Library {
	n := len(names)
	all := slices.Clone(names)
	for _, name := range names {
		all = append(all, "∂"+name)
	}
	l := Library{names: all}
	for i := range n {
		for _, α := range monomial.List(n, degree) {
			momentum := make([]int, n)
			momentum[i] = 1
			l.exponents = append(l.exponents, append(slices.Clone(α), momentum...))
		}
	}
	return l
}

// With returns the library with functions of your own beside its monomials, such as 1/r for the
// Kepler problem or e^q for the Toda lattice. It panics if one has no name or no code.
func (l Library) With(own ...Observable) Library {
	for i, f := range own {
		if f.Name == "" || f.Of == nil {
			panic(fmt.Sprintf("dynamics: With: function %d needs a Name and Of", i))
		}
	}
	l.own = append(slices.Clone(l.own), own...)
	return l
}

// Dim returns the number of functions.
func (l Library) Dim() int { return len(l.exponents) + len(l.own) }

// Coordinates returns 2n, the number of coordinates of a state.
func (l Library) Coordinates() int { return len(l.names) }

// String says how many functions there are of how many coordinates.
func (l Library) String() string {
	text := fmt.Sprintf("%s of %s", spelling.Count(len(l.exponents), "monomial"), spelling.Count(len(l.names), "coordinate"))
	for _, f := range l.own {
		text += ", " + f.Name
	}
	return text
}

// degree returns the largest degree of a monomial.
func (l Library) degree() int {
	most := 0
	for _, α := range l.exponents {
		most = max(most, monomial.Degree(α))
	}
	return most
}

// values returns the functions at states z [batch, 2n] as [batch, K].
func (l Library) values(z *Node) *Node {
	points := Reshape(l.frame.points(z), z.Shape().Dim(0), 1, z.Shape().Dim(1))
	values := []*Node{Reshape(monomial.Nodes(points, l.exponents), z.Shape().Dim(0), len(l.exponents))}
	for j, f := range l.ownValues(z) {
		values = append(values, DivScalar(f, l.size(len(l.exponents)+j)))
	}
	return Concatenate(values, -1)
}

// ownValues returns the library's own functions at states as [batch, 1] each.
func (l Library) ownValues(z *Node) []*Node {
	values := make([]*Node, len(l.own))
	for i, f := range l.own {
		values[i] = Reshape(f.at(z), z.Shape().Dim(0), 1)
	}
	return values
}

// gradients returns the gradients of the functions at states z [batch, 2n] as [batch, K, 2n].
func (l Library) gradients(z *Node) *Node {
	batch, size := z.Shape().Dim(0), len(l.names)
	lower := monomial.List(size, l.degree()-1)
	points := Reshape(l.frame.points(z), batch, 1, size)
	values := Reshape(monomial.Nodes(points, lower), batch, len(lower))
	derivatives := l.derivatives(lower)
	gradients := []*Node{Einsum("bm,kim->bki", values, ConvertDType(Const(z.Graph(), derivatives), z.DType()))}
	if l.frame.unit != nil {
		gradients[0] = units(l.frame.unit).divide(gradients[0])
	}
	for j, f := range l.own {
		gradient := Gradient(ReduceAllSum(f.at(z)), z)[0]
		gradients = append(gradients, Reshape(DivScalar(gradient, l.size(len(l.exponents)+j)), batch, 1, size))
	}
	return Concatenate(gradients, 1)
}

// at returns the function at states, or panics with an error that names it.
func (f Observable) at(z *Node) *Node {
	y := f.Of(z)
	if batch := z.Shape().Dim(0); y.Shape().Size() != batch {
		panic(fmt.Errorf("dynamics: the function %s must give one number for each of the %d states of a batch, but gives %s", f.Name, batch, y.Shape()))
	}
	return Reshape(y, z.Shape().Dim(0))
}

// derivatives returns d[k][i][m]: ∂ᵢ of the k-th monomial is Σ_m d[k][i][m] times the m-th of
// the monomials lower.
func (l Library) derivatives(lower [][]int) [][][]float64 {
	at := monomial.Places(lower)
	d := make([][][]float64, len(l.exponents))
	for k, α := range l.exponents {
		d[k] = make([][]float64, len(α))
		for i, power := range α {
			d[k][i] = make([]float64, len(lower))
			if power > 0 {
				β := slices.Clone(α)
				β[i]--
				d[k][i][at[monomial.Key(β)]] = float64(power)
			}
		}
	}
	return d
}

// hessian returns the matrix of second derivatives of the monomials of degree 2 in Σ_k c_k G_k.
func (l Library) hessian(c []float64) *mat.SymDense {
	s := mat.NewSymDense(len(l.names), nil)
	for k, α := range l.exponents {
		if monomial.Degree(α) != 2 {
			continue
		}
		i := slices.IndexFunc(α, func(e int) bool { return e > 0 })
		if α[i] == 2 {
			s.SetSym(i, i, 2*c[k])
			continue
		}
		j := i + 1 + slices.IndexFunc(α[i+1:], func(e int) bool { return e > 0 })
		s.SetSym(i, j, c[k])
	}
	return s
}

// gradient returns the constant part of the gradient of Σ_k c_k G_k: the coefficients of degree 1.
func (l Library) gradient(c []float64) []float64 {
	g := make([]float64, len(l.names))
	for k, α := range l.exponents {
		if monomial.Degree(α) == 1 {
			g[slices.Index(α, 1)] = c[k]
		}
	}
	return g
}
