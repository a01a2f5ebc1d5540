package dynamics

import (
	"fmt"
	"math"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
)

// PoissonAlgebra says how quantities Q₁ … Q_d close under the Poisson bracket
// {F, G} = ∂F/∂q·∂G/∂p − ∂F/∂p·∂G/∂q.
type PoissonAlgebra struct {
	// Residual is the largest distance of a bracket {Q_i, Q_j} from the combinations of 1 and
	// Q₁ … Q_d, in units of ‖∇Q_i‖‖∇Q_j‖, the size of a bracket of unrelated functions, root
	// mean squares over the states. Each pair of coordinates is first rescaled canonically,
	// (q, p) ↦ (q/s, ps), so that both vary alike; brackets do not depend on this.
	Residual float64
	// Involution is the largest bracket in these units: 0 if all quantities commute.
	Involution float64
	// Closed says that Residual is no larger than the quantities' own error explains.
	Closed bool
	// Centre is the dimension of the centre: of the combinations that commute with all, up to
	// a millionth or the quantities' own error.
	Centre int
	// Identity names the algebra modulo its centre, by its adjoint representation; nil if it
	// is not Closed, if it is its own centre, or if Faint is not 0.
	Identity *classification.Identity
	// Faint is the size of the largest brackets that count as zero for Centre although they are
	// larger than the errors: the algebra then has no name, since its brackets are of sizes too
	// different to tell a centre. So it is with states far from the origin, where an angular
	// momentum is a momentum up to a small part. 0 if there are none.
	Faint float64

	dim int
}

// Poisson computes the brackets of quantities of one library at states [N, 2n], the first 4096
// of them. Brackets may close on one energy surface and not beyond, as with the
// Laplace–Runge–Lenz vector do: take states of one energy to ask for this. angle is the error of
// the quantities in radians, such as Verdict.AngleError; 0 for exact ones. Poisson returns an
// error if the states do not fit, or if values there are not finite. It panics without
// quantities.
func Poisson(quantities []Quantity, states *tensors.Tensor, angle float64) (*PoissonAlgebra, error) {
	if len(quantities) == 0 {
		panic("dynamics: Poisson: no quantities")
	}
	if err := quantities[0].library.check(states.Shape().Dimensions[1:]); err != nil {
		return nil, err
	}
	z, err := first(states, most)
	if err != nil {
		return nil, err
	}
	defer z.FinalizeAll()
	values, err := evaluate(z, func(z *Node) *Node { return combine(quantities, z) })
	if err != nil {
		return nil, err
	}
	gradients, err := evaluate(z, func(z *Node) *Node { return gradientsOf(quantities, z) })
	if err != nil {
		return nil, err
	}
	coordinates, err := tableOf(z)
	if err != nil {
		return nil, err
	}
	b := brackets{values, gradients, len(quantities)}
	b.rescale(deviations(coordinates).canonical())
	return newPoissonAlgebra(b, angle)
}

// brackets holds d quantities and their gradients at states.
type brackets struct {
	values    table // d columns
	gradients table // d·2n columns
	d         int
}

// rescale measures gradients in units of the coordinates.
func (b brackets) rescale(u units) {
	states, columns := b.gradients.Dims()
	for s := range states {
		row := b.gradients.RawRowView(s)
		for i := range columns {
			row[i] *= u[i%len(u)]
		}
	}
}

// of returns {Q_i, Q_j} at each state.
func (b brackets) of(i, j int) []float64 {
	states, columns := b.gradients.Dims()
	size := columns / b.d
	n := size / 2
	of := make([]float64, states)
	for s := range of {
		row := b.gradients.RawRowView(s)
		f, g := row[i*size:(i+1)*size], row[j*size:(j+1)*size]
		for k := range n {
			of[s] += f[k]*g[n+k] - f[n+k]*g[k]
		}
	}
	return of
}

// scale returns √E‖∇Q_i‖².
func (b brackets) scale(i int) float64 {
	states, columns := b.gradients.Dims()
	size := columns / b.d
	return mat.Norm(b.gradients.Slice(0, states, i*size, (i+1)*size), 2) / math.Sqrt(float64(states))
}

// newPoissonAlgebra fits each bracket by 1 and the quantities, all measured in their own sizes.
func newPoissonAlgebra(b brackets, angle float64) (*PoissonAlgebra, error) {
	p := &PoissonAlgebra{dim: b.d}
	states, _ := b.values.Dims()
	design := mat.NewDense(states, b.d+1, nil)
	scales := make([]float64, b.d)
	for i := range scales {
		if scales[i] = b.scale(i); scales[i] == 0 {
			return nil, fmt.Errorf("dynamics: a quantity is constant on the states")
		}
		column := mat.Col(nil, i, b.values)
		floats.Scale(1/scales[i], column)
		design.SetCol(i, column)
	}
	// One factor for all leaves the algebra as it is, in coordinates of any size.
	if size := mat.Norm(design, 2) / math.Sqrt(float64(states*b.d)); size > 0 {
		design.Scale(1/size, design)
	}
	for s := range states {
		design.Set(s, b.d, 1)
	}
	ad := make([]*mat.Dense, b.d)
	for i := range ad {
		ad[i] = mat.NewDense(b.d, b.d, nil)
	}
	var qr mat.QR
	qr.Factorize(design)
	for i := range b.d {
		for j := i + 1; j < b.d; j++ {
			of := mat.NewVecDense(states, b.of(i, j))
			of.ScaleVec(1/(scales[i]*scales[j]), of)
			p.add(ad, i, j, of, design, &qr)
		}
	}
	p.Closed = p.Residual <= math.Max(1e-6, 10*angle)
	return p, p.identify(ad, angle)
}

// add fits one bracket.
func (p *PoissonAlgebra) add(ad []*mat.Dense, i, j int, of *mat.VecDense, design *mat.Dense, qr *mat.QR) {
	root := math.Sqrt(float64(of.Len()))
	var c, rest mat.VecDense
	if err := qr.SolveVecTo(&c, false, of); err != nil && c.IsEmpty() {
		p.Residual = math.Inf(1)
		return
	}
	rest.MulVec(design, &c)
	rest.SubVec(of, &rest)
	p.Residual = math.Max(p.Residual, mat.Norm(&rest, 2)/root)
	p.Involution = math.Max(p.Involution, mat.Norm(of, 2)/root)
	for k := range p.dim {
		ad[i].Set(k, j, c.AtVec(k))
		ad[j].Set(k, i, -c.AtVec(k))
	}
}

// identify names the algebra modulo its centre.
func (p *PoissonAlgebra) identify(ad []*mat.Dense, angle float64) (err error) {
	span, left := linearSpan(ad, math.Max(1e-6, 10*angle))
	p.Centre = p.dim - len(span)
	if left > math.Max(1e-12, 10*math.Max(angle, p.Residual)) {
		p.Faint = left
	}
	if !p.Closed || len(span) == 0 || p.Faint > 0 {
		return nil
	}
	p.Identity, err = classification.Identify(lie.Span("adjoint", span...), math.Min(math.Max(angle, 1e-9), math.Pi/2))
	return err
}

// linearSpan returns a basis of the span of matrices, without directions below tolerance, and
// the size of the largest of these.
func linearSpan(matrices []*mat.Dense, tolerance float64) (span []*mat.Dense, left float64) {
	n, _ := matrices[0].Dims()
	stacked := mat.NewDense(len(matrices), n*n, nil)
	for i, m := range matrices {
		stacked.SetRow(i, m.RawMatrix().Data)
	}
	var svd mat.SVD
	if !svd.Factorize(stacked, mat.SVDThin) {
		return nil, 0
	}
	var v mat.Dense
	svd.VTo(&v)
	for k, σ := range svd.Values(nil) {
		if σ > tolerance {
			span = append(span, mat.NewDense(n, n, mat.Col(nil, k, &v)))
		} else {
			left = math.Max(left, σ)
		}
	}
	return span, left
}

// name returns the name of the algebra modulo its centre, "" if there is none.
func (p *PoissonAlgebra) name() string {
	if p.Identity == nil {
		return ""
	}
	return p.Identity.Name
}

// String says whether the brackets close, and as what.
func (p *PoissonAlgebra) String() string {
	var b strings.Builder
	switch {
	case p.Involution <= 1e-12:
		b.WriteString("all in involution, to rounding")
	case p.Involution <= math.Max(1e-6, p.Residual):
		fmt.Fprintf(&b, "all in involution: brackets ≤ %.2g", p.Involution)
	case p.Closed && p.Faint > 0:
		fmt.Fprintf(&b, "brackets close, but some combinations have brackets of %.1g, too small beside the others to tell whether they commute: no name; subtract the states' mean if the quantities may be taken about it", p.Faint)
	case p.Closed && p.Identity == nil:
		fmt.Fprintf(&b, "brackets ≤ %.2g, no larger than the error of the quantities explains", p.Involution)
	case !p.Closed:
		fmt.Fprintf(&b, "brackets leave the span of 1 and the quantities by up to %.2g of their size", p.Residual)
	default:
		name := p.name()
		if name == "" {
			name = "no known algebra (" + p.Identity.Reason + ")"
		}
		fmt.Fprintf(&b, "brackets close: %s", name)
		if p.Centre > 0 {
			fmt.Fprintf(&b, " and a centre of %s", spelling.Count(p.Centre, "dimension"))
		}
	}
	return b.String()
}
