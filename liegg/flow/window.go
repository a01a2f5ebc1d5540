package flow

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// throughWindow returns f(window(x)) for an action with a window, such as a disc, and the
// network itself for others. Gradients and finite flows then belong to the same function.
func throughWindow(n *network.Network, a action.Action) *network.Network {
	f, ok := inputsOf(a).(action.Framer)
	if !ok {
		return n
	}
	window := f.Window()
	if window == nil {
		return n
	}
	seen := &network.Network{Store: n.Store, Backend: n.Backend, History: n.History}
	seen.Forward = func(scope *model.Scope, x *Node) *Node { return n.Forward(scope, window(x)) }
	return seen
}

// framing says what finite transformations of the action show beyond the inputs, or "".
func framing(a action.Action) string {
	if f, ok := inputsOf(a).(action.Framer); ok {
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
