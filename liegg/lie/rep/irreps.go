package rep

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/lie/internal/check"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// ErrNoIrreps is returned for an algebra whose irreducible representations Irreps cannot identify.
var ErrNoIrreps = errors.New("lie: irreducible parts are told for so(2), so(3), su(2), sl(2), so(1,3), sp(4) and so(5): give the generators of one of them, such as the rotations among those that were found")

// Content is a representation as a sum of irreducible ones.
type Content struct {
	// Of names the algebra: "so(2)", "so(3)", "su(2)" if half-integer spins occur, "sl(2)",
	// "so(1,3)", "sp(4)", or "so(5)" and "so(1,4)", which have the same complex form as sp(4).
	Of string
	// Parts are the irreducible representations that occur, by ascending Weight.
	Parts []Irrep
	// Residual is the relative distance between the matrices of the outputs and the nearest
	// representation that was found, √(Σ‖B_k − ρ(A_k)‖²/Σ‖B_k‖²), on the directions that the outputs
	// have. If Σ‖A_k‖² is larger, as for invariants, it is the denominator. Left is the relative
	// size of the components of B_k that lead out of these directions.
	Residual, Left float64

	// Of a single generator: how it moves outputs at unit speed of the inputs, the norm of how it moves
	// inputs then, and the number of turns after which they return.
	turn    *mat.Dense
	turning float64
	period  int
}

// Irrep is one irreducible representation and how often it occurs.
type Irrep struct {
	// Spin is j of so(3), of dimension 2j + 1, or the frequency m of so(2), relative to the largest
	// of the inputs, which are to return after at most four turns; m = 0 has dimension 1, and other real ones have 2. It is the first entry of
	// Weight.
	Spin float64
	// Weight is the highest weight. For so(2), so(3) and kin it is Spin alone. For so(1,3) it is
	// (j₁, j₂), j₁ ≥ j₂, the spins under the two su(2) of its complex form: the real
	// representation (j, j) of dimension (2j + 1)², or (j₁, j₂) ⊕ (j₂, j₁) of dimension
	// 2(2j₁ + 1)(2j₂ + 1). For sp(4) it is (l₁, l₂), l₁ ≥ l₂ ≥ 0, in the coordinates in which the
	// vectors of R⁴ have (1, 0).
	Weight []float64
	// Dim is the dimension of one, and Count how often it occurs. Half-integer spins are listed by
	// their complex dimension.
	Dim, Count int
	// Space is the space that they fill, an orthonormal basis in columns, m×Dim·Count.
	Space *mat.Dense
	// Share is the share of E‖f‖² in Space; 0 if no outputs are given.
	Share float64

	name string // "" for its spin
}

// leastOutput is the share of the largest singular value of outputs below which they do not have a
// direction.
const leastOutput = .01

// Irreps determines how outputs transform, if generator k moves inputs by inputs[k] and outputs by
// outputs[k], m×m. These are bases of blocks of pairs, as action.Equivariance.Blocks returns, or
// ρ of a declared representation. values are outputs of f, N×m, which determine the directions of
// the output space that f uses; nil means all directions.
//
// The pairs are replaced by the nearest ones that close under brackets (NearestClosed), which are
// exact representations. Spins follow from the Casimir element of the Killing form κ,
// 2·Σκ^{kl}ρ(E_k)ρ(E_l) = j(j+1). The frequencies of a single rotation follow from −ρ(H)², where H
// has frequency 1 on the inputs. For so(1,3) the element is 2·Σκ^{kl}ρ(E_k)ρ(E_l + J·E_l), where J is
// the complex structure that commutes with all brackets. Its eigenvalues are
//
//	j₁(j₁+1) + j₂(j₂+1) ± i·(j₁(j₁+1) − j₂(j₂+1)).
//
// For sp(4) it is 12·Σκ^{kl}ρ(E_k)ρ(E_l) = l₁(l₁+4) + l₂(l₂+2), which distinguishes all
// representations of fewer than 84 dimensions.
//
// It returns ErrNoIrreps for other algebras, the errors of NearestClosed, and an error if outputs do
// not move by a representation: if a spin or a frequency is none that occurs, or if Residual and Left
// exceed .15. It panics if the slices differ in length or are empty, or if matrices do not fit or are
// not finite.
func Irreps(inputs, outputs []*mat.Dense, values *mat.Dense) (*Content, error) {
	if len(inputs) == 0 || len(inputs) != len(outputs) {
		panic(fmt.Sprintf("lie: Irreps: %d matrices for inputs and %d for outputs", len(inputs), len(outputs)))
	}
	m := check.Square("Irreps", outputs[0])
	if values != nil && values.RawMatrix().Cols != m {
		panic(fmt.Sprintf("lie: Irreps: values have %d columns, outputs are %d", values.RawMatrix().Cols, m))
	}
	if !slices.Contains([]int{1, 3, 6, 10}, len(inputs)) {
		return nil, fmt.Errorf("%w (there are %d)", ErrNoIrreps, len(inputs))
	}
	c := new(Content)
	span, err := usedOutputs(values, m)
	if err != nil {
		return nil, err
	}
	closed, err := c.close(inputs, outputs, span)
	if err != nil {
		return nil, err
	}
	n := check.Square("Irreps", inputs[0])
	casimir, err := c.casimir(closed, n)
	if err != nil {
		return nil, err
	}
	if err := c.read(casimir, span, values); err != nil {
		return nil, err
	}
	if off := math.Hypot(c.Residual, c.Left); !(off <= mostResidual) {
		if values != nil && values.RawMatrix().Rows < m && c.Left > mostResidual {
			return nil, fmt.Errorf("lie: irreps: the generators lead out of the directions that %d values have, of %d outputs: give more values, or nil for all directions", values.RawMatrix().Rows, m)
		}
		return nil, fmt.Errorf("lie: irreps: the matrices of the outputs are %.0f %% from the nearest representation (%v) of the algebra that moves inputs, on the directions that the outputs have: they are none", 100*off, c)
	}
	return c, nil
}

// mostResidual is the largest distance from a representation that matrices may have. What networks
// learned is off by some hundredths.
const mostResidual = .15

// usedOutputs is UsedOutputs, or all directions without values.
func usedOutputs(values *mat.Dense, m int) (*mat.Dense, error) {
	if values == nil {
		return linalg.Identity(m), nil
	}
	switch size := mat.Norm(values, 2); {
	case size == 0:
		return nil, fmt.Errorf("lie: irreps: all outputs are zero")
	case math.IsNaN(size) || math.IsInf(size, 0):
		return nil, fmt.Errorf("lie: irreps: outputs hold NaN or infinite numbers, or too large ones for their squares: leave these samples out")
	}
	return UsedOutputs(values), nil
}

// UsedOutputs returns an orthonormal basis, in columns, of the directions that outputs have: the
// right singular vectors of values, N×m, whose singular values exceed .01 of the largest one.
// Networks leave some thousandths in directions that their targets do not have. It returns all
// directions if values are zero or not finite.
func UsedOutputs(values *mat.Dense) *mat.Dense {
	_, m := values.Dims()
	var svd mat.SVD
	if norm := mat.Norm(values, 2); !(norm > 0) || math.IsInf(norm, 0) || !svd.Factorize(values, mat.SVDThin) {
		return linalg.Identity(m)
	}
	sizes, r := svd.Values(nil), 0
	for r < len(sizes) && sizes[r] > leastOutput*sizes[0] {
		r++
	}
	var v mat.Dense
	svd.VTo(&v)
	return dense.Columns(&v, 0, r)
}

// close returns the nearest closed pairs diag(A, B), B on the directions that outputs have.
func (c *Content) close(inputs, outputs []*mat.Dense, span *mat.Dense) ([]*mat.Dense, error) {
	n, r := check.Square("Irreps", inputs[0]), dense.Width(span)
	pairs := make([]*mat.Dense, len(inputs))
	left, whole := 0.0, 0.0
	for k, b := range outputs {
		var moved, own, back mat.Dense
		moved.Mul(b, span)
		own.Mul(span.T(), &moved)
		back.Mul(span, &own)
		back.Sub(&moved, &back)
		left, whole = left+math.Pow(mat.Norm(&back, 2), 2), whole+math.Pow(mat.Norm(&moved, 2), 2)
		pairs[k] = mat.NewDense(n+r, n+r, nil)
		pairs[k].Slice(0, n, 0, n).(*mat.Dense).Copy(inputs[k])
		pairs[k].Slice(n, n+r, n, n+r).(*mat.Dense).Copy(&own)
	}
	if whole > 0 {
		c.Left = math.Sqrt(left / whole)
	}
	algebra, _, err := classification.NearestClosed(lie.Span("pairs", pairs...))
	if err != nil {
		return nil, err
	}
	if algebra.Dim() != len(inputs) {
		return nil, fmt.Errorf("%w (the %d generators depend on each other)", ErrNoIrreps, len(inputs))
	}
	c.Residual = outputResidual(algebra, pairs, n)
	return algebra.Basis(), nil
}

// outputResidual compares each pair with the pair in the algebra that moves inputs in the same way.
func outputResidual(a lie.Algebra, pairs []*mat.Dense, n int) float64 {
	block := func(m *mat.Dense, from, to int) []float64 {
		return mat.DenseCopyOf(m.Slice(from, to, from, to)).RawMatrix().Data
	}
	d, size := a.Dim(), a.Size()
	ins, outs := mat.NewDense(n*n, d, nil), mat.NewDense((size-n)*(size-n), d, nil)
	for k, e := range a.Basis() {
		ins.SetCol(k, block(e, 0, n))
		outs.SetCol(k, block(e, n, size))
	}
	off, whole, inputs := 0.0, 0.0, 0.0
	for _, p := range pairs {
		var h, b mat.VecDense
		if err := h.SolveVec(ins, mat.NewVecDense(n*n, block(p, 0, n))); err != nil && !errors.As(err, new(mat.Condition)) {
			return math.Inf(1)
		}
		b.MulVec(outs, &h)
		want := mat.NewVecDense(b.Len(), block(p, n, size))
		whole, inputs = whole+mat.Dot(want, want), inputs+math.Pow(mat.Norm(p.Slice(0, n, 0, n), 2), 2)
		b.SubVec(&b, want)
		off += mat.Dot(&b, &b)
	}
	return math.Sqrt(off / max(whole, inputs))
}

// read reads the parts off a Casimir element.
func (c *Content) read(casimir, span, values *mat.Dense) error {
	λ, ok := dense.Eigenvalues(casimir)
	if !ok {
		return dense.Failure("eigenvalues of the Casimir element")
	}
	counts, spaces := map[label]int{}, map[float64]*mat.Dense{}
	for _, v := range λ {
		l, off := c.label(v)
		if off > notWhole {
			return fmt.Errorf("lie: irreps: the outputs have a part of %s: the generators of inputs and outputs belong to no representation", c.instead(v))
		}
		counts[l]++
	}
	for _, l := range slices.SortedFunc(maps.Keys(counts), label.compare) {
		if counts[l]%l.dim != 0 {
			return fmt.Errorf("lie: irreps: a part of %d dimensions has the Casimir element of the representation %v, which has %d: the generators of inputs and outputs belong to no representation", counts[l], l.weight, l.dim)
		}
		if c.Of == "so(3)" && math.Mod(2*l.weight[0], 2) == 1 {
			c.Of = "su(2)"
		}
		one := Irrep{Spin: l.weight[0], Weight: l.weight[:l.rank:l.rank], Dim: l.dim, Count: counts[l] / l.dim, name: c.nameOf(l)}
		space := l.space(casimir, counts[l])
		spaces[l.weight[0]] = space
		one.Space = dense.Mul(span, space)
		if values != nil {
			var inside mat.Dense
			inside.Mul(values, one.Space)
			one.Share = math.Pow(mat.Norm(&inside, 2)/mat.Norm(values, 2), 2)
		}
		c.Parts = append(c.Parts, one)
	}
	if c.turn != nil {
		c.Residual = c.offTurn(spaces)
	}
	return nil
}

// instead says what an eigenvalue would belong to.
func (c *Content) instead(λ complex128) string {
	switch c.Of {
	case "so(2)":
		return fmt.Sprintf("frequency %.2g", math.Sqrt(max(0, real(λ))))
	case "so(3)", "sl(2)":
		return fmt.Sprintf("spin %.2g", spinFrom(real(λ)))
	}
	return fmt.Sprintf("the value %.3g of the Casimir element", λ)
}

// String returns, for example, "so(3): 0 ⊕ 2, residual 0.3 % (0 is invariant, 1 a vector, 2 a symmetric
// tensor without trace)".
func (c *Content) String() string {
	var parts []string
	for _, p := range c.Parts {
		parts = append(parts, p.String())
	}
	return fmt.Sprintf("%s: %s, residual %s %% (%s)", c.Of, strings.Join(parts, " ⊕ "), spelling.TwoDigits(100*math.Hypot(c.Residual, c.Left)), c.legend())
}

// legend says what the names of the parts mean.
func (c *Content) legend() string {
	switch c.Of {
	case "so(2)":
		return "0 is invariant, m turns m times as fast as the inputs"
	case "so(3)":
		return "0 is invariant, 1 a vector, 2 a symmetric tensor without trace"
	case "su(2)", "sl(2)":
		return "0 is invariant, spin j has dimension 2j + 1"
	case "so(1,3)":
		return "(0,0) is invariant, (1/2,1/2) a vector of space and time"
	}
	return "named by dimension: 1 is invariant"
}

// String returns the spin, with how often it occurs: "2 × 1". For so(1,3) it returns the pair of
// spins, and for sp(4) the dimension.
func (p Irrep) String() string {
	name := cmp.Or(p.name, spinText(p.Spin))
	if p.Count == 1 {
		return name
	}
	return fmt.Sprintf("%d × %s", p.Count, name)
}
