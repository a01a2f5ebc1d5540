package spaces

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
)

// K is the projector along U^⊥ whose velocities keep the data within their plane where they can: for
// spans of all dimensions, for planes through the origin and elsewhere, and in any units.
func TestKept(t *testing.T) {
	const n = 4
	for gradients := 1; gradients <= n; gradients++ {
		for plane := 1; plane <= n; plane++ {
			for _, affine := range []bool{false, true} {
				for _, unit := range []float64{1, 1e4} {
					r := rand.New(rand.NewPCG(uint64(10*gradients+plane), 0))
					m, v := between(r, gradients, plane, affine, [n]float64{unit, 1, 1, 1})
					p, rank, _, err := m.GradientSpan(1e-6)
					if err != nil || rank != gradients {
						t.Fatalf("gradients of rank %d, want %d: %v", rank, gradients, err)
					}
					k, err := m.Kept(p, expectSpan(t, m))
					if err != nil {
						t.Fatal(err)
					}
					if off := mat.Norm(difference(linalg.Times(k, k), k), 2) / mat.Norm(k, 2); off > 1e-9 {
						t.Errorf("%d gradients, plane of %d, unit %g: K² differs from K by %g", gradients, plane, unit, off)
					}
					for what, pair := range map[string][2]*mat.Dense{"P_U·K": {linalg.Times(p, k), p}, "K·P_U": {linalg.Times(k, p), k}} {
						if off := mat.Norm(difference(pair[0], pair[1]), 2) / mat.Norm(pair[1], 2); off > 1e-9 {
							t.Errorf("%d gradients, plane of %d, unit %g: %s differs by %g", gradients, plane, unit, what, off)
						}
					}
					// Velocities in the plane have a counterpart there, themselves.
					for i := range plane {
						moved := linalg.Times(k, v.Slice(0, n, i, i+1).(*mat.Dense))
						if off := outside(moved, v, unit); off > 1e-7 {
							t.Errorf("%d gradients, plane of %d, affine %v, unit %g: K moves data out of the plane by %g", gradients, plane, affine, unit, off)
						}
					}
				}
			}
		}
	}
}

// between returns moments of random gradients and data that span a plane of the given dimensions, and the
// directions of the plane, n×plane. No gradients are nearly orthogonal to the plane. One of affine maps
// does not contain the origin.
func between(r *rand.Rand, gradients, plane int, affine bool, units [4]float64) (*Moments, *mat.Dense) {
	const n, samples = 4, 100
	random := func(columns int) *mat.Dense {
		d := mat.NewDense(n, columns, nil)
		d.Apply(func(int, int, float64) float64 { return r.NormFloat64() }, d)
		return d
	}
	u, v, origin := random(gradients), random(plane), random(1)
	for leastCosineOf(u, v) < .3 {
		u = random(gradients)
	}
	v.Apply(func(i, _ int, x float64) float64 { return x * units[i] }, v)
	u.Apply(func(i, _ int, x float64) float64 { return x / units[i] }, u)
	size := n
	if affine {
		size++
	}
	m := &Moments{Coordinates: n, Gradients: mat.NewSymDense(n, nil), Data: mat.NewSymDense(size, nil)}
	for range samples {
		along := func(d *mat.Dense) *mat.VecDense {
			_, columns := d.Dims()
			var x mat.VecDense
			x.MulVec(d, random(columns).ColView(0).(*mat.VecDense).SliceVec(0, columns))
			return &x
		}
		m.Gradients.SymRankOne(m.Gradients, 1, along(u))
		x := mat.NewVecDense(size, nil)
		x.SliceVec(0, n).(*mat.VecDense).CopyVec(along(v))
		if affine {
			for i := range n {
				x.SetVec(i, x.AtVec(i)+origin.At(i, 0)*units[i])
			}
			x.SetVec(n, 1)
		}
		m.Data.SymRankOne(m.Data, 1, x)
	}
	return m, v
}

// leastCosineOf returns the cosine of the largest principal angle between the ranges of u and v.
func leastCosineOf(u, v *mat.Dense) float64 {
	a, _ := linalg.Range(u)
	b, _ := linalg.Range(v)
	var svd mat.SVD
	svd.Factorize(linalg.Times(mat.DenseCopyOf(a.T()), b), mat.SVDNone)
	cosines := svd.Values(nil)
	return cosines[len(cosines)-1]
}

func difference(a, b *mat.Dense) *mat.Dense {
	var d mat.Dense
	d.Sub(a, b)
	return &d
}

// outside returns the share of a velocity that is not along the columns of v, whose first coordinate has
// the given unit.
func outside(velocity, v *mat.Dense, unit float64) float64 {
	in := func(d *mat.Dense) *mat.Dense {
		d = mat.DenseCopyOf(d)
		d.Apply(func(i, _ int, x float64) float64 {
			if i == 0 {
				return x / unit
			}
			return x
		}, d)
		return d
	}
	basis, _ := linalg.Range(in(v))
	w := in(velocity)
	along := linalg.Times(basis, linalg.Times(mat.DenseCopyOf(basis.T()), w))
	return mat.Norm(difference(w, along), 2) / math.Max(mat.Norm(w, 2), math.SmallestNonzeroFloat64)
}
