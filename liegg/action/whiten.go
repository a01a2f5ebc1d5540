package action

import "github.com/gomlx/gomlx/core/tensors"

// Whiten is an action measured so that the data look alike in all directions, and
// in all parts of a product: see Vectors.Whitened. Vectors are whitened, also
// inside Restricted and Product; other actions are returned as they are. x has
// shape [N, input…] in float32 or float64. The error says why x does not fit.
func Whiten(a Action, x *tensors.Tensor) (Action, error) {
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
