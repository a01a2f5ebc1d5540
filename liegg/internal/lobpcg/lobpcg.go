// Package lobpcg finds the smallest solutions of large symmetric
// eigenproblems from products with their matrices alone.
//
// The method is the locally optimal block preconditioned conjugate gradient
// method (Knyazev, SIAM J. Sci. Comput. 23, 2001), with a basis that is
// orthonormalised in every step, for the reasons given by Duersch, Shao,
// Yang, Gu, SIAM J. Sci. Comput. 40, 2018.
package lobpcg

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// Problem is A·x = λ·B·x with A and B symmetric, N×N. B may be singular where
// A vanishes, too; solutions are then defined up to the null space of B.
type Problem struct {
	N int

	// Apply returns A·x and B·x for x of shape N×c. A nil b means that B is
	// the identity. Apply must not keep or change x.
	Apply func(x *mat.Dense) (a, b *mat.Dense, err error)

	// Precondition returns an approximation of A⁻¹·r, symmetric and positive
	// definite. Nil means r itself.
	Precondition func(r *mat.Dense) *mat.Dense
}

// Settings says how many solutions are wanted and how accurate.
type Settings struct {
	// Count is the number of solutions wanted. Block is the number that are
	// iterated, at least Count; larger blocks need fewer steps. N should be
	// several times as large.
	Count, Block int
	// Steps is the largest number of steps.
	Steps int
	// Converged reports whether a solution is accurate enough, by its value
	// and the norm of its residual, ‖A·x − λ·B·x‖/‖B·x‖.
	Converged func(value, residual float64) bool
	// Watch is called after each step with the number of converged solutions.
	// It may be nil.
	Watch func(step, converged int)
}

// Solution is the result of Smallest.
type Solution struct {
	// Values holds Block values, ascending. Vectors, N×Block, holds their
	// vectors, normalised to xᵀB·x = 1. A and B hold A·x and B·x; B is
	// Vectors if B is the identity.
	Values        []float64
	Vectors, A, B *mat.Dense
	// Residuals holds the norms ‖A·x − λ·B·x‖/‖B·x‖, computed from products
	// with the vectors themselves.
	Residuals []float64
	// Converged is the number of converged solutions, from the smallest on
	// without a gap, at most Count. Steps is the number of steps taken.
	Converged, Steps int
}

// Smallest finds the solutions of smallest λ. It is not an error if Converged
// is less than Count. It returns errors of Apply, and ErrBreakdown. It panics
// unless 1 ≤ Count ≤ Block ≤ N.
//
// It starts from the same random vectors every time.
func Smallest(p Problem, s Settings) (*Solution, error) {
	if s.Count < 1 || s.Block < s.Count || s.Block > p.N {
		panic("lobpcg: want 1 ≤ Count ≤ Block ≤ N")
	}
	i := iteration{Problem: p, Settings: s}
	if err := i.begin(); err != nil {
		return nil, err
	}
	for step := 1; ; step++ {
		done := i.assess()
		if s.Watch != nil {
			s.Watch(step, done)
		}
		if done == s.Count || step > s.Steps {
			// Products that were combined over many steps carry rounding
			// errors, so test the answer on new ones.
			if err := i.refresh(); err != nil {
				return nil, err
			}
			if done = i.assess(); done == s.Count || step > s.Steps {
				return i.solution(done, step), nil
			}
		}
		if step%refreshEvery == 0 {
			if err := i.refresh(); err != nil {
				return nil, err
			}
		}
		if err := i.advance(); err != nil {
			return nil, err
		}
	}
}

// refreshEvery is the number of steps after which products are recomputed.
// Otherwise the rounding errors of combined products could hide convergence
// forever.
const refreshEvery = 50

// iteration is the state between two steps.
type iteration struct {
	Problem
	Settings

	values    []float64
	x, p      span // the estimates, and the directions they last moved in (x nil at first)
	residual  *mat.Dense
	residuals []float64
}

// begin takes random vectors in the range of B, so that nothing lies in its
// null space.
func (i *iteration) begin() error {
	random := rand.New(rand.NewPCG(1, 0))
	x := mat.NewDense(i.N, i.Block, nil)
	for k, data := 0, x.RawMatrix().Data; k < len(data); k++ {
		data[k] = random.NormFloat64()
	}
	_, b, err := i.Apply(x)
	if err != nil {
		return err
	}
	if b != nil {
		x = b
	}
	start, err := i.spanOf(x)
	if err != nil {
		return err
	}
	return i.ritz(start)
}

// spanOf applies A and B to vectors.
func (i *iteration) spanOf(v *mat.Dense) (span, error) {
	a, b, err := i.Apply(v)
	if b == nil {
		b = v
	}
	return span{v, a, b}, err
}

// refresh replaces products by new ones.
func (i *iteration) refresh() error {
	x, err := i.spanOf(i.x.v)
	if err != nil {
		return err
	}
	i.p = span{}
	return i.ritz(x)
}

// assess computes the residuals, and counts the converged solutions from the
// smallest on.
func (i *iteration) assess() (converged int) {
	i.residual = mat.DenseCopyOf(i.x.b)
	scaleColumns(i.residual, i.values)
	i.residual.Sub(i.x.a, i.residual)
	i.residuals = columnNorms(i.residual)
	for j, b := range columnNorms(i.x.b) {
		i.residuals[j] /= b
	}
	for converged < i.Count && i.good(converged) {
		converged++
	}
	return converged
}

func (i *iteration) good(j int) bool { return i.Converged(i.values[j], i.residuals[j]) }

// advance searches along the preconditioned residuals of solutions that have
// not converged and along the last step.
func (i *iteration) advance() error {
	var active []int
	for j := range i.values {
		if !i.good(j) {
			active = append(active, j)
		}
	}
	if len(active) == 0 { // all looked converged only because of rounding, which refresh has removed
		for j := range i.values {
			active = append(active, j)
		}
	}
	w := columnsOf(i.residual, active)
	if i.Precondition != nil {
		w = i.Precondition(w)
	}
	normalise(w, columnNorms(w))
	var overlap, inside mat.Dense
	overlap.Mul(i.x.b.T(), w)
	inside.Mul(i.x.v, &overlap)
	w.Sub(w, &inside)
	normalise(w, columnNorms(w))
	more, err := i.spanOf(w)
	if err != nil {
		return err
	}
	return i.ritz(i.x, more, i.p.columns(active))
}

// ritz takes the best estimates within the spans.
func (i *iteration) ritz(spans ...span) error {
	s := joined(spans)
	values, y, err := rayleighRitz(s, i.Block)
	if err != nil {
		return err
	}
	i.values = values
	i.x = s.times(y)
	if len(spans) > 1 {
		_, first := spans[0].v.Dims()
		moved := mat.DenseCopyOf(y)
		moved.Slice(0, first, 0, i.Block).(*mat.Dense).Zero()
		i.p = s.times(moved)
		i.p.normalise()
	}
	return nil
}

func (i *iteration) solution(converged, steps int) *Solution {
	return &Solution{Values: i.values, Vectors: i.x.v, A: i.x.a, B: i.x.b,
		Residuals: i.residuals, Converged: converged, Steps: steps}
}

// Within returns a test of convergence for values λ ≥ 0 that are squares s²,
// as for CᵀC. It requires a residual of at most 1e-8·mean, or 1e-6·s·√mean.
// By the theorem of Bauer and Fike there is then a singular value within
// about 1e-6·√mean of every s that is not itself near 0; in practice the
// error of s is the square of this. mean is the mean of all λ, such as tr
// A/tr B.
func Within(mean float64) func(value, residual float64) bool {
	return func(value, residual float64) bool {
		return residual <= max(1e-8*mean, 1e-6*math.Sqrt(max(value, 0)*mean))
	}
}
