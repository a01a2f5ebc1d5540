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
// coordinates, of which there are many, and one of the others, of which there are few.
type fieldAction struct {
	units
	frame frame
	base  [][]int // monomials of base coordinates
	parts []part  // by coordinate
	count int     // K
}

// part is what a monomial of the other coordinates contributes to the velocity of one coordinate.
type part struct {
	coordinate int
	factor     []int
	weights    [][]float64 // [monomial of base coordinates][field]
}

// newFieldAction takes the fields as polynomials in the distances from an origin, one for each
// coordinate. bases says which are base coordinates.
func newFieldAction(fields [][]polynomial, origin []float64, u units, bases []bool) fieldAction {
	a := fieldAction{units: u, frame: frame{origin: origin, unit: u}, count: len(fields)}
	at, parts := map[string]int{}, make([]map[string]map[int][]float64, len(u)) // [coordinate][factor][monomial][field]
	for k, field := range fields {
		for i, p := range field {
			for _, key := range slices.Sorted(maps.Keys(p)) {
				exponents := exponentsOf(key)
				base, others := slices.Clone(exponents), slices.Clone(exponents)
				for c, isBase := range bases {
					if isBase {
						others[c] = 0
					} else {
						base[c] = 0
					}
				}
				m, ok := at[monomial.Key(base)]
				if !ok {
					m = len(a.base)
					at[monomial.Key(base)] = m
					a.base = append(a.base, base)
				}
				factor := monomial.Key(others)
				if parts[i] == nil {
					parts[i] = map[string]map[int][]float64{}
				}
				if parts[i][factor] == nil {
					parts[i][factor] = map[int][]float64{}
				}
				if parts[i][factor][m] == nil {
					parts[i][factor][m] = make([]float64, len(fields))
				}
				parts[i][factor][m][k] = p[key] * u.power(exponents)
			}
		}
	}
	for i, factors := range parts {
		for _, factor := range slices.Sorted(maps.Keys(factors)) {
			p := part{coordinate: i, factor: exponentsOf(factor)}
			for m := range a.base {
				row := factors[factor][m]
				if row == nil {
					row = make([]float64, len(fields))
				}
				p.weights = append(p.weights, row)
			}
			a.parts = append(a.parts, p)
		}
	}
	return a
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
	all := a.velocities(z)
	for i := range all {
		if all[i] == nil {
			all[i] = Zeros(z.Graph(), shapes.Make(z.DType(), z.Shape().Dim(0), a.count))
		}
	}
	return Stack(all, -1)
}

// velocities returns the velocities of each coordinate as [batch, K], nil if no field moves it.
func (a fieldAction) velocities(z *Node) []*Node {
	velocities := make([]*Node, len(a.units))
	values, factors := a.values(z)
	for from := 0; from < len(a.parts); {
		i, to := a.parts[from].coordinate, from
		for to < len(a.parts) && a.parts[to].coordinate == i {
			to++
		}
		velocities[i] = a.combined(SliceAxis(factors, -1, AxisRange(from, to)), values, a.parts[from:to])
		from = to
	}
	return velocities
}

// combined returns Σ f_p·v_m·w_pmk for factors f [batch, parts] and values v [batch, M].
func (a fieldAction) combined(factors, values *Node, parts []part) *Node {
	rows := make([][]float64, 0, len(parts)*len(a.base))
	for _, p := range parts {
		rows = append(rows, p.weights...)
	}
	products := Reshape(Einsum("bp,bm->bpm", factors, values), values.Shape().Dim(0), len(rows))
	return Einsum("br,rk->bk", products, ConvertDType(Const(values.Graph(), rows), values.DType()))
}

// Contract returns ⟨g, A_k·z⟩ as [batch, K]. Most programs that call it need Tangents, too, of
// which they build the velocities once.
func (a fieldAction) Contract(z, g *Node) *Node {
	var sum *Node
	for i, v := range a.velocities(z) {
		if v != nil {
			along := Mul(v, SliceAxis(g, -1, AxisRange(i, i+1)))
			if sum == nil {
				sum = along
			} else {
				sum = Add(sum, along)
			}
		}
	}
	return sum
}

// Metric returns Σᵢ wᵢ TᵢᵀTᵢ in units of the coordinates, [K, K].
func (a fieldAction) Metric(z, w *Node) *Node {
	root := Reshape(ConvertDType(Sqrt(w), z.DType()), z.Shape().Dim(0), 1)
	var rows []*Node
	for i, v := range a.velocities(z) {
		if v != nil {
			rows = append(rows, ConvertDType(DivScalar(Mul(v, root), a.units[i]), dtypes.Float64))
		}
	}
	t := Concatenate(rows, 0)
	return Einsum("bk,bl->kl", t, t)
}

// values returns the monomials of base coordinates [batch, M] and the factors of the parts
// [batch, parts].
func (a fieldAction) values(z *Node) (values, factors *Node) {
	batch, size := z.Shape().Dim(0), z.Shape().Dim(1)
	points := Reshape(a.frame.points(z), batch, 1, size)
	list := make([][]int, len(a.parts))
	for i, p := range a.parts {
		list[i] = p.factor
	}
	return Reshape(monomial.Nodes(points, a.base), batch, len(a.base)), Reshape(monomial.Nodes(points, list), batch, len(list))
}
