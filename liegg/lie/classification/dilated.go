package classification

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
)

// Seen from far away, a rotation is a translation: affine maps A·x + b with ‖A‖ = ε·‖b‖ have
// brackets of size ε², so that so(3) about a centre at a distance of 1/ε looks like se(2) unless
// the angle error is far below ε². In the coordinates εx the two parts have the same size, and so
// have the brackets. The error of A, relative to A, is angle/ε in any coordinates.

// faintBrackets is the ratio of a bracket to the angle error below which the bracket may be missed.
const faintBrackets = 100

// farAway returns the smallest ε of the generators of affine maps, if the angle error resolves the
// linear part itself but not its brackets; otherwise 1.
func farAway(a lie.Algebra, angle float64) float64 {
	if !a.Homogeneous() || a.Dim() < 2 || a.Size() < 2 {
		return 1
	}
	n := a.Size() - 1
	linear := mat.NewDense(a.Dim(), n*n, nil)
	for k, h := range a.Basis() {
		linear.SetRow(k, lie.LinearPart(h).RawMatrix().Data)
	}
	var svd mat.SVD
	if !svd.Factorize(linear, mat.SVDNone) {
		return 1
	}
	least := 1.
	for _, ε := range svd.Values(nil) {
		if ε > 3*angle+1e-10 && ε*ε < faintBrackets*angle+1e-8 {
			least = min(least, ε)
		}
	}
	return least
}

// identifiedFromAfar identifies affine maps in the coordinates εx, to which Residual and Moved then
// refer. There is no name if the error is too large for one there.
func identifiedFromAfar(a lie.Algebra, angle, ε float64) (*Identity, error) {
	q := mat.NewDense(a.Size(), a.Size(), nil)
	for i := range a.Size() - 1 {
		q.Set(i, i, ε)
	}
	q.Set(a.Size()-1, a.Size()-1, 1)
	near, err := a.Conjugate(q)
	if err != nil {
		return nil, err
	}
	id, err := identifyNearby(near, math.Min(angle/ε, math.Pi/2))
	if err != nil {
		return nil, err
	}
	if id.Name == "" {
		return &Identity{Algebra: a, Levi: lie.Trivial(a.Size()), Radical: lie.Trivial(a.Size()), Fingerprint: Fingerprint{Dim: a.Dim()},
			Reason:   fmt.Sprintf("some generators are nearly translations: their linear part is %.1g of the whole, and an angle error of %.2g rad does not tell what the brackets of such parts are", ε, angle),
			Residual: lie.ClosureResidual(a)}, nil
	}
	return id.CarriedBack(q)
}
