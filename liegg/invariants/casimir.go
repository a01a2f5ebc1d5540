package invariants

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
)

// Casimirs returns the invariants of the coadjoint action of an algebra, polynomials of its
// generators E_k in the basis of Sparse(v.Algebra). These are the functions on the dual space that
// commute with all E_k by the bracket {E_i, E_j} = Σ_k c_ij^k E_k. For semisimple algebras they
// correspond to the centre of the universal enveloping algebra, and there are as many independent
// ones as the rank says. Settings.Coordinates may name the generators; Settings.Vectors is not used.
// Casimirs returns the errors of Of, and panics as Of does and if the algebra has no generators.
func Casimirs(a lie.Algebra, s Settings) (*Invariants, error) {
	if a.Dim() == 0 {
		panic("invariants: Casimirs: the algebra has no generators")
	}
	closed, err := cleaned(a, s.Angle)
	if err != nil {
		return nil, err
	}
	basis := lie.Span(closed.Name(), lie.Sparse(closed)...)
	d := basis.Dim()
	if s.Vectors = []string{"E"}; s.Coordinates == nil {
		for k := range d {
			s.Coordinates = append(s.Coordinates, "E"+spelling.Subscript(k+1))
		}
	}
	if len(s.Coordinates) != d {
		panic(fmt.Sprintf("invariants: Casimirs: Settings.Coordinates has %d names for %d generators", len(s.Coordinates), d))
	}
	s = s.withDefaults(d, 1)
	v := &Invariants{Algebra: closed, Degree: s.Degree, Inputs: d}
	return v, v.find(coadjoint(basis, s.Angle), s, func(*Polynomial) {})
}

// coadjoint returns the representation in which E_i moves the coordinate E_j by Σ_k c_ij^k E_k.
func coadjoint(a lie.Algebra, angle float64) representation {
	structure := lie.Structure(a)
	d := a.Dim()
	r := representation{inputs: d, angle: angle}
	for i := range d {
		m := mat.NewDense(d, d, nil)
		for j := range d {
			for k := range d {
				m.Set(j, k, structure.At(i, j, k))
			}
		}
		r.matrices = append(r.matrices, m)
	}
	r.findComponents(d)
	return r
}
