package action

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
)

// Vectors moves c vectors of Rⁿ together by one matrix. An input is the c
// vectors one after the other: its shape is [c·n] or [c, n] (or any other
// shape of that size, read in row-major order).
//
// In the linear action an n×n matrix A moves x_v to A·x_v, K = n², and the
// coefficients are the entries of A row by row. In the affine action [A | b]
// moves x_v to A·x_v + b, K = n·(n+1), the coefficients are the rows of [A |
// b], and generators are (n+1)×(n+1) matrices with a last row of zeros.
type Vectors struct {
	n, c       int
	directions int // the last of the c vectors, which translations leave alone
	affine     bool
	centre     []float64 // of affine candidates, see Centred; nil for the origin

	inner, dual *mat.SymDense // S and S⁻¹; nil for the Euclidean inner product
}

// Linear is the action of gl(n) on c vectors of Rⁿ. It panics unless n, c ≥
// 1.
func Linear(n, c int) Vectors { return newVectors(n, c, false) }

// Affine is the action of gl(n) ⋉ Rⁿ, matrices and translations, on c vectors
// (points) of Rⁿ. It panics unless n, c ≥ 1.
func Affine(n, c int) Vectors { return newVectors(n, c, true) }

func newVectors(n, c int, affine bool) Vectors {
	if n < 1 || c < 1 {
		panic(fmt.Sprintf("action: n and c must be at least 1, got n = %d, c = %d", n, c))
	}
	return Vectors{n: n, c: c, affine: affine}
}

// WithDirections returns the action on d more vectors, behind the others, that
// have a direction but no place: velocities, forces, the axes of a cell.
// [A | b] moves such a vector v to A·v, and a point x to A·x + b. In a linear
// action they are vectors like the others. It panics unless d ≥ 0.
func (v Vectors) WithDirections(d int) Vectors {
	if d < 0 {
		panic(fmt.Sprintf("action: WithDirections: d must not be negative, got %d", d))
	}
	w := newVectors(v.n, v.c+d, v.affine)
	if v.affine {
		w.directions = v.directions + d
	}
	return w
}

// pointCount returns the number of vectors that translations move; 0 for the
// linear action.
func (v Vectors) pointCount() int {
	if !v.affine {
		return 0
	}
	return v.c - v.directions
}

// columns returns the width of a row of [A | b], or of A.
func (v Vectors) columns() int {
	if v.affine {
		return v.n + 1
	}
	return v.n
}

// Dim returns n², or n·(n+1) for the affine action.
func (v Vectors) Dim() int { return v.n * v.columns() }

// Homogeneous reports whether generators are [A b; 0 0]; see
// liegg.Homogeneous.
func (v Vectors) Homogeneous() bool { return v.affine }

// Generator returns the n×n matrix A, or the (n+1)×(n+1) matrix [A b; 0 0].
// If the candidates were taken about a centre c, b is replaced by b − A·c.
func (v Vectors) Generator(h []float64) *mat.Dense {
	m := matrixOf(h, v.n, v.affine)
	if v.centre != nil {
		for i := range v.n {
			row := m.RawRowView(i)
			row[v.n] -= floats.Dot(row[:v.n], v.centre)
		}
	}
	return m
}

// matrixOf returns coefficients as an n×n matrix, or as [A b; 0 0].
func matrixOf(h []float64, n int, affine bool) *mat.Dense {
	columns := n
	if affine {
		columns++
	}
	if len(h) != n*columns {
		panic(fmt.Sprintf("action: a generator has %d coefficients, got len(h) = %d", n*columns, len(h)))
	}
	m := mat.NewDense(columns, columns, nil)
	for i := range n {
		m.SetRow(i, h[i*columns:(i+1)*columns])
	}
	return m
}

// Check returns an error unless inputs have n·c numbers.
func (v Vectors) Check(input []int) error {
	if sizeOf(input) == v.n*v.c {
		return nil
	}
	return fmt.Errorf("action: inputs of shape %v have %d numbers, but %d vectors of R%s need %d: choose n and c so that n·c fits",
		input, sizeOf(input), v.c, spelling.Superscript(v.n), v.n*v.c)
}

// Tangents returns the velocities E_ij·x, [batch, K, input…].
func (v Vectors) Tangents(x *Node) *Node {
	batch, columns := x.Shape().Dim(0), v.columns()
	// T[b, (i,j), v, l] = δ_il x̃[b, v, j]
	delta := Reshape(nodes.IdentityMatrix(x, v.n), 1, v.n, 1, 1, v.n)
	moved := Reshape(TransposeAllAxes(v.homogeneous(x), 0, 2, 1), batch, 1, columns, v.c, 1)
	return Reshape(Mul(delta, moved), append([]int{batch, v.Dim()}, x.Shape().Dimensions[1:]...)...)
}

// fewVectors is the number of vectors up to which their outer products are
// added one by one. XLA fuses that with what follows, while its products of
// many tiny matrices take longer than the passes through a small network.
const fewVectors = 4

// Contract returns Σ_v g_v x̃_vᵀ as [batch, K], with x̃ = x or (x, 1).
func (v Vectors) Contract(x, g *Node) *Node {
	batch := x.Shape().Dim(0)
	covectors, vectors := Reshape(g, batch, v.c, v.n), v.homogeneous(x)
	if v.c > fewVectors {
		return Reshape(Einsum("bvi,bvj->bij", covectors, vectors), batch, v.Dim())
	}
	// The batch goes last, where loops over it are fast.
	covectors, vectors = TransposeAllAxes(covectors, 1, 2, 0), TransposeAllAxes(vectors, 1, 2, 0)
	var outer *Node
	for i := range v.c {
		left := Reshape(Slice(covectors, AxisElem(i)), v.n, 1, batch)
		right := Reshape(Slice(vectors, AxisElem(i)), 1, v.columns(), batch)
		outer = nodes.Plus(outer, Mul(left, right))
	}
	return TransposeAllAxes(Reshape(outer, v.Dim(), batch), 1, 0)
}

// Metric returns S ⊗ Σᵢ wᵢ Σ_v x̃_v x̃_vᵀ, because a velocity E_ij·x lies
// along axis i. S = 1 unless the action is whitened.
func (v Vectors) Metric(x, w *Node) *Node {
	return kronecker(v.inner, v.n, v.DataMoment(x, w))
}

// homogeneous returns x as [batch, c, n], or (x, 1) as [batch, c, n+1], with
// x measured from the centre.
func (v Vectors) homogeneous(x *Node) *Node {
	batch := x.Shape().Dim(0)
	points := Reshape(x, batch, v.c, v.n)
	if !v.affine {
		return points
	}
	if v.centre != nil {
		points = Sub(points, v.centres(x))
	}
	return Concatenate([]*Node{points, v.ones(points)}, -1)
}

// centres is the centre of points and 0 for directions, to be broadcast to
// [batch, c, n].
func (v Vectors) centres(like *Node) *Node {
	if v.directions == 0 {
		return nodes.Constant(like, v.centre, 1, 1, v.n)
	}
	values := slices.Concat(slices.Repeat(v.centre, v.pointCount()), make([]float64, v.directions*v.n))
	return nodes.Constant(like, values, 1, v.c, v.n)
}

// ones is 1 for points and 0 for directions, [batch, c, 1].
func (v Vectors) ones(points *Node) *Node {
	one := func(from, to int) *Node {
		return OnesLike(Slice(points, AxisRange(), AxisRange(from, to), AxisRange(0, 1)))
	}
	if v.directions == 0 {
		return one(0, v.c)
	}
	return Concatenate([]*Node{one(0, v.pointCount()), ZerosLike(one(v.pointCount(), v.c))}, 1)
}

func sizeOf(shape []int) int {
	size := 1
	for _, d := range shape {
		size *= d
	}
	return size
}

// ComplexLinear is the action of gl(n,C) on c vectors of Cⁿ, each stored as
// 2n real numbers, Re z₁, Im z₁, Re z₂, Im z₂, …. One complex n×n matrix
// moves all of them, K = 2n². It is Restricted(Linear(2n, c), ComplexGL(n)).
// It panics unless n, c ≥ 1.
func ComplexLinear(n, c int) Action { return Restricted(Linear(2*n, c), ComplexGL(n)) }

// ComplexGL returns gl(n,C) as 2n×2n real matrices of 2×2 blocks [a −b; b a],
// one for each entry a + ib: the matrices that commute with multiplication by
// i. Its basis contains, entry by entry and row by row, the block of 1 and
// the block of i, divided by √2. It panics unless n ≥ 1.
func ComplexGL(n int) lie.Algebra {
	if n < 1 {
		panic(fmt.Sprintf("action: ComplexGL: n must be at least 1, got %d", n))
	}
	var gens []*mat.Dense
	for i := range n {
		for j := range n {
			one, imaginary := mat.NewDense(2*n, 2*n, nil), mat.NewDense(2*n, 2*n, nil)
			for k := range 2 {
				one.Set(2*i+k, 2*j+k, 1)
			}
			imaginary.Set(2*i, 2*j+1, -1)
			imaginary.Set(2*i+1, 2*j, 1)
			gens = append(gens, one, imaginary)
		}
	}
	return lie.Span(fmt.Sprintf("gl(%d,C)", n), gens...)
}

// String returns, for example, "linear maps of R⁵ on 2 vectors, K = 25".
func (v Vectors) String() string {
	kind := "linear"
	if v.affine {
		kind = "affine"
	}
	on := spelling.Count(v.c, "vector")
	if v.directions > 0 {
		on = fmt.Sprintf("%s and %s", spelling.Count(v.pointCount(), "point"), spelling.Count(v.directions, "direction"))
	}
	text := fmt.Sprintf("%s maps of R%s on %s, K = %d", kind, spelling.Superscript(v.n), on, v.Dim())
	if v.inner != nil {
		text += ", velocities measured by an inner product of their own"
	}
	return text
}
