package flow

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow/internal/motion"
	"github.com/liegg/lab/liegg/internal/linalg"
)

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
	c, residual := motion.Coefficients(a, m)
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

// mustFollow panics unless the action moves inputs by finite transformations.
func mustFollow(a action.Action) {
	mustAct(a)
	if _, ok := a.(action.Integrable); !ok {
		mustBeMover(a)
	}
}

// mustBeMap returns a finite transformation in the form of the matrices of the inputs' action:
// [g 0; 0 1] for an n×n one of an affine action. It panics if g is not a transformation of the
// action.
func mustBeMap(a action.Action, g *mat.Dense) *mat.Dense {
	mustBeMover(a)
	a = action.InputsOf(a)
	if g == nil {
		panic("flow: g is nil")
	}
	rows, columns := g.Dims()
	size := sizeOf(a)
	if rows != columns || rows != size && rows != size-1 {
		panic(fmt.Sprintf("flow: g must be a %d×%d matrix, got %d×%d", size, size, rows, columns))
	}
	m := linalg.Identity(size)
	m.Slice(0, rows, 0, columns).(*mat.Dense).Copy(g)
	if action.IsHomogeneous(a) && !slices.Equal(m.RawRowView(size-1), linalg.Identity(size).RawRowView(size-1)) {
		panic("flow: g must be an affine map with the last row (0 … 0 1)")
	}
	if log, _ := mat.LogDet(m); math.IsNaN(log) || math.IsInf(log, 0) { // the determinant itself may overflow
		panic("flow: g has no inverse, or is not finite: give a transformation that can be undone")
	}
	return m
}

// mustMoveOutputs panics unless out, if it is given, is a map of the outputs of the action.
func mustMoveOutputs(a action.Action, out *mat.Dense) {
	if out == nil {
		return
	}
	pair, ok := a.(action.Equivariance)
	if !ok {
		panic("flow: g.Out is given, but the action leaves outputs as they are: use action.Equivariant or action.Covariant")
	}
	if rows, columns := out.Dims(); rows != columns || rows != pair.Outputs() {
		panic(fmt.Sprintf("flow: g.Out must be a %d×%d matrix, got %d×%d", pair.Outputs(), pair.Outputs(), rows, columns))
	}
}
