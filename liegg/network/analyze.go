package network

import (
	"iter"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
)

// Settings says how polarization rows are taken. The zero value serves.
type Settings struct {
	// Head is asked of the outputs first; nil stands for Outputs. Classifiers want
	// CentredLogits.
	Head Head
	// Batch is the number of samples in a chunk; 0 chooses by the size of inputs.
	Batch int
	// Mode is how J·T is computed; 0 chooses by the number of passes.
	Mode Differentiation
	// Gram asks for the K×K Gram matrix, summed in float64 on the device, also for
	// float64 inputs, where the rows themselves go through a streamed QR by
	// default: a Gram matrix stops at 1e-8 of the largest singular value. Float32
	// rows carry noise above that and always use the Gram matrix.
	Gram bool
	// Rule is what it takes to call a direction a symmetry; Judge asks for it.
	Rule liegg.Rule
	// BySize lets outputs count in a verdict by the size of their gradients, as
	// where they are components of one quantity: Judge brings them to one size
	// otherwise, each on its own.
	BySize bool
	// Validation are samples with float targets, both in the units of the network,
	// that it was not trained on. A verdict then tells how much of the variance of
	// the targets the network leaves unexplained. May be nil.
	Validation *dataset.Samples
}

// Analyze streams inputs through the network and returns the spectrum of its
// polarization matrix: the Lie-algebra generators of the action under which the
// network is most nearly invariant, and how nearly. Memory is O(K²).
//
// Errors: the action does not fit the inputs; a model that panics or fails; the
// errors of liegg (no samples, fewer rows than K, vanishing gradients); a
// *liegg.NotFiniteError that names the first sample with NaN or Inf.
func Analyze(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Spectrum, error) {
	p, err := Polarize(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	return p.Spectrum(a)
}

// Polarize streams inputs through the network into its polarization matrix; see
// Analyze.
func Polarize(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Polarization, error) {
	mustBeUsable(n, a, inputs, s)
	return liegg.Accumulate(a.Dim(), polarizationChunks(n, a, inputs, s, nil))
}

// polarizationChunks runs the inputs through the network, batch by batch. Where
// their beginning is given, it is for a verdict: with moments, with outputs of one
// size, and with samples that repeat others counted.
func polarizationChunks(n *Network, a action.Action, inputs Inputs, s Settings, beginning *tensors.Tensor) iter.Seq2[liegg.Chunk, error] {
	return func(yield func(liegg.Chunk, error) bool) {
		var e *extraction
		defer func() { e.finalize() }()
		for c, err := range chunks(inputs, s.Batch) {
			if err == nil && e == nil {
				e, err = newExtraction(n, a, c, s, beginning)
			}
			if err != nil {
				yield(liegg.Chunk{}, err)
				return
			}
			out, err := e.run(c)
			if !yield(out, err) || err != nil {
				return
			}
		}
	}
}
