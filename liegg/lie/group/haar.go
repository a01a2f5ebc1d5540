package group

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// ErrNotCompact: a group without a Haar measure of total 1, over which nothing can be averaged.
var ErrNotCompact = errors.New("lie: the group is not compact, so nothing can be averaged over all of it: give a compact subalgebra, such as the rotations among its generators")

// HaarRule is a quadrature rule for the mean over a compact connected group G, ∫φ(g) dg ≈
// Σ_i w_i φ(g_i), where dg is the normalised Haar measure.
type HaarRule struct {
	// Nodes are the elements with their weights, which add up to 1.
	Nodes []HaarNode
	// Degree is the degree of the polynomials of the entries of g up to which the rule is exact.
	// It is 0 if the nodes are random: independent draws from the Haar measure, with equal
	// weights.
	Degree int
	// Algebra is the closed algebra whose group is averaged over, and Moved its angle from the
	// given one, in radians.
	Algebra lie.Algebra
	Moved   float64
}

// HaarNode is an element of a group as a product of exponentials, exp(F_1)·exp(F_2)·…, and its
// weight. In a representation ρ of the algebra it is exp(ρ(F_1))·exp(ρ(F_2))·….
type HaarNode struct {
	Weight  float64
	Factors []*mat.Dense
}

// Element returns the product of the exponentials.
func (n HaarNode) Element() *mat.Dense {
	g := lie.Exp(n.Factors[0], 1)
	for _, f := range n.Factors[1:] {
		g = dense.Mul(g, lie.Exp(f, 1))
	}
	return g
}

// HaarSettings determines the number of nodes of a HaarRule. The zero value of each field means its
// default.
type HaarSettings struct {
	// Degree is the degree up to which rules are exact; default 15 for groups of one parameter
	// and 7 for others.
	Degree int
	// Samples is the number of random nodes if there is no exact rule; default 256, at least 2.
	Samples int
	// Random asks for random nodes even if there is an exact rule.
	Random bool
	// Seed draws them.
	Seed uint64
}

// mostNodes is the largest number of nodes of an exact rule.
const mostNodes = 4096

// Haar returns a rule for the group of a compact algebra. angle is the error of the algebra in
// radians, 0 if it is exact to rounding. Haar uses the nearest closed algebra (NearestClosed).
//
// Algebras that are sums of so(2) and so(3) (or su(2)) have exact rules: equal steps along each
// so(2), and for so(3) the product rule in Euler angles, with equal steps in α and γ and
// Gauss–Legendre nodes in cos β. A rule of degree L has L·P + 1 nodes for so(2), with P the Period
// of the generator (see CompactOf), and about (L+1)³/2 for so(3) acting on vectors. For other
// compact algebras, and if an exact rule would have more than 4096 nodes, the nodes are random. The
// semisimple part is drawn by a random walk of 16 wide normal steps, whose distance from the Haar
// measure is about 3⁻¹⁶.
//
// Haar returns ErrNotCompact, with the reason, for algebras that are not compact: if the Killing
// form is not negative, if there is a nilpotent ideal, or if a generator in the centre is no
// rotation or has incommensurate frequencies, so that its flow never returns. It also returns the
// errors of NearestClosed. It panics if the algebra has no generators, if angle is not in [0, π/2],
// or if a setting is negative.
func Haar(a lie.Algebra, angle float64, s HaarSettings) (*HaarRule, error) {
	if a.Dim() == 0 {
		panic("lie: Haar: the algebra has no generators")
	}
	if s.Degree < 0 || s.Samples < 0 || s.Samples == 1 {
		panic(fmt.Sprintf("lie: Haar: Degree and Samples must not be negative, and Samples not 1, got %d and %d", s.Degree, s.Samples))
	}
	c, err := compactParts(a, angle)
	if err != nil {
		return nil, err
	}
	degree := s.Degree
	if degree == 0 {
		if degree = 7; a.Dim() == 1 {
			degree = 15
		}
	}
	rule := &HaarRule{Algebra: c.whole, Moved: c.moved}
	if !s.Random {
		if rule.Nodes = c.exact(degree); rule.Nodes != nil {
			rule.Degree = degree
			return rule, nil
		}
	}
	count := 256
	if s.Samples > 0 {
		count = s.Samples
	}
	random := rand.New(rand.NewPCG(s.Seed, 0x68616172))
	for range count {
		rule.Nodes = append(rule.Nodes, HaarNode{1 / float64(count), c.draw(random)})
	}
	return rule, nil
}

// Random reports whether the nodes are independent draws.
func (r *HaarRule) Random() bool { return r.Degree == 0 }

// String describes the group and the rule.
func (r *HaarRule) String() string {
	if r.Random() {
		return fmt.Sprintf("%d random elements of the group of %s", len(r.Nodes), r.Algebra.Name())
	}
	return fmt.Sprintf("%d elements of the group of %s, exact to degree %d", len(r.Nodes), r.Algebra.Name(), r.Degree)
}

// String returns the weight and the number of exponentials.
func (n HaarNode) String() string {
	return fmt.Sprintf("weight %.3g, a product of %d exponentials", n.Weight, len(n.Factors))
}

// String names the fields, with "by default" for zeros.
func (s HaarSettings) String() string {
	set := func(v int) string {
		if v == 0 {
			return "by default"
		}
		return fmt.Sprint(v)
	}
	return fmt.Sprintf("Degree %s, Samples %s, Random %v, Seed %d", set(s.Degree), set(s.Samples), s.Random, s.Seed)
}

// compact is a compact algebra as centre and simple ideals.
type compact struct {
	whole  lie.Algebra
	moved  float64
	centre []CompactGenerator
	ideals []lie.Algebra
}

// compactParts takes a compact algebra apart.
func compactParts(a lie.Algebra, angle float64) (c compact, err error) {
	if c.whole, c.moved, err = classification.NearestClosed(a); err != nil {
		return c, err
	}
	c.whole = c.whole.Renamed(a.Name())
	constants := lie.Structure(c.whole)
	var eigen mat.EigenSym
	if !eigen.Factorize(constants.Killing(), true) {
		return c, dense.Failure("eigenvalues of the Killing form")
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	values, scale := eigen.Values(nil), constants.Scale()
	zero := classification.KillingTolerance*angle*max(scale*scale, angle) + 1e-9*(1+scale*scale)
	negative := 0
	for _, v := range values { // ascending
		if v > zero {
			return c, fmt.Errorf("%w (the Killing form of %s has a positive sign)", ErrNotCompact, a.Name())
		}
		if v < -zero {
			negative++
		}
	}
	if err := c.takeCentre(dense.Columns(&vectors, negative, len(values)), angle); err != nil {
		return c, err
	}
	if negative > 0 {
		semisimple := classification.Subspace(c.whole, "semisimple", dense.Columns(&vectors, 0, negative))
		for _, columns := range classification.Ideals(lie.Structure(semisimple)) {
			c.ideals = append(c.ideals, classification.Subspace(semisimple, "ideal", columns))
		}
	}
	return c, nil
}

// takeCentre takes the null space of the Killing form, which is the centre of a compact algebra.
func (c *compact) takeCentre(null *mat.Dense, angle float64) error {
	if null == nil {
		return nil
	}
	centre := classification.Subspace(c.whole, "centre", null)
	for _, x := range centre.Basis() {
		for _, y := range c.whole.Basis() {
			if size := mat.Norm(lie.Bracket(x, y), 2); size > classification.BracketTolerance*angle+1e-5 {
				return fmt.Errorf("%w (%s has an ideal that is nilpotent)", ErrNotCompact, c.whole.Name())
			}
		}
	}
	for _, h := range dualTurns(centre) {
		g := CompactOf(h, angle)
		switch {
		case !g.Compact:
			return fmt.Errorf("%w (%s has a generator that is no rotation: %s)", ErrNotCompact, c.whole.Name(), g.Reason)
		case g.Period == 0:
			return fmt.Errorf("%w (%s has a generator that never returns: %s)", ErrNotCompact, c.whole.Name(), g.Reason)
		}
		c.centre = append(c.centre, g)
	}
	return nil
}

// dualTurns returns the basis of commuting generators that is dual to as many independent weights,
// the largest first: each generator has frequency 1 in one weight and 0 in the others. If there are
// fewer weights than generators, some generators are no rotations, and the basis is unchanged.
func dualTurns(a lie.Algebra) []*mat.Dense {
	rest := mat.DenseCopyOf(classification.ImaginaryWeights(a))
	picked := mat.NewDense(a.Dim(), a.Dim(), nil)
	whole := mat.DenseCopyOf(rest)
	for i := range a.Dim() {
		best := 0
		for k := range a.Size() {
			if mat.Norm(rest.RowView(k), 2) > mat.Norm(rest.RowView(best), 2) {
				best = k
			}
		}
		size := mat.Norm(rest.RowView(best), 2)
		if size < 1e-6*mat.Norm(whole, 2) || size == 0 {
			return a.Basis()
		}
		picked.SetRow(i, whole.RawRowView(best))
		u := mat.NewVecDense(a.Dim(), nil)
		u.ScaleVec(1/size, rest.RowView(best))
		var along, part mat.Dense
		along.Mul(rest, u)
		part.Mul(&along, u.T())
		rest.Sub(rest, &part)
	}
	dual, err := lie.Inverse(picked)
	if err != nil {
		return a.Basis()
	}
	turns := make([]*mat.Dense, a.Dim())
	for i := range turns {
		turns[i] = a.Generator(mat.Col(nil, i, dual))
	}
	return turns
}

// exact returns the product of the rules of the parts. It returns nil if a part has no exact rule,
// or if the product has too many nodes.
func (c compact) exact(degree int) []HaarNode {
	nodes := []HaarNode{{Weight: 1}}
	for _, g := range c.centre {
		nodes = times(nodes, turnRule(g, degree))
	}
	for _, ideal := range c.ideals {
		if nodes == nil || ideal.Dim() != 3 {
			return nil
		}
		nodes = times(nodes, eulerRule(ideal, degree))
	}
	return nodes
}

// times returns the product of two rules, or nil if it would have too many nodes.
func times(a, b []HaarNode) (product []HaarNode) {
	if len(a)*len(b) > mostNodes {
		return nil
	}
	for _, x := range a {
		for _, y := range b {
			factors := append(append([]*mat.Dense{}, x.Factors...), y.Factors...)
			product = append(product, HaarNode{x.Weight * y.Weight, factors})
		}
	}
	return product
}

// turnRule has equal steps along exp(tH), 0 ≤ t < 2π·Period. Entries of exp(tH) have frequencies
// up to 1.
func turnRule(g CompactGenerator, degree int) (nodes []HaarNode) {
	n := degree*g.Period + 1
	for i := range n {
		nodes = append(nodes, HaarNode{1 / float64(n), []*mat.Dense{scaled(2*math.Pi*float64(g.Period*i)/float64(n), g.H)}})
	}
	return nodes
}

func scaled(t float64, h *mat.Dense) *mat.Dense {
	var m mat.Dense
	m.Scale(t, h)
	return &m
}

// eulerRule returns the product rule in Euler angles, exp(αE₃)·exp(βE₂)·exp(γE₃) with
// dα·d(cos β)·dγ. If the matrices have spins up to j, polynomials of degree L in their entries have
// spins up to M = L·j. The integrals over α and γ reduce these to Legendre polynomials of cos β, of
// degree at most M. γ makes two turns if there are half-integer spins.
func eulerRule(a lie.Algebra, degree int) (nodes []HaarNode) {
	e := SpinBasis(a)
	spin, turns := SpinOf(e[2])
	m := int(math.Ceil(float64(degree)*spin - 1e-9))
	βs, weights := make([]float64, m/2+1), make([]float64, m/2+1)
	quad.Legendre{}.FixedLocations(βs, weights, -1, 1)
	nα, nγ := m+1, turns*m+1
	for i := range nα {
		α := scaled(2*math.Pi*float64(i)/float64(nα), e[2])
		for j, cos := range βs {
			β := scaled(math.Acos(cos), e[1])
			for k := range nγ {
				γ := scaled(2*math.Pi*float64(turns*k)/float64(nγ), e[2])
				nodes = append(nodes, HaarNode{weights[j] / 2 / float64(nα*nγ), []*mat.Dense{α, β, γ}})
			}
		}
	}
	return nodes
}

// SpinBasis is a basis of so(3) with [E₁,E₂] = E₃ and so on in turn. By the Killing form κ it is
// orthogonal, −κ(E,E) = 2.
func SpinBasis(a lie.Algebra) [3]*mat.Dense {
	e := killingBasis(a)
	for i := range e {
		e[i].Scale(math.Sqrt2, e[i])
	}
	e[2] = lie.Bracket(e[0], e[1])
	return [3]*mat.Dense(e)
}

// killingBasis is a basis with −κ(E_i,E_j) = δ_ij for a negative Killing form κ.
func killingBasis(a lie.Algebra) []*mat.Dense {
	k := lie.Structure(a).Killing()
	k.ScaleSym(-1, k)
	axes, ok := linalg.AxesOf(k, -1)
	if !ok {
		panic(dense.Failure("eigenvalues of the Killing form"))
	}
	whiten := axes.Whiten()
	e := make([]*mat.Dense, a.Dim())
	for i := range e {
		e[i] = a.Generator(mat.Col(nil, i, whiten))
	}
	return e
}

// SpinOf is the largest spin of a generator E₃, which is its largest frequency, and the number of
// turns after which exp(tE₃) returns: two with half-integer spins.
func SpinOf(e *mat.Dense) (spin float64, turns int) {
	values, ok := dense.Eigenvalues(e)
	if !ok {
		panic(dense.Failure("eigenvalues"))
	}
	turns = 1
	for _, v := range values {
		twice := math.Round(2 * math.Abs(imag(v)))
		spin = math.Max(spin, twice/2)
		if math.Mod(twice, 2) == 1 {
			turns = 2
		}
	}
	return spin, turns
}

// Steps of the random walk on semisimple groups, with coefficients over a basis that is
// orthonormal by the Killing form, in which so(n) turns by an angle of 1/√(2(n−2)) in a unit of t.
const (
	walkSteps = 16
	walkWidth = 4 * math.Pi
)

// draw is a random element.
func (c compact) draw(random *rand.Rand) (factors []*mat.Dense) {
	for _, g := range c.centre {
		factors = append(factors, scaled(2*math.Pi*float64(g.Period)*random.Float64(), g.H))
	}
	for _, ideal := range c.ideals {
		e := killingBasis(ideal)
		for range walkSteps {
			x := mat.NewDense(ideal.Size(), ideal.Size(), nil)
			for _, m := range e {
				dense.AddScaled(x, walkWidth*random.NormFloat64(), m)
			}
			factors = append(factors, x)
		}
	}
	return factors
}
