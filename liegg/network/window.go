package network

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// Through returns f(window(x)) for an action that sees its inputs through a window, such as a
// disc (action.Framer), and the network itself for other actions. The functions that judge,
// Analyze and finite flows all use it. A network of Given has no values elsewhere, so running it
// through a window returns an error.
func (n *Network) Through(a action.Action) *Network {
	f, ok := framer(a)
	if !ok {
		return n
	}
	window := f.Window()
	if window == nil {
		return n
	}
	windowed := &Network{Store: n.Store, Backend: n.Backend, History: n.History, given: n.given, times: n.times}
	windowed.Forward = func(scope *model.Scope, x *Node) *Node {
		if n.given {
			panic(fmt.Errorf("network: gradients that were given are of whole inputs, and %v sees them %s: take gradients of the network behind that window, or choose another frame", a, f.Frame()))
		}
		return n.Forward(scope, window(x))
	}
	return windowed
}

// framer returns the action on inputs if it frames them.
func framer(a action.Action) (action.Framer, bool) {
	f, ok := action.InputsOf(a).(action.Framer)
	return f, ok
}

// setFrame records in a verdict how the action frames its inputs.
func setFrame(v *liegg.Verdict, a action.Action) {
	if f, ok := framer(a); ok {
		v.Frame = f.Frame()
	}
}
