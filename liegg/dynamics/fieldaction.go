package dynamics

import (
	"fmt"
	"maps"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/monomial"
)

// fieldAction moves states of D coordinates by K polynomial vector fields. Their monomials are
// evaluated in a frame, about its origin and in its units, as products of a monomial of some base
// coordinates, of which there are many, and a factor of the others, of which there are few.
type fieldAction struct {
	units
	frame      frame
	base       [][]int  // monomials of base coordinates
	factors    [][]int  // monomials of the others
	velocities [][]part // of each coordinate
	count      int      // K
}

// part is what one factor contributes to a velocity: for each field, a weight times the factor times
// one base monomial.
type part struct {
	factor  int
	base    []int32
	weights []float64
}

// newFieldAction takes the fields as polynomials in the distances from an origin, one for each
// coordinate. bases says which are base coordinates.
func newFieldAction(fields [][]monomial.Polynomial, origin []float64, u units, bases []bool) fieldAction {
	a := fieldAction{units: u, frame: frame{origin: origin, unit: u}, velocities: make([][]part, len(u)), count: len(fields)}
	base, factors := indices{}, indices{}
	for k, field := range fields {
		for i, p := range field {
			for _, key := range slices.Sorted(maps.Keys(p)) {
				ofBase, ofOthers := split(key, bases)
				a.add(i, k, factors.of(ofOthers), base.of(ofBase), p[key]*u.power(exponentsOf(key)))
			}
		}
	}
	a.base, a.factors = base.exponents(), factors.exponents()
	return a
}

// add adds a term to the velocity of coordinate i along field k: to the first part with this factor
// in which the field has none, or to a new one.
func (a *fieldAction) add(i, k, factor, base int, weight float64) {
	at := slices.IndexFunc(a.velocities[i], func(p part) bool { return p.factor == factor && p.weights[k] == 0 })
	if at < 0 {
		at = len(a.velocities[i])
		a.velocities[i] = append(a.velocities[i], part{factor, make([]int32, a.count), make([]float64, a.count)})
	}
	p := a.velocities[i][at]
	p.base[k], p.weights[k] = int32(base), weight
}

// indices numbers monomials in the order of their first use.
type indices map[string]int

func (n indices) of(key string) int {
	i, known := n[key]
	if !known {
		i = len(n)
		n[key] = i
	}
	return i
}

func (n indices) exponents() [][]int {
	list := make([][]int, len(n))
	for key, i := range n {
		list[i] = exponentsOf(key)
	}
	return list
}

// split returns the factors of a monomial.
func split(key string, bases []bool) (base, others string) {
	of, rest := []byte(key), []byte(key)
	for i, isBase := range bases {
		if isBase {
			rest[i] = 0
		} else {
			of[i] = 0
		}
	}
	return string(of), string(rest)
}

func exponentsOf(key string) []int {
	exponents := make([]int, len(key))
	for i := range exponents {
		exponents[i] = int(key[i])
	}
	return exponents
}

// Dim returns the number of fields.
func (a fieldAction) Dim() int { return a.count }

// Generator returns the coefficients h as a diagonal matrix.
func (a fieldAction) Generator(h []float64) *mat.Dense {
	return generatorOf(h, a.count)
}

// Check returns an error unless states have as many coordinates as the fields.
func (a fieldAction) Check(input []int) error {
	if len(input) != 1 || input[0] != len(a.units) {
		return fmt.Errorf("dynamics: the fields have %d coordinates, so states must have shape [%d], not %v", len(a.units), len(a.units), input)
	}
	return nil
}

// Tangents returns the velocities of states z [batch, D] as [batch, K, D].
func (a fieldAction) Tangents(z *Node) *Node {
	all := a.along(z)
	for i := range all {
		if all[i] == nil {
			all[i] = Zeros(z.Graph(), shapes.Make(z.DType(), a.count, z.Shape().Dim(0)))
		}
	}
	return TransposeAllAxes(Stack(all, 0), 2, 1, 0)
}

// along returns the velocities of each coordinate as [K, batch], nil if no field moves it.
func (a fieldAction) along(z *Node) []*Node {
	points := TransposeAllAxes(a.frame.points(z), 1, 0)
	base, factors := monomial.Rows(points, a.base), monomial.Rows(points, a.factors)
	along := make([]*Node, len(a.units))
	for i, parts := range a.velocities {
		for _, p := range parts {
			velocity := Mul(p.of(base), SliceAxis(factors, 0, AxisElem(p.factor)))
			if along[i] != nil {
				velocity = Add(along[i], velocity)
			}
			along[i] = velocity
		}
	}
	return along
}

// of returns the weighted base monomials of each field, [K, batch], from all of them, [M, batch].
func (p part) of(base *Node) *Node {
	rows := Gather(base, Reshape(Const(base.Graph(), p.base), len(p.base), 1))
	return Mul(rows, Reshape(ConvertDType(Const(base.Graph(), p.weights), base.DType()), len(p.weights), 1))
}

// Contract returns ⟨g, A_k·z⟩ as [batch, K].
func (a fieldAction) Contract(z, g *Node) *Node {
	gradients := TransposeAllAxes(g, 1, 0)
	sum := Zeros(z.Graph(), shapes.Make(z.DType(), a.count, z.Shape().Dim(0)))
	for i, v := range a.along(z) {
		if v != nil {
			sum = Add(sum, Mul(v, SliceAxis(gradients, 0, AxisElem(i))))
		}
	}
	return TransposeAllAxes(sum, 1, 0)
}

// Metric returns Σᵢ wᵢ TᵢᵀTᵢ in units of the coordinates, [K, K].
func (a fieldAction) Metric(z, w *Node) *Node {
	root := Reshape(Sqrt(w), 1, -1)
	var columns []*Node
	for _, v := range a.inUnits(z) {
		columns = append(columns, Mul(v, root))
	}
	t := Concatenate(columns, 1)
	return Einsum("kb,lb->kl", t, t)
}

// MetricDiagonal returns the diagonal of Metric, [K].
func (a fieldAction) MetricDiagonal(z, w *Node) *Node {
	sum := Zeros(z.Graph(), shapes.Make(dtypes.Float64, a.count, z.Shape().Dim(0)))
	for _, v := range a.inUnits(z) {
		sum = Add(sum, Square(v))
	}
	return Einsum("kb,b->k", sum, w)
}

// inUnits returns the velocities of coordinates that move, in their units, as float64 [K, batch].
func (a fieldAction) inUnits(z *Node) (moving []*Node) {
	for i, v := range a.along(z) {
		if v != nil {
			moving = append(moving, ConvertDType(DivScalar(v, a.units[i]), dtypes.Float64))
		}
	}
	return moving
}
