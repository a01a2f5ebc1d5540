package dynamics

import (
	"fmt"
	"math"
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/network"
)

// States of one orbit, or of one energy, satisfy equations g = 0. On them whatever changes in
// proportion to such a g does not change, and would count as conserved.

// doubtSurface makes laws undetermined if the states satisfy an equation of the library's functions,
// or a polynomial one of degree 3 or less, and if what was found changes elsewhere: where each
// coordinate is that of another state. Laws that hold there, too, stay firm.
func (l *Laws) doubtSurface(h *network.Network, head network.Head, states *tensors.Tensor) error {
	if l.Verdict.Answer != liegg.Symmetric {
		return nil
	}
	bound := largestBound(l.Verdict)
	size, err := equationAmong(l.Quantities[0].library, states)
	if err != nil || size >= math.Max(thin, 3*bound) {
		return err
	}
	share, err := l.elsewhere(h, head, states)
	if err != nil {
		return err
	}
	least := .05
	if exact(l.Verdict) {
		least = 1e-6
	}
	if share > least {
		l.Verdict.DoubtSymmetries(fmt.Sprintf("the states satisfy an equation, as those of one orbit or of one energy do (to %.0e of the size of its terms), and elsewhere what was found changes, by %.2g of what its size allows: functions that are conserved only there count, too: give states of several orbits", math.Max(size, 1e-8), share))
	}
	return nil
}

// largestBound returns the largest upper bound of ρ of the generators found.
func largestBound(v *liegg.Verdict) (bound float64) {
	for _, d := range v.Defects[:v.Dim] {
		bound = math.Max(bound, d.Upper)
	}
	return bound
}

// equationAmong returns the least root mean square, over the first states, of a combination of 1, the
// library's own functions and monomials, each scaled to a root mean square of 1, for coefficients of
// unit norm.
func equationAmong(l Library, states *tensors.Tensor) (float64, error) {
	z, err := rowsOf(states)
	if err != nil {
		return 0, err
	}
	rows, n := z.Dims()
	degree := max(surfaces, l.degree())
	for degree > 1 && 4*len(monomial.List(n, degree)) > rows {
		degree--
	}
	all := Library{names: l.names, own: l.own, frame: l.frame, exponents: monomial.List(n, degree)}
	values, err := evaluateSome(states, all.values)
	if err != nil {
		return 0, err
	}
	return smallestCombination(values), nil
}

// elsewhere returns the root mean square of {Q, H} over ‖X_Q‖‖∇H‖, in units of the states, for the
// quantity with the largest one, at states each coordinate of which is that of a random state. States
// at which H or a quantity is not finite do not count.
func (l *Laws) elsewhere(h *network.Network, head network.Head, states *tensors.Tensor) (float64, error) {
	z, err := rowsOf(states)
	if err != nil {
		return 0, err
	}
	rows, _ := z.Dims()
	mixed := columnsMixed(z)
	held, err := network.Buffer(network.Tensor(states), 0)
	if err != nil {
		return 0, err
	}
	defer held.Finalize()
	some, err := held.Part(0, rows)
	if err != nil {
		return 0, err
	}
	defer some.Finalize()
	at, err := some.With(mixed.RawMatrix().Data)
	if err != nil {
		return 0, err
	}
	defer at.Finalize()
	c := Canonical{library: l.Quantities[0].library, units: deviations(z)}
	p, err := h.NewProgram(head, at, func(f func(x *Node) *Node, z *Node, _ []*Node) []*Node {
		fields := Einsum("dk,bki->bdi", weights(l.Quantities, z), c.Tangents(z))
		return []*Node{orZero(cosines(c.units, fields, Gradient(ReduceAllSum(f(z)), z)[0]))}
	})
	if err != nil {
		return 0, err
	}
	defer p.Finalize()
	values, err := p.Run(at)
	if err != nil {
		return 0, err
	}
	ratios, most := mat.NewDense(rows, len(l.Quantities), values[0]), 0.
	for i := range l.Quantities {
		most = math.Max(most, mat.Norm(ratios.ColView(i), 2)/math.Sqrt(float64(rows)))
	}
	return most, nil
}

// columnsMixed returns z with the numbers of each column in random order.
func columnsMixed(z table) table {
	rows, n := z.Dims()
	rng, mixed := rand.New(rand.NewPCG(3, 0)), mat.NewDense(rows, n, nil)
	for i := range n {
		column := mat.Col(nil, i, z)
		rng.Shuffle(rows, func(a, b int) { column[a], column[b] = column[b], column[a] })
		mixed.SetCol(i, column)
	}
	return mixed
}

// cosines returns ⟨g, v⟩ over the norms of gradients g [batch, n] and fields v [batch, d, n], as
// [batch, d].
func cosines(u units, v, g *Node) *Node {
	d := v.Shape().Dim(1)
	gradients := Sqrt(u.DualNorm(g))
	fields := Sqrt(ReduceSum(Square(u.divide(v)), -1))
	return Div(Einsum("bdi,bi->bd", v, g), Mul(fields, BroadcastToDims(ExpandAxes(gradients, -1), g.Shape().Dim(0), d)))
}
