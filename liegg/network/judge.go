package network

import (
	"fmt"
	"slices"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/activity"
)

// Judge determines how many continuous symmetries of the action the network has learned. It
// streams inputs through the network as Analyze does, fits generators to half of them, and
// tests the generators on the other half. The answer, with intervals, is d generators,
// approximately d, none, or undetermined. Give inputs that the network was not trained on.
//
// Gradients do not see jumps, nor what f does between samples that lie on a lattice. So if the
// answer would be Symmetric, and if the action can move inputs, Judge also moves 1024 samples
// from all over the stream along generators in the span of those that it found, by .1, .3 and 1 of
// the extent of the data, as far as they stay in the range of the data. All three steps count if even
// the shortest leaves this range, or if generators leave a surface of degree one or two on which the
// data lie. If outputs then certainly change by more than gradients predict, and by more than
// symmetries may, the answer is Undetermined (see Verdict.SetSteps). Judge omits this test if
// the extent of the data is not known, as for images. flow.Judge follows finite transformations
// for these, too, and much farther.
//
// A network of Given cannot be evaluated elsewhere. For it, the answer is Undetermined if most of the
// numbers that move take at most 32 values, or if generators leave a surface of degree one or two on
// which the data lie, as unit vectors, one-hot columns, charges of ±1 and constant columns do.
//
// Vectors are whitened first (action.Whiten, by the first inputs), so the units of single
// coordinates do not matter. Settings.Batch is the number of samples in a block; 0 makes
// liegg.Blocks blocks. Memory is O(liegg.Blocks·K²).
//
// The units of the outputs do not matter either. Each output is scaled so that the root mean
// square of its gradient over some of the first inputs is 1 (see liegg.OutputScales). Outputs
// that are constant at these inputs, up to rounding, are left out, and the verdict says so if it
// matters. The verdict's Spectrum is for the unscaled outputs. Settings.BySize turns the scaling
// off.
//
// An action.Equivariance moves the outputs together, so they are not scaled. There are two
// exceptions. If its factors allow every output its own unit (Equivariance.FreeUnits), as
// action.Unknown does, outputs are divided by their sizes, in the verdict's Spectrum, too; the
// generators are for the unscaled outputs. If outputs transform by a direct sum of
// representations (rep.Direct), such as an energy and forces, each summand is scaled to the same
// size.
//
// If one of m outputs breaks a symmetry, it adds only 1/√m of its defect to the total. So if the
// answer would be Symmetric, Judge tests each output along the generators, at 1024 samples from
// all over the stream. If an output is certainly above the threshold, or far above the others, the answer is
// Undetermined and names the output (see Verdict.SetOutputs). Judge omits this test if it would
// take more than 256 derivative passes: one for each output or for each coordinate, whichever is
// less. JudgeByOutput judges each output by itself.
//
// In the sums of a verdict, a sample counts more if the function is steep there. So if the answer
// would be Symmetric, but not to rounding, Judge also computes how much the function changes
// along the generators at these samples, all with the same weight. If it may change by more than
// .2 of its spread, the answer is Undetermined (see Verdict.SetChanges). The same limit on passes
// applies.
//
// An output that rarely has a gradient, or has none at the first samples, is tested at samples
// at which it has one. Unless it is found to keep the generators there, the answer is
// Undetermined. The answer is also Undetermined if an output varies but has no gradient at all.
//
// A verdict is about the network. If the network fits its task badly, its symmetries may differ
// from those of the task. Give Settings.Validation: the verdict then says how well the network
// fits, and is undetermined if the fit is too poor (Verdict.SetFit). Noise of the targets does
// not count as a bad fit: Settings.Noise, or the result of TargetNoise, is subtracted first.
//
// If samples depend on each other, give their groups in Settings.Groups: evidence is then
// split and resampled by whole groups. One incomplete chunk for each block, at most 256 MiB
// in all, is buffered. Without groups, Judge keeps up to 8192 samples (64 MiB) and looks for
// signs of dependence: neighbours far closer than in independent samples, a density that dips
// between neighbours, and samples close to their predecessors. (It cannot distinguish a mixture
// of a dozen wide clusters from a single population.) If it finds dependence, or if there are
// fewer than 100 groups, only exact symmetries are firm. See Verdict.Dependence.
//
// An action with a frame (action.Framer) continues the inputs beyond the frame, and may see them
// through a window. Then Judge, like finite flows, judges f(window(x)). The verdict names the
// frame.
//
// Samples that repeat earlier ones are counted, exactly up to some thousand distinct ones. No
// verdict is firm if most of the samples are repeats.
//
// It returns the errors of Analyze, and of Network.Unexplained or Network.Mistaken.
func Judge(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Verdict, error) {
	return JudgeBy(n, a, inputs, s, func(judge func(liegg.Rule) (*liegg.Verdict, error)) (*liegg.Verdict, error) { return judge(s.Rule) })
}

// JudgeBy is Judge with a rule that is chosen by the evidence: choose may judge it by several rules,
// which takes little beside gathering it, and returns the verdict to take. These verdicts know
// whether the network is Alone, but have not seen finite steps, single outputs, nor
// Settings.Validation. Settings.Rule is left to choose. JudgeBy returns the errors of Judge and of
// choose.
func JudgeBy(n *Network, a action.Action, inputs Inputs, s Settings, choose func(judge func(liegg.Rule) (*liegg.Verdict, error)) (*liegg.Verdict, error)) (*liegg.Verdict, error) {
	mustBeUsable(n, a, inputs, s)
	n = n.Through(a)
	if s.Validation != nil {
		if err := n.fits(*s.Validation, hasLabels(*s.Validation)); err != nil {
			return nil, err
		}
	}
	s.activity = new(activity.Record)
	e, whitened, some, err := takeEvidence(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer finalize(some.X)
	left, err := n.misfit(s)
	if err != nil {
		return nil, err
	}
	e.Misses(left.variance())
	v, err := choose(func(r liegg.Rule) (*liegg.Verdict, error) {
		v, err := e.Judge(whitened, r)
		if err == nil {
			v.Alone = left.alone()
		}
		return v, err
	})
	if err != nil {
		return nil, s.activity.ExplainVanishing(err)
	}
	setFrame(v, a)
	if err := n.checked().SetOutputs(v, whitened, some, s.reviewing()); err != nil {
		return nil, err
	}
	explainSizes(v, whitened)
	left.tell(v)
	return v, nil
}

// Evidence collects the evidence that Judge uses, so that you can try several rules on it. The
// action that it returns is the one to judge with: whitened, and in units of the outputs.
func Evidence(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Evidence, action.Action, error) {
	mustBeUsable(n, a, inputs, s)
	e, a, some, err := takeEvidence(n.Through(a), a, inputs, s)
	finalize(some.X)
	return e, a, err
}

// unlikeSizes is the ratio of the sizes of outputs from which on a verdict says what to do if they
// are components of one quantity.
const unlikeSizes = 100

// explainSizes adds to what a verdict without symmetries says if outputs of very different sizes were
// brought to one size: of components of one quantity the small ones may be the error of a fit.
func explainSizes(v *liegg.Verdict, a action.Action) {
	c, ok := a.(action.Equivariance)
	if !ok || v.Answer != liegg.Undetermined && v.Answer != liegg.None || c.OutputSizes() == nil {
		return
	}
	smallest, largest := slices.Min(c.OutputSizes()), slices.Max(c.OutputSizes())
	if largest > unlikeSizes*smallest {
		v.Reasons = append(v.Reasons, fmt.Sprintf("outputs were scaled to one size, from sizes of %.2g to %.2g: if they are components of one quantity, set Settings.BySize, which also leaves out the directions that outputs hardly have", smallest, largest))
	}
}

// setFrame records in a verdict how the action frames its inputs.
func setFrame(v *liegg.Verdict, a action.Action) {
	if f, ok := framer(a); ok {
		v.Frame = f.Frame()
	}
}
