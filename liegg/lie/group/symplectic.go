package group

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie/internal/sparsity"
)

// antiSymplectic returns F·diag(1,−1,1,−1,…)·F⁻¹ for the frame F that brings
// ω to standard form.
func antiSymplectic(ω *mat.Dense) Representative {
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
	return Representative{"anti-symplectic map (takes the form to its negative)", mat.DenseCopyOf(g.T()), math.Pow(-1, float64(n/2)), -1}
}

// darboux returns a frame F = (e₁ f₁ e₂ f₂ …) with ω(e_k,f_k) = 1 and all
// other products zero, by symplectic Gram–Schmidt from the coordinate axes.
// f_k starts as ωᵀe_k, so that F is orthogonal if ω is, and the map made from
// it then also normalises the unitary algebra.
func darboux(ω *mat.Dense) *mat.Dense {
	n, _ := ω.Dims()
	frame := mat.NewDense(n, n, nil)
	for k := 0; k < n; k += 2 {
		e := longestRest(frame, k, ω)
		f := mat.NewVecDense(n, nil)
		f.MulVec(ω.T(), e)
		offPlanes(f, frame, k, ω)
		f.ScaleVec(1/mat.Inner(e, ω, f), f)
		frame.SetCol(k, e.RawVector().Data)
		frame.SetCol(k+1, f.RawVector().Data)
	}
	return frame
}

// longestRest returns the coordinate axis that is longest after removing the
// first k columns of the frame, with them removed. Among equals it takes the
// first.
func longestRest(frame *mat.Dense, k int, ω *mat.Dense) *mat.VecDense {
	n, _ := ω.Dims()
	rests := make([]*mat.VecDense, n)
	lengths := make([]float64, n)
	for i := range n {
		rests[i] = mat.NewVecDense(n, nil)
		rests[i].SetVec(i, 1)
		offPlanes(rests[i], frame, k, ω)
		lengths[i] = mat.Norm(rests[i], 2)
	}
	return rests[sparsity.LeadingEntry(lengths)]
}

// offPlanes removes from v its ω-projection on the planes of the first k
// columns of the frame: v − ω(v,f)·e + ω(v,e)·f for each.
func offPlanes(v *mat.VecDense, frame *mat.Dense, k int, ω *mat.Dense) {
	for j := 0; j < k; j += 2 {
		e, f := frame.ColView(j), frame.ColView(j+1)
		onE, onF := mat.Inner(v, ω, f), mat.Inner(v, ω, e)
		v.AddScaledVec(v, -onE, e)
		v.AddScaledVec(v, onF, f)
	}
}
