package network

import (
	"cmp"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/extraction"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Analyze streams inputs through the network and returns the spectrum of its polarization
// matrix: the Lie-algebra generators of the action under which the network is most nearly
// invariant, and how nearly. Memory is O(K²).
//
// The method depends on the number of candidates K. Up to 1000 the spectrum holds all
// generators. Beyond, it holds only the smallest (Settings.Smallest), and says so when
// printed. Up to 4096 Analyze keeps sums of K×K numbers. Beyond, it keeps all inputs in
// memory instead, and runs over them tens to hundreds of times, with a progress line.
//
// If the first inputs lie far from the origin, translations among the candidates are taken
// about their mean (action.Centre). The generators of the spectrum are still relative to the
// origin.
//
// Analyze returns an error if the action does not fit the inputs, or if the model panics or
// fails; the errors of liegg (no samples, fewer rows than K, vanishing gradients); and a
// *liegg.NotFiniteError if inputs, outputs or gradients are NaN or infinite, with the number
// of these samples and the first of them. If several of the three are, the errors are joined.
func Analyze(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Spectrum, error) {
	mustBeUsable(n, a, inputs, s)
	a, inputs, closing, err := centred(n, a, inputs)
	if err != nil {
		return nil, err
	}
	defer closing()
	if a.Dim() > denseUpTo {
		return matrixFree(n.Through(a), a, inputs, s)
	}
	p, err := Polarize(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	if s.Smallest > 0 {
		return p.Smallest(a, s.Smallest)
	}
	return p.Spectrum(a)
}

// centred returns the action about the mean of the first inputs, if it has translations, and
// the inputs from their start. closing ends the stream.
func centred(n *Network, a action.Action, inputs Inputs) (_ action.Action, _ Inputs, closing func(), err error) {
	if !action.Translates(a) {
		return a, inputs, func() {}, nil
	}
	p, err := stream.Peek(inputs, n.limits())
	if err != nil {
		return nil, nil, nil, err
	}
	if p.First != nil {
		if a, err = action.Centre(a, p.First); err != nil {
			p.Close()
			return nil, nil, nil, err
		}
	}
	return a, p.Inputs, p.Close, nil
}

// denseUpTo is the largest number of candidates for which K×K matrices are kept, 134 MB each.
const denseUpTo = 4096

// Polarize streams inputs through the network into its polarization matrix; see Analyze. It
// always keeps K×K numbers.
func Polarize(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Polarization, error) {
	mustBeUsable(n, a, inputs, s)
	return liegg.Accumulate(a.Dim(), polarizationChunks(n.Through(a), a, inputs, s, nil))
}

// matrixFree is Analyze without K×K matrices. It keeps the inputs in memory and runs over
// them for every product with the polarization matrix.
func matrixFree(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Spectrum, error) {
	held, err := buffer(n.chunks(inputs, s.Batch, a.Dim()))
	if err != nil {
		return nil, err
	}
	defer held.Finalize()
	return extraction.Smallest(n.source(), a, held.chunks, held.Len(), s.rows(), cmp.Or(s.Smallest, liegg.Listed))
}
