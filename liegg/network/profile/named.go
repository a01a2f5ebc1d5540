package profile

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/internal/function"
)

// Named returns the layers that Layers looks at, in the order in which they are computed, with
// their types and the shapes that they have for one sample. batch is the shape of a batch of
// inputs. Named builds the network, but does not run it.
//
// It returns an error if the network does not accept such inputs, and if it has no layers of its
// own because it runs another network several times.
func Named(n *network.Network, batch shapes.Shape) (layers []network.Field, err error) {
	defer graphpanic.Catch(&err)
	if n.Times() > 1 {
		return nil, function.NoLayers(n.Times())
	}
	f := function.Batched{Forward: n.Forward, Store: n.Store, Backend: n.Backend}
	backend, err := f.On()
	if err != nil {
		return nil, err
	}
	g := NewGraph(backend, "layers")
	defer g.Finalize()
	found, _ := nodesOf(func(x *Node) *Node { return f.Outputs(f.Store.RootScope(), x) }, Parameter(g, "x", batch))
	for _, l := range found {
		shape := l.H.Shape().Clone()
		shape.Dimensions = shape.Dimensions[1:]
		layers = append(layers, network.Field{Name: l.Name, Shape: shape})
	}
	return layers, nil
}
