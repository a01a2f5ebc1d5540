package group_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/internal/examples"
	"github.com/liegg/lab/liegg/lie/rep"
)

// mean is ∫φ(g) dg by a rule.
func mean(r *group.HaarRule, φ func(g *mat.Dense) float64) (sum float64) {
	for _, n := range r.Nodes {
		sum += n.Weight * φ(n.Element())
	}
	return sum
}

// The moments of one entry of a rotation of R³, which is uniform in [−1, 1]: E g_33^2k =
// 1/(2k + 1), up to the degree of the rule and not beyond.
func TestHaarOfSO3(t *testing.T) {
	r := expect.OK(group.Haar(lie.SO(3), 0, group.HaarSettings{Degree: 4}))(t)
	for _, g := range []struct{ i, j int }{{2, 2}, {0, 2}, {1, 0}} {
		for k := range 5 {
			want := 0.0
			if k%2 == 0 {
				want = 1 / float64(k+1)
			}
			if got := mean(r, func(m *mat.Dense) float64 { return math.Pow(m.At(g.i, g.j), float64(k)) }); math.Abs(got-want) > 1e-13 {
				t.Errorf("E g_%d%d^%d = %g, want %g", g.i, g.j, k, got, want)
			}
		}
	}
	if got := mean(r, func(m *mat.Dense) float64 { return math.Pow(m.At(2, 2), 8) }); math.Abs(got-1./9) < 1e-6 {
		t.Errorf("a rule of degree 4 with %d nodes is exact to degree 8, more nodes than must be", len(r.Nodes))
	}
	if len(r.Nodes) != 5*5*3 || r.Random() {
		t.Errorf("%v", r)
	}
}

// Schur's orthogonality, ∫ρ(g) dg = 0 and ∫tr ρ(g)² dg = 1 for irreducible ρ ≠ 1, in the frame and
// the representation that an algebra is found in: the integral is the projector on invariants.
func TestHaarIsTheProjectorOnInvariants(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 0))
	frame := func(n int) *mat.Dense { return lie.Exp(examples.Noise(random, n), .3) }
	turn := mat.NewDense(4, 4, []float64{0, -2, 0, 0, 2, 0, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0}) // frequencies 1, 1/2
	spinor := lie.Span("su(2)", examples.Quaternions()...)
	symmetric := make([]*mat.Dense, 3)
	for i, h := range lie.SO(3).Basis() {
		symmetric[i] = rep.SymmetricSquare(rep.Standard(3)).Of(h)
	}
	affine := make([]*mat.Dense, 3)
	for i, h := range lie.SO(3).Basis() {
		affine[i] = mat.NewDense(4, 4, nil)
		affine[i].Slice(0, 3, 0, 3).(*mat.Dense).Copy(h)
		affine[i].Product(lie.TranslationBy(1, 2, 3), affine[i], lie.TranslationBy(-1, -2, -3))
	}
	torus := lie.Span("torus", lie.SO(4).Basis()[0], lie.SO(4).Basis()[5])
	for _, c := range []struct {
		name       string
		a          lie.Algebra
		invariants float64
		random     bool
	}{
		{"so(2)", lie.SO(2), 0, false},
		{"so(2) of two speeds", lie.Span("so(2)", turn), 0, false},
		{"a torus", torus, 0, false},
		{"so(3)", lie.SO(3), 0, false},
		{"su(2)", spinor, 0, false},
		{"symmetric tensors", lie.Span("so(3)", symmetric...), 1, false},
		{"so(3) about a point", lie.SpanAffine("so(3)", affine...), 1, false},
		{"so(4)", lie.SO(4), 0, false},
		{"so(5)", lie.SO(5), 0, true},
	} {
		q := frame(c.a.Size())
		if c.a.Homogeneous() {
			q = lie.TranslationBy(3, 1, -1)
		}
		a := expect.OK(c.a.Conjugate(q))(t)
		r := expect.OK(group.Haar(a, 0, group.HaarSettings{Degree: 2, Samples: 400}))(t)
		if r.Random() != c.random {
			t.Errorf("%s: %v", c.name, r)
		}
		tolerance := 1e-10
		if c.random {
			tolerance = .3
		}
		n := a.Size()
		p, weights := mat.NewDense(n, n, nil), 0.0
		for _, node := range r.Nodes {
			var one mat.Dense
			one.Scale(node.Weight, node.Element())
			p.Add(p, &one)
			weights += node.Weight
		}
		var square mat.Dense
		square.Mul(p, p)
		if !mat.EqualApprox(&square, p, tolerance) || math.Abs(mat.Trace(p)-c.invariants) > tolerance || math.Abs(weights-1) > 1e-12 {
			t.Errorf("%s: the mean element has trace %g, want the number of invariants %g; weights add up to %g", c.name, mat.Trace(p), c.invariants, weights)
		}
		for _, h := range a.Basis() {
			var moved mat.Dense
			moved.Mul(h, p)
			if mat.Norm(&moved, 2) > tolerance {
				t.Errorf("%s: the mean element is moved by %g", c.name, mat.Norm(&moved, 2))
			}
		}
	}
}

// An estimate is closed first: its rotations by whole turns are the identity.
func TestHaarOfAnEstimate(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 0))
	pairs := make([]*mat.Dense, 3)
	for i, h := range lie.SO(3).Basis() {
		pairs[i] = mat.NewDense(6, 6, nil)
		pairs[i].Slice(0, 3, 0, 3).(*mat.Dense).Copy(h)
		pairs[i].Slice(3, 6, 3, 6).(*mat.Dense).Copy(h)
		for k := range 3 {
			for l := range 3 {
				pairs[i].Set(k, l, pairs[i].At(k, l)+.01*random.NormFloat64())
				pairs[i].Set(k+3, l+3, pairs[i].At(k+3, l+3)+.01*random.NormFloat64())
			}
		}
	}
	r := expect.OK(group.Haar(lie.Span("found", pairs...), .02, group.HaarSettings{Degree: 3}))(t)
	if r.Random() || r.Moved == 0 || r.Moved > .05 {
		t.Errorf("%v, moved by %g", r, r.Moved)
	}
	p := mat.NewDense(6, 6, nil)
	for _, n := range r.Nodes {
		var one mat.Dense
		one.Scale(n.Weight, n.Element())
		p.Add(p, &one)
	}
	if size := mat.Norm(p, 2); size > 1e-6 {
		t.Errorf("vectors have no invariants, and the mean element has the norm %g", size)
	}
	twoDim := lie.Sum(lie.SO(2), lie.Scaling(2))
	if _, err := group.Haar(twoDim, .02, group.HaarSettings{}); !errors.Is(err, group.ErrNotCompact) {
		t.Errorf("scaling: %v", err)
	}
}

// Random nodes have the moments of the Haar measure: E g_ij² = 1/n.
func TestRandomHaar(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, a := range []lie.Algebra{lie.SO(3), lie.SO(5)} {
		r := expect.OK(group.Haar(a, 0, group.HaarSettings{Random: true, Samples: 3000, Seed: 2}))(t)
		n := float64(a.Size())
		for _, c := range []struct {
			φ          func(g *mat.Dense) float64
			want, from float64 // standard deviation of one draw
		}{
			{func(g *mat.Dense) float64 { return g.At(0, 1) }, 0, 1 / math.Sqrt(n)},
			{func(g *mat.Dense) float64 { return g.At(1, 1) * g.At(1, 1) }, 1 / n, math.Sqrt(2) / n},
			{func(g *mat.Dense) float64 { return mat.Trace(g) * mat.Trace(g) }, 1, math.Sqrt2},
		} {
			if got := mean(r, c.φ); math.Abs(got-c.want) > 4.5*c.from/math.Sqrt(3000) {
				t.Errorf("%v: a moment is %g, want %g", r, got, c.want)
			}
		}
	}
}

func TestHaarRefuses(t *testing.T) {
	slow, golden := mat.NewDense(4, 4, nil), (math.Sqrt(5)-1)/2
	for i, ω := range []float64{1, golden} {
		slow.Set(2*i, 2*i+1, -ω)
		slow.Set(2*i+1, 2*i, ω)
	}
	for says, a := range map[string]lie.Algebra{
		"positive sign":   lie.SOpq(1, 2),
		"no rotation":     lie.Scaling(2),
		"nilpotent":       lie.SE(2),
		"never returns":   lie.Span("golden", slow),
		"real part of 1 ": lie.Sum(lie.SO(3), lie.Scaling(3)),
	} {
		_, err := group.Haar(a, 0, group.HaarSettings{})
		if !errors.Is(err, group.ErrNotCompact) {
			t.Errorf("%s: %v", a.Name(), err)
			continue
		}
		expect.Error(t, err, says)
	}
	expect.Panic(t, "no generators", func() { _, _ = group.Haar(lie.Trivial(3), 0, group.HaarSettings{}) })
	expect.Panic(t, "negative", func() { _, _ = group.Haar(lie.SO(3), 0, group.HaarSettings{Degree: -1}) })
}
