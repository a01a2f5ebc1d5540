package linalg

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// ErrUnsolved: an iteration for an eigenproblem did not come to an end.
var ErrUnsolved = errors.New("linalg: the eigenproblem was not solved")

// errBreakdown: the vectors or their products are not finite, or all vanish.
var errBreakdown = fmt.Errorf("%w: it holds NaN or Inf, or its metric vanishes", ErrUnsolved)

// Pencil is the eigenproblem G h = λ B h, of which only the smallest solutions are wanted; G
// and B are symmetric and positive semidefinite.
type Pencil struct {
	// Apply returns G·h and B·h; a nil b stands for a diagonal B.
	Apply func(h *mat.Dense) (g, b *mat.Dense, err error)
	// Diagonal is G_kk.
	Diagonal []float64
	// Scale is 1/√B_kk: solutions are sought in coordinates that are scaled by it, so that
	// their units do not slow the iteration down. Coordinates with 0 are left out.
	Scale []float64
	// Precondition approximates G⁻¹ in scaled coordinates; it may be nil.
	Precondition func(r *mat.Dense) *mat.Dense
	// Degenerate tells that B may have a null space, which Precondition does not keep out:
	// vectors lose their part in it in the end.
	Degenerate bool
	// Watch is told how many of the wanted solutions are there; it may be nil.
	Watch func(step, converged, wanted int)
}

// Guards is the number of solutions that are worked on besides those wanted: the
// last of a block are the slowest to come.
func Guards(count int) int { return max(8, count/4) }

// Few reports whether count solutions of k are better sought alone than with all
// others.
func Few(count, k int) bool { return 4*(count+Guards(count)) <= k }

// Smallest returns √λ ascending, and h as columns with hᵀBh = 1: as many of the
// count smallest as could be found, at least one. It returns the errors of Apply, and errors
// that wrap ErrUnsolved.
func (p Pencil) Smallest(count int) ([]float64, *mat.Dense, error) {
	settings := lobpcgSettings{count: count, block: count + Guards(count), steps: 400, converged: accurateEnough(p.Mean())}
	if p.Watch != nil {
		settings.watch = func(step, converged int) { p.Watch(step, converged, count) }
	}
	found, err := lobpcg(p.scaled(1), settings)
	if err != nil {
		return nil, nil, err
	}
	if found.converged == 0 {
		return nil, nil, fmt.Errorf("%w: the smallest of %d eigenvalues was not found in %d steps", ErrUnsolved, len(p.Scale), found.steps)
	}
	s := make([]float64, found.converged)
	for j := range s {
		s[j] = math.Sqrt(math.Max(found.values[j], 0)) // a zero may round to below zero
	}
	h := mat.DenseCopyOf(found.vectors.Slice(0, len(p.Scale), 0, len(s)))
	if p.Degenerate {
		s, h, err = p.visible(mat.DenseCopyOf(found.b.Slice(0, len(p.Scale), 0, len(s))))
	}
	if err != nil {
		return nil, nil, err
	}
	ScaleRows(h, p.Scale)
	return s, h, nil
}

// visible returns √λ and h, in scaled coordinates, for given B·h, with h outside the
// null space of B and hᵀBh = 1.
func (p Pencil) visible(b *mat.Dense) ([]float64, *mat.Dense, error) {
	apply := p.scaled(1).apply
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
	gram, norm := Dots(h, gh), Dots(h, bh)
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

// Largest returns a lower bound of the largest √λ, mostly right to some per cent:
// it takes a few steps towards it.
func (p Pencil) Largest() (float64, error) {
	p.Precondition = nil
	never := func(_, _ float64) bool { return false }
	found, err := lobpcg(p.scaled(-1), lobpcgSettings{count: 1, block: 4, steps: 8, converged: never})
	if err != nil {
		return 0, err
	}
	return math.Sqrt(math.Max(-found.values[0], 0)), nil
}

// Mean is the mean of all λ if B is diagonal, and of the size of λ otherwise.
func (p Pencil) Mean() float64 {
	count, trace := 0, 0.
	for k, s := range p.Scale {
		if s > 0 {
			count++
		}
		trace += p.Diagonal[k] * s * s
	}
	return trace / float64(count)
}

// scaled is the problem in scaled coordinates, with sign·G for G.
func (p Pencil) scaled(sign float64) eigenproblem {
	return eigenproblem{n: len(p.Scale), precondition: p.Precondition, apply: func(x *mat.Dense) (*mat.Dense, *mat.Dense, error) {
		h := mat.DenseCopyOf(x)
		ScaleRows(h, p.Scale)
		g, b, err := p.Apply(h)
		if err != nil {
			return nil, nil, err
		}
		g.Scale(sign, g)
		ScaleRows(g, p.Scale)
		if b != nil {
			ScaleRows(b, p.Scale)
		}
		return g, b, nil
	}}
}
