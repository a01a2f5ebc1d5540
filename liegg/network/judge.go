package network

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Judge asks how many continuous symmetries of the action the network has learned. It
// streams inputs through the network as Analyze does, fits generators to half of them,
// tests the generators on the other half, and answers with intervals: d generators,
// approximately d, none, or undetermined. Give inputs that the network was not trained on.
//
// Gradients are all it looks at. They do not see jumps: a step that is added to a symmetric
// output breaks the symmetry, and Judge cannot know. flow.Judge also follows the finite
// transformations, which see them.
//
// Vectors are whitened first (action.Whiten, by the first inputs), so the units of single
// coordinates do not matter. Settings.Batch is the number of samples in a block; 0 makes
// liegg.Blocks of them. Memory is O(liegg.Blocks·K²).
//
// Each output is brought to one size (see liegg.OutputScales), so its unit does not matter either:
// the root mean square of its gradient over some of the first inputs becomes 1. Outputs that
// are constant there, to rounding, are left out, and the verdict says so if it matters. The
// verdict's Spectrum is of the outputs as they are. Settings.BySize leaves the outputs
// as they are, and so does an action.Equivariance, which moves them together. If its factors
// leave each output a unit of its own (Equivariance.FreeUnits), as action.Unknown does, outputs
// are divided by their sizes, also in the verdict's Spectrum; generators are of outputs as they
// are. If outputs move by a direct sum of representations (lie.Direct), such as an energy and
// forces, each of the summands is brought to one size.
//
// One of m outputs that breaks a symmetry adds only 1/√m of its defect to the whole. So if
// the answer would be Symmetric, Judge looks at each output along the generators, at 1024 of
// the first samples. If an output is certainly above the threshold, or stands out, the answer
// is Undetermined and names it (see Verdict.SetOutputs). This is not done if it would take
// more than 256 derivative passes: one for each output or each coordinate, whichever are
// fewer. JudgeByOutput judges each output by itself.
//
// Sums count a sample by how steep the function is there. So if the answer would be Symmetric,
// and not to rounding, Judge also looks at how the function changes along the generators at these
// samples if all of them count alike. If it is by more than .2 of its spread, the answer is
// Undetermined (see Verdict.SetChanges). The same limit of passes holds.
//
// An output that seldom has a gradient, or none at the first samples, is looked at where it
// has one. The answer is left open unless it is seen to keep the generators there. An output
// that varies but has no gradient anywhere leaves the answer open, too.
//
// A verdict is about the network. If the network fits its task badly, its symmetries may be
// its own. Give Settings.Validation: the verdict then says how well the network fits, and is
// undetermined if the fit is too poor to tell (Verdict.SetFit). Noise of the targets is not
// counted as a bad fit: Settings.Noise, or what TargetNoise finds, is subtracted first.
//
// If samples depend on each other, give their groups in Settings.Groups: evidence is then
// split and resampled by whole groups. A chunk for each block, at most 256 MiB in all, waits
// until it is full. Without groups, Judge keeps up to 8192 samples (64 MiB) and looks for
// dependence: neighbours far closer than in independent samples, a density that dips
// between neighbours, and samples close to their predecessors. (A mixture of a dozen wide
// clusters cannot be told from a population of its own.) If it finds dependence, or if there
// are fewer than 100 groups, only exact symmetries are firm. Verdict.Dependence tells.
//
// An action with a frame (action.Framer) moves inputs that are continued beyond it, and may see
// them through a window: then it is f(window(x)) that is judged, here and by finite flows. The
// verdict tells the frame.
//
// Samples that repeat earlier ones are counted, exactly up to some thousand distinct ones. No
// verdict is firm if most of the samples are repeats.
//
// It returns the errors of Analyze, and of Network.Unexplained or Network.Mistaken.
func Judge(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Verdict, error) {
	mustBeUsable(n, a, inputs, s)
	n = n.Through(a)
	if s.Validation != nil {
		if err := n.fits(*s.Validation, hasLabels(*s.Validation)); err != nil {
			return nil, err
		}
	}
	s.activity = new(activity)
	e, whitened, first, err := taken(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer finalize(first.x)
	v, err := e.Judge(whitened, s.Rule)
	if err != nil {
		return nil, s.activity.explain(err)
	}
	tellFrame(v, a)
	if err := n.tellOutputs(v, whitened, first, s); err != nil {
		return nil, err
	}
	return v, n.weigh(v, s)
}

// weigh tells a verdict how well the network fits.
func (n *Network) weigh(v *liegg.Verdict, s Settings) error {
	if s.Validation == nil {
		v.Alone = n.fitted()
		return nil
	}
	if hasLabels(*s.Validation) {
		mistaken, err := n.Mistaken(*s.Validation)
		if err == nil {
			v.SetLabelFit(mistaken)
		}
		return err
	}
	unexplained, err := n.Unexplained(*s.Validation)
	if err != nil {
		return err
	}
	noise := s.Noise
	if noise == 0 {
		if noise, err = n.TargetNoise(*s.Validation); err != nil {
			return err
		}
	}
	v.SetFit(unexplained, noise)
	return nil
}

// hasLabels reports whether the targets are class labels, by their type.
func hasLabels(s dataset.Samples) bool {
	return s.Y != nil && s.Y.Ok() && s.Y.DType() == dtypes.Int32
}

// fitted reports whether the network has variables: an exact function has none.
func (n *Network) fitted() bool {
	for range n.Store.IterVariables() {
		return true
	}
	return false
}

// Evidence collects the evidence that Judge judges, for those who try several
// rules on it. The action that comes back is the one it was taken with.
func Evidence(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Evidence, action.Action, error) {
	mustBeUsable(n, a, inputs, s)
	e, a, first, err := taken(n.Through(a), a, inputs, s)
	finalize(first.x)
	return e, a, err
}

// taken is Evidence with the first samples.
func taken(n *Network, a action.Action, inputs Inputs, s Settings) (_ *liegg.Evidence, _ action.Action, first opening, err error) {
	p, err := peekFor(inputs, n.limits(), s)
	if err != nil {
		return nil, nil, first, err
	}
	defer p.Close()
	if a, err = whitened(a, p); err != nil {
		return nil, nil, first, err
	}
	if a, err = n.inOutputUnits(a, p.First, s); err != nil {
		return nil, nil, first, err
	}
	e, err := gathered(n, a, p, s)
	first, p.First = opening{p.First, p.Of}, nil
	return e, a, first, err
}

// opening holds some of the first samples of a stream, from all over so many of them; x is nil
// if there are none.
type opening struct {
	x  *tensors.Tensor
	of int
}

// numbers are the indices in the stream of so many samples of x, as spread takes them.
func (o opening) numbers(samples int) []int {
	numbers, all := make([]int, samples), o.x.Shape().Dim(0)
	for i := range numbers {
		numbers[i] = i * all / samples * o.of / all
	}
	return numbers
}

// begun is a stream that holds samples, and the action measured by its beginning.
func begun(n *Network, a action.Action, inputs Inputs, s Settings) (p *stream.Peeked, _ action.Action, err error) {
	if p, err = peekFor(inputs, n.limits(), s); err != nil {
		return nil, nil, err
	}
	if p.First == nil {
		err = liegg.ErrNoSamples
	} else {
		a, err = whitened(a, p)
	}
	if err != nil {
		p.Close()
		return nil, nil, err
	}
	return p, a, nil
}

// whitened is the action measured by the beginning of the stream, which must be finite.
func whitened(a action.Action, p *stream.Peeked) (action.Action, error) {
	if p.First == nil {
		return a, nil
	}
	if err := allFinite(p.First, "input"); err != nil {
		return nil, err
	}
	return action.Whiten(a, p.First)
}

// plan makes settings say how the samples are cut into chunks for a verdict.
func plan(s *Settings, p *stream.Peeked, a action.Action) error {
	if err := allot(s, p, liegg.BlockLimit(a.Dim())); err != nil {
		return err
	}
	if s.Batch == 0 {
		s.Batch = p.Block()
	}
	return nil
}

// gathered takes evidence from a stream whose beginning is known.
func gathered(n *Network, a action.Action, p *stream.Peeked, s Settings) (*liegg.Evidence, error) {
	if err := plan(&s, p, a); err != nil {
		return nil, err
	}
	inputs, w := Inputs(p.Inputs), &stream.Watch{Moves: action.Moves(a)}
	if !s.Groups.given {
		inputs = w.Watched(inputs)
	}
	e, err := liegg.Gather(a.Dim(), polarizationChunks(n, a, inputs, s, p.First))
	if err != nil || e.Samples() == 0 {
		return e, err
	}
	e.Away(away(a, p))
	return e, s.tellDependence(e, w)
}

// away is how far the beginning of the stream lies from the origin, in units of the spread
// of each number of the inputs, the largest of all. It is 0 for actions that do not move
// vectors about the origin alone.
func away(a action.Action, p *stream.Peeked) (most float64) {
	if m, ok := a.(action.Measured); !ok || m.Inner() == nil || action.Translates(a) {
		return 0
	}
	values, err := dataset.Values(p.First)
	if err != nil {
		return 0 // whoever reads the stream says what is wrong
	}
	samples := p.First.Shape().Dim(0)
	width := len(values) / samples
	column := make([]float64, samples)
	moves := action.Moves(a)
	for j := range width {
		if moves != nil && !moves[j] {
			continue
		}
		for i := range column {
			column[i] = values[i*width+j]
		}
		if mean, deviation := stat.MeanStdDev(column, nil); deviation > 0 {
			most = max(most, math.Abs(mean)/deviation)
		}
	}
	return most
}

// tellDependence tells evidence what is known of the dependence of its samples: from groups,
// or from those that w has watched.
func (s Settings) tellDependence(e *liegg.Evidence, w *stream.Watch) error {
	d := w.Dependence()
	if s.Groups.given {
		d = s.dependence(e.Samples())
	}
	if d.Given && d.Places == 1 {
		return fmt.Errorf("network: Settings.Groups puts all %d samples into one group, so that none are left to test generators: give samples of several independent groups", d.Samples)
	}
	e.Depends(d)
	return nil
}
