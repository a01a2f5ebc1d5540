package flow

import (
	"fmt"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// still is the step, in radians of the span in the metric of speeds, below which a
// fit has come to rest.
const still = 1e-4

// descend takes Gauss–Newton steps with Levenberg's damping: a step that does not
// lower the loss is tried again with ten times the damping.
func (f *fit) descend() (steps int, converged bool, err error) {
	d, r := f.span.Dims()
	if d == r { // the span is all there is
		return 0, true, nil
	}
	loss, err := f.loss(f.span)
	if err != nil {
		return 0, false, err
	}
	damping := 1e-3
	for steps < f.e.s.Fit.Steps {
		bar := f.e.progress(fmt.Sprintf("refining, Δ = %.3g", loss), len(f.flows))
		hessian, gradient, err := f.normal(bar)
		bar.Done()
		if err != nil {
			return steps, false, err
		}
		complement, err := f.complement()
		if err != nil {
			return steps, false, err
		}
		equations := reduce(hessian, gradient, complement, d)
		steps++
		size, lower, err := f.step(equations, complement, &damping, loss)
		if err != nil || size < still {
			return steps, err == nil, err
		}
		loss = lower
	}
	return steps, false, nil
}

// step moves the span to where the loss is lower and returns how far it went, 0
// where no damping helps.
func (f *fit) step(e equations, complement *mat.Dense, damping *float64, loss float64) (size, lower float64, err error) {
	const tries = 8
	for range tries {
		δ, err := e.solve(*damping)
		if err != nil {
			return 0, loss, err
		}
		next, err := f.turned(δ, complement)
		if err != nil {
			return 0, loss, err
		}
		if lower, err = f.loss(next); err != nil {
			return 0, loss, err
		}
		if lower < loss {
			f.span = next
			*damping = max(*damping/10, 1e-9)
			return floats.Norm(δ, 2), lower, nil
		}
		if floats.Norm(δ, 2) < still { // nothing left to gain
			break
		}
		*damping *= 10
	}
	return 0, loss, nil
}

// complement is an orthonormal basis, as rows, of what is orthogonal to the span.
func (f *fit) complement() (*mat.Dense, error) {
	d, r := f.span.Dims()
	var qr mat.QR
	qr.Factorize(f.span.T())
	var q mat.Dense
	qr.QTo(&q)
	return mat.DenseCopyOf(q.Slice(0, r, d, r).(*mat.Dense).T()), nil
}

// turned is the span moved by d×(r−d) steps along the complement.
func (f *fit) turned(δ []float64, complement *mat.Dense) (*mat.Dense, error) {
	d, r := f.span.Dims()
	var moved mat.Dense
	moved.Mul(mat.NewDense(d, r-d, δ), complement)
	moved.Add(f.span, &moved)
	return polar(&moved)
}

// equations are JᵀJ·δ = −Jᵀr for steps along the complement of the span.
type equations struct {
	hessian  *mat.SymDense
	gradient []float64
}

// reduce restricts the normal equations of d rows to the complement Q of the span:
// (I⊗Q)·H·(I⊗Q)ᵀ and (I⊗Q)·g. Steps within the span change nothing.
func reduce(hessian *mat.SymDense, gradient []float64, complement *mat.Dense, d int) equations {
	free, r := complement.Dims()
	q := mat.NewDense(d*free, d*r, nil)
	for j := range d {
		q.Slice(j*free, (j+1)*free, j*r, (j+1)*r).(*mat.Dense).Copy(complement)
	}
	var qh, qhq mat.Dense
	qh.Mul(q, hessian)
	qhq.Mul(&qh, q.T())
	e := equations{hessian: mat.NewSymDense(d*free, nil)}
	addBlock(e.hessian, 0, 0, 1, &qhq)
	var g mat.VecDense
	g.MulVec(q, mat.NewVecDense(len(gradient), gradient))
	e.gradient = g.RawVector().Data
	return e
}

// solve returns the step with the damping relative to the mean of the diagonal.
func (e equations) solve(damping float64) ([]float64, error) {
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
