// Package groundtruth holds functions whose Lie algebra of symmetries is
// known exactly, to check the results of an extraction: orthogonal, Lorentz,
// symplectic, special linear and Euclidean symmetry, a conjugate frame,
// outputs that move with the inputs, a symmetry broken by a known amount, and
// a control without symmetry.
//
// Each function is implemented twice, as Go code in float64 and as a GoMLX
// graph, so that each checks the other. The bases are written down from the
// definitions, independently of package lie.
package groundtruth

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"gonum.org/v1/gonum/mat"
)

// Case is a function f of c vectors of Rⁿ that are moved together by one n×n
// matrix or affine map. It comes with the algebra of all A for which
// f(exp(tA)·x) = f(x), or, if the outputs move too, of all pairs (A, B) for
// which f(exp(tA)·x) = exp(tB)·f(x).
type Case struct {
	// Name is short and unique among [All]: "so5", "broken(0.1)".
	Name string
	// Lie is the name of the algebra, as package lie writes it: "so(5)".
	Lie string
	// Vectors and Size are c and n: an input is the c vectors one after
	// another, c·n numbers.
	Vectors, Size int
	// Affine says that the candidates are affine maps, matrices in
	// homogeneous form [A b; 0 0], instead of n×n matrices.
	Affine bool
	// Sigma is the standard deviation of the inputs, which are independent Gaussians around 0.
	Sigma float64
	// Outputs says how the outputs move with the inputs, such as by
	// [action.Covariant]. It is nil if they do not move.
	Outputs func(inputs action.Vectors) action.Equivariance
	// K is the dimension of the candidate space: n² or n²+n, plus the
	// dimension of the factors on the outputs. Dim is the dimension of the
	// true algebra.
	K, Dim int
	// Value computes f in float64: m numbers from the c·n of x.
	Value func(x []float64) []float64
	// Graph builds f as a graph, from x [batch, c·n] of any float type to
	// [batch, m] of the same type.
	Graph func(x *graph.Node) *graph.Node
	// Algebra is a basis of the true algebra, Dim matrices in the form of
	// [Case.Action]: n×n, or (n+1)×(n+1) with a last row of zeros if Affine,
	// or diag(A, B₁, …). It is neither normalised nor orthogonal.
	Algebra []*mat.Dense
	// Gauge is a basis of the candidates that move nothing at all, orthogonal
	// to Algebra. They are symmetries too, but say nothing about f, and Dim
	// does not count them.
	Gauge []*mat.Dense
	// Recipe says how to train a network on f.
	Recipe Recipe
}

// Recipe holds the settings for learning a function from its values. A zero
// field leaves the choice to the study.
type Recipe struct {
	Samples    int    // to train on
	Hidden     []int  // widths of the hidden layers
	Activation string // by its name in GoMLX
}

// All returns the cases, the broken one at ε = .1.
func All() []Case {
	return []Case{SO5(), SO13(), SP4(), SL2(), SE3(), ConjugateSO3(), Inertia(), Broken(.1), None()}
}

// Names returns the names of [All].
func Names() []string {
	var names []string
	for _, c := range All() {
		names = append(names, c.Name)
	}
	return names
}

// ByName returns the case of [All] with the given name; the error lists the names.
func ByName(name string) (Case, error) {
	all := All()
	if i := slices.IndexFunc(all, func(c Case) bool { return c.Name == name }); i >= 0 {
		return all[i], nil
	}
	return Case{}, fmt.Errorf("groundtruth: no case %q; there are %q", name, Names())
}

// Action returns the action of the candidates on the inputs, and on the
// outputs if they move.
func (c Case) Action() action.Action {
	inputs := action.Linear(c.Size, c.Vectors)
	if c.Affine {
		inputs = action.Affine(c.Size, c.Vectors)
	}
	if c.Outputs == nil {
		return inputs
	}
	return c.Outputs(inputs)
}

// Inputs draws n inputs, float64 [n, c·Size]. It panics if n < 1.
func (c Case) Inputs(rng *rand.Rand, n int) *tensors.Tensor {
	x := make([]float64, c.positive(n)*c.Vectors*c.Size)
	for i := range x {
		x[i] = c.Sigma * rng.NormFloat64()
	}
	return tensors.FromFlatDataAndDimensions(x, n, c.Vectors*c.Size)
}

// Samples draws n inputs with their values for training: X [n, c·Size] and Y
// [n, m], float32. Y is computed in float64 from the stored X. It panics if n
// < 1.
func (c Case) Samples(rng *rand.Rand, n int) dataset.Samples {
	in := c.Vectors * c.Size
	x, y := make([]float32, c.positive(n)*in), make([]float32, 0, n)
	row := make([]float64, in)
	for i := range n {
		for j := range row {
			x[i*in+j] = float32(c.Sigma * rng.NormFloat64())
			row[j] = float64(x[i*in+j])
		}
		for _, v := range c.Value(row) {
			y = append(y, float32(v))
		}
	}
	return dataset.Samples{
		Name: c.Name,
		X:    tensors.FromFlatDataAndDimensions(x, n, in),
		Y:    tensors.FromFlatDataAndDimensions(y, n, len(y)/n),
	}
}

func (c Case) positive(n int) int {
	if n < 1 {
		panic(fmt.Sprintf("groundtruth: %s: n = %d samples", c.Name, n))
	}
	return n
}
