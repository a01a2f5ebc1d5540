package dynamics

import (
	"fmt"
	"maps"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/monomial"
)

// fieldAction moves states of D coordinates by K polynomial vector fields. Their monomials are
// evaluated in a frame, about its origin and in its units.
type fieldAction struct {
	units
	frame        frame
	monomials    [][]int
	coefficients [][][]float64 // [monomial][field][coordinate]
	count        int           // K
}

// newFieldAction takes the fields as polynomials in the distances from an origin, one for each
// coordinate.
func newFieldAction(fields [][]polynomial, origin []float64, u units) fieldAction {
	a := fieldAction{units: u, frame: frame{origin: origin, unit: u}, count: len(fields)}
	at := map[string]int{}
	for k, field := range fields {
		for i, p := range field {
			for _, key := range slices.Sorted(maps.Keys(p)) {
				m, ok := at[key]
				if !ok {
					m = len(at)
					at[key] = m
					a.monomials = append(a.monomials, exponentsOf(key))
					a.coefficients = append(a.coefficients, make([][]float64, len(fields)))
					for j := range fields {
						a.coefficients[m][j] = make([]float64, len(u))
					}
				}
				a.coefficients[m][k][i] = p[key] * u.power(a.monomials[m])
			}
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
	return Einsum("bm,mki->bki", a.values(z), a.weights(z))
}

// Contract returns ⟨g, A_k·z⟩ as [batch, K].
func (a fieldAction) Contract(z, g *Node) *Node {
	outer := Einsum("bm,bi->bmi", a.values(z), g)
	return Einsum("bmi,mki->bk", outer, a.weights(z))
}

// Metric returns Σᵢ wᵢ TᵢᵀTᵢ in units of the coordinates, [K, K].
func (a fieldAction) Metric(z, w *Node) *Node { return a.metric(a.Tangents(z), w) }

func (a fieldAction) values(z *Node) *Node {
	batch := z.Shape().Dim(0)
	points := Reshape(a.frame.points(z), batch, 1, z.Shape().Dim(1))
	return Reshape(monomial.Nodes(points, a.monomials), batch, len(a.monomials))
}

func (a fieldAction) weights(like *Node) *Node {
	return ConvertDType(Const(like.Graph(), a.coefficients), like.DType())
}
