package fit

import (
	"errors"
	"fmt"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// errDependent is returned if some generators of a start move these inputs alike.
var errDependent = errors.New("flow: the generators are linearly dependent as far as they move these inputs: start with fewer")

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
