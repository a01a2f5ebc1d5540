package dynamics

import (
	"fmt"
	"math"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/network"
)

// Symmetries are the symmetries of an ordinary differential equation ẋ = v(x).
type Symmetries struct {
	// Verdict is the verdict on p·v(x) as a function of x and p, with the doubt of each field.
	Verdict *liegg.Verdict
	// Fields are a basis of the symmetries, without those in Parallel. If the verdict is
	// Undetermined, they are guesses.
	Fields []PointSymmetry
	// Parallel are a basis of the symmetries that are parallel to v at every state. They move
	// each solution along itself, so they are trivial: every equation has v itself.
	Parallel []PointSymmetry
}

// PointSymmetry is a vector field ξ with [ξ, v] = λv: its flow takes solutions of ẋ = v(x) to
// solutions, with another clock unless λ is 0.
type PointSymmetry struct {
	field Quantity // p·ξ(x)
	time  Quantity // λ(x); without a library if only λ = 0 was asked for
}

// ODE says which symmetries of an equation are looked for.
type ODE struct {
	// Names name the coordinates of x.
	Names []string
	// Degree is the largest degree of the polynomial fields ξ.
	Degree int
	// Time is the largest degree of the polynomial λ, and −1, or any negative number, means
	// λ = 0. The zero value looks for a constant λ.
	Time int
	// Seed draws the momenta p.
	Seed uint64
}

// String says what is looked for.
func (o ODE) String() string {
	λ := fmt.Sprintf("λ of degree %d", o.Time)
	if o.Time < 0 {
		λ = "λ = 0"
	}
	return fmt.Sprintf("fields of degree %d in %s, %s", o.Degree, strings.Join(o.Names, ", "), λ)
}

// Of finds the polynomial symmetries of ẋ = v(x). v has one output for each of the coordinates
// of x [N, n]. It solves
//
//	[ξ, v] = (ξ·∂)v − (v·∂)ξ = λv
//
// in the form that the function p·v(x) is invariant under ẋ = ξ, ṗ = −(∂ξ/∂x)ᵀp − λp for all p,
// with one random p for each sample, in units in which all components of v vary alike.
//
// States should be spread. If they satisfy a polynomial equation of degree 3 or less, or of Degree, or
// if a coordinate does not vary, and if what was found is no symmetry elsewhere, the verdict is
// undetermined.
//
// Of returns the errors of network.Judge, and an error if v has other outputs than coordinates.
// It panics if Names do not fit x or Degree is negative.
func (o ODE) Of(v *network.Network, x *tensors.Tensor, s network.Settings) (*Symmetries, error) {
	n := len(o.Names)
	if n == 0 || x.Rank() != 2 || x.Shape().Dim(1) != n {
		panic(fmt.Sprintf("dynamics: ODE: %d Names for states of shape %v", n, x.Shape()))
	}
	if o.Degree < 0 {
		panic(fmt.Sprintf("dynamics: ODE: Degree must not be negative, got %d", o.Degree))
	}
	velocities, err := o.velocities(v, x)
	if err != nil {
		return nil, err
	}
	z, err := o.withMomenta(x, velocities)
	if err != nil {
		return nil, err
	}
	defer z.FinalizeAll()
	a, err := newPointAction(o, z)
	if err != nil {
		return nil, err
	}
	f := momentum(v, n)
	verdict, err := judge(f, a, z, s, 0)
	if err != nil {
		return nil, err
	}
	if err := o.doubtSurface(verdict, f, a, x, z, s); err != nil {
		return nil, err
	}
	found := &Symmetries{Verdict: verdict}
	return found, found.separate(a, x, velocities)
}

// velocities returns v at the states, or an error if it is not a field.
func (o ODE) velocities(v *network.Network, x *tensors.Tensor) (table, error) {
	y, err := v.Predict(x)
	if err != nil {
		return nil, err
	}
	defer y.FinalizeAll()
	if m := y.Shape().Dim(1); m != len(o.Names) {
		return nil, fmt.Errorf("dynamics: v must have one output for each of the %d coordinates, but has %d", len(o.Names), m)
	}
	return tableOf(y)
}

// withMomenta returns x and random p side by side, in the type of x. Each p_i is in units of v_i.
func (o ODE) withMomenta(x *tensors.Tensor, velocities table) (*tensors.Tensor, error) {
	return beside(x, nil, deviations(velocities), o.Seed)
}

// momentum returns the network z = (x, p) ↦ p·v(x).
func momentum(v *network.Network, n int) *network.Network {
	return v.Repeated(1, func(scope *model.Scope, z *Node) *Node {
		x, p := halves(z)
		return ReduceAndKeep(Mul(p, v.Forward(scope, x)), ReduceSum, -1)
	})
}

// separate tells the fields parallel to v from the others.
func (f *Symmetries) separate(a pointAction, x *tensors.Tensor, velocities table) error {
	all := a.symmetries(f.Verdict.Algebra)
	if len(all) == 0 {
		return nil
	}
	states, err := first(x, most)
	if err != nil {
		return err
	}
	defer states.FinalizeAll()
	values, err := evaluate(states, func(x *Node) *Node { return fieldValues(all, x) })
	if err != nil {
		return err
	}
	parallel, others := parallelTo(values, velocities, len(all), math.Min(.1, math.Max(1e-6, 3*f.Verdict.AngleError)))
	f.Parallel, f.Fields = a.combinations(all, parallel), a.combinations(all, others)
	return nil
}

// fieldValues returns the velocities of fields at states x [batch, n] as [batch, fields, n]. They
// are the derivatives of p·ξ(x) by p.
func fieldValues(all []PointSymmetry, x *Node) *Node {
	quantities := make([]Quantity, len(all))
	for i, s := range all {
		quantities[i] = s.field
	}
	_, values := halves(gradientsOf(quantities, Concatenate([]*Node{x, ZerosLike(x)}, -1)))
	return values
}

// parallelTo returns coefficients of fields, one column each, that are parallel to v at all
// states, and of others that complete them. Parallel are those whose part across v is smaller
// than tolerance times the field.
func parallelTo(values, v table, count int, tolerance float64) (parallel, others *mat.Dense) {
	rows, columns := values.Dims()
	n := columns / count
	all, across := mat.NewDense(rows*n, count, nil), mat.NewDense(rows*n, count, nil)
	for s := range rows {
		direction := v.RawRowView(s)
		square := floats.Dot(direction, direction)
		for k := range count {
			ξ := values.RawRowView(s)[k*n : (k+1)*n]
			share := 0.
			if square > 0 {
				share = floats.Dot(ξ, direction) / square
			}
			for i := range n {
				all.Set(s*n+i, k, ξ[i])
				across.Set(s*n+i, k, ξ[i]-share*direction[i])
			}
		}
	}
	return smallSpan(all, across, tolerance)
}

// smallSpan solves for the combinations h with ‖across·h‖ ≤ tolerance·‖all·h‖.
func smallSpan(all, across *mat.Dense, tolerance float64) (small, others *mat.Dense) {
	var qr mat.QR
	qr.Factorize(all)
	var r mat.Dense
	qr.RTo(&r)
	_, count := all.Dims()
	square := mat.DenseCopyOf(r.Slice(0, count, 0, count))
	var inverse, whitened mat.Dense
	if err := inverse.Inverse(square); err != nil {
		return nil, linalg.Identity(count)
	}
	whitened.Mul(across, &inverse)
	var svd mat.SVD
	if !svd.Factorize(&whitened, mat.SVDThin) {
		return nil, linalg.Identity(count)
	}
	var v, h mat.Dense
	svd.VTo(&v)
	h.Mul(&inverse, &v)
	values := svd.Values(nil) // descending
	large := 0
	for large < count && values[large] > tolerance {
		large++
	}
	return columnsOf(&h, large, count), columnsOf(&h, 0, large)
}

// columnsOf returns the columns from…to−1 as a copy; nil if there are none.
func columnsOf(m *mat.Dense, from, to int) *mat.Dense {
	if from == to {
		return nil
	}
	rows, _ := m.Dims()
	return mat.DenseCopyOf(m.Slice(0, rows, from, to))
}

// String lists the symmetries after the verdict's answer.
func (f *Symmetries) String() string {
	var b strings.Builder
	b.WriteString(headline(f.Verdict))
	for _, s := range f.Fields {
		fmt.Fprintf(&b, "\n%s", s.Formula(visible(f.Verdict.AngleError)))
	}
	for _, s := range f.Parallel {
		fmt.Fprintf(&b, "\n%s, along the solutions", s.Formula(visible(f.Verdict.AngleError)))
	}
	return b.String()
}

// Formula writes the field, and λ unless it is 0: "x∂x + y∂y, λ = 1". Coefficients below
// tolerance times the largest are left out; 0 means 1e-9.
func (s PointSymmetry) Formula(tolerance float64) string {
	text := s.field.Formula(tolerance)
	if λ := s.time.formula(tolerance, floats.Norm(s.field.coefficients, math.Inf(1))); λ != "0" {
		text += ", λ = " + λ
	}
	return text
}

// String returns Formula(0).
func (s PointSymmetry) String() string { return s.Formula(0) }
