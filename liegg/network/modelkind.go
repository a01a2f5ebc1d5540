package network

import (
	"unsafe"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/ml/model"
)

// modelKind tells a model, with its head, from others. Variables are not part of it.
type modelKind struct {
	forward, head unsafe.Pointer
	store         *model.Store
	backend       compute.Backend
	input         string
	operators     uint64 // of its graph, which depends on what the store's scope says
	mode          Differentiation
}

// aloneOnes are models whose samples do not see each other, with what keeps the closures
// alive that modelKind knows by their addresses.
type aloneOnes map[modelKind]struct {
	forward Forward
	head    Head
}

// mostAlone is the number of models that are remembered.
const mostAlone = 16

// knowsAlone reports whether samples of such a model were found not to see each other.
func (c *compiled) knowsAlone(m modelKind) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, known := c.alone[m]
	return known
}

// remember takes down that samples of the model of e do not see each other.
func (c *compiled) remember(e *extraction) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.alone == nil || len(c.alone) == mostAlone {
		c.alone = aloneOnes{}
	}
	c.alone[e.model] = struct {
		forward Forward
		head    Head
	}{e.network.Forward, e.head}
}
