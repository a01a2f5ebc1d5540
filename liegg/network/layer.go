package network

import (
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/network/internal/function"
)

// Layer names x [batch, …] as an intermediate representation of the network whose
// graph is being built, for profile.Layers to look at, and returns it unchanged:
//
//	h = network.Layer(activation.Apply(act, h), "hidden 1")
//
// If the graph already has a layer of that name, as when it holds the network twice, the name
// gets a number. MLP and CNN name what comes out of each block, after its activation: the input
// of the next block. What lies between is a linear map of the block before.
func Layer(x *Node, name string) *Node { return function.NameLayer(x, name) }
