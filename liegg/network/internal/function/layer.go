package function

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
)

// layerPrefix distinguishes the aliases of layers from other aliases in a graph.
const layerPrefix = "/liegg layer/"

// Layer is a named intermediate representation of a network, [batch, …].
type Layer struct {
	Name string
	H    *Node
}

// NameLayer gives x a name among the layers of its graph; see network.Layer.
func NameLayer(x *Node, name string) *Node {
	g, unique := x.Graph(), name
	for i := 2; g.GetNodeByAlias(layerPrefix+unique) != nil; i++ {
		unique = fmt.Sprintf("%s (%d)", name, i)
	}
	if x.GetAlias() != "" { // a node has one alias
		x = Reshape(x, x.Shape().Dimensions...)
	}
	return x.WithAlias(layerPrefix + unique)
}

// NoLayers is the error of a network that runs another one so many times for each input: a
// layer of that one has as many activations for each input, none of which is the layer's.
func NoLayers(times int) error {
	return fmt.Errorf("network: this network runs another one on %d inputs for each of its own, such as a mean over a group, so it has no layers: look at the layers of that one", times)
}

// NamedLayers returns the layers of a graph in the order in which it computes them.
func NamedLayers(g *Graph) (found []Layer) {
	for alias, node := range g.IterAliasedNodes() {
		if name, ok := strings.CutPrefix(alias, layerPrefix); ok {
			found = append(found, Layer{name, node})
		}
	}
	slices.SortFunc(found, func(a, b Layer) int { return cmp.Compare(a.H.Id(), b.H.Id()) })
	return found
}
