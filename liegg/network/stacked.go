package network

import (
	"fmt"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/layers/activation"
	"github.com/gomlx/gomlx/ml/model"
)

// forwardTogether is the graph of S networks, x [S, B, input…] to [S, B, out]:
// each dense layer is one product of matrices for all of them. Activations lie as
// [S, features, B], for XLA multiplies fast what is summed over last axes.
func (m MLP) forwardTogether(store *model.Store, x *Node) *Node {
	s, b := x.Shape().Dim(0), x.Shape().Dim(1)
	h := TransposeAllAxes(Reshape(x, s, b, x.Shape().Size()/(s*b)), 0, 2, 1)
	act := activation.FromName(m.activation())
	for i := range m.Hidden {
		h = activation.Apply(act, m.denseTogether(store, i, h))
	}
	return TransposeAllAxes(m.denseTogether(store, len(m.Hidden), h), 0, 2, 1)
}

func (m MLP) denseTogether(store *model.Store, layer int, h *Node) *Node {
	scope := m.dense(store, layer)
	h = Einsum("sio,sib->sob", scope.GetVariable("weights").NodeValue(h.Graph()), h)
	if m.Bias {
		h = Add(h, ExpandAxes(scope.GetVariable("biases").NodeValue(h.Graph()), 2))
	}
	return h
}

// dense is the scope of a layer's variables.
func (m MLP) dense(store *model.Store, layer int) *model.Scope {
	return store.Scope("/" + scopeMLP + "/" + m.layer(layer) + "/dense")
}

// beginnings are the members' variables before training, for inputs of a shape.
func (m MLP) beginnings(members []Member, input shapes.Shape) (stores []*model.Store, err error) {
	stores = make([]*model.Store, len(members))
	for i, member := range members {
		if stores[i], err = m.initial(input, member.Seed); err != nil {
			return nil, err
		}
		if err := m.continueFrom(stores[i], member.Start); err != nil {
			return nil, err
		}
	}
	return stores, nil
}

// continueFrom puts the layers of a network that was trained before in place of
// those drawn.
func (m MLP) continueFrom(store *model.Store, start *Network) error {
	if start == nil {
		return nil
	}
	before, ok := mlpOf(start)
	if !ok || before.Bias != m.Bias || before.activation() != m.activation() || len(before.Hidden) > len(m.Hidden) {
		return fmt.Errorf("network: an MLP %v cannot go on from %v: bias and activation must be the same, and layers no more", m, start.model)
	}
	kept := len(before.Hidden)
	if kept == len(m.Hidden) {
		kept++ // the output as well
	}
	for layer := range kept {
		from, to := before.dense(start.Store, layer), m.dense(store, layer)
		for v := range to.IterVariables() {
			if err := copyVariable(v, from.GetVariable(v.Name())); err != nil {
				return fmt.Errorf("network: layer %d of %v cannot go on from %v: %w", layer, m, before, err)
			}
		}
	}
	return nil
}

// mlpOf is the MLP that a network is.
func mlpOf(n *Network) (m MLP, ok bool) {
	if n.model == nil {
		return m, false
	}
	p := architectureOf(n.model).MLP
	if p == nil {
		return m, false
	}
	return *p, true
}

func copyVariable(to, from *model.Variable) error {
	if from == nil || !from.Shape().Equal(to.Shape()) {
		return fmt.Errorf("its variable %s is not of shape %s", to.Name(), to.Shape())
	}
	value, err := copyOf(from)
	if err != nil {
		return err
	}
	return to.SetValue(value)
}
