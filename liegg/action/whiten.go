package action

import (
	"errors"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
)

// Whiten prepares an action for data. Vectors and points are measured so that
// the data have the same spread in all directions, and in all parts of a
// product; see Vectors.Whitened. This also applies inside Restricted, Product
// and the equivariances. Translations are taken about the mean of the data;
// see Centre. Other actions are returned unchanged. x has shape [N, input…]
// in float32 or float64. Whiten returns an error if x does not fit.
func Whiten(a Action, x *tensors.Tensor) (Action, error) {
	centred, err := Centre(a, x)
	if err != nil {
		return a, err
	}
	return whiten(centred, x)
}

// whiten is Whiten with the centre left unchanged.
func whiten(a Action, x *tensors.Tensor) (Action, error) {
	switch a := a.(type) {
	case Vectors:
		return a.Whitened(x)
	case interface {
		whitened(x *tensors.Tensor) (Action, error)
	}:
		if err := checkData(a.(Action), x); err != nil {
			return a.(Action), err
		}
		return a.whitened(x)
	}
	return a, nil
}

// WhiteCoordinates returns the matrix, of the size of generators, that takes inputs to the
// coordinates in which an action measures them: about the centre, and white if it was whitened. It
// also returns the inverse. Both are nil if these are the inputs' own coordinates, or if the action
// has no such matrix.
func WhiteCoordinates(a Action) (there, back *mat.Dense) {
	there = linalg.Identity(GeneratorSize(a))
	back = linalg.Identity(GeneratorSize(a))
	scaled := unwhiten(a, there, back)
	centring := Centring(a)
	if centring != nil {
		decentring, _ := lie.Inverse(centring) // a translation always has an inverse
		there.Mul(there, centring)
		back.Mul(decentring, back)
	}
	if !scaled && centring == nil {
		return nil, nil
	}
	return there, back
}

// unwhiten writes U with UᵀU = S, the inner product of an action, and its inverse into the top
// left corners of two identity matrices. It reports whether there is such an S.
func unwhiten(a Action, there, back *mat.Dense) bool {
	inner := innerOf(a)
	if inner == nil {
		return false
	}
	n, size := inner.SymmetricDim(), there.RawMatrix().Rows
	var root mat.Cholesky
	if n != size && !(IsHomogeneous(a) && n == size-1) || !root.Factorize(inner) {
		return false
	}
	var u, inverse mat.TriDense
	root.UTo(&u)
	if err := inverse.InverseTri(&u); err != nil && !errors.As(err, new(mat.Condition)) {
		return false
	}
	there.Slice(0, n, 0, n).(*mat.Dense).Copy(&u)
	back.Slice(0, n, 0, n).(*mat.Dense).Copy(&inverse)
	return true
}
