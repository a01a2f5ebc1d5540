package network

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
)

// layerPrefix sets the aliases of layers apart from others in a graph.
const layerPrefix = "/liegg layer/"

// Layer names x [batch, …] as an intermediate representation of the network whose
// graph is being built, for Layers to look at, and returns it unchanged:
//
//	h = network.Layer(activation.Apply(act, h), "hidden 1")
//
// A name that a graph already has, as where it holds the network twice, gets a
// number. MLP and CNN name what comes out of each block, after its activation:
// what the next block sees. What lies between is a linear map of the block
// before.
func Layer(x *Node, name string) *Node {
	g, unique := x.Graph(), name
	for i := 2; g.GetNodeByAlias(layerPrefix+unique) != nil; i++ {
		unique = fmt.Sprintf("%s (%d)", name, i)
	}
	if x.GetAlias() != "" { // a node has one alias
		x = Reshape(x, x.Shape().Dimensions...)
	}
	return x.WithAlias(layerPrefix + unique)
}

// layer is a representation as Layers sees it: activations [batch, m].
type layer struct {
	name string
	h    *Node
}

// namedLayers are the layers of a graph in the order in which it computes them.
func namedLayers(g *Graph) (found []layer) {
	for alias, node := range g.IterAliasedNodes() {
		if name, ok := strings.CutPrefix(alias, layerPrefix); ok {
			found = append(found, layer{name, node})
		}
	}
	slices.SortFunc(found, func(a, b layer) int { return cmp.Compare(a.h.Id(), b.h.Id()) })
	return found
}
