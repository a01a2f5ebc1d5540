package action

import "github.com/gomlx/gomlx/core/tensors"

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
