package flow

import (
	"fmt"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/linalg"
)

// Hypothesis is a generator H that was named before looking at the network. Its flow is
// exp(tH).
type Hypothesis struct {
	Name string
	H    *mat.Dense
}

// Pair is a hypothesis of how outputs move: by exp(tB) if inputs move by exp(tA), with A the
// generator of h. For affine inputs, an n×n generator means [A 0; 0 0]. bs are the matrices of the
// factors of a, one for each; a is made by action.Covariant. Pair panics unless all fit.
func Pair(a action.Equivariance, h Hypothesis, bs ...*mat.Dense) Hypothesis {
	return Hypothesis{h.Name, a.Pair(action.Whole(a.Inputs(), h.H), bs...)}
}

// Map is a finite transformation g of the inputs that was named before looking at the network.
type Map struct {
	Name string
	G    *mat.Dense
	// Out is the matrix R of f(g·x) = R·f(x), m×m for m outputs, if the action is an
	// action.Equivariance; see TestMap for what nil means.
	Out *mat.Dense
}

// Rotation turns axis i of Rⁿ towards axis j, with t in radians: E_ji − E_ij. Here and below,
// axes are counted from 0, as in Go. Names count from x₁, as in formulas: Rotation(3, 0, 1)
// is "rotation x₁→x₂", the field x₁∂₂ − x₂∂₁. Rotation panics unless i ≠ j are axes.
func Rotation(n, i, j int) Hypothesis {
	twoAxes("Rotation", n, i, j)
	return Hypothesis{"rotation " + coordinate(i) + "→" + coordinate(j), entries(n, entry{j, i, 1}, entry{i, j, -1})}
}

// Boost is the hyperbolic rotation of axes i and j of Rⁿ, with t the rapidity: E_ij + E_ji.
// It panics unless i ≠ j are axes.
func Boost(n, i, j int) Hypothesis {
	twoAxes("Boost", n, i, j)
	return Hypothesis{"boost " + coordinate(i) + "," + coordinate(j), entries(n, entry{i, j, 1}, entry{j, i, 1})}
}

// Shear moves x_i by t·x_j: E_ij. It panics unless i ≠ j are axes of Rⁿ.
func Shear(n, i, j int) Hypothesis {
	twoAxes("Shear", n, i, j)
	return Hypothesis{"shear " + coordinate(i) + " by " + coordinate(j), entries(n, entry{i, j, 1})}
}

// Scaling multiplies all of Rⁿ by eᵗ: the identity matrix.
func Scaling(n int) Hypothesis { return Hypothesis{"scaling", linalg.Identity(n)} }

// Translation moves points of Rⁿ along axis i by t, for affine actions: the
// (n+1)×(n+1) matrix E_{i,n}. It panics unless i is an axis.
func Translation(n, i int) Hypothesis {
	oneAxis("Translation", n, i)
	return Hypothesis{"translation " + coordinate(i), entries(n+1, entry{i, n, 1})}
}

// Reflection changes the sign of axis i of Rⁿ. It panics unless i is an axis.
func Reflection(n, i int) Map {
	oneAxis("Reflection", n, i)
	g := linalg.Identity(n)
	g.Set(i, i, -1)
	return Map{Name: "reflection of " + coordinate(i), G: g}
}

// Permutation permutes blocks of the given size: block k of g·x is block order[k] of x. Size
// 1 permutes coordinates (channels). To permute c vectors of Rⁿ as a whole, use size n and
// test the map with action.Linear(c·n, 1), which treats an input as one vector. Permutation
// panics unless order is a permutation.
func Permutation(size int, order ...int) Map {
	g := mat.NewDense(size*len(order), size*len(order), nil)
	seen := make([]bool, len(order))
	for to, from := range order {
		if from < 0 || from >= len(order) || seen[from] {
			panic(fmt.Sprintf("flow: Permutation: order %v is not a permutation of 0…%d", order, len(order)-1))
		}
		seen[from] = true
		for i := range size {
			g.Set(to*size+i, from*size+i, 1)
		}
	}
	return Map{Name: fmt.Sprintf("permutation %v", order), G: g}
}

// coordinate returns the name of axis i, counted from 0, in formulas: x₁ for 0.
func coordinate(i int) string {
	var b strings.Builder
	b.WriteByte('x')
	for _, digit := range strconv.Itoa(i + 1) {
		b.WriteRune('₀' + digit - '0')
	}
	return b.String()
}

// entry is one entry of a matrix.
type entry struct {
	i, j int
	v    float64
}

func entries(n int, es ...entry) *mat.Dense {
	m := mat.NewDense(n, n, nil)
	for _, e := range es {
		m.Set(e.i, e.j, e.v)
	}
	return m
}

func oneAxis(what string, n, i int) {
	if i < 0 || i >= n {
		panic(fmt.Sprintf("flow: %s: axis i = %d is not in 0…%d", what, i, n-1))
	}
}

func twoAxes(what string, n, i, j int) {
	oneAxis(what, n, i)
	if j < 0 || j >= n || i == j {
		panic(fmt.Sprintf("flow: %s: axis j = %d is not in 0…%d, or is i", what, j, n-1))
	}
}
