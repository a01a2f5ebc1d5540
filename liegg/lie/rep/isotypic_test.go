package rep_test

import (
	"errors"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/internal/examples"
	"github.com/liegg/lab/liegg/lie/rep"
)

// Kernels of an exact rule are orthogonal projections that annihilate each other, of rank d², and
// entries of ρ_λ(g) lie in part λ: by Schur's orthogonality.
func TestIsotypicParts(t *testing.T) {
	so3, so2 := lie.SO(3), lie.SO(2)
	third := lie.Span("thirds", mat.NewDense(4, 4, []float64{0, -3, 0, 0, 3, 0, 0, 0, 0, 0, 0, -2, 0, 0, 2, 0})) // frequencies 1, 2/3
	for _, c := range []struct {
		a       lie.Algebra
		degree  int
		largest float64
		spins   []float64
		entry   func(g *mat.Dense) float64 // of spin …
		spin    float64
	}{
		{so3, 4, 2, []float64{0, 1, 2}, func(g *mat.Dense) float64 { return g.At(0, 2) }, 1},
		{so3, 4, 2, []float64{0, 1, 2}, func(g *mat.Dense) float64 { return g.At(0, 2) * g.At(1, 2) }, 2},
		{so3, 4, 2, []float64{0, 1, 2}, func(*mat.Dense) float64 { return 1 }, 0},
		{so2, 8, 3, []float64{0, 1, 2, 3}, func(g *mat.Dense) float64 { return g.At(0, 1) }, 1},
		{so2, 8, 3, []float64{0, 1, 2, 3}, func(g *mat.Dense) float64 { return g.At(0, 1) * g.At(0, 0) }, 2},
		{third, 4, 1, []float64{0, 1. / 3, 2. / 3, 1}, func(g *mat.Dense) float64 { return g.At(2, 3) }, 2. / 3},
	} {
		rule := expect.OK(group.Haar(c.a, 0, group.HaarSettings{Degree: c.degree}))(t)
		parts := expect.OK(rep.IsotypicParts(rule, c.largest))(t)
		values := mat.NewVecDense(len(rule.Nodes), nil)
		for i, n := range rule.Nodes {
			values.SetVec(i, math.Sqrt(n.Weight)*c.entry(n.Element()))
		}
		if len(parts) != len(c.spins) {
			t.Fatalf("%s: %v", c.a.Name(), parts)
		}
		for i, p := range parts {
			var squared, mixed, seen mat.Dense
			squared.Mul(p.Kernel, p.Kernel)
			squared.Sub(&squared, p.Kernel)
			mixed.Mul(p.Kernel, parts[(i+1)%len(parts)].Kernel)
			want := float64(p.Irrep.Dim)
			if c.a.Dim() == 3 {
				want *= want
			}
			if math.Abs(p.Irrep.Spin-c.spins[i]) > 1e-12 || mat.Norm(&squared, 2) > 1e-10 || mat.Norm(&mixed, 2) > 1e-10 || math.Abs(mat.Trace(p.Kernel)-want) > 1e-9 {
				t.Errorf("%s, %v: off a projection by %g, overlap %g, rank %g, want %g", c.a.Name(), p, mat.Norm(&squared, 2), mat.Norm(&mixed, 2), mat.Trace(p.Kernel), want)
			}
			seen.Mul(p.Kernel, values)
			share := math.Pow(mat.Norm(&seen, 2)/mat.Norm(values, 2), 2)
			if inside := math.Abs(p.Irrep.Spin-c.spin) < 1e-12; inside && math.Abs(share-1) > 1e-10 || !inside && share > 1e-10 {
				t.Errorf("%s: spin %g has %g of an entry of spin %g", c.a.Name(), p.Irrep.Spin, share, c.spin)
			}
		}
	}
	for _, a := range []lie.Algebra{lie.SO(4), lie.Span("su(2)", examples.Quaternions()...)} {
		if _, err := rep.IsotypicParts(expect.OK(group.Haar(a, 0, group.HaarSettings{Degree: 2}))(t), 1); !errors.Is(err, rep.ErrNoIrreps) {
			t.Errorf("%s: %v", a.Name(), err)
		}
	}
	if _, err := rep.IsotypicParts(expect.OK(group.Haar(so3, 0, group.HaarSettings{Random: true}))(t), 1); !errors.Is(err, rep.ErrNoIrreps) {
		t.Errorf("random nodes: %v", err)
	}
}
