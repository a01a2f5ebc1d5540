package rep

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// Isotypic is the part of functions on a group that belongs to one irreducible representation, as a
// projection on the values φ(g_i) at the nodes of a HaarRule.
type Isotypic struct {
	// Irrep is the representation; its Space is nil.
	Irrep Irrep
	// Kernel is √(w_i·w_k)·d·χ(g_i·g_k⁻¹), nodes×nodes, with the character χ of the representation
	// and its dimension d. Of values √w_i·φ(g_i) it is the orthogonal projection on the part, if
	// the rule is exact for the products of φ and χ.
	Kernel *mat.SymDense
}

// IsotypicParts returns the projections on the irreducible parts of functions on the group of so(2) or
// so(3), by characters,
//
//	(P_λφ)(g) = d_λ·∫ χ_λ(g·h⁻¹) φ(h) dh.
//
// For so(2) they are the frequencies 0, 1/P, 2/P, … up to largest, relative to the largest frequency
// of the inputs, with P the number of turns after which inputs return; for so(3) the spins 0, 1, …
// up to largest.
//
// It returns ErrNoIrreps for other groups, for spinors, and for random nodes.
func IsotypicParts(r *group.HaarRule, largest float64) ([]Isotypic, error) {
	if !(largest >= 0) || math.IsInf(largest, 1) {
		panic(fmt.Sprintf("lie: Isotypic: largest must not be negative, got %v", largest))
	}
	switch {
	case r.Random():
		return nil, fmt.Errorf("%w (the nodes of the rule are random)", ErrNoIrreps)
	case r.Algebra.Dim() == 1:
		return frequencies(r, largest), nil
	case r.Algebra.Dim() == 3:
		return spins(r, largest)
	}
	return nil, fmt.Errorf("%w (characters are known here for so(2) and so(3), there are %d generators)", ErrNoIrreps, r.Algebra.Dim())
}

// frequencies are the parts under so(2). Nodes are equal steps of all turns.
func frequencies(r *group.HaarRule, largest float64) (parts []Isotypic) {
	n := len(r.Nodes)
	turns := float64(n-1) / float64(r.Degree) // see turnRule
	for k := 0; float64(k)/turns <= largest && 2*k < n; k++ {
		irrep := Irrep{Spin: float64(k) / turns, Weight: []float64{float64(k) / turns}, Dim: 2, Count: 1}
		if k == 0 {
			irrep.Dim = 1
		}
		parts = append(parts, part(r, irrep, func(i, j int) float64 {
			return float64(irrep.Dim) * math.Cos(2*math.Pi*float64(k)*float64(i-j)/float64(n))
		}))
	}
	return parts
}

// spins are the parts under so(3). The angle of an element is the angle of its adjoint, whose trace is
// 1 + 2·cos θ.
func spins(r *group.HaarRule, largest float64) (parts []Isotypic, err error) {
	e := group.SpinBasis(r.Algebra)
	if _, turns := group.SpinOf(e[2]); turns > 1 {
		return nil, fmt.Errorf("%w (inputs are spinors, and only rotations have characters here)", ErrNoIrreps)
	}
	to := group.SpinBasis(lie.SO(3))
	rotations := make([]*mat.Dense, len(r.Nodes))
	for i, node := range r.Nodes {
		rotations[i] = linalg.Identity(3)
		for _, f := range node.Factors {
			rotations[i] = dense.Mul(rotations[i], lie.Exp(carried3(f, e, to), 1))
		}
	}
	angles := mat.NewSymDense(len(rotations), nil)
	for i := range rotations {
		for j := range i {
			cos := (mat.Dot(mat.NewVecDense(9, rotations[i].RawMatrix().Data), mat.NewVecDense(9, rotations[j].RawMatrix().Data)) - 1) / 2
			angles.SetSym(i, j, math.Acos(math.Min(1, math.Max(-1, cos))))
		}
	}
	for j := 0.0; j <= largest; j++ {
		irrep := Irrep{Spin: j, Weight: []float64{j}, Dim: int(2*j + 1), Count: 1}
		parts = append(parts, part(r, irrep, func(i, k int) float64 { return (2*j + 1) * character(j, angles.At(i, k)) }))
	}
	return parts, nil
}

// character is Σ_m cos(mθ), m = −j … j: the character of so(3).
func character(j, θ float64) float64 {
	sum := 1.0
	for m := 1.0; m <= j; m++ {
		sum += 2 * math.Cos(m*θ)
	}
	return sum
}

// carried3 takes a generator from one basis of so(3) to another.
func carried3(f *mat.Dense, from, to [3]*mat.Dense) *mat.Dense {
	rows := mat.NewDense(len(f.RawMatrix().Data), 3, nil)
	for k, e := range from {
		rows.SetCol(k, mat.DenseCopyOf(e).RawMatrix().Data)
	}
	var c mat.VecDense
	if err := c.SolveVec(rows, mat.NewVecDense(rows.RawMatrix().Rows, mat.DenseCopyOf(f).RawMatrix().Data)); err != nil {
		panic(dense.Failure("coefficients of a rotation"))
	}
	n, _ := to[0].Dims()
	sum := mat.NewDense(n, n, nil)
	for k, e := range to {
		dense.AddScaled(sum, c.AtVec(k), e)
	}
	return sum
}

// part returns the projection with the given kernel.
func part(r *group.HaarRule, irrep Irrep, kernel func(i, j int) float64) Isotypic {
	p := Isotypic{Irrep: irrep, Kernel: mat.NewSymDense(len(r.Nodes), nil)}
	for i, a := range r.Nodes {
		for j, b := range r.Nodes[:i+1] {
			p.Kernel.SetSym(i, j, math.Sqrt(a.Weight*b.Weight)*kernel(i, j))
		}
	}
	return p
}

// String returns the representation.
func (p Isotypic) String() string {
	n := 0
	if p.Kernel != nil {
		n = p.Kernel.SymmetricDim()
	}
	return fmt.Sprintf("part %v of functions at %d nodes", p.Irrep, n)
}
