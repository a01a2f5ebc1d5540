package flow

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
)

// coefficients returns h such that Σ_k h_k A_k is nearest to m, and the distance of m from it
// relative to the norm of m, both about the centre of a. Rounding of m does not count.
func coefficients(a action.Action, m *mat.Dense) (h []float64, residual float64) {
	solution, off, err := action.Coefficients(a, m)
	if err != nil {
		panic(fmt.Sprintf("flow: %v", err))
	}
	rounding := 0x1p-48 * mat.Norm(m, 2)
	return mat.Col(nil, 0, solution), max(0, off[0]-rounding) / max(mat.Norm(action.Local(a, m), 2), math.SmallestNonzeroFloat64)
}

// mustBeGenerator returns a generator in the form of the action's matrices, with n×n ones of affine
// actions as [H 0; 0 0], and its coefficients. It panics if h is not a generator of the
// action.
func mustBeGenerator(a action.Action, h *mat.Dense) (*mat.Dense, []float64) {
	if h == nil {
		panic("flow: h is nil")
	}
	if slices.ContainsFunc(mat.DenseCopyOf(h).RawMatrix().Data, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
		panic("flow: h holds NaN or Inf")
	}
	rows, columns := h.Dims()
	size := sizeOf(a)
	if rows != columns || rows != size && rows != size-1 {
		panic(fmt.Sprintf("flow: h must be a %d×%d generator of the action, got %d×%d", size, size, rows, columns))
	}
	m := mat.NewDense(size, size, nil)
	m.Slice(0, rows, 0, columns).(*mat.Dense).Copy(h)
	c, residual := coefficients(a, m)
	if !(residual < 1e-9) {
		panic(fmt.Sprintf("flow: h is not a generator of the action: it is off by %.2g of its norm (an affine generator has a last row of zeros)", residual))
	}
	if floats.Norm(c, 2) == 0 {
		panic("flow: h is zero")
	}
	return m, c
}

// sizeOf returns the size of the action's generators.
func sizeOf(a action.Action) int {
	mustAct(a)
	return action.GeneratorSize(a)
}

func mustAct(a action.Action) {
	if a == nil {
		panic("flow: the action a is nil")
	}
}

// mustBeMover panics unless matrices move inputs.
func mustBeMover(a action.Action) {
	mustAct(a)
	if _, ok := action.InputsOf(a).(action.Mover); !ok {
		panic(fmt.Sprintf("flow: a must be an action.Mover, which moves inputs by matrices; %T has no method Moved", action.InputsOf(a)))
	}
}
