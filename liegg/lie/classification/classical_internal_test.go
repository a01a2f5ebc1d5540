package classification

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/dense"
	"github.com/liegg/lab/liegg/lie/internal/flags"
)

func randomMatrix(r *rand.Rand, n int) *mat.Dense {
	m := mat.NewDense(n, n, nil)
	for i := range m.RawMatrix().Data {
		m.RawMatrix().Data[i] = r.NormFloat64()
	}
	return m
}

// The Gram matrix of the change of forms agrees with its definition.
func TestInvarianceGram(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	const n = 4
	for _, sign := range []float64{1, -1} {
		q := randomMatrix(r, n)
		var back mat.Dense
		back.Scale(sign, q.T())
		q.Add(q, &back)
		a := lie.Span("", randomMatrix(r, n), randomMatrix(r, n), randomMatrix(r, n))
		want := 0.
		for _, e := range a.Basis() {
			want += math.Pow(mat.Norm(changed(e, q), 2), 2)
		}
		units := formUnits(n, sign > 0)
		coordinates := mat.NewVecDense(len(units), nil)
		for i, u := range units {
			coordinates.SetVec(i, dense.Inner(u, q))
		}
		if got := mat.Inner(coordinates, invarianceGram(a, units), coordinates); math.Abs(got-want) > 1e-10*want {
			t.Errorf("Σ‖E_kᵀQ + QE_k‖² = %g, want %g", got, want)
		}
	}
}

func changed(h, q *mat.Dense) *mat.Dense {
	var left, right mat.Dense
	left.Mul(h.T(), q)
	right.Mul(q, h)
	left.Add(&left, &right)
	return &left
}

// Large classical algebras are found without structure constants, and what is said of them is
// what the search and the decomposition say of those that are small enough for these.
func TestClassicalIsWhatTheDecompositionSays(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	r := rand.New(rand.NewPCG(7, 0))
	for _, a := range []lie.Algebra{lie.SO(5), lie.SO(6), lie.SOpq(1, 4), lie.SOpq(2, 4), lie.SOpq(3, 3), lie.Sp(3)} {
		for _, angle := range []float64{0, 1e-6, .002} {
			q := linalg.Identity(a.Size())
			for i := range q.RawMatrix().Data {
				q.RawMatrix().Data[i] += .05 * r.NormFloat64()
			}
			turned, err := a.Conjugate(q)
			if err != nil {
				t.Fatal(err)
			}
			var noise []*mat.Dense
			for _, e := range turned.Basis() {
				noisy := randomMatrix(r, a.Size())
				noisy.Scale(angle/mat.Norm(noisy, 2)/2, noisy)
				noisy.Add(noisy, e)
				noise = append(noise, noisy)
			}
			estimate := lie.Span("", noise...)
			c, ok := classicalNear(estimate, angle)
			if !ok || !c.isolated(angle) {
				t.Errorf("%s at angle %g: found %v, isolated %v", a.Name(), angle, ok, ok && c.isolated(angle))
				continue
			}
			if residual := lie.ClosureResidual(c.algebra); residual > 1e-12 {
				t.Errorf("%s: closure residual %g", a.Name(), residual)
			}
			within := func(lie.Algebra) bool { return true }
			settled, _ := settled(estimate, math.Inf(1))
			got, want := c.identity(angle), identified(settled, angle, within)
			if got.Name != want.Name || got.Fingerprint != want.Fingerprint || len(want.Alternatives) > 0 || len(got.Forms) != len(want.Forms) ||
				len(got.Ideals) != len(want.Ideals) || got.IdealNames[0] != want.IdealNames[0] || got.Levi.Dim() != want.Levi.Dim() || want.Radical.Dim() != 0 {
				t.Errorf("got %v, want %v", got, want)
			}
			if nearer, found := lie.LargestAngle(estimate, settled), lie.LargestAngle(estimate, c.algebra); found > 1.2*nearer+1e-9 {
				t.Errorf("%s is at %g rad, the search finds one at %g", a.Name(), found, nearer)
			}
		}
	}
}

// A form that nearly loses a direction is near one with a radical: the decomposition decides.
func TestNearContractionIsNotIsolated(t *testing.T) {
	q := linalg.Identity(6)
	q.Set(5, 5, .3)
	if c, ok := classicalNear(isometries(Form{Q: q, Symmetric: true}), .01); !ok || c.isolated(.01) {
		t.Errorf("found %v, isolated %v", ok, ok && c.isolated(.01))
	}
}

// The equations of a few brackets have the transpose and the derivative that they say, and
// lead to the same algebra as the equations of all brackets.
func TestProbedEquations(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 0))
	for _, a := range []lie.Algebra{lie.SO(5), lie.Sum(lie.SO(4), lie.Scaling(4)), lie.SE(3), lie.SL(3)} {
		var noise []*mat.Dense
		for _, e := range a.Basis() {
			noisy := randomMatrix(r, a.Size())
			noisy.Scale(.005/mat.Norm(noisy, 2), noisy)
			if a.Homogeneous() {
				noisy.SetRow(a.Size()-1, make([]float64, a.Size()))
			}
			noisy.Add(noisy, e)
			noise = append(noise, noisy)
		}
		estimate := a.With(noise...)
		w := ambientOf(estimate)
		f := &flags.Flag{Ambient: w, Basis: dense.Completed(w.coordinates(estimate)), Sizes: []int{a.Dim()}, Target: [][]int{{0}}, Probes: probesOf(w)}
		c := f.Probed()
		m, _ := f.Basis.Dims()
		x, back := mat.NewDense(m, a.Dim(), nil), mat.NewDense(m, a.Dim(), nil)
		x.Apply(func(i, _ int, _ float64) float64 {
			if i < a.Dim() {
				return 0
			}
			return r.NormFloat64()
		}, x)
		image, other := c.Zeros(), c.Zeros()
		for _, o := range other {
			o.Apply(func(_, _ int, _ float64) float64 { return r.NormFloat64() }, o)
		}
		c.Jacobian(image, x)
		c.Transposed(back, other)
		forth := 0.
		for k := range image {
			forth += dense.Product(image[k], other[k])
		}
		if got := dense.Product(x, back); math.Abs(got-forth) > 1e-10*math.Abs(forth) {
			t.Errorf("%s: ⟨x,Jᵀw⟩ = %g, ⟨Jx,w⟩ = %g", a.Name(), got, forth)
		}
		all, _ := settledBy(estimate, 1, nil)
		few, left := settledBy(estimate, 1, f.Probes)
		if angle := lie.LargestAngle(all, few); left > flags.Closed || lie.ClosureResidual(few) > flags.Closed || angle > 1e-4 {
			t.Errorf("%s: %g rad from what all brackets lead to, residual %g", a.Name(), angle, left)
		}
	}
}
