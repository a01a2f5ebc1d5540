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

// whitened returns W = VΛ^(−½) and its left inverse Λ^½Vᵀ for D = VΛVᵀ, without the
// directions that do not move the data.
func whitened(d *mat.SymDense) (whiten, unwhiten *mat.Dense, err error) {
	var eigen mat.EigenSym
	if !eigen.Factorize(d, true) {
		panic("flow: the metric of speeds is not finite")
	}
	λ := eigen.Values(nil)
	var v mat.Dense
	eigen.VectorsTo(&v)
	k := len(λ)
	if !(λ[k-1] > 0) {
		return nil, nil, errUnmoved
	}
	first := 0
	for first < k-1 && λ[first] <= 1e-9*λ[k-1] {
		first++
	}
	whiten, unwhiten = mat.NewDense(k, k-first, nil), mat.NewDense(k-first, k, nil)
	for j := range k - first {
		root := math.Sqrt(λ[first+j])
		for i := range k {
			whiten.Set(i, j, v.At(i, first+j)/root)
			unwhiten.Set(j, i, v.At(i, first+j)*root)
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
