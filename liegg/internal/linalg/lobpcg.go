package linalg

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// eigenproblem is A·x = λ·B·x with A and B symmetric, N×N. B may be singular where
// A vanishes, too; solutions are then defined up to the null space of B.
type eigenproblem struct {
	n int

	// apply returns A·x and B·x for x of shape N×c. A nil b means that B is
	// the identity. apply must not keep or change x.
	apply func(x *mat.Dense) (a, b *mat.Dense, err error)

	// precondition returns an approximation of A⁻¹·r, symmetric and positive
	// definite. Nil means r itself.
	precondition func(r *mat.Dense) *mat.Dense
}

// lobpcgSettings says how many solutions are wanted and how accurate.
type lobpcgSettings struct {
	// count is the number of solutions wanted. block is the number that are
	// iterated, at least count; larger blocks need fewer steps. N should be
	// several times as large.
	count, block int
	// steps is the largest number of steps.
	steps int
	// converged reports whether a solution is accurate enough, by its value
	// and the norm of its residual, ‖A·x − λ·B·x‖/‖B·x‖.
	converged func(value, residual float64) bool
	// watch is called after each step with the number of converged solutions.
	// It may be nil.
	watch func(step, converged int)
}

// ritzPairs is the result of lobpcg.
type ritzPairs struct {
	// values holds block values, ascending. vectors, N×block, holds their
	// vectors, normalised to xᵀB·x = 1. The fields a and b hold A·x and B·x; b is
	// vectors if B is the identity.
	values        []float64
	vectors, a, b *mat.Dense
	// residuals holds the norms ‖A·x − λ·B·x‖/‖B·x‖, computed from products
	// with the vectors themselves.
	residuals []float64
	// converged is the number of converged solutions, from the smallest on
	// without a gap, at most count. steps is the number of steps taken.
	converged, steps int
}

// lobpcg finds the solutions of smallest λ from products with the matrices alone, by the
// locally optimal block preconditioned conjugate gradient method (Knyazev, SIAM J. Sci.
// Comput. 23, 2001), with a basis that is orthonormalised in every step, for the reasons
// given by Duersch, Shao, Yang, Gu, SIAM J. Sci. Comput. 40, 2018. It is not an error if converged
// is less than count. It returns errors of apply, and ErrUnsolved. It panics
// unless 1 ≤ count ≤ block ≤ N.
//
// It starts from the same random vectors every time.
func lobpcg(p eigenproblem, s lobpcgSettings) (*ritzPairs, error) {
	if s.count < 1 || s.block < s.count || s.block > p.n {
		panic("linalg: lobpcg: want 1 ≤ count ≤ block ≤ N")
	}
	i := iteration{eigenproblem: p, lobpcgSettings: s}
	if err := i.begin(); err != nil {
		return nil, err
	}
	for step := 1; ; step++ {
		done := i.assess()
		if s.watch != nil {
			s.watch(step, done)
		}
		if done == s.count || step > s.steps {
			// Products that were combined over many steps carry rounding
			// errors, so test the answer on new ones.
			if err := i.refresh(); err != nil {
				return nil, err
			}
			if done = i.assess(); done == s.count || step > s.steps {
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
	eigenproblem
	lobpcgSettings

	values    []float64
	x, p      span // the estimates, and the directions they last moved in (x nil at first)
	residual  *mat.Dense
	residuals []float64
}

// begin takes random vectors in the range of B, so that nothing lies in its
// null space.
func (i *iteration) begin() error {
	random := rand.New(rand.NewPCG(1, 0))
	x := mat.NewDense(i.n, i.block, nil)
	for k, data := 0, x.RawMatrix().Data; k < len(data); k++ {
		data[k] = random.NormFloat64()
	}
	_, b, err := i.apply(x)
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
	a, b, err := i.apply(v)
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
	for converged < i.count && i.good(converged) {
		converged++
	}
	return converged
}

func (i *iteration) good(j int) bool { return i.converged(i.values[j], i.residuals[j]) }

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
	if i.precondition != nil {
		w = i.precondition(w)
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
	values, y, err := rayleighRitz(s, i.block)
	if err != nil {
		return err
	}
	i.values = values
	i.x = s.times(y)
	if len(spans) > 1 {
		_, first := spans[0].v.Dims()
		moved := mat.DenseCopyOf(y)
		moved.Slice(0, first, 0, i.block).(*mat.Dense).Zero()
		i.p = s.times(moved)
		i.p.normalise()
	}
	return nil
}

func (i *iteration) solution(converged, steps int) *ritzPairs {
	return &ritzPairs{values: i.values, vectors: i.x.v, a: i.x.a, b: i.x.b,
		residuals: i.residuals, converged: converged, steps: steps}
}

// accurateEnough returns a test of convergence for values λ ≥ 0 that are squares s²,
// as for CᵀC. It requires a residual of at most 1e-8·mean, or 1e-6·s·√mean.
// By the theorem of Bauer and Fike there is then a singular value within
// about 1e-6·√mean of every s that is not itself near 0; in practice the
// error of s is the square of this. mean is the mean of all λ, such as tr
// A/tr B.
func accurateEnough(mean float64) func(value, residual float64) bool {
	return func(value, residual float64) bool {
		return residual <= max(1e-8*mean, 1e-6*math.Sqrt(max(value, 0)*mean))
	}
}
