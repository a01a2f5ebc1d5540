package fit

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/progress"
)

// normal holds the equations JᵀJ·δ = −Jᵀr of a Gauss–Newton step. The d·f unknowns δ are
// steps of d generators along the f directions of the complement.
type normal struct {
	hessian  *mat.SymDense
	gradient []float64
}

// normal sets up the equations at the present span.
func (f *Problem) normal(complement *mat.Dense, bar progress.Line) (normal, error) {
	d, _ := f.Span.Dims()
	free, _ := complement.Dims()
	e := normal{mat.NewSymDense(d*free, nil), make([]float64, d*free)}
	for i, q := range f.flows {
		gram, pulled, err := f.flowNormal(q, complement)
		if err != nil {
			return e, err
		}
		for j, cj := range q.c {
			floats.AddScaled(e.gradient[j*free:(j+1)*free], cj, pulled)
			for k, ck := range q.c {
				addBlock(e.hessian, j*free, k*free, cj*ck, gram)
			}
		}
		bar.At(i+1, "")
	}
	return e, nil
}

// addBlock adds c·m to the block of a symmetric matrix that begins at (row, column).
func addBlock(s *mat.SymDense, row, column int, c float64, m *mat.SymDense) {
	n := m.SymmetricDim()
	for i := range n {
		for j := range n {
			if row+i <= column+j {
				s.SetSym(row+i, column+j, s.At(row+i, column+j)+c*m.At(i, j))
			}
		}
	}
}

// difference is the step of the central differences of a Jacobian, relative to the length of
// a generator. Rounding of float32 outputs costs them 10⁻⁴, truncation less.
const difference = 3e-3

// flowNormal returns the contribution of one flow, with respect to its generator: JᵀJ and Jᵀr,
// with r the residuals and J their derivatives along the complement.
func (f *Problem) flowNormal(q Flow, complement *mat.Dense) (gram *mat.SymDense, pulled []float64, err error) {
	var u mat.VecDense
	u.MulVec(f.Span.T(), mat.NewVecDense(len(q.c), q.c))
	residuals, err := f.residuals(u.RawVector().Data, q.t)
	if err != nil {
		return nil, nil, err
	}
	free, _ := complement.Dims()
	jacobian := mat.NewDense(free, len(residuals), nil)
	for k := range free {
		column, err := f.derivative(u.RawVector().Data, complement.RawRowView(k), q.t)
		if err != nil {
			return nil, nil, err
		}
		jacobian.SetRow(k, column)
	}
	f.weigh(residuals, jacobian)
	gram = mat.NewSymDense(free, nil)
	gram.SymOuterK(1, jacobian)
	var b mat.VecDense
	b.MulVec(jacobian, mat.NewVecDense(len(residuals), residuals))
	return gram, b.RawVector().Data, nil
}

// weigh multiplies residuals and the columns of the Jacobian by √w, with the weight
// w = 1/(1 + c/s²) of each sample. Gauss–Newton then minimises the loss.
func (f *Problem) weigh(residuals []float64, jacobian *mat.Dense) {
	free, columns := jacobian.Dims()
	m := columns / f.On.Held.Len()
	for first := 0; first < columns; first += m {
		own := residuals[first : first+m]
		root := 1 / math.Sqrt(1+floats.Dot(own, own)/2/f.medianChange)
		floats.Scale(root, own)
		for k := range free {
			floats.Scale(root, jacobian.RawRowView(k)[first:first+m])
		}
	}
}

// derivative returns d/dε of the residuals as the coordinates of A turn to u + ε·v.
func (f *Problem) derivative(u, v []float64, t float64) ([]float64, error) {
	at := make([]float64, len(u))
	plus, err := f.residuals(floats.AddScaledTo(at, u, difference, v), t)
	if err != nil {
		return nil, err
	}
	minus, err := f.residuals(floats.AddScaledTo(at, u, -difference, v), t)
	if err != nil {
		return nil, err
	}
	floats.Sub(plus, minus)
	floats.Scale(1/(2*difference), plus)
	return plus, nil
}

// residuals returns f(exp(tA)·x) − f(x), sample by sample, given whitened coordinates of A. For
// pairs (A, B) it is f(exp(tA)·x) − exp(tB)·f(x).
func (f *Problem) residuals(u []float64, t float64) ([]float64, error) {
	return f.On.Residual(f.On.Exp(f.GeneratorAt(u), t))
}

// solve returns the step. The damping is relative to the mean of the diagonal.
func (e normal) solve(damping float64) ([]float64, error) {
	n := e.hessian.SymmetricDim()
	damped := mat.NewSymDense(n, nil)
	damped.CopySym(e.hessian)
	for i := range n {
		damped.SetSym(i, i, damped.At(i, i)+damping*mat.Trace(e.hessian)/float64(n))
	}
	var cholesky mat.Cholesky
	if !cholesky.Factorize(damped) {
		return nil, fmt.Errorf("flow: the finite flows do not determine the generators: the network does not change along any of them")
	}
	var δ mat.VecDense
	if err := cholesky.SolveVecTo(&δ, mat.NewVecDense(n, e.gradient)); err != nil {
		return nil, fmt.Errorf("flow: the finite flows hardly determine the generators: %w", err)
	}
	δ.ScaleVec(-1, &δ)
	return δ.RawVector().Data, nil
}
