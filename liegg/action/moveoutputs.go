package action

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

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
