package network

import (
	"fmt"
	"regexp"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/network/internal/function"
)

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
