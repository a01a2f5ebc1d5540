package network

import (
	"github.com/gomlx/compute/dtypes"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
)

// misfit is what a network leaves of the targets or labels of Settings.Validation.
type misfit struct {
	given, fitted bool // validation data; a network with variables
	labels        bool
	share, noise  float64 // of the variance of targets, or of labels
}

// misfit measures how well the network fits Settings.Validation.
func (n *Network) misfit(s Settings) (m misfit, err error) {
	if s.Validation == nil {
		return misfit{fitted: n.fitted()}, nil
	}
	m.given = true
	if m.labels = hasLabels(*s.Validation); m.labels {
		m.share, err = n.Mistaken(*s.Validation)
		return m, err
	}
	if m.share, err = n.Unexplained(*s.Validation); err != nil {
		return m, err
	}
	if m.noise = s.Noise; m.noise == 0 {
		m.noise, err = n.TargetNoise(*s.Validation)
	}
	return m, err
}

// variance returns the share of the variance of targets that is not explained, nor noise; 0 if it is not
// known.
func (m misfit) variance() float64 {
	if m.labels {
		return 0
	}
	return max(0, m.share-m.noise)
}

// alone reports whether a network was trained, and nothing says how well it fits.
func (m misfit) alone() bool { return m.fitted && !m.given }

// tell tells a verdict how well the network fits.
func (m misfit) tell(v *liegg.Verdict) {
	switch {
	case !m.given:
		v.Alone = m.alone()
	case m.labels:
		v.SetLabelFit(m.share)
	default:
		v.SetFit(m.share, m.noise)
	}
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

// judge judges evidence by Settings.Rule, and returns how well the network fits.
func (n *Network) judge(e *liegg.Evidence, a action.Action, s Settings) (v *liegg.Verdict, left misfit, err error) {
	if left, err = n.misfit(s); err != nil {
		return nil, left, err
	}
	e.Misses(left.variance())
	if v, err = e.Judge(a, s.Rule); err != nil {
		return nil, left, s.activity.ExplainVanishing(err)
	}
	return v, left, nil
}
