package action

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
)

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
	return Div(y, constant(y, e.sizes, 1, len(e.sizes)))
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
