package lie

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Seen from far away, a rotation is a translation: affine maps A·x + b with ‖A‖ = ε·‖b‖ have
// brackets of size ε², so that so(3) about a centre at a distance of 1/ε looks like se(2) unless
// the angle error is far below ε². In the coordinates εx the two parts have the same size, and so
// have the brackets. The error of A, relative to A, is angle/ε in any coordinates.

// faintBrackets is the ratio of a bracket to the angle error below which the bracket may be missed.
const faintBrackets = 100

// farAway returns the smallest ε of the generators of affine maps, if the angle error resolves the
// linear part itself but not its brackets; otherwise 1.
func farAway(a Algebra, angle float64) float64 {
	if !a.Homogeneous() || a.Dim() < 2 || a.n < 2 {
		return 1
	}
	n := a.n - 1
	linear := mat.NewDense(a.Dim(), n*n, nil)
	for k, h := range a.basis {
		linear.SetRow(k, LinearPart(h).RawMatrix().Data)
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
func identifiedFromAfar(a Algebra, angle, ε float64) (*Identity, error) {
	q := mat.NewDense(a.n, a.n, nil)
	for i := range a.n - 1 {
		q.Set(i, i, ε)
	}
	q.Set(a.n-1, a.n-1, 1)
	near, err := a.Conjugate(q)
	if err != nil {
		return nil, err
	}
	id, err := identifyNearby(near, math.Min(angle/ε, math.Pi/2))
	if err != nil {
		return nil, err
	}
	if id.Name == "" {
		return &Identity{Algebra: a, Levi: Trivial(a.n), Radical: Trivial(a.n), Fingerprint: Fingerprint{Dim: a.Dim()},
			Reason:   fmt.Sprintf("some generators are nearly translations: their linear part is %.1g of the whole, and an angle error of %.2g rad does not tell what the brackets of such parts are", ε, angle),
			Residual: ClosureResidual(a)}, nil
	}
	return id.CarriedBack(q)
}
