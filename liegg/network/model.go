package network

import (
	"fmt"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Model is an architecture from which New makes a network, and which Save stores: an MLP or a
// CNN. The samples of a batch do not affect each other in it.
type Model interface {
	// Forward is the graph of the network, a function of type Forward.
	Forward(scope *model.Scope, x *Node) *Node
	// String describes its layers in short.
	String() string
	// Width returns the number of outputs.
	Width() int
	// Check panics if the fields cannot make a network.
	Check()

	// initial makes the variables for inputs of a shape and type. It draws them from the seed
	// on the host, with the same bits on every backend.
	initial(input shapes.Shape, seed uint64) (*model.Store, error)
}

// architecture is a Model in JSON.
type architecture struct {
	MLP *MLP
	CNN *CNN `json:",omitempty"`
}

func architectureOf(m Model) (a architecture) {
	switch m := m.(type) {
	case MLP:
		a.MLP = &m
	case *MLP:
		a.MLP = m
	case CNN:
		a.CNN = &m
	case *CNN:
		a.CNN = m
	default:
		panic(fmt.Sprintf("network: model must be an MLP or a CNN, got %T", m))
	}
	return a
}

// model returns the Model. It returns an error if the JSON holds none.
func (a architecture) model() (Model, error) {
	switch {
	case a.CNN != nil:
		return *a.CNN, nil
	case a.MLP != nil:
		return *a.MLP, nil
	}
	return nil, fmt.Errorf("neither an MLP nor a CNN is described: it was stored by another version, or damaged")
}
