package action

import (
	"fmt"
	"strings"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
)

// Factor is a candidate algebra that acts on the outputs alone.
type Factor struct {
	// Algebra holds the candidates B.
	Algebra lie.Algebra
	// On says how they act on the outputs, of dimension m.
	On rep.Representation
}

// Unknown returns the factor of all m×m matrices on m outputs.
func Unknown(m int) Factor { return Factor{lie.GL(m), rep.Standard(m)} }

// Left returns the factor that multiplies p×q outputs, read row by row, by a
// p×p matrix from the left, M ↦ B·M.
func Left(p, q int) Factor {
	return Factor{lie.GL(p), rep.Tensor(rep.Standard(p), rep.Invariants(p, q))}
}

// Right returns the factor that multiplies p×q outputs, read row by row, by
// the transpose of a q×q matrix from the right, M ↦ M·Bᵀ.
func Right(p, q int) Factor {
	return Factor{lie.GL(q), rep.Tensor(rep.Invariants(q, p), rep.Standard(q))}
}

// Both returns the factor that transforms n×n outputs, read row by row, as a
// tensor, M ↦ B·M + M·Bᵀ.
func Both(n int) Factor {
	return Factor{lie.GL(n), rep.Tensor(rep.Standard(n), rep.Standard(n))}
}

// Equivariance is an action on inputs together with one on outputs. A pair
// (A, B) is a symmetry of f if f(exp(tA)·x) = exp(tB)·f(x), that is
// J(x)·(A·x) = B·f(x). The candidates are the pairs, with rows [J·(A_k·x),
// −B_l·f(x)].
//
// Generators are block-diagonal, diag(A, B₁, B₂, …), with one block per
// factor. Without factors and with a tied representation of zeros this is
// invariance.
type Equivariance struct {
	Action
	tied    *rep.Representation
	factors []Factor
	outputs []*mat.Dense // of every candidate, m×m
	sizes   []float64    // by which outputs are divided; nil for ones
}

// Equivariant returns the action a on inputs, with outputs that transform by
// the representation of the same generator: f(A·x) = ρ(A)·f(x) to first
// order. Of affine generators the linear part is used: of R³ it is 3×3, so
// that energies and forces, which turn with the positions but do not shift,
// move by rep.Direct(rep.Invariants(3, 1), rep.Copies(rep.Standard(3), atoms)).
// It panics unless the representation takes generators of the size of a's.
func Equivariant(a Action, on rep.Representation) Equivariance {
	e := Equivariance{Action: a, tied: &on}
	for _, h := range basis(a) {
		if IsHomogeneous(a) {
			h = lie.LinearPart(h)
		}
		e.outputs = append(e.outputs, on.Of(h))
	}
	return e
}

// Covariant returns the action a on inputs, with outputs that transform by
// unknown generators of the factors, which all act on the same outputs. It
// panics without factors, or if they differ in the number of outputs.
func Covariant(a Action, factors ...Factor) Equivariance {
	if len(factors) == 0 {
		panic("action: Covariant: no factors")
	}
	m := factors[0].On.Dim()
	e := Equivariance{Action: a, factors: factors}
	for range a.Dim() {
		e.outputs = append(e.outputs, mat.NewDense(m, m, nil))
	}
	for _, f := range factors {
		if f.On.Dim() != m {
			panic(fmt.Sprintf("action: Covariant: factors act on %d and on %d outputs", m, f.On.Dim()))
		}
		for _, b := range f.Algebra.Basis() {
			e.outputs = append(e.outputs, f.On.Of(b))
		}
	}
	return e
}

// basis returns the candidate matrices of a.
func basis(a Action) []*mat.Dense { return basisOf(a, Action.Generator) }

func basisOf(a Action, generator func(a Action, h []float64) *mat.Dense) []*mat.Dense {
	h := make([]float64, a.Dim())
	matrices := make([]*mat.Dense, a.Dim())
	for k := range h {
		h[k] = 1
		matrices[k] = mat.DenseCopyOf(generator(a, h)) // copied, because it may hold h itself
		h[k] = 0
	}
	return matrices
}

// IsHomogeneous reports whether generators of the action are affine maps in homogeneous form.
func IsHomogeneous(a Action) bool {
	h, ok := a.(interface{ Homogeneous() bool })
	return ok && h.Homogeneous()
}

// Whole returns a generator in the size of those of the action. If the action is affine, an n×n
// generator A of Rⁿ becomes [A 0; 0 0]. Any other matrix is returned as it is.
func Whole(a Action, h *mat.Dense) *mat.Dense {
	rows, columns := h.Dims()
	if rows != columns || !IsHomogeneous(a) || rows != GeneratorSize(a)-1 {
		return h
	}
	whole := mat.NewDense(rows+1, rows+1, nil)
	whole.Slice(0, rows, 0, rows).(*mat.Dense).Copy(h)
	return whole
}

// Dim returns the dimension of the input action plus all factors.
func (e Equivariance) Dim() int { return len(e.outputs) }

// Outputs returns m, the number of outputs that are moved.
func (e Equivariance) Outputs() int {
	m, _ := e.outputs[0].Dims()
	return m
}

// Generator returns diag(A, B₁, B₂, …), or A alone if the outputs are tied to
// it.
func (e Equivariance) Generator(h []float64) *mat.Dense {
	return e.generator(h, Action.Generator, e.sizes)
}

func (e Equivariance) generator(h []float64, of func(a Action, h []float64) *mat.Dense, sizes []float64) *mat.Dense {
	if len(h) != e.Dim() {
		panic(fmt.Sprintf("action: a generator has %d coefficients, got len(h) = %d", e.Dim(), len(h)))
	}
	k := e.Action.Dim()
	blocks := []*mat.Dense{of(e.Action, h[:k])}
	for _, f := range e.factors {
		blocks = append(blocks, inUnits(f.Algebra.Generator(h[k:k+f.Algebra.Dim()]), sizes))
		k += f.Algebra.Dim()
	}
	return blockDiagonal(blocks)
}

// Block returns the i-th block of a generator: the input's A for i = 0, then
// the blocks of the factors.
func (e Equivariance) Block(h *mat.Dense, i int) *mat.Dense {
	n, _ := e.Action.Generator(make([]float64, e.Action.Dim())).Dims()
	from, to := 0, n
	for _, f := range e.factors[:i] {
		from, to = to, to+f.Algebra.Size()
	}
	return mat.DenseCopyOf(h.Slice(from, to, from, to))
}

// Blocks returns the i-th block of every generator in the basis of an algebra
// of pairs.
func (e Equivariance) Blocks(pairs lie.Algebra, i int) []*mat.Dense {
	blocks := pairs.Basis()
	for k, h := range blocks {
		blocks[k] = e.Block(h, i)
	}
	return blocks
}

func blockDiagonal(blocks []*mat.Dense) *mat.Dense {
	size := 0
	for _, b := range blocks {
		n, _ := b.Dims()
		size += n
	}
	m, at := mat.NewDense(size, size, nil), 0
	for _, b := range blocks {
		n, _ := b.Dims()
		m.Slice(at, at+n, at, at+n).(*mat.Dense).Copy(b)
		at += n
	}
	return m
}

// Homogeneous reports whether generators are affine maps of the inputs.
// Blocks of factors hide that form.
func (e Equivariance) Homogeneous() bool { return len(e.factors) == 0 && IsHomogeneous(e.Action) }

// Tangents returns the tangents of the inputs, and zero for factors.
func (e Equivariance) Tangents(x *Node) *Node {
	t := e.Action.Tangents(x)
	return e.padded(t, 1)
}

// Contract pairs gradients with the velocities of the inputs.
func (e Equivariance) Contract(x, g *Node) *Node { return e.padded(Contract(e.Action, x, g), 1) }

// Metric returns the metric of the inputs, and zero for factors.
func (e Equivariance) Metric(x, w *Node) *Node {
	return e.padded(e.padded(Metric(e.Action, x, w), 0), 1)
}

// Inner returns the inner product of the inputs' action.
func (e Equivariance) Inner() *mat.SymDense { return innerOf(e.Action) }

// Norm returns the norm of the inputs' action.
func (e Equivariance) Norm(v *Node) *Node { return Norm(e.Action, v) }

// DualNorm returns the dual norm of the inputs' action.
func (e Equivariance) DualNorm(g *Node) *Node { return DualNorm(e.Action, g) }

func (e Equivariance) whitened(x *tensors.Tensor) (Action, error) {
	a, err := whiten(e.Action, x)
	return e.on(a), err
}

// on returns the same equivariance with another action on the inputs.
func (e Equivariance) on(a Action) Equivariance {
	var on Equivariance
	if e.tied != nil {
		on = Equivariant(a, *e.tied)
	} else {
		on = Covariant(a, e.factors...)
	}
	on.sizes = e.sizes
	return on
}

// padded appends zeros for the candidates of the factors along an axis.
func (e Equivariance) padded(n *Node, axis int) *Node {
	return nodes.Between(n, axis, 0, n.Shape().Dim(axis)+e.Dim()-e.Action.Dim())
}

// OutputVelocities returns B_k·y for outputs y [batch, m], Divided, as [batch, m, K].
func (e Equivariance) OutputVelocities(y *Node) *Node {
	m := e.Outputs()
	values := make([]float64, 0, e.Dim()*m*m)
	for _, b := range e.outputs {
		values = append(values, b.RawMatrix().Data...)
	}
	return Einsum("koj,bj->bok", nodes.Constant(y, values, e.Dim(), m, m), y)
}

// OutputMetric returns Σ_i (B_k y_i)·(B_l y_i) as a float64 [K, K] node.
func (e Equivariance) OutputMetric(y *Node) *Node {
	v := ConvertDType(e.OutputVelocities(y), dtypes.Float64)
	return Einsum("bok,bol->kl", v, v)
}

// String describes the action on inputs, and how the outputs move.
func (e Equivariance) String() string {
	if e.tied != nil {
		return fmt.Sprintf("%v; outputs move by %v", e.Action, *e.tied)
	}
	var factors []string
	for _, f := range e.factors {
		factors = append(factors, f.String())
	}
	return fmt.Sprintf("%v; outputs move by %s; K = %d in all", e.Action, strings.Join(factors, " and "), e.Dim())
}

// String returns, for example, "gl(3) on 9 outputs".
func (f Factor) String() string {
	return fmt.Sprintf("%s on %s", f.Algebra.Name(), spelling.Count(f.On.Dim(), "output"))
}
