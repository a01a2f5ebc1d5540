package network

import (
	"iter"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Settings says how polarization rows are taken. The zero value serves.
type Settings struct {
	// Head is asked of the outputs first; the zero value takes them as they are. Classifiers
	// want CentredLogits.
	Head Head
	// Batch is the number of samples in a chunk; 0 chooses by the size of inputs.
	Batch int
	// Mode is how J·T is computed; 0 chooses by the number of passes.
	Mode Differentiation
	// Gram asks for the K×K Gram matrix, summed in float64 on the device, also for
	// float64 inputs, where the rows themselves go through a streamed QR by
	// default: a Gram matrix stops at 1e-8 of the largest singular value. Float32
	// rows carry noise above that and always use the Gram matrix, as do more than
	// 1000 candidates, of which a QR decomposition takes minutes.
	Gram bool
	// Smallest is the number of generators of a spectrum that are wanted, from the
	// smallest on; 0 stands for all up to K = 1000, and for liegg.Listed beyond.
	// See liegg.Polarization.Smallest.
	Smallest int
	// Rule is what it takes to call a direction a symmetry; Judge asks for it.
	Rule liegg.Rule
	// BySize lets outputs count in a verdict by the size of their gradients, as
	// where they are components of one quantity: Judge brings them to one size
	// otherwise, each on its own.
	BySize bool
	// Groups says which samples belong together (GroupsOf, GroupsBy, GroupsOfLengths):
	// Judge splits and resamples evidence by group. Where it is not given, Judge looks for
	// dependence, and answers "undetermined" where it finds any. Spectra do not depend on
	// groups, and Layers refuses them.
	Groups Groups
	// Validation are samples with targets, in the units of the network, that it was not
	// trained on: floats, or int32 labels for a classifier. A verdict then tells how much
	// of the variance of the targets the network leaves unexplained, or of the labels,
	// and is undetermined where that is too much. May be nil.
	Validation *dataset.Samples
	// Noise is the share of the variance of float Validation targets, in [0, 1], that is
	// known to be noise, such as the square of a measurement's error over the targets'
	// variance. 0 stands for what TargetNoise finds.
	Noise float64
	// Watch is called after each chunk with the number of samples that have passed so far.
	// An error of its own ends the work and is its error. May be nil.
	Watch func(samples int) error

	allotment *allotment // of samples to blocks, where groups are given
	activity  *activity  // is told of the outputs, where that is asked for
	parts     *parts     // what other processes have computed; nil if nothing is
}

// Analyze streams inputs through the network and returns the spectrum of its
// polarization matrix: the Lie-algebra generators of the action under which the
// network is most nearly invariant, and how nearly. Memory is O(K²).
//
// The number of candidates K says how. Up to 1000 the spectrum holds all
// generators, and beyond the smallest of them alone (Settings.Smallest); it says so
// when printed. Up to 4096 sums of K×K numbers are kept. Beyond, the inputs are kept
// instead, all of them, and passed over some tens to hundreds of times, with a line
// of progress.
//
// Translations among the candidates are taken about the mean of the first inputs where
// these lie far from the origin (action.Centre); generators are those about the origin
// all the same.
//
// Errors: the action does not fit the inputs; a model that panics or fails; the
// errors of liegg (no samples, fewer rows than K, vanishing gradients); a
// *liegg.NotFiniteError if inputs, outputs or gradients are NaN or infinite, with the
// number of these samples and the first of them. (If several of the three are, the errors
// are joined.)
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

// centred returns the action about the mean of the first inputs, if it is one that has
// translations, and the inputs from their start. closing ends the stream.
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

// denseUpTo is the number of candidates up to which matrices of K×K numbers are
// held, 134 MB each; rowsUpTo that up to which rows of float64 go through a QR.
const (
	denseUpTo = 4096
	rowsUpTo  = 1000
)

// Polarize streams inputs through the network into its polarization matrix; see
// Analyze. It keeps K×K numbers, however large K is.
func Polarize(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Polarization, error) {
	mustBeUsable(n, a, inputs, s)
	return liegg.Accumulate(a.Dim(), polarizationChunks(n.Through(a), a, inputs, s, nil))
}

// cut cuts a stream into chunks, each of one block where samples are sent to blocks.
func (n *Network) cut(inputs Inputs, s Settings, k int) iter.Seq2[chunk, error] {
	if s.allotment == nil {
		return stream.Reporting(n.chunks(inputs, s.Batch, k), s.Watch)
	}
	backend, _ := n.backend()
	return stream.Reporting(stream.Sort(inputs, backend, s.Batch, s.allotment), s.Watch)
}

// polarizationChunks runs the inputs through the network, batch by batch. Where
// their beginning is given, it is for a verdict: with moments, with outputs of one
// size, and with samples that repeat others counted.
func polarizationChunks(n *Network, a action.Action, inputs Inputs, s Settings, beginning *tensors.Tensor) iter.Seq2[liegg.Chunk, error] {
	return func(yield func(liegg.Chunk, error) bool) {
		var e *extraction
		defer func() { e.finalize() }() // where it was not kept
		for c, err := range n.cut(inputs, s, a.Dim()) {
			if err == nil && e == nil {
				e, err = n.extraction(a, c, s, beginning)
			}
			if err != nil {
				yield(liegg.Chunk{}, err)
				return
			}
			out, err := e.run(c)
			if err == nil && e.census.Found() {
				continue // to count them all
			}
			out.Block = c.Block
			if !yield(out, err) || err != nil {
				return
			}
		}
		if e != nil && e.census.Found() {
			yield(liegg.Chunk{}, e.notFinite())
			return
		}
		n.compiled.keep(e)
		e = nil
	}
}
