package flow

import (
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow/internal/moved"
	"github.com/liegg/lab/liegg/flow/internal/sampling"
	"github.com/liegg/lab/liegg/network"
)

// ErrConstant says that the network gives the same answer for all inputs, so no change of it
// can be measured.
var ErrConstant = moved.ErrConstant

// experiment is a network with buffered inputs, ready to follow flows.
type experiment struct {
	*moved.Outputs
	s Settings
}

// buffered reads inputs into memory and prepares an experiment with them.
func buffered(n *network.Network, a action.Action, inputs network.Inputs, s Settings) (*experiment, error) {
	held, err := network.Buffer(inputs, s.Batch)
	if err != nil {
		return nil, err
	}
	return newExperiment(n.Through(a), a, held, s.plan(), s)
}

// newExperiment prepares an experiment and takes over the buffered inputs.
func newExperiment(n *network.Network, a action.Action, held *network.Buffered, p sampling.Plan, s Settings) (*experiment, error) {
	o, err := moved.New(n, a, held, p, s.measuring())
	if err != nil {
		return nil, err
	}
	return &experiment{o, s}, nil
}

// halves returns the experiments to fit and to judge with.
func halves(n *network.Network, a action.Action, inputs network.Inputs, s Settings) (fitted, judge *experiment, err error) {
	held, err := network.Buffer(inputs, s.Batch)
	if err != nil {
		return nil, nil, err
	}
	defer held.Finalize()
	return halved(n.Through(a), a, held, s.plan(), s)
}

// halved splits the buffered inputs and keeps them as they are. Outputs are transformed in
// both halves or in neither, so that the judged function is the fitted one.
func halved(n *network.Network, a action.Action, held *network.Buffered, p sampling.Plan, s Settings) (fitted, judge *experiment, err error) {
	first, second, err := p.Halves(held.Len())
	if err != nil {
		return nil, nil, err
	}
	toFit, planToFit, err := p.Subset(held, first[:min(len(first), s.Fit.Samples)])
	if err != nil {
		return nil, nil, err
	}
	toJudge, planToJudge, err := p.Subset(held, second)
	if err != nil {
		toFit.Finalize()
		return nil, nil, err
	}
	if err = network.Alike(toFit, toJudge); err == nil {
		fitted, err = newExperiment(n, a, toFit, planToFit, s)
	}
	if err != nil {
		toFit.Finalize()
		toJudge.Finalize()
		return nil, nil, err
	}
	judge, err = newExperiment(n, a, toJudge, planToJudge, s)
	if err == nil && fitted.Bounded() != judge.Bounded() {
		fitted.Bound()
		judge.Bound()
	}
	if err != nil {
		fitted.Finalize()
		return nil, nil, err
	}
	return fitted, judge, nil
}

// ratios estimates Σa/Σb over the samples for several numerators a over one denominator b.
func (e *experiment) ratios(numerators [][]float64, denominator []float64) []Interval {
	return intervals(e.Plan.Ratios(numerators, denominator))
}

// framing says what finite transformations of the action show beyond the inputs, or "".
func framing(a action.Action) string {
	if f, ok := action.InputsOf(a).(action.Framer); ok {
		return f.Frame()
	}
	return ""
}

// inWords returns "; inputs are …" for a frame, or "".
func inWords(frame string) string {
	if frame == "" {
		return ""
	}
	return "; inputs are " + frame
}
