package flow

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
)

// algebra is how an action's coefficients make matrices, and back.
type algebra struct {
	action action.Action
	size   int        // of the matrices
	basis  *mat.Dense // size²×K, a column for each generator
	solver mat.QR     // of basis
}

func newAlgebra(a action.Action) *algebra {
	if a == nil {
		panic("flow: the action a is nil")
	}
	k := a.Dim()
	al := &algebra{action: a}
	for i := range k {
		h := make([]float64, k)
		h[i] = 1
		m := a.Generator(h)
		if al.basis == nil {
			al.size, _ = m.Dims()
			al.basis = mat.NewDense(al.size*al.size, k, nil)
		}
		al.basis.SetCol(i, m.RawMatrix().Data)
	}
	al.solver.Factorize(al.basis)
	return al
}

// coefficients returns h with Σ_k h_k A_k nearest to m, and how far m lies from
// it relative to its own norm.
func (al *algebra) coefficients(m *mat.Dense) (h []float64, residual float64) {
	flat := mat.NewVecDense(al.size*al.size, append([]float64{}, m.RawMatrix().Data...))
	var solution, rest mat.VecDense
	if err := al.solver.SolveVecTo(&solution, false, flat); err != nil {
		panic(fmt.Sprintf("flow: the generators of the action are linearly dependent: %v", err))
	}
	rest.MulVec(al.basis, &solution)
	rest.SubVec(flat, &rest)
	return solution.RawVector().Data, mat.Norm(&rest, 2) / max(mat.Norm(flat, 2), math.SmallestNonzeroFloat64)
}

// fitting returns a generator as the action's matrices have it, n×n ones of affine
// actions as [H 0; 0 0], and its coefficients. It panics where it is none of the
// action's.
func (al *algebra) fitting(h *mat.Dense) (*mat.Dense, []float64) {
	if h == nil {
		panic("flow: h is nil")
	}
	if slices.ContainsFunc(mat.DenseCopyOf(h).RawMatrix().Data, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
		panic("flow: h holds NaN or Inf")
	}
	rows, columns := h.Dims()
	m := mat.NewDense(al.size, al.size, nil)
	if rows != columns || rows != al.size && rows != al.size-1 {
		panic(fmt.Sprintf("flow: h must be a %d×%d generator of the action, got %d×%d", al.size, al.size, rows, columns))
	}
	m.Slice(0, rows, 0, columns).(*mat.Dense).Copy(h)
	coefficients, residual := al.coefficients(m)
	if !(residual < 1e-9) {
		panic(fmt.Sprintf("flow: h is no generator of the action, it is off by %.2g of its norm (an affine one has a last row of zeros)", residual))
	}
	if floats.Norm(coefficients, 2) == 0 {
		panic("flow: h is zero")
	}
	return m, coefficients
}
