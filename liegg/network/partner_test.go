package network

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

// curved is x₀·x₃ + x₁³/3 + sin x₂ of two vectors (x₀, x₁) and (x₂, x₃), and its gradient.
func curved(x []float64) (y float64, g []float64) {
	return x[0]*x[3] + x[1]*x[1]*x[1]/3 + math.Sin(x[2]), []float64{x[3], x[1] * x[1], math.Cos(x[2]), x[0]}
}

func curvedNetwork() *Network {
	return Exact(func(x *Node) *Node {
		at := func(i int) *Node { return Slice(x, AxisRange(), AxisElem(i)) }
		return Add(Mul(at(0), at(3)), Add(DivScalar(Mul(Square(at(1)), at(1)), 3), Sin(at(2))))
	})
}

// In blocks of one sample, ρ_ref and V are what their definitions say of the pairs
// (i, i + ⌊n/2⌋ mod n).
func TestPairsOfSingleSamples(t *testing.T) {
	for _, samples := range []int{2, 25, 60} {
		x := gaussian(7, samples, 1, 2, 1, 1)
		values := ok(dataset.Values(x))(t)
		n, a := curvedNetwork(), action.Linear(2, 2)
		s := Settings{Batch: 1}
		var e *extraction
		var unpaired, bound float64
		for c, err := range n.cut(Tensor(x), s, a.Dim(), x) {
			if err == nil && e == nil {
				e, err = n.extraction(a, c, s, x)
			}
			if err != nil {
				t.Fatal(err)
			}
			e.limits = unlimited(a.Dim(), 1) // weights of 1
			if c.X.Shape().Dim(0) != 2 || c.Count != 1 {
				t.Fatalf("a chunk of %d rows and %d samples", c.X.Shape().Dim(0), c.Count)
			}
			out := ok(e.run(c))(t)[0]
			unpaired, bound = unpaired+out.Moments.Unpaired, bound+out.Moments.UnpairedMetric
		}
		defer e.finalize()
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
		expect.Near(t, "V", []float64{e.spread}, []float64{boundedMean(differences)}, 1e-9)
	}
}

// A short stream has nearly the reference and the variation of a long one, and a single sample
// has no other. The shear moves along the steepest coordinate, so that ρ_ref is above 1/√n.
func TestReferenceOfShortStreams(t *testing.T) {
	n := curvedNetwork()
	a := action.Restricted(action.Linear(2, 2), lie.Span("shear", mat.NewDense(2, 2, []float64{0, 0, 1, 0})))
	judged := func(samples int) (reference, variation float64) {
		v := ok(Judge(n, a, Tensor(gaussian(7, samples, 1, 2, 1, 1)), Settings{}))(t)
		return v.Reference, v.Defects[0].Variation
	}
	reference, variation := judged(20_000)
	if reference < .55 {
		t.Fatalf("ρ_ref = %.3g", reference)
	}
	for _, samples := range []int{130, 255, 257} {
		r, η := judged(samples)
		if math.Abs(r/reference-1) > .15 || math.Abs(η/variation-1) > .5 {
			t.Errorf("%d samples: ρ_ref = %.3g and η = %.3g, of 20000 %.3g and %.3g", samples, r, η, reference, variation)
		}
	}
	if _, err := Judge(n, a, Tensor(gaussian(7, 1, 1, 2, 1, 1)), Settings{}); err == nil {
		t.Error("one sample is no error")
	}
}
