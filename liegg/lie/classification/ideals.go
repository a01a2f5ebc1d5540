package classification

import (
	"cmp"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/dense"
	"github.com/liegg/lab/liegg/lie/internal/flags"
)

// commutation is the map φ ↦ (φ·A_k − A_k·φ)_k.
type commutation []*mat.Dense

func (c commutation) Zeros() []*mat.Dense {
	out := make([]*mat.Dense, len(c))
	for k, a := range c {
		d, _ := a.Dims()
		out[k] = mat.NewDense(d, d, nil)
	}
	return out
}

func (c commutation) Jacobian(out []*mat.Dense, φ *mat.Dense) {
	var back mat.Dense
	for k, a := range c {
		out[k].Mul(φ, a)
		back.Mul(a, φ)
		out[k].Sub(out[k], &back)
	}
}

func (c commutation) Transposed(φ *mat.Dense, w []*mat.Dense) {
	φ.Zero()
	var part mat.Dense
	for k, a := range c {
		part.Mul(w[k], a.T())
		φ.Add(φ, &part)
		part.Mul(a.T(), w[k])
		φ.Sub(φ, &part)
	}
}

// Exactness is the size of commutators, relative to their factors, that
// counts as zero: the rounding error of structures closed to 1e-8 or so.
const Exactness = 1e-5

// Commuting returns a random matrix of unit norm that commutes with ad x for
// all x: the projection of a random matrix on the commutant of the adjoint.
// For large algebras, which are hardly ever nilpotent, six random elements
// are used instead of all, because they generate the algebra.
func Commuting(s *lie.StructureConstants, random *rand.Rand) *mat.Dense {
	d := s.Dim()
	normal := func(int) float64 { return random.NormFloat64() }
	c := make(commutation, min(6, d))
	for k := range c {
		c[k] = s.AdjointOf(normal)
		if n := mat.Norm(c[k], 2); n > 0 {
			c[k].Scale(1/n, c[k])
		}
	}
	φ := mat.NewDense(d, d, nil)
	for i := range φ.RawMatrix().Data {
		φ.RawMatrix().Data[i] = random.NormFloat64()
	}
	b := c.Zeros()
	for range 3 { // repeat, because each pass is damped
		c.Jacobian(b, φ)
		if math.Sqrt(dense.FamilyProduct(b)) < 1e-9*mat.Norm(φ, 2) {
			break
		}
		φ.Sub(φ, dense.Solve(c, b, Exactness, 1e-13, d, d))
	}
	φ.Scale(1/mat.Norm(φ, 2), φ)
	return φ
}

// Ideals splits the algebra into a direct sum of indecomposable ideals, as
// orthonormal columns, the largest first. They are the generalised
// eigenspaces of a generic element of the commutant of the adjoint (Fitting),
// with one eigenvalue for each. A complex simple algebra counts once: its
// element has a complex pair of eigenvalues.
func Ideals(s *lie.StructureConstants) []*mat.Dense {
	d := s.Dim()
	random := rand.New(rand.NewPCG(9, 0))
	var best []cluster
	for range 2 { // eigenvalues may coincide by chance once, not twice
		φ := Commuting(s, random)
		if c := clustersOf(φ); len(c) > len(best) {
			best = c
		}
	}
	out := make([]*mat.Dense, len(best))
	for i, c := range best {
		out[i] = c.space()
	}
	if len(best) <= 1 || !commute(s, out) {
		return []*mat.Dense{linalg.Identity(d)}
	}
	slices.SortStableFunc(out, func(a, b *mat.Dense) int { return largerFirst(s, a, b) })
	return out
}

// commute reports whether the spaces commute with each other.
func commute(s *lie.StructureConstants, spaces []*mat.Dense) bool {
	for i, x := range spaces {
		for _, y := range spaces[:i] {
			if mat.Norm(brackets(s, x, y), 2) > 10*Exactness {
				return false
			}
		}
	}
	return true
}

// largerFirst orders ideals by dimension. Among equal dimensions the larger
// Killing form comes first: semisimple before solvable.
func largerFirst(s *lie.StructureConstants, a, b *mat.Dense) int {
	norm := func(v *mat.Dense) float64 {
		var k mat.Dense
		k.Product(v.T(), s.Killing(), v)
		return mat.Norm(&k, 2)
	}
	return cmp.Or(cmp.Compare(dense.Width(b), dense.Width(a)), cmp.Compare(norm(b), norm(a)))
}

// cluster is a group of coinciding eigenvalues of φ, or of conjugate pairs.
type cluster struct {
	φ      *mat.Dense
	centre complex128
	count  int
}

// clustersOf groups the eigenvalues of φ in the closed upper half-plane.
// Jordan blocks spread them by rounding^(1/size).
func clustersOf(φ *mat.Dense) []cluster {
	const spread = 2e-2
	values, _ := dense.Eigenvalues(φ)
	var out []cluster
	for _, λ := range values {
		up := complex(real(λ), math.Abs(imag(λ)))
		if imag(up) < spread {
			up = complex(real(up), 0)
		}
		i := slices.IndexFunc(out, func(c cluster) bool { return cmplx.Abs(c.centre-up) < spread })
		if i < 0 {
			out = append(out, cluster{φ, up, 0})
			i = len(out) - 1
		}
		c := &out[i]
		c.centre += (up - c.centre) / complex(float64(c.count+1), 0)
		c.count++
	}
	return out
}

// space returns the generalised eigenspace, as orthonormal columns.
func (c cluster) space() *mat.Dense {
	d, _ := c.φ.Dims()
	m := mat.DenseCopyOf(c.φ)
	dense.AddIdentity(m, -real(c.centre))
	if imag(c.centre) > 0 {
		m.Mul(m, m)
		dense.AddIdentity(m, imag(c.centre)*imag(c.centre))
	}
	var cube mat.Dense
	cube.Mul(m, m)
	cube.Mul(&cube, m)
	_, v := dense.RightSingular(&cube)
	return mat.DenseCopyOf(v.Slice(0, d, d-c.count, d))
}

// levi returns a semisimple subalgebra that complements the radical, as
// orthonormal columns over the basis, nil for {0}. It is [g,g] if that is
// semisimple, otherwise the subalgebra that Gauss–Newton finds from the
// radical's orthogonal complement. ok is false if there is none to rounding.
func (g structured) levi() (s *mat.Dense, ok bool) {
	d, r := g.constants.Dim(), g.series.dims
	switch {
	case r[0] == d:
		return nil, true
	case r[1] == 0:
		return dense.Range(derivedBrackets(g.constants), 0, d-r[0]), true
	}
	order := mat.NewDense(d, d, nil)
	order.Slice(0, d, 0, d-r[0]).(*mat.Dense).Copy(g.series.beyond(r[0]))
	order.Slice(0, d, d-r[0], d).(*mat.Dense).Copy(g.series.space(r[0]))
	return complement(g.constants, order, d-r[0])
}

// complement moves the span of the first k columns of the orthogonal basis to
// a subalgebra. If the other columns span an ideal, it stays complementary.
func complement(s *lie.StructureConstants, basis *mat.Dense, k int) (*mat.Dense, bool) {
	f := &flags.Flag{Ambient: inConstants{s}, Basis: basis, Sizes: []int{k}, Target: [][]int{{0}}}
	left := f.Close()
	return mat.DenseCopyOf(f.Space()), left < 1e-8
}

// Subspace returns the subspace of the algebra spanned by the columns of v, nil
// for {0}.
func Subspace(a lie.Algebra, name string, v *mat.Dense) lie.Algebra {
	gens := make([]*mat.Dense, dense.Width(v))
	for j := range gens {
		gens[j] = a.Generator(mat.Col(nil, j, v))
	}
	return a.With(gens...).Renamed(name)
}

// inConstants computes brackets from structure constants.
type inConstants struct{ *lie.StructureConstants }

// Adjoints returns ad of the first d columns of the orthogonal matrix o, in
// the basis of all its columns.
func (s inConstants) Adjoints(o *mat.Dense, d int) []*mat.Dense {
	m, _ := o.Dims()
	out := make([]*mat.Dense, d)
	for i := range out {
		x := s.AdjointOf(func(b int) float64 { return o.At(b, i) })
		out[i] = mat.NewDense(m, m, nil)
		out[i].Product(o.T(), x, o)
	}
	return out
}
