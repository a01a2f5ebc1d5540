package vjp

import (
	"cmp"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// side is one factor of a DotGeneral, with its axes by role.
type side struct {
	x                        *Node
	batch, contracted, cross []int
}

// dotGeneral is the rule of Σ_c l[b,i,c]·r[b,j,c] = y[b,i,j]: the cotangent
// of l is Σ_j v[b,i,j]·r[b,j,c], and of r it is Σ_i v[b,i,j]·l[b,i,c].
func dotGeneral(node, v *Node) []*Node {
	p := parametersOf(node)
	kind := v.DType()
	config := p.field("config")
	for _, name := range []string{"OutputDType", "AccumulatorDType"} {
		if given := dtypes.DType(integer(config.FieldByName(name))); given != dtypes.InvalidDType {
			kind = given
		}
	}
	l := newSide(node.Inputs()[0], p.ints("lhsBatchAxes"), p.ints("lhsContractingAxes"))
	r := newSide(node.Inputs()[1], p.ints("rhsBatchAxes"), p.ints("rhsContractingAxes"))
	v = ConvertDType(v, kind)
	return []*Node{
		l.cotangent(r, v, len(l.batch)+len(l.cross)),
		r.cotangent(l, v, len(l.batch)),
	}
}

func newSide(x *Node, batch, contracted []int) side {
	s := side{x: x, batch: batch, contracted: contracted}
	for axis := range x.Rank() {
		if !slices.Contains(batch, axis) && !slices.Contains(contracted, axis) {
			s.cross = append(s.cross, axis)
		}
	}
	return s
}

// cotangent contracts v with the other side, whose cross axes are the axes of
// v from first on.
func (s side) cotangent(other side, v *Node, first int) *Node {
	y := DotGeneral(v, iota(first, len(other.cross)), iota(0, len(s.batch)),
		ConvertDType(other.x, v.DType()), other.cross, other.batch)
	// y has the batch axes, the cross axes of s, and the contracted axes in
	// the order of the other side.
	from := slices.Concat(s.batch, s.cross)
	for _, i := range ascending(other.contracted) {
		from = append(from, s.contracted[i])
	}
	permutation := make([]int, len(from))
	for at, axis := range from {
		permutation[axis] = at
	}
	return ConvertDType(TransposeAllAxes(y, permutation...), s.x.DType())
}

// ascending returns the indices that sort values.
func ascending(values []int) []int {
	places := iota(0, len(values))
	slices.SortFunc(places, func(i, j int) int { return cmp.Compare(values[i], values[j]) })
	return places
}

func iota(first, n int) []int {
	values := make([]int, n)
	for i := range values {
		values[i] = first + i
	}
	return values
}
