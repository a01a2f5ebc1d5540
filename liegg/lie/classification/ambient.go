package classification

import (
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/flags"
)

// ambient is the algebra that subspaces move in: all matrices, or all affine
// ones. Its basis consists of the matrices E_ij. Their K³ structure
// constants, K = n², are mostly zeros and never stored.
type ambient struct {
	space lie.Algebra
	place []int // index of the 1 in each basis matrix, row by row
}

func ambientOf(a lie.Algebra) ambient {
	w := ambient{space: lie.GL(a.Size())}
	if homogeneous(a) {
		w.space = lie.Affine(a.Size() - 1)
	}
	for _, e := range w.space.Basis() {
		w.place = append(w.place, slices.Index(e.RawMatrix().Data, 1))
	}
	return w
}

// Size returns n for n×n matrices.
func (w ambient) Size() int { return w.space.Size() }

// coordinates returns a's basis as columns over the ambient basis.
func (w ambient) coordinates(a lie.Algebra) *mat.Dense {
	v := mat.NewDense(w.space.Dim(), a.Dim(), nil)
	for j, e := range a.Basis() {
		w.read(v, j, e)
	}
	return v
}

// read writes the coordinates of x into column j of v.
func (w ambient) read(v *mat.Dense, j int, x *mat.Dense) {
	data := x.RawMatrix().Data
	for k, at := range w.place {
		v.Set(k, j, data[at])
	}
}

// matrix returns the matrix whose coordinates are in column j of v.
func (w ambient) matrix(v mat.Matrix, j int) *mat.Dense {
	x := mat.NewDense(w.space.Size(), w.space.Size(), nil)
	for k, at := range w.place {
		x.RawMatrix().Data[at] = v.At(k, j)
	}
	return x
}

// Adjoints returns ad of the first d columns of the orthogonal matrix o, in
// the basis of all its columns.
func (w ambient) Adjoints(o *mat.Dense, d int) []*mat.Dense {
	m, _ := o.Dims()
	all := make([]*mat.Dense, m)
	for j := range all {
		all[j] = w.matrix(o, j)
	}
	brackets := mat.NewDense(m, m, nil)
	out := make([]*mat.Dense, d)
	for i := range out {
		for j, x := range all {
			w.read(brackets, j, lie.Bracket(all[i], x))
		}
		out[i] = mat.NewDense(m, m, nil)
		out[i].Mul(o.T(), brackets)
	}
	return out
}

// algebra returns an algebra of a's kind and dimension, spanned by the first columns of v.
func (w ambient) algebra(a lie.Algebra, v mat.Matrix) lie.Algebra {
	gens := make([]*mat.Dense, a.Dim())
	for j := range gens {
		gens[j] = w.matrix(v, j)
	}
	return a.With(gens...)
}

// probesOf returns random matrices, whose projections on subspaces are the elements.
func probesOf(w ambient) []*mat.Dense {
	random := rand.New(rand.NewPCG(4, 0))
	out := make([]*mat.Dense, flags.ProbeCount)
	for r := range out {
		h := make([]float64, w.space.Dim())
		for k := range h {
			h[k] = random.NormFloat64()
		}
		out[r] = w.space.Generator(h)
	}
	return out
}

// Rows returns matrices, given as columns of coordinates, as rows of their entries.
func (w ambient) Rows(v mat.Matrix) *mat.Dense {
	_, count := v.Dims()
	rows := mat.NewDense(count, w.space.Size()*w.space.Size(), nil)
	for k, at := range w.place {
		for j := range count {
			rows.Set(j, at, v.At(k, j))
		}
	}
	return rows
}
