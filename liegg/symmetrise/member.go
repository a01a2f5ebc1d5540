package symmetrise

import (
	"cmp"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
)

// starts is the number of elements, the nearest ones, from which an element with given inputs is
// searched for. There may be several if outputs return after more turns than inputs.
const starts = 8

// agreesWith reports whether a map moves outputs like an element of the connected group that moves
// inputs like it. It is true if the search, by Newton's method, finds no such element.
func (g *Group) agreesWith(m node) bool {
	if m.out == nil || len(g.normals) == 0 {
		return true
	}
	nearest := slices.Clone(g.connected)
	slices.SortStableFunc(nearest, func(x, y node) int { return cmp.Compare(distance(x.g, m.g), distance(y.g, m.g)) })
	tolerance, found := .01+2*g.rule.Moved, false
	size := mat.Norm(linalg.Identity(m.out.RawMatrix().Rows), 2)
	for _, x := range nearest[:min(starts, len(nearest))] {
		if !g.approach(&x, m.g, tolerance) {
			continue
		}
		if found = true; distance(x.out, m.out) <= 5*tolerance*size {
			return true
		}
	}
	return !found
}

// approach moves an element within the connected group to one that moves inputs like to, and reports
// whether there is one within a tolerance, relative to the identity.
func (g *Group) approach(x *node, to *mat.Dense, tolerance float64) bool {
	n := to.RawMatrix().Rows
	one := linalg.Identity(n)
	for range 50 {
		inverse, err := lie.Inverse(x.g)
		if err != nil {
			return false
		}
		var off mat.Dense
		off.Sub(linalg.Times(inverse, to), one)
		step, err := g.nearest(&off)
		if err != nil {
			return false
		}
		if mat.Norm(step, 2) < 1e-9 {
			return mat.Norm(&off, 2) <= tolerance*mat.Norm(one, 2)
		}
		both := lie.Exp(step, 1)
		size := both.RawMatrix().Rows
		*x = x.times(node{weight: 1, g: mat.DenseCopyOf(both.Slice(0, n, 0, n)), out: mat.DenseCopyOf(both.Slice(n, size, n, size))})
	}
	return false
}

// nearest returns the generator of inputs and outputs, diag(A, B), whose A is nearest to a matrix.
func (g *Group) nearest(m *mat.Dense) (*mat.Dense, error) {
	n := m.RawMatrix().Rows
	inputs := mat.NewDense(n*n, len(g.normals), nil)
	for k, h := range g.normals {
		inputs.SetCol(k, mat.DenseCopyOf(h.Slice(0, n, 0, n)).RawMatrix().Data)
	}
	var c mat.VecDense
	if err := c.SolveVec(inputs, mat.NewVecDense(n*n, mat.DenseCopyOf(m).RawMatrix().Data)); err != nil {
		return nil, err
	}
	size := g.normals[0].RawMatrix().Rows
	sum := mat.NewDense(size, size, nil)
	for k, h := range g.normals {
		var part mat.Dense
		part.Scale(c.AtVec(k), h)
		sum.Add(sum, &part)
	}
	return sum, nil
}

// distance returns ‖a − b‖_F.
func distance(a, b *mat.Dense) float64 {
	var off mat.Dense
	off.Sub(a, b)
	return mat.Norm(&off, 2)
}
