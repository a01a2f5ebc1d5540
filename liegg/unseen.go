package liegg

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
)

// unseen is the share of a motion, as an amplitude, that may lead out of the subspace in which all
// data lie.
const unseen = .1

// doubtUnseen doubts generators that move the data out of the subspace in which they lie. Gradients
// at the data still say how f changes there to first order, but no sample says what f is, and a
// network has not learned it. The algebra is not determined either: it depends on what generators do
// to vectors that the data do not have.
func (v *Verdict) doubtUnseen(about lie.Algebra, m *Moments) error {
	if v.Answer != Symmetric && v.Answer != Approximate || m == nil || m.Data == nil {
		return nil
	}
	q, rank, err := m.dataSpan()
	n := m.Data.SymmetricDim()
	if err != nil || rank == n {
		return err
	}
	seen, err := m.felt(q, v.Threshold)
	if err != nil {
		return err
	}
	for _, pair := range about.Basis() {
		if size, _ := pair.Dims(); size < n {
			return nil // candidates that describe their generators in another way
		}
		a := mat.DenseCopyOf(pair.Slice(0, n, 0, n)) // what moves the inputs
		var out mat.Dense
		out.Mul(seen, a)
		out.Sub(a, &out)
		if m.length(&out) > unseen*m.length(a) {
			v.Doubt(fmt.Sprintf("all data lie in a subspace of the inputs, and %s move them out of it, where no sample says what f is: give fewer coordinates, or samples beyond the subspace",
				spelling.Count(v.Dim, "generator")))
			return nil
		}
	}
	return nil
}

// felt returns the projector on P_U·X, in which all data lie as far as the function can tell: U is
// the span of the gradients, X the span of the data, on which q projects. If the gradients are not
// known, all is felt.
func (m *Moments) felt(q *mat.Dense, tolerance float64) (*mat.Dense, error) {
	if m.Gradients == nil {
		return q, nil
	}
	p, _, _, err := m.gradientSpan(tolerance)
	if err != nil {
		return nil, err
	}
	felt, units := linalg.Times(lifted(p, m.Data.SymmetricDim()), q), m.units()
	felt.Apply(func(i, j int, v float64) float64 { return v / units[i] * units[j] }, felt)
	return projector(felt, units)
}

// length returns √E‖A·x‖² over the data, in units in which no coordinate is far larger than others.
func (m *Moments) length(a *mat.Dense) float64 {
	units := m.units()
	scaled := mat.DenseCopyOf(a)
	scaled.Apply(func(i, _ int, v float64) float64 { return v / units[i] }, scaled)
	var square mat.Dense
	square.Product(scaled, m.Data, scaled.T())
	return math.Sqrt(math.Max(0, mat.Trace(&square)))
}
