package lie

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// antiSymplectic returns F·diag(1,−1,1,−1,…)·F⁻¹ for the frame F in which ω is
// standard.
func antiSymplectic(ω *mat.Dense) Companion {
	n, _ := ω.Dims()
	frame := darboux(ω)
	var flipped, g mat.Dense
	flipped.CloneFrom(frame)
	for j := 1; j < n; j += 2 {
		column := flipped.ColView(j).(*mat.VecDense)
		column.ScaleVec(-1, column)
	}
	if err := g.Solve(frame.T(), flipped.T()); err != nil {
		panic("lie: the symplectic frame is singular: " + err.Error())
	}
	return Companion{"anti-symplectic map (takes the form to its negative)", mat.DenseCopyOf(g.T()), math.Pow(-1, float64(n/2)), -1}
}

// darboux returns a frame F = (e₁ f₁ e₂ f₂ …) with ω(e_k,f_k) = 1 and ω zero
// between all others: symplectic Gram–Schmidt from the coordinate axes, each
// time on the pair with the largest value, the earlier axis as e.
func darboux(ω *mat.Dense) *mat.Dense {
	n, _ := ω.Dims()
	rest := mat.NewDense(n, n, nil) // rows, of which two leave at a time
	addIdentity(rest, 1)
	frame := mat.NewDense(n, n, nil)
	for k := 0; k < n; k += 2 {
		var values mat.Dense
		values.Product(rest, ω, rest.T())
		i, j := darbouxPivot(&values)
		e, f := mat.NewVecDense(n, mat.Row(nil, i, rest)), mat.NewVecDense(n, mat.Row(nil, j, rest))
		f.ScaleVec(1/values.At(i, j), f)
		frame.SetCol(k, e.RawVector().Data)
		frame.SetCol(k+1, f.RawVector().Data)
		rest = offPlane(rest, ω, e, f)
	}
	return frame
}

// offPlane takes the ω-projection on the plane of e and f off every row; the
// two rows they came from become zero.
func offPlane(rest, ω *mat.Dense, e, f *mat.VecDense) *mat.Dense {
	var ωe, ωf, onE, onF mat.VecDense
	ωe.MulVec(ω, e)
	ωf.MulVec(ω, f)
	onE.MulVec(rest, &ωf) // ω(v,f)
	onF.MulVec(rest, &ωe) // ω(v,e)
	out := mat.DenseCopyOf(rest)
	out.RankOne(out, -1, &onE, e)
	out.RankOne(out, 1, &onF, f)
	return out
}

// darbouxPivot returns i < j with the largest |m_ij|, the first of those that
// noise alone tells apart.
func darbouxPivot(m *mat.Dense) (i, j int) {
	n, _ := m.Dims()
	upper := mat.NewDense(n, n, nil)
	for r := range n {
		copy(upper.RawRowView(r)[r+1:], m.RawRowView(r)[r+1:])
	}
	at := leadingEntry(upper.RawMatrix().Data)
	return at / n, at % n
}
