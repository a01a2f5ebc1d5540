package network

import (
	"fmt"
	"regexp"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/network/internal/function"
)

// Raw returns a network that was trained on standardised samples as a function of raw inputs
// with raw outputs: x ↦ OutputMean + OutputStd·f(x/InputScale). Symmetry variances are then
// in the output's own units, as in the paper.
func (n *Network) Raw(z dataset.Standardisation) *Network {
	raw := &Network{Store: n.Store, Backend: n.Backend, History: n.History, times: n.times}
	raw.Forward = func(scope *model.Scope, x *Node) *Node {
		scales := make([]float64, len(z.InputScale)*z.VectorSize)
		for i := range scales {
			scales[i] = 1 / z.InputScale[i/z.VectorSize]
		}
		y := n.Forward(scope, Mul(x, row(x, scales)))
		return Add(Mul(y, row(y, z.OutputStd)), row(y, z.OutputMean))
	}
	return raw
}

// row embeds values as a [1, len] constant of like's graph and type.
func row(like *Node, values []float64) *Node {
	return nodes.Constant(like, values, 1, len(values))
}

// Repeated returns a network that runs n on several inputs for each input of its own, such as
// the mean of n over moved inputs. forward is its graph, which calls n.Forward on times·batch
// inputs in all. Batches are chosen so much smaller. The layers of n are no layers of such a
// network, so profiles refuse it. It shares the variables of n. It panics unless times ≥ 1 and
// forward is set.
func (n *Network) Repeated(times int, forward Forward) *Network {
	if times < 1 || forward == nil {
		panic(fmt.Sprintf("network: Repeated: times must be at least 1 and forward not nil, got %d", times))
	}
	return &Network{Store: n.Store, Backend: n.Backend, History: n.History, packing: n.packing, given: n.given, times: times * n.Times(),
		Forward: func(scope *model.Scope, x *Node) *Node {
			if n.given {
				panic(fmt.Errorf("network: only the gradients at the given samples are known, so inputs cannot be moved: give the network itself"))
			}
			return forward(scope, x)
		}}
}

// Times returns on how many inputs the network runs another for each input of its own; 1 unless
// it was made by Repeated.
func (n *Network) Times() int { return max(1, n.times) }

// UpTo returns the network whose outputs are the activations of one of its layers, as named
// by Layer, [batch, …]. It shares the variables of n. If there is no such layer, running the
// network returns an error that names the nearest.
func (n *Network) UpTo(name string) *Network {
	return &Network{Store: n.Store, Backend: n.Backend, Forward: func(scope *model.Scope, x *Node) *Node {
		if n.Times() > 1 {
			panic(function.NoLayers(n.Times()))
		}
		before := map[string]bool{} // the graph may already hold the network
		for _, l := range function.NamedLayers(x.Graph()) {
			before[l.Name] = true
		}
		n.Forward(scope, x)
		var names []string
		var again *Node // the layer, if the graph already used its name
		for _, l := range function.NamedLayers(x.Graph()) {
			if before[l.Name] {
				continue
			}
			if l.Name == name {
				return l.H
			}
			if again == nil && numbered.ReplaceAllString(l.Name, "") == name {
				again = l.H
			}
			names = append(names, l.Name)
		}
		switch {
		case again != nil:
			return again
		case len(names) == 0:
			panic(fmt.Errorf("network: there is no layer %q, as no layer of this network has a name: name them with network.Layer", name))
		}
		panic(fmt.Errorf("network: there is no layer %q; the nearest is %q, of %q", name, spelling.Nearest(name, names), names))
	}}
}

// numbered matches what Layer appends to a name that the graph already has.
var numbered = regexp.MustCompile(` \(\d+\)$`)

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
