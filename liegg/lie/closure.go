package lie

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// ErrNotClosed is wrapped by the error of NearestClosed where no subspace that
// is closed under the bracket was found near.
var ErrNotClosed = errors.New("lie: no Lie algebra found near the subspace")

// closed is the closure residual below which a subspace counts as a Lie
// algebra in float64.
const closed = 1e-10

// NearestClosed returns the Lie algebra nearest to the space a, of the same
// dimension, and the largest principal angle between the two in radians. For
// homogeneous a (those whose matrices all have a zero last row) it stays
// homogeneous.
//
// It solves [U_i,U_j] ⊂ U on the Grassmannian by Gauss–Newton: each step takes,
// of all displacements that close the brackets to first order, the one that
// ends nearest to a in the chordal sense, ΣΘ². That is a local method: from a
// space at a small angle from an algebra it finds the nearest; from an
// arbitrary space it returns some algebra, or ErrNotClosed with the residual
// that was left.
func NearestClosed(a Algebra) (Algebra, float64, error) {
	if a.Dim() < 2 {
		return a, 0, nil
	}
	w := ambientOf(a)
	f := &flag{ambient: w.constants, basis: completed(w.coordinates(a)), sizes: []int{a.Dim()}, target: [][]int{{0}}}
	moved, left := f.settle()
	if left > closed {
		return Algebra{}, moved, fmt.Errorf("%w: %s of dimension %d in %d×%d matrices has closure residual %.2g, and %.2g after projection, %.2g rad away: look for fewer or more generators",
			ErrNotClosed, a.name, a.Dim(), a.n, a.n, ClosureResidual(a), left, moved)
	}
	return w.algebra(a.name, f.basis, a.Dim()), moved, nil
}

// settle moves the flag to the nearest one that has the brackets asked for. It
// returns the largest principal angle that F_0 moved, and the residual left.
func (f *flag) settle() (moved, left float64) {
	m, _ := f.basis.Dims()
	d := f.sizes[0]
	start := mat.DenseCopyOf(f.basis.Slice(0, m, 0, d))
	for range 12 { // to the nearest
		c := f.chart()
		rest := c.residual()
		x := c.nearest(start, rest)
		f.move(x)
		if mat.Norm(x, 2) < 1e-7 || largest(rest) < 1e-14 {
			break
		}
	}
	left = f.close()
	if d == m {
		return 0, left
	}
	return angleBetween(start, f.basis.Slice(0, m, 0, d)), left
}

// nearest is the displacement that closes the brackets to first order and ends
// nearest to the flag spanned by start.
func (c *chart) nearest(start *mat.Dense, rest []*mat.Dense) *mat.Dense {
	x := c.back(start)
	b := c.zeros()
	c.jacobian(b, x)
	for i := range b {
		b[i].Add(b[i], rest[i])
	}
	x.Sub(x, solve(c, b, damping(rest), c.m, c.d))
	return bounded(x)
}

// close takes shortest steps until the brackets are as asked, and returns the
// residual left.
func (f *flag) close() float64 {
	left := 0.
	for step := range 30 {
		c := f.chart()
		rest := c.residual()
		now := largest(rest)
		if now < 1e-14 || step > 3 && now < closed && now > left/2 || step > 12 && now > .9*left {
			return now
		}
		left = now
		x := solve(c, rest, damping(rest), c.m, c.d)
		x.Scale(-1, x)
		f.move(bounded(x))
	}
	return left
}

// damping is the λ of Levenberg and Marquardt that goes with a residual. At an
// algebra where the equations are degenerate, as they are at se(2), singular
// values that vanish there are of the size of the residual beside it, and
// undamped steps along them lead astray.
func damping(rest []*mat.Dense) float64 { return 10 * math.Sqrt(familyProduct(rest)) }

// bounded shortens displacements beyond the reach of the linear model.
func bounded(x *mat.Dense) *mat.Dense {
	if n := mat.Norm(x, 2); n > 1 {
		x.Scale(1/n, x)
	}
	return x
}

// ambient is the algebra that subspaces move in: all matrices, or all affine
// ones.
type ambient struct {
	space     Algebra
	constants *StructureConstants
}

func ambientOf(a Algebra) ambient {
	space := GL(a.n)
	if a.homogeneous() {
		space = Affine(a.n - 1)
	}
	return ambient{space, Structure(space)}
}

// homogeneous reports whether all matrices have a zero last row, whatever they
// are declared to be: spans of affine generators are not declared.
func (a Algebra) homogeneous() bool {
	if a.affine {
		return true
	}
	if a.n < 2 {
		return false
	}
	for _, e := range a.basis {
		for _, v := range e.RawRowView(a.n - 1) {
			if v != 0 {
				return false
			}
		}
	}
	return len(a.basis) > 0
}

// coordinates returns a's basis as columns over the ambient basis.
func (w ambient) coordinates(a Algebra) *mat.Dense {
	v := mat.NewDense(w.space.Dim(), a.Dim(), nil)
	for j, e := range a.basis {
		for i, u := range w.space.basis {
			v.Set(i, j, inner(u, e))
		}
	}
	return v
}

// algebra returns the space spanned by the first d columns of v.
func (w ambient) algebra(name string, v mat.Matrix, d int) Algebra {
	a := Algebra{name: name, n: w.space.n, affine: w.space.affine}
	for j := range d {
		a.extend(w.space.Generator(mat.Col(nil, j, v)))
	}
	return a
}
