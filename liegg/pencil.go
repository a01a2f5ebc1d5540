package liegg

import (
	"errors"
	"fmt"
	"math"

	"github.com/liegg/lab/liegg/internal/lobpcg"
	"gonum.org/v1/gonum/mat"
)

// pencil is the eigenproblem G h = λ B h, of which only the smallest solutions
// are wanted: G = CᵀC, and B the metric D for relative defects or the Frobenius
// product of candidates for singular values.
type pencil struct {
	// apply returns G·h and B·h; a nil b stands for a diagonal B.
	apply func(h *mat.Dense) (g, b *mat.Dense, err error)
	// scale is 1/√B_kk: solutions are sought in candidates that are scaled by it,
	// so that their units do not slow it down. Candidates with 0 are left out.
	scale []float64
	// trace is that of G in scaled candidates.
	trace float64
	// precondition approximates G⁻¹ in scaled candidates; it may be nil.
	precondition func(r *mat.Dense) *mat.Dense
	// degenerate tells that B may have a null space, which precondition does not
	// keep out: it is taken out in the end.
	degenerate bool
	// watch is told how many of the wanted solutions are there; it may be nil.
	watch func(step, converged, wanted int)
}

// guards is the number of solutions that are worked on besides those wanted: the
// last of a block are the slowest to come.
func guards(count int) int { return max(8, count/4) }

// few reports whether count solutions of k are better sought alone than with all
// others.
func few(count, k int) bool { return 4*(count+guards(count)) <= k }

// smallest returns √λ ascending, and h as columns with hᵀBh = 1: as many of the
// count smallest as could be found, at least one. It returns the errors of apply and
// ErrDecomposition.
func (p pencil) smallest(count int) ([]float64, *mat.Dense, error) {
	mean := p.mean()
	settings := lobpcg.Settings{Count: count, Block: count + guards(count), Steps: 400, Converged: lobpcg.Within(mean)}
	if p.watch != nil {
		settings.Watch = func(step, converged int) { p.watch(step, converged, count) }
	}
	found, err := lobpcg.Smallest(p.scaled(1), settings)
	if err != nil {
		return nil, nil, decomposition(err)
	}
	if found.Converged == 0 {
		return nil, nil, fmt.Errorf("%w: the smallest of %d eigenvalues was not found in %d steps", ErrDecomposition, len(p.scale), found.Steps)
	}
	s := make([]float64, found.Converged)
	for j := range s {
		s[j] = math.Sqrt(math.Max(found.Values[j], 0)) // a zero may round to below zero
	}
	h := mat.DenseCopyOf(found.Vectors.Slice(0, len(p.scale), 0, len(s)))
	if p.degenerate {
		s, h, err = p.visible(mat.DenseCopyOf(found.B.Slice(0, len(p.scale), 0, len(s))))
	}
	if err != nil {
		return nil, nil, err
	}
	scaleRows(h, p.scale)
	return s, h, nil
}

// visible returns √λ and h, in scaled candidates, for given B·h, with h outside the
// null space of B and hᵀBh = 1.
func (p pencil) visible(b *mat.Dense) ([]float64, *mat.Dense, error) {
	apply := p.scaled(1).Apply
	h, err := inRange(b, func(y *mat.Dense) (*mat.Dense, error) {
		_, by, err := apply(y)
		return by, err
	})
	if err != nil {
		return nil, nil, err
	}
	gh, bh, err := apply(h)
	if err != nil {
		return nil, nil, err
	}
	gram, norm := dots(h, gh), dots(h, bh)
	for j, v := range norm {
		norm[j] = 1 / math.Sqrt(v)
		gram[j] = math.Sqrt(math.Max(gram[j], 0)) * norm[j]
	}
	n, _ := h.Dims()
	for i := range n {
		for j, v := range norm {
			h.Set(i, j, v*h.At(i, j))
		}
	}
	return gram, h, nil
}

// largest returns a lower bound of the largest √λ, mostly right to some per cent:
// it takes a few steps towards it.
func (p pencil) largest() (float64, error) {
	p.precondition = nil
	never := func(_, _ float64) bool { return false }
	found, err := lobpcg.Smallest(p.scaled(-1), lobpcg.Settings{Count: 1, Block: 4, Steps: 8, Converged: never})
	if err != nil {
		return 0, decomposition(err)
	}
	return math.Sqrt(math.Max(-found.Values[0], 0)), nil
}

// decomposition is the error of LOBPCG as one of ours; those of apply are left.
func decomposition(err error) error {
	if errors.Is(err, lobpcg.ErrBreakdown) {
		return fmt.Errorf("%w: %w", ErrDecomposition, err)
	}
	return err
}

// mean is that of all λ where B is diagonal, and of their size otherwise.
func (p pencil) mean() float64 {
	count := 0
	for _, s := range p.scale {
		if s > 0 {
			count++
		}
	}
	return p.trace / float64(count)
}

// scaled is the problem in scaled candidates, with sign·G for G.
func (p pencil) scaled(sign float64) lobpcg.Problem {
	return lobpcg.Problem{N: len(p.scale), Precondition: p.precondition, Apply: func(x *mat.Dense) (*mat.Dense, *mat.Dense, error) {
		h := mat.DenseCopyOf(x)
		scaleRows(h, p.scale)
		g, b, err := p.apply(h)
		if err != nil {
			return nil, nil, err
		}
		g.Scale(sign, g)
		scaleRows(g, p.scale)
		if b != nil {
			scaleRows(b, p.scale)
		}
		return g, b, nil
	}}
}

func scaleRows(m *mat.Dense, by []float64) {
	for i, s := range by {
		row := m.RawRowView(i)
		for j := range row {
			row[j] *= s
		}
	}
}

// traceOf returns Σ_k G_kk·scale_k².
func traceOf(diagonal, scale []float64) float64 {
	sum := 0.
	for k, s := range scale {
		sum += diagonal[k] * s * s
	}
	return sum
}

// inverseRoots returns 1/√d_k, and 0 where d_k is no more than floor.
func inverseRoots(d []float64, floor float64) []float64 {
	r := make([]float64, len(d))
	for k, v := range d {
		if v > floor {
			r[k] = 1 / math.Sqrt(v)
		}
	}
	return r
}
