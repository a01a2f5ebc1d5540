package linalg

import "gonum.org/v1/gonum/mat"

// inRangeFrom is the singular value, relative to the largest, above which a direction lies in
// the range of a matrix whose columns were computed to some 1e-12.
const inRangeFrom = 1e-9

// Range returns an orthonormal basis of the column space of m, as columns; nil if m is zero.
// ok is false if LAPACK did not converge.
func Range(m *mat.Dense) (basis *mat.Dense, ok bool) {
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDThinU) {
		return nil, false
	}
	s := svd.Values(nil)
	rank := 0
	for rank < len(s) && s[rank] > inRangeFrom*s[0] {
		rank++
	}
	if rank == 0 {
		return nil, true
	}
	var u mat.Dense
	svd.UTo(&u)
	n, _ := u.Dims()
	return mat.DenseCopyOf(u.Slice(0, n, 0, rank)), true
}
