package profile

import (
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/internal/function"
)

// AttributionSettings says how an equivariance error is attributed. The zero value of each field
// means its default.
type AttributionSettings struct {
	// Head is applied to the outputs first; the zero value leaves them as they are.
	Head network.Head
	// Motions says how layers move, by their names; "output" is the outputs. By default,
	// feature maps move as the images that an action.Image moves, outputs move as an
	// action.Equivariance says, and all else is still.
	Motions map[string]Motion
	// Fitted lets layers that have no motion of their own, and are no feature maps, move by the
	// matrix that fits their motion best. It is fitted to one half of the samples, and errors
	// are measured on the other half.
	Fitted bool
	// Batch is the number of samples at once; 0 chooses it by the size of the inputs.
	Batch int
	// Resamples is the number of bootstrap resamples. The default is 1000.
	Resamples int
	// Seed determines resamples.
	Seed uint64
}

// Attribute says which layers of a network break a symmetry. The error of f = f_L∘…∘f_1 is its
// Lie derivative 𝓛f(x) = B·f(x) − J·A·x, up to the sign. If the activations h_l of each layer are
// to move by a B_l, it is a sum over the layers,
//
//	J·A·x − B·f(x) = Σ_l d(f_L∘…∘f_{l+1})·(df_l·B_{l−1}h_{l−1} − B_l·h_l),
//
// and the size of a term, as seen at the outputs, is the contribution of that layer (Gruver,
// Finzi, Goldblum and Wilson, "The Lie Derivative for Measuring Learned Equivariance", ICLR 2023,
// §4: the local equivariance error and its layerwise decomposition).
//
// What layers should do is a choice: a hidden layer that is still makes the first layer
// responsible for all that it does not remove itself. Feature maps move as images do; see
// AttributionSettings.
//
// Layers are the ones that Layers lists. For more than 16 outputs, sizes are unbiased estimates from 16
// random combinations. A layer that part of the network bypasses, as inside a residual block,
// and one that is not fitted for too few samples, is left out, and its error counts for the next
// one. Inputs are kept in memory.
//
// Attribute returns the errors of Analyze, and an error if a motion does not fit its layer, or
// names none. It panics if h is not a generator of the action.
func Attribute(n *network.Network, a action.Action, h *mat.Dense, inputs network.Inputs, s AttributionSettings) (*Attribution, error) {
	mustBeUsable(n, a, inputs, network.Settings{Batch: s.Batch})
	if n.Times() > 1 {
		return nil, function.NoLayers(n.Times())
	}
	t := &attributed{network: n.Through(a), action: a, coefficients: mustBeGenerator(a, h), s: s}
	held, err := network.Buffer(inputs, s.Batch)
	if err != nil {
		return nil, err
	}
	defer held.Finalize()
	if err := a.Check(held.Input()); err != nil {
		return nil, err
	}
	t.held = held
	if err := t.look(); err != nil {
		return nil, err
	}
	if err := t.fit(); err != nil {
		return nil, err
	}
	if err := t.measure(); err != nil {
		return nil, err
	}
	return t.attribution()
}

// attributed is a network whose equivariance error is being attributed.
type attributed struct {
	network      *network.Network
	action       action.Action
	coefficients []float64
	held         *network.Buffered
	s            AttributionSettings

	stages  []stage
	first   int         // number of the first sample that is measured
	pushed  [][]float64 // at each stage, the motion of the samples as seen by the probes: [N, probes]
	variety float64     // Var f
}
