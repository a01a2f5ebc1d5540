package flow

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
)

// expDerivative returns d/dε exp(a + ε·e) at ε = 0, the Fréchet derivative of the
// exponential, as a block of exp([a e; 0 a]) (Higham, "Functions of Matrices",
// 2008, §10.6).
func expDerivative(a, e *mat.Dense) *mat.Dense {
	n, _ := a.Dims()
	block := mat.NewDense(2*n, 2*n, nil)
	for _, at := range []int{0, n} {
		block.Slice(at, at+n, at, at+n).(*mat.Dense).Copy(a)
	}
	block.Slice(0, n, n, 2*n).(*mat.Dense).Copy(e)
	return mat.DenseCopyOf(lie.Exp(block, 1).Slice(0, n, n, 2*n))
}

// velocities returns the K×K matrix P with the coefficients of
//
//	d/dε exp(t(A + εA_k)) · exp(−tA),
//
// the velocity of exp(tA)·x as A turns towards A_k, in its column k. The error
// says that these are none of the candidates: they do not close under the bracket.
func (al *algebra) velocities(a *mat.Dense, t float64) (*mat.Dense, error) {
	k := al.action.Dim()
	p := mat.NewDense(k, k, nil)
	back := lie.Exp(a, -t)
	ta := mat.NewDense(al.size, al.size, nil)
	ta.Scale(t, a)
	for j := range k {
		e := mat.NewDense(al.size, al.size, nil)
		e.Scale(t, mat.NewDense(al.size, al.size, mat.Col(nil, j, al.basis)))
		e.Mul(expDerivative(ta, e), back)
		coefficients, residual := al.coefficients(e)
		if residual > 1e-6 {
			return nil, fmt.Errorf("flow: the candidates of the action do not close under the bracket (off by %.2g): refine with an action of a whole Lie algebra", residual)
		}
		p.SetCol(j, coefficients)
	}
	return p, nil
}
