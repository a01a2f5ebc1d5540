package network

import (
	"iter"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Settings says how polarization rows are computed. The zero value is ready for use.
type Settings struct {
	// Head is applied to the outputs first; the zero value leaves them as they are. For
	// classifiers, use CentredLogits.
	Head Head
	// Batch is the number of samples in a chunk; 0 chooses it by the size of the inputs.
	Batch int
	// Mode is how J·T is computed; 0 chooses the mode with the fewest passes.
	Mode Differentiation
	// Gram selects the K×K Gram matrix, summed in float64 on the device, for float64 inputs,
	// too. By default their rows go through a streamed QR decomposition, because a Gram
	// matrix is only accurate to 1e-8 of the largest singular value. Float32 rows carry more
	// noise than that and always use the Gram matrix. So do more than 1000 candidates, whose
	// QR decomposition would take minutes.
	Gram bool
	// Smallest is the number of generators in a spectrum, the smallest ones. 0 means all up
	// to K = 1000, and liegg.Listed beyond. See liegg.Polarization.Smallest.
	Smallest int
	// Rule says what Judge requires to call a direction a symmetry.
	Rule liegg.Rule
	// BySize lets outputs count in a verdict by the size of their gradients, for instance if
	// they are components of one quantity. Otherwise Judge scales each of them to one size. By
	// size, action.Unknown moves outputs only in the directions in which they are more than .01
	// of the largest, such as the three of an antisymmetric tensor; see rep.UsedOutputs.
	BySize bool
	// Groups says which samples belong together (GroupsOf, GroupsBy, GroupsOfLengths). Judge
	// splits and resamples evidence by group. Without groups, Judge looks for dependent
	// samples, and answers "undetermined" if it finds any. Spectra do not depend on groups,
	// and profile.Layers does not accept them.
	Groups Groups
	// Validation are samples with targets, in the units of the network, that it was not
	// trained on: floats, or int32 labels for a classifier. A verdict then says how much of
	// the variance of the targets, or of the labels, the network leaves unexplained, and is
	// undetermined if that is too much. It may be nil.
	Validation *dataset.Samples
	// Noise is the share of the variance of float Validation targets, in [0, 1], that is
	// known to be noise, such as the square of a measurement's error divided by the targets'
	// variance. 0 means the value that TargetNoise finds.
	Noise float64
	// Watch is called after each chunk with the number of samples processed so far. Its error
	// ends the work and is returned. It may be nil.
	Watch func(samples int) error

	allotment *allotment // assigns samples to blocks, if groups are given
	activity  *activity  // records the outputs, if that is asked for
	parts     *parts     // results of other processes; nil if there are none
	together  int        // blocks of Batch samples in a chunk; 0 means 1
}

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
// rowsUpTo is the largest number for which float64 rows go through a QR decomposition.
const (
	denseUpTo = 4096
	rowsUpTo  = 1000
)

// Polarize streams inputs through the network into its polarization matrix; see Analyze. It
// always keeps K×K numbers.
func Polarize(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Polarization, error) {
	mustBeUsable(n, a, inputs, s)
	return liegg.Accumulate(a.Dim(), polarizationChunks(n.Through(a), a, inputs, s, nil))
}

// cut cuts a stream into chunks, each of one block if samples are assigned to blocks. The beginning
// of the stream is given for a verdict.
func (n *Network) cut(inputs Inputs, s Settings, k int, beginning *tensors.Tensor) iter.Seq2[chunk, error] {
	var chunks iter.Seq2[chunk, error]
	backend, _ := n.backend() // running the network reports what is wrong with it
	switch {
	case s.allotment != nil:
		chunks = stream.Sort(inputs, backend, s.Batch, s.allotment)
	case s.together > 1:
		chunks = stream.CutInBlocks(inputs, backend, s.Batch, s.together)
	default:
		chunks = n.chunks(inputs, s.Batch, k)
	}
	if beginning != nil && s.Batch == 1 {
		chunks = partnered(chunks, beginning.Shape().Dim(0), samplesIn(beginning))
	}
	return stream.Reporting(chunks, s.Watch)
}
