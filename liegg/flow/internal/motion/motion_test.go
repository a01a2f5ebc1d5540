package motion

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/network"
)

func TestMain(m *testing.M) { expect.MainInGo(m, network.BackendVariable) }

// moverOf returns a mover of normal points of R² with the given standard deviations.
func moverOf(t *testing.T, a action.Action, σ1, σ2, most float64) *Mover {
	t.Helper()
	random, values := rand.New(rand.NewPCG(1, 0)), make([]float64, 2*4000)
	for i := 0; i < len(values); i += 2 {
		values[i], values[i+1] = σ1*random.NormFloat64(), σ2*random.NormFloat64()
	}
	held := expect.OK(network.Buffer(network.Tensor(tensors.FromFlatDataAndDimensions(values, len(values)/2, 2)), 500))(t)
	t.Cleanup(held.Finalize)
	return expect.OK(New(a, held, most))(t)
}

var (
	rotation = mat.NewDense(2, 2, []float64{0, -1, 1, 0})
	dilation = mat.NewDense(2, 2, []float64{1, 0, 0, 1})
)

// exp(tH) of a rotation turns by t, also in mixed units, where it is computed in white coordinates.
func TestExp(t *testing.T) {
	for _, σ := range []float64{1, 1e6} {
		m := moverOf(t, action.Linear(2, 1), 1, σ, .1)
		h := mat.NewDense(2, 2, []float64{0, -1 / σ, σ, 0})
		want := mat.NewDense(2, 2, []float64{math.Cos(.7), -math.Sin(.7) / σ, math.Sin(.7) * σ, math.Cos(.7)})
		g := m.Exp(h, .7)
		if g.Out != nil || !mat.EqualApprox(g.In, want, 1e-12*σ) {
			t.Errorf("unit %g:\n%v\nwant\n%v", σ, mat.Formatted(g.In), mat.Formatted(want))
		}
		var local mat.Dense
		local.Product(m.back, m.Local(h), m.there)
		if !mat.EqualApprox(&local, h, 1e-9*σ) {
			t.Errorf("unit %g: a generator comes back as\n%v", σ, mat.Formatted(&local))
		}
	}
}

// Round data stay within their range under rotations. A dilation by e^t carries 10 % of normal points
// of the plane out of the ellipse with 99 % of them when e^(−2t)·r² is χ²₂'s 90 % quantile: at t = ½ ln 2.
func TestLimit(t *testing.T) {
	m := moverOf(t, action.Linear(2, 1), 1, 1, .1)
	if got := m.Limit(rotation, math.Pi); !math.IsInf(got, 1) {
		t.Errorf("a rotation leaves the range at t = %g", got)
	}
	if got, want := m.Limit(dilation, 3), math.Log(2)/2; math.Abs(got-want) > .03 {
		t.Errorf("a dilation leaves the range at t = %g, want %g", got, want)
	}
	var fast mat.Dense
	fast.Scale(1e4, dilation)
	if got, want := m.Limit(&fast, 3), math.Log(2)/2e4; math.Abs(got-want) > 3e-6 {
		t.Errorf("a fast dilation leaves the range at t = %g, want %g", got, want)
	}
}

// The extent of data with the covariance Σ is √(tr Σ²/tr Σ).
func TestExtent(t *testing.T) {
	const σ1, σ2 = 3., 1.
	m := moverOf(t, action.Linear(2, 1), σ1, σ2, .1)
	want := math.Sqrt((math.Pow(σ1, 4) + math.Pow(σ2, 4)) / (σ1*σ1 + σ2*σ2))
	if got := extentOf(m.Sample, 2); math.Abs(got-want) > .05*want {
		t.Errorf("an extent of %g, want %g", got, want)
	}
	if got := extentOf([]float64{4, 5, 4, 5, 4, 5}, 2); got != 1 {
		t.Errorf("equal points have an extent of %g", got)
	}
	if got := m.Extent(); got != 1 {
		t.Errorf("white data have an extent of %g", got)
	}
}

// Outputs move by exp(tB), there and back, and no difference between them is lengthened by more than
// its norm.
func TestOutputsMove(t *testing.T) {
	a := action.Covariant(action.Linear(2, 1), action.Unknown(2))
	m := moverOf(t, a, 1, 1, .1)
	pair, ok := m.Pair()
	if !ok || !MovesOutputs(a) || MovesOutputs(action.Linear(2, 1)) {
		t.Fatal("the action moves no outputs")
	}
	h := make([]float64, pair.Dim())
	for k := range h {
		h[k] = float64(k + 1)
	}
	generator := pair.Generator(h)
	b := m.OutputGenerator(generator)
	g := m.Exp(generator, .1)
	var back, product mat.Dense
	back.CloneFrom(m.Exp(generator, -.1).Out)
	product.Mul(g.Out, &back)
	if n, _ := b.Dims(); !mat.EqualApprox(&product, linalg.Identity(n), 1e-12) {
		t.Errorf("exp(tB)·exp(−tB) =\n%v", mat.Formatted(&product))
	}
	want := max(mat.Norm(g.Out, 2), mat.Norm(&back, 2)) // Frobenius, an upper bound
	if got := m.Lengthening(generator, .1); got < 1 || got > want {
		t.Errorf("outputs are lengthened by %g, want 1 … %g", got, want)
	}
	if got := m.Lengthening(generator, 0); got != 1 {
		t.Errorf("at t = 0 outputs are lengthened by %g", got)
	}
}
