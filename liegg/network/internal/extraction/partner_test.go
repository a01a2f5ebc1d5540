package extraction

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// In blocks of one sample, ρ_ref and V are what their definitions say of the pairs
// (i, i + ⌊n/2⌋ mod n).
func TestPairsOfSingleSamples(t *testing.T) {
	for _, samples := range []int{2, 25, 60} {
		x := gaussian(7, samples, 1, 2, 1, 1)
		values := ok(dataset.Values(x))(t)
		n, a := curvedNetwork(), action.Linear(2, 2)
		s, backend := Settings{Batch: 1}, ok(n.On())(t)
		var e *Program
		var unpaired, bound float64
		for c, err := range stream.Partnered(stream.Cut(inputs(x), backend, 1), samples, stream.ByIndex(x)) {
			if err == nil && e == nil {
				e, err = n.Program(a, c, s, x)
			}
			if err != nil {
				t.Fatal(err)
			}
			e.limits = unlimited(a.Dim(), 1) // weights of 1
			if c.X.Shape().Dim(0) != 2 || c.Count != 1 {
				t.Fatalf("a chunk of %d rows and %d samples", c.X.Shape().Dim(0), c.Count)
			}
			out := ok(e.Run(c))(t)[0]
			unpaired, bound = unpaired+out.Moments.Unpaired, bound+out.Moments.UnpairedMetric
		}
		defer e.Finalize()
		var wantUnpaired, wantBound float64
		var differences []float64
		for i := range samples {
			other := (i + samples/2) % samples
			y, g := curved(values[4*i : 4*i+4])
			z, _ := curved(values[4*other : 4*other+4])
			v := values[4*other : 4*other+4]
			differences = append(differences, (y-z)*(y-z)/2)
			squares := 0.
			for _, d := range g {
				squares += d * d
			}
			for row := range 2 { // the velocities of E_row,column
				for column := range 2 {
					p, q := v[column], v[2+column]
					wantUnpaired += math.Pow(g[row]*p+g[2+row]*q, 2)
					wantBound += squares * (p*p + q*q)
				}
			}
		}
		expect.Near(t, "pairs", []float64{unpaired, bound}, []float64{wantUnpaired, wantBound}, 1e-9*wantBound)
		expect.Near(t, "V", []float64{e.spread}, []float64{participation.BoundedMean(differences)}, 1e-9)
	}
}

// curved is x₀·x₃ + x₁³/3 + sin x₂ of two vectors (x₀, x₁) and (x₂, x₃), and its gradient.
func curved(x []float64) (y float64, g []float64) {
	return x[0]*x[3] + x[1]*x[1]*x[1]/3 + math.Sin(x[2]), []float64{x[3], x[1] * x[1], math.Cos(x[2]), x[0]}
}

func curvedNetwork() Network {
	return exact(func(x *Node) *Node {
		at := func(i int) *Node { return Slice(x, AxisRange(), AxisElem(i)) }
		return Add(Mul(at(0), at(3)), Add(DivScalar(Mul(Square(at(1)), at(1)), 3), Sin(at(2))))
	})
}
