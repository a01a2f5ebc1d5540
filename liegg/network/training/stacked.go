package training

import (
	"fmt"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network"
)

// beginnings are the members before training, for inputs of a shape.
func beginnings(m network.MLP, members []Member, input shapes.Shape) (begun []*network.Network, err error) {
	begun = make([]*network.Network, len(members))
	for i, member := range members {
		if begun[i], err = network.New(m, input, member.Seed); err != nil {
			return nil, err
		}
		if err := continueFrom(m, begun[i].Store, member.Start); err != nil {
			return nil, err
		}
	}
	return begun, nil
}

// continueFrom puts the layers of a network that was trained before in place of
// those drawn.
func continueFrom(m network.MLP, store *model.Store, start *network.Network) error {
	if start == nil {
		return nil
	}
	before, ok := mlpOf(start)
	if !ok || !m.Extends(before) {
		return fmt.Errorf("training: an network.MLP %v cannot go on from %v: bias and activation must be the same, and layers no more", m, start.Model())
	}
	kept := len(before.Hidden)
	if kept == len(m.Hidden) {
		kept++ // the output as well
	}
	for layer := range kept {
		from, to := before.Dense(start.Store, layer), m.Dense(store, layer)
		for v := range to.IterVariables() {
			if err := copyVariable(v, from.GetVariable(v.Name())); err != nil {
				return fmt.Errorf("training: layer %d of %v cannot go on from %v: %w", layer, m, before, err)
			}
		}
	}
	return nil
}

// mlpOf is the MLP that a network is.
func mlpOf(n *network.Network) (m network.MLP, ok bool) {
	switch m := n.Model().(type) {
	case network.MLP:
		return m, true
	case *network.MLP:
		return *m, true
	}
	return m, false
}

func copyVariable(to, from *model.Variable) error {
	if from == nil || !from.Shape().Equal(to.Shape()) {
		return fmt.Errorf("its variable %s is not of shape %s", to.Name(), to.Shape())
	}
	value, err := tensor.CopyOf(from)
	if err != nil {
		return err
	}
	return to.SetValue(value)
}
