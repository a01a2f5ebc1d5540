package invariants

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/lie/group"
)

// Settings says which invariants are sought, and how they are written. The zero value of each field
// means its default.
type Settings struct {
	// Degree is the largest degree of the polynomials. The default is 4, or for one vector
	// of more than ten coordinates 2.
	Degree int
	// Angle is the error of the algebra in radians, such as Verdict.AngleError. 0 means that it is
	// exact to rounding.
	Angle float64
	// Vectors name the c vectors, and Coordinates all c·n coordinates. Defaults are x, y, z, w, or
	// v₁, v₂, … for more than four vectors, and x₁, x₂, …, y₁, ….
	Vectors, Coordinates []string
}

// String lists the fields.
func (s Settings) String() string {
	degree := "by default"
	if s.Degree != 0 {
		degree = fmt.Sprint(s.Degree)
	}
	return fmt.Sprintf("Degree %s, Angle %.2g, Vectors %q, Coordinates %q", degree, s.Angle, s.Vectors, s.Coordinates)
}

// Invariants are the polynomial invariants of an algebra up to a degree.
type Invariants struct {
	// Generators are the invariants that are not polynomials of lower ones, ascending in degree.
	Generators []Polynomial
	// Independent is the number of functionally independent ones among them, and Expected is how
	// many invariants of any kind are independent near a generic point: Inputs − Orbits.
	Independent, Expected int
	// Inputs is the number of coordinates, and Orbits the dimension of a generic orbit.
	Inputs, Orbits int
	// Degree is the largest degree that was sought.
	Degree int
	// Algebra is the closed algebra to which the polynomials belong: the given one, or the nearest
	// closed one if that is noisy.
	Algebra lie.Algebra
	// Doubts say what the error of the algebra leaves open.
	Doubts []string
}

// Of returns the polynomial invariants of an algebra of n×n matrices that move c vectors of Rⁿ
// together, as action.Linear(n, c) does, or of affine maps of c points, as action.Affine(n, c)
// does.
//
// A noisy algebra is replaced first by the nearest closed one, as classification.Identify finds it, and a
// single noisy rotation by one with frequencies in ratios of whole numbers, as group.CompactOf finds
// it. Polynomials count as invariant if the generators change them by no more than Angle explains:
// d·Angle·√dim for degree d and polynomials of norm 1, and 1e-6·d for exact algebras. Doubts say
// if this decides a case that is close. Coefficients are then off by about Angle.
//
// Of returns an error if the matrices do not close to an algebra within Angle, and if there are more
// than 2000 monomials of one degree in each part of the inputs. It panics if c < 1, if a setting is
// out of range, or if there are not as many names as needed.
func Of(a lie.Algebra, c int, s Settings) (*Invariants, error) {
	n := a.Size()
	if a.Homogeneous() {
		n--
	}
	s = s.withDefaults(n, c)
	closed, err := cleaned(a, s.Angle)
	if err != nil {
		return nil, err
	}
	v := &Invariants{Algebra: closed, Degree: s.Degree, Inputs: n * c}
	r := copies(closed, c, s.Angle)
	return v, v.find(r, s, func(p *Polynomial) { p.Label = s.label(p, n, c) })
}

// withDefaults fills in defaults for c vectors of Rⁿ.
func (s Settings) withDefaults(n, c int) Settings {
	if c < 1 || s.Degree < 0 || !(s.Angle >= 0 && s.Angle <= math.Pi/2) {
		panic(fmt.Sprintf("invariants: want c ≥ 1, Settings.Degree ≥ 0 and Settings.Angle in [0, π/2], got %d, %d and %v", c, s.Degree, s.Angle))
	}
	if s.Degree == 0 {
		if s.Degree = 4; n > 10 {
			s.Degree = 2
		}
	}
	if s.Vectors == nil {
		for v := range c {
			name := "v" + spelling.Subscript(v+1)
			if c <= 4 {
				name = []string{"x", "y", "z", "w"}[v]
			}
			s.Vectors = append(s.Vectors, name)
		}
	}
	if len(s.Vectors) != c {
		panic(fmt.Sprintf("invariants: Settings.Vectors has %d names for %d vectors", len(s.Vectors), c))
	}
	if s.Coordinates == nil {
		for _, name := range s.Vectors {
			for i := range n {
				s.Coordinates = append(s.Coordinates, name+spelling.Subscript(i+1))
			}
		}
	}
	if len(s.Coordinates) != n*c {
		panic(fmt.Sprintf("invariants: Settings.Coordinates has %d names for %d coordinates", len(s.Coordinates), n*c))
	}
	return s
}

// largestAngle is the largest error of an algebra of one generator. classification.Identify has a limit for others.
const largestAngle = .1

// cleaned returns the closed algebra that a noisy one is an estimate of.
func cleaned(a lie.Algebra, angle float64) (lie.Algebra, error) {
	if a.Dim() == 1 && angle > 0 {
		if angle > largestAngle {
			return a, fmt.Errorf("invariants: an error of the algebra of %.2g rad is too large to tell invariants: bring it below %g, with more data or a better fit", angle, largestAngle)
		}
		if turn := group.CompactOf(a.Basis()[0], angle); turn.Compact {
			if a.Homogeneous() {
				return lie.SpanAffine(a.Name(), turn.H), nil
			}
			return lie.Span(a.Name(), turn.H), nil
		}
	}
	if a.Dim() < 2 {
		return a, nil
	}
	id, err := classification.Identify(a, angle)
	if err != nil {
		return a, err
	}
	if residual := lie.ClosureResidual(id.Algebra); residual > 1e-5 {
		return a, fmt.Errorf("invariants: the matrices are no Lie algebra: %s: give Settings.Angle, or the algebra that they generate", id.Reason)
	}
	return id.Algebra, nil
}

// find lists the invariants of a representation.
func (v *Invariants) find(r representation, s Settings, label func(p *Polynomial)) error {
	var doubt string
	v.Orbits, doubt = r.orbitDimension()
	v.doubt(doubt)
	v.Expected = v.Inputs - v.Orbits
	var found []Polynomial
	for degree := 1; degree <= s.Degree; degree++ {
		lower := found
		for _, δ := range multidegrees(r.components, degree) {
			if size := r.size(δ); size > mostMonomials {
				return fmt.Errorf("invariants: %.0f monomials of degree %d in %d inputs, at most %d can be solved: lower Settings.Degree", size, degree, v.Inputs, mostMonomials)
			}
			b := r.block(δ)
			fresh, err := v.fresh(b, r, lower)
			if err != nil {
				return err
			}
			found = append(found, fresh...)
		}
	}
	for _, p := range found {
		if p.finish(r, s) {
			label(&p)
			v.Generators = append(v.Generators, p)
		}
	}
	slices.SortStableFunc(v.Generators, func(p, q Polynomial) int { return cmp.Compare(p.Degree(), q.Degree()) })
	v.countIndependent(r)
	return nil
}

func (v *Invariants) doubt(reason string) {
	if reason != "" && !slices.Contains(v.Doubts, reason) {
		v.Doubts = append(v.Doubts, reason)
	}
}

// fresh returns the invariants of a block that are not made of lower ones.
func (v *Invariants) fresh(b block, r representation, lower []Polynomial) (fresh []Polynomial, err error) {
	space, open, err := b.null(r)
	if err != nil {
		return nil, err
	}
	v.doubt(open)
	if space == nil {
		return nil, nil
	}
	var made [][]float64
	eachProduct(lower, b.multidegree, terms{monomial.Key(make([]int, len(r.component))): 1}, func(t terms) {
		made = append(made, b.coordinates(t))
	})
	if space = without(space, made, math.Max(1e-6, 3*r.angle)); space == nil {
		return nil, nil
	}
	for _, row := range echelon(space, math.Max(1e-6, r.angle)) {
		p := Polynomial{multidegree: b.multidegree, degree: sum(b.multidegree), exponents: b.list, coefficients: make([]float64, len(row))}
		for k, c := range row {
			p.coefficients[k] = c * b.weights[k]
		}
		fresh = append(fresh, p)
	}
	return fresh, nil
}

// eachProduct visits the products of polynomials that have a multidegree.
func eachProduct(factors []Polynomial, left []int, sofar terms, visit func(t terms)) {
	if sum(left) == 0 {
		visit(sofar)
		return
	}
	for i, p := range factors {
		rest := slices.Clone(left)
		fits := true
		for c, d := range p.multidegree {
			rest[c] -= d
			fits = fits && rest[c] >= 0
		}
		if fits {
			eachProduct(factors[i:], rest, sofar.times(p.terms()), visit)
		}
	}
}

// finish writes a polynomial in the inputs alone, with simple coefficients. ok is false if it is
// constant.
func (p *Polynomial) finish(r representation, s Settings) (ok bool) {
	p.tolerance = math.Min(math.Max(1e-9, 10*s.Angle), .05)
	p.names = s.Coordinates
	simplify(p.coefficients, p.tolerance)
	var exponents [][]int
	var coefficients []float64
	for k, c := range p.coefficients {
		if c != 0 {
			α := p.exponents[k][:r.inputs]
			ok = ok || sum(α) > 0
			exponents, coefficients = append(exponents, α), append(coefficients, c)
		}
	}
	p.exponents, p.coefficients = exponents, coefficients
	return ok
}

// simplify scales coefficients so that the first above tolerance is positive and the largest 1, or to
// the smallest whole numbers up to 12 if they are multiples of these to within 1e-9. Smaller ones
// become 0.
func simplify(c []float64, tolerance float64) {
	const exact = 1e-9
	largest := floats.Norm(c, math.Inf(1))
	first := slices.IndexFunc(c, func(v float64) bool { return math.Abs(v) > tolerance*largest })
	floats.Scale(math.Copysign(1/largest, c[first]), c)
	for k, v := range c {
		if math.Abs(v) < exact {
			c[k] = 0
		}
	}
	for multiple := 1.; multiple <= 12; multiple++ {
		if !slices.ContainsFunc(c, func(v float64) bool { return math.Abs(multiple*v-math.Round(multiple*v)) > exact*multiple }) {
			for k, v := range c {
				c[k] = math.Round(multiple * v)
			}
			return
		}
	}
}

// countIndependent marks the generators whose gradients are independent of earlier ones at generic
// points.
func (v *Invariants) countIndependent(r representation) {
	limit := math.Max(1e-7, 10*r.angle)
	points := r.points(3)
	for k := range v.Generators {
		most := 0
		for _, x := range points {
			rows := mat.NewDense(k+1, r.inputs, nil)
			for i, p := range v.Generators[:k+1] {
				g := mat.NewVecDense(r.inputs, p.Gradient(x[:r.inputs]))
				g.ScaleVec(1/math.Max(mat.Norm(g, 2), math.SmallestNonzeroFloat64), g)
				rows.SetRow(i, g.RawVector().Data)
			}
			rank := 0
			for _, σ := range singularValues(rows) {
				if σ > limit {
					rank++
				}
			}
			most = max(most, rank)
		}
		if most > v.Independent && v.Independent < v.Expected {
			v.Independent++
			v.Generators[k].Independent = true
		}
	}
}
