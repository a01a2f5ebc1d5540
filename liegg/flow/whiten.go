package flow

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// errDependent: on these inputs the generators of a start do the same.
var errDependent = errors.New("flow: the generators are linearly dependent as far as they move these inputs: start with fewer")

// flat is the share of the largest eigenvalue below which candidates at unit speed do
// nothing of their own.
const flat = 1e-12

// whitened returns W = S⁻¹VΛ^(−½) and its left inverse Λ^½VᵀS for D = S·VΛVᵀ·S, S the speeds
// of the candidates, without what does not move the data. Candidates are taken at unit speed
// first: with inputs in mixed units their speeds are of every size.
func whitened(d *mat.SymDense) (whiten, unwhiten *mat.Dense, err error) {
	k := d.SymmetricDim()
	scale, alike := make([]float64, k), mat.NewSymDense(k, nil)
	for i := range k {
		scale[i] = math.Sqrt(d.At(i, i))
		for j := range i + 1 {
			if scale[i] > 0 && scale[j] > 0 {
				alike.SetSym(i, j, d.At(i, j)/scale[i]/scale[j])
			}
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(alike, true) {
		panic("flow: the metric of speeds is not finite")
	}
	λ := eigen.Values(nil)
	var v mat.Dense
	eigen.VectorsTo(&v)
	if !(λ[k-1] > 0) {
		return nil, nil, errUnmoved
	}
	first := 0
	for first < k-1 && λ[first] <= flat*λ[k-1] {
		first++
	}
	whiten, unwhiten = mat.NewDense(k, k-first, nil), mat.NewDense(k-first, k, nil)
	for j := range k - first {
		root := math.Sqrt(λ[first+j])
		for i := range k {
			if scale[i] > 0 {
				whiten.Set(i, j, v.At(i, first+j)/root/scale[i])
			}
			unwhiten.Set(j, i, v.At(i, first+j)*root*scale[i])
		}
	}
	return whiten, unwhiten, nil
}

// orthonormalRows whitens coefficients and makes them orthonormal.
func orthonormalRows(coefficients, unwhiten *mat.Dense) (*mat.Dense, error) {
	var u mat.Dense
	u.Mul(coefficients, unwhiten.T())
	d, _ := u.Dims()
	for i := range d {
		norm := floats.Norm(u.RawRowView(i), 2)
		if !(norm > 0) {
			return nil, fmt.Errorf("flow: generator %d of the start does not move these inputs: leave it out", i+1)
		}
		floats.Scale(1/norm, u.RawRowView(i))
	}
	if _, r := u.Dims(); d > r {
		return nil, errDependent
	}
	return polar(&u)
}

// polar returns the matrix of orthonormal rows nearest to m.
func polar(m *mat.Dense) (*mat.Dense, error) {
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDThin) {
		return nil, fmt.Errorf("flow: the generators cannot be made orthonormal: they hold NaN")
	}
	if s := svd.Values(nil); s[len(s)-1] < 1e-6*s[0] {
		return nil, errDependent
	}
	var u, v, p mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	p.Mul(&u, v.T())
	return &p, nil
}
