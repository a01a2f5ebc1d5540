package network

import (
	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// OutputScales measures the sizes of outputs, after s.Head, on buffered inputs as Judge does. It
// returns nil if Judge does not scale the outputs: for a single output, Settings.BySize, an
// action.Equivariance, or outputs that do not vary. The action must have been whitened.
func OutputScales(n *Network, a action.Action, held *Buffered, s Settings) (_ *liegg.OutputScales, err error) {
	defer caught(&err)
	e, backend, err := prepared(n, a, held.chunks[0], s)
	if err != nil {
		return nil, err
	}
	defer e.finalize()
	if e.scaled = equalised(a, e.outputs, s); !e.scaled {
		return nil, nil
	}
	x, err := held.First(64 * liegg.Blocks)
	if err != nil {
		return nil, err
	}
	defer finalize(x)
	err = e.equalise(backend, x)
	return e.sizes, err
}
