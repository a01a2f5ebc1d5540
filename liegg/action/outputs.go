package action

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
)

// Inputs returns the action on the inputs alone.
func (e Equivariance) Inputs() Action { return e.Action }

// InputsOf returns the action on the inputs alone: Inputs of an Equivariance, and other actions
// as they are.
func InputsOf(a Action) Action {
	if pair, ok := a.(Equivariance); ok {
		return pair.Inputs()
	}
	return a
}

// Free reports whether outputs are moved by factors of their own, as by Covariant, and not by
// the generators of the inputs.
func (e Equivariance) Free() bool { return e.tied == nil }

// OutputGenerator returns the m×m matrix B by which a generator h moves the outputs, f ↦ B·f:
// ρ(A), or the sum over the factors. Of affine generators the linear part is used. It panics
// unless h has the size of a generator.
func (e Equivariance) OutputGenerator(h *mat.Dense) *mat.Dense {
	e.mustFit("OutputGenerator", h)
	if e.tied != nil {
		return e.tied.Of(e.linear(h))
	}
	b := mat.NewDense(e.Outputs(), e.Outputs(), nil)
	for i, f := range e.factors {
		b.Add(b, f.On.Of(e.Block(h, i+1)))
	}
	return b
}

// OutputMap returns the m×m matrix R by which a finite transformation g moves the outputs,
// f ↦ R·f, which is ρ(g). Of affine maps the linear part is used. It panics if outputs are moved
// by free factors, or unless g is an invertible matrix of the size of a generator.
func (e Equivariance) OutputMap(g *mat.Dense) *mat.Dense {
	if e.tied == nil {
		panic("action: OutputMap: nothing says how finite maps move outputs by free factors")
	}
	e.mustFit("OutputMap", g)
	return e.tied.OfMap(e.linear(g))
}

func (e Equivariance) linear(m *mat.Dense) *mat.Dense {
	if IsHomogeneous(e.Action) {
		return lie.LinearPart(m)
	}
	return m
}

func (e Equivariance) mustFit(what string, m *mat.Dense) {
	if rows, columns := m.Dims(); rows != columns || rows != GeneratorSize(e) {
		panic(fmt.Sprintf("action: %s: the matrix must be %d×%d, got %d×%d", what, GeneratorSize(e), GeneratorSize(e), rows, columns))
	}
}

// Pair returns diag(A, B₁, B₂, …), the generator that moves inputs by A and outputs by one matrix
// for each factor. It panics unless there is one of the right size for each.
func (e Equivariance) Pair(a *mat.Dense, bs ...*mat.Dense) *mat.Dense {
	if len(bs) != len(e.factors) {
		panic(fmt.Sprintf("action: Pair: %d matrices for outputs, the action has %d factors", len(bs), len(e.factors)))
	}
	for i, b := range bs {
		want := e.factors[i].Algebra.Size()
		if rows, columns := b.Dims(); rows != want || columns != want {
			panic(fmt.Sprintf("action: Pair: matrix %d for outputs must be %d×%d, got %d×%d", i+1, want, want, rows, columns))
		}
	}
	n := GeneratorSize(e.Action)
	if rows, columns := a.Dims(); rows != n || columns != n {
		panic(fmt.Sprintf("action: Pair: a must be %d×%d, got %d×%d", n, n, rows, columns))
	}
	return blockDiagonal(append([]*mat.Dense{a}, bs...))
}

// Irreps decomposes the representation of the outputs under pairs, an algebra of generators of e
// such as network.Judge finds. values are outputs of the network, N×m, or nil. See rep.Irreps,
// whose errors it returns.
func (e Equivariance) Irreps(pairs lie.Algebra, values *mat.Dense) (*rep.Content, error) {
	var outputs []*mat.Dense
	for _, h := range pairs.Basis() {
		outputs = append(outputs, e.OutputGenerator(h))
	}
	return rep.Irreps(e.Blocks(pairs, 0), outputs, values)
}

// FreeUnits reports whether each output may have a unit of its own: whether every factor that
// moves outputs by B also holds S·B·S⁻¹, for any diagonal S. Unknown does. Representations
// that are tied to the inputs, and factors on the rows or columns of a matrix, do not.
func (e Equivariance) FreeUnits() bool {
	for _, f := range e.factors {
		if !f.freeUnits() {
			return false
		}
	}
	return len(e.factors) > 0
}

// freeUnits takes B to S·B·S⁻¹ for an S whose entries have no ratio in common.
func (f Factor) freeUnits() bool {
	const same = 1e-9
	m := f.On.Dim()
	if f.Algebra.Size() != m || slices.ContainsFunc(f.Algebra.Basis(), func(b *mat.Dense) bool { return !mat.Equal(f.On.Of(b), b) }) {
		return false
	}
	units := mat.NewDense(m, m, nil)
	for i := range m {
		units.Set(i, i, 1+float64(i*i)/float64(m*m))
	}
	moved, err := f.Algebra.Conjugate(units)
	return err == nil && lie.LargestAngle(f.Algebra, moved) < same
}

// Units returns the numbers of outputs that have a unit in common, one after
// the other: the summands of a tied representation, each output if FreeUnits
// holds, and else all outputs together.
func (e Equivariance) Units() []int {
	switch {
	case e.tied != nil:
		return e.tied.Summands()
	case e.FreeUnits():
		return slices.Repeat([]int{1}, e.Outputs())
	}
	return []int{e.Outputs()}
}

// InUnits returns the same equivariance for outputs that are divided by sizes before they are
// compared: its candidates B, on outputs so divided, stand for S·B·S⁻¹ with S = diag(sizes),
// which Generator returns. So the sizes of single outputs do not decide what is small. Tied
// representations stay the same. It panics unless there is a positive size for each output, the
// same for those that have a unit in common (Units).
func (e Equivariance) InUnits(sizes []float64) Equivariance {
	if len(sizes) != e.Outputs() || !(slices.Min(sizes) > 0) {
		panic(fmt.Sprintf("action: InUnits: sizes = %v for %d outputs: want positive ones", sizes, e.Outputs()))
	}
	from := 0
	for _, n := range e.Units() {
		if own := sizes[from : from+n]; slices.Min(own) != slices.Max(own) {
			panic(fmt.Sprintf("action: InUnits: outputs %d to %d have a unit in common, but the sizes %v", from, from+n-1, own))
		}
		from += n
	}
	e.sizes = slices.Clone(sizes)
	return e
}

// Within returns the same equivariance with candidates B that move outputs within the span of the
// orthonormal columns of v, m×r, and leave everything else: V·C·Vᵀ for all C. Along the other
// directions outputs hardly vary, and their motion could not be found. An equivariance of other
// factors than Unknown stays as it is. It panics unless v has m rows.
func (e Equivariance) Within(v *mat.Dense) Equivariance {
	m, r := v.Dims()
	if m != e.Outputs() {
		panic(fmt.Sprintf("action: Within: v has %d rows for %d outputs", m, e.Outputs()))
	}
	if r == m || len(e.factors) != 1 || !e.FreeUnits() || e.factors[0].Algebra.Dim() != m*m {
		return e
	}
	var within []*mat.Dense
	for _, c := range lie.GL(r).Basis() {
		var b mat.Dense
		b.Product(v, c, v.T())
		within = append(within, &b)
	}
	on := Covariant(e.Action, Factor{lie.Span("motions of the outputs", within...), e.factors[0].On})
	on.sizes = e.sizes
	return on
}

// OutputSizes returns the sizes of InUnits that generators depend on, nil if there are none.
func (e Equivariance) OutputSizes() []float64 {
	if e.tied != nil {
		return nil
	}
	return e.sizes
}

// Divided returns outputs y [batch, m] divided by the sizes of InUnits, for OutputVelocities and
// OutputMetric.
func (e Equivariance) Divided(y *Node) *Node {
	if e.sizes == nil {
		return y
	}
	return Div(y, nodes.Constant(y, e.sizes, 1, len(e.sizes)))
}

// inUnits returns S·B·S⁻¹; a nil S is the identity.
func inUnits(b *mat.Dense, sizes []float64) *mat.Dense {
	if sizes == nil {
		return b
	}
	m := mat.DenseCopyOf(b)
	m.Apply(func(i, j int, v float64) float64 { return v * (sizes[i] / sizes[j]) }, m)
	return m
}
