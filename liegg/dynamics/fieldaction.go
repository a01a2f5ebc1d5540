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
	frame  frame
	base   [][]int // monomials of base coordinates
	blocks []block
	count  int // K
}

// block is consecutive fields that move the same base coordinate.
type block struct {
	fields     int
	velocities [][]part // of each coordinate
}

// part is what one monomial of the other coordinates contributes to a velocity.
type part struct {
	factor  []int
	weights [][]float64 // [monomial of base coordinates][field of the block]
}

// newFieldAction takes the fields as polynomials in the distances from an origin, one for each
// coordinate. bases says which are base coordinates.
func newFieldAction(fields [][]polynomial, origin []float64, u units, bases []bool) fieldAction {
	a := fieldAction{units: u, frame: frame{origin: origin, unit: u}, count: len(fields)}
	places := map[string]int{}
	for _, field := range fields {
		for _, p := range field {
			for _, key := range slices.Sorted(maps.Keys(p)) {
				if base, _ := split(key, bases); places[base] == 0 {
					a.base = append(a.base, exponentsOf(base))
					places[base] = len(a.base) // from 1
				}
			}
		}
	}
	for from := 0; from < len(fields); {
		to := from
		for to < len(fields) && moved(fields[to], bases) == moved(fields[from], bases) {
			to++
		}
		b := block{to - from, make([][]part, len(u))}
		for i := range u {
			b.velocities[i] = a.partsOf(fields[from:to], i, places, bases)
		}
		a.blocks = append(a.blocks, b)
		from = to
	}
	return a
}

// moved returns the first base coordinate that a field moves, −1 if there is none.
func moved(field []polynomial, bases []bool) int {
	for i, p := range field {
		if bases[i] && len(p) > 0 {
			return i
		}
	}
	return -1
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

// partsOf returns the velocity of a coordinate along fields.
func (a fieldAction) partsOf(fields [][]polynomial, coordinate int, places map[string]int, bases []bool) (parts []part) {
	at := map[string]int{}
	for k, field := range fields {
		for _, key := range slices.Sorted(maps.Keys(field[coordinate])) {
			base, factor := split(key, bases)
			if at[factor] == 0 {
				parts = append(parts, part{exponentsOf(factor), zeros(len(a.base), len(fields))})
				at[factor] = len(parts) // from 1
			}
			parts[at[factor]-1].weights[places[base]-1][k] = field[coordinate][key] * a.units.power(exponentsOf(key))
		}
	}
	return parts
}

func zeros(rows, columns int) [][]float64 {
	m := make([][]float64, rows)
	for i := range m {
		m[i] = make([]float64, columns)
	}
	return m
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
	batch := z.Shape().Dim(0)
	points := Reshape(a.frame.points(z), batch, 1, len(a.units))
	values := Reshape(monomial.Nodes(points, a.base), batch, len(a.base))
	velocities := make([]*Node, len(a.units))
	for i := range velocities {
		along, still := make([]*Node, len(a.blocks)), true
		for k, b := range a.blocks {
			if len(b.velocities[i]) == 0 {
				along[k] = Zeros(z.Graph(), shapes.Make(z.DType(), batch, b.fields))
			} else {
				along[k], still = combined(points, values, b.velocities[i]), false
			}
		}
		if !still {
			velocities[i] = Concatenate(along, -1)
		}
	}
	return velocities
}

// combined returns Σ f_p·v_m·w_pmk for the factors of parts at points and values v [batch, M].
func combined(points, values *Node, parts []part) *Node {
	batch, factors, rows := points.Shape().Dim(0), [][]int(nil), [][]float64(nil)
	for _, p := range parts {
		factors, rows = append(factors, p.factor), append(rows, p.weights...)
	}
	f := Reshape(monomial.Nodes(points, factors), batch, len(factors))
	products := Reshape(Einsum("bp,bm->bpm", f, values), batch, len(rows))
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
