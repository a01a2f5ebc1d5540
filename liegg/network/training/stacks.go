package training

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network"
)

// stacks holds the variables of networks of one shape, stacked along a leading axis, and the
// optimiser's variables.
type stacks struct {
	store *model.Store
	size  int                        // number of networks
	names paths                      // names of each network's variables
	other map[string]*tensors.Tensor // initial values of the optimiser's variables, by path
}

// stacked stacks the variables of networks of this shape along a leading axis. layers are the
// layers to be trained.
func stacked(m network.MLP, networks []*network.Network, layers []int) (stacks, error) {
	s := stacks{store: model.NewStore(), size: len(networks), names: pathsOf(networks[0].Store)}
	for layer := range len(m.Hidden) + 1 {
		for v := range m.Dense(networks[0].Store, layer).IterVariables() {
			all, err := stack(v.Path(), networks)
			if err != nil {
				return s, err
			}
			whole, err := s.store.CreateVariable(v.Path(), all)
			if err != nil {
				return s, err
			}
			whole.SetTrainable(trains(layers, layer))
		}
	}
	return s, nil
}

// keep remembers the optimiser's variables before the first step.
func (s *stacks) keep(backend compute.Backend) error {
	if err := s.store.InitializeVariables(backend, nil); err != nil {
		return err
	}
	s.other = map[string]*tensors.Tensor{}
	for v := range s.store.IterVariables() {
		if s.names[v.Path()] {
			continue
		}
		var err error
		if s.other[v.Path()], err = tensor.CopyOf(v); err != nil {
			return err
		}
	}
	return nil
}

// begin replaces the trained networks by others.
func (s *stacks) begin(networks []*network.Network) error {
	for v := range s.store.IterVariables() {
		var value *tensors.Tensor
		var err error
		if before, ok := s.other[v.Path()]; ok {
			value, err = before.LocalClone()
		} else {
			value, err = stack(v.Path(), networks)
		}
		if err != nil {
			return err
		}
		if err := v.SetValue(value); err != nil {
			return err
		}
	}
	return nil
}

// handBack returns the variables to the networks.
func (s *stacks) handBack(networks []*network.Network) error {
	for v := range s.names.variables(s.store) {
		all, err := v.Value()
		if err != nil {
			return err
		}
		for i, n := range networks {
			to := n.Store.GetVariable(v.Path())
			part := tensors.FromShape(to.Shape())
			err := all.ConstBytes(func(from []byte) {
				if e := part.MutableBytes(func(to []byte) { copy(to, tensor.Nth(from, i, len(networks))) }); e != nil {
					panic(e)
				}
			})
			if err != nil {
				return err
			}
			if err := to.SetValue(part); err != nil {
				return err
			}
		}
	}
	return nil
}

// squaredWeights returns ‖w‖² of each member's variables, [S].
func (s *stacks) squaredWeights(store *model.Store, g *Graph) (sum *Node) {
	for v := range s.names.variables(store) {
		w := v.NodeValue(g)
		square := ReduceSum(Square(Reshape(w, w.Shape().Dim(0), -1)), 1)
		if sum == nil {
			sum = square
			continue
		}
		sum = Add(sum, square)
	}
	return sum
}

func (s *stacks) finalize() {
	if s.store != nil {
		s.store.Finalize()
	}
	for _, t := range s.other {
		tensor.Finalize(t)
	}
}

// stack stacks the values of a variable along a new leading axis.
func stack(path string, networks []*network.Network) (*tensors.Tensor, error) {
	first := networks[0].Store.GetVariable(path).Shape()
	whole := tensors.FromShape(shapes.Make(first.DType, append([]int{len(networks)}, first.Dimensions...)...))
	return whole, filling(whole, func(to []byte) error {
		for i, n := range networks {
			value, err := n.Store.GetVariable(path).Value()
			if err != nil {
				return err
			}
			if err := copyAlike(tensor.Nth(to, i, len(networks)), first, value); err != nil {
				return err
			}
		}
		return nil
	})
}

// beginnings returns the members before training, for inputs of a shape.
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

// continueFrom replaces drawn layers by the layers of a trained network.
func continueFrom(m network.MLP, store *model.Store, start *network.Network) error {
	if start == nil {
		return nil
	}
	before, ok := mlpOf(start)
	if !ok || !m.Extends(before) {
		return fmt.Errorf("training: the network.MLP %v cannot continue from %v: they must have the same bias and activation, and the latter no more layers", m, start.Model())
	}
	kept := len(before.Hidden)
	if kept == len(m.Hidden) {
		kept++ // the output as well
	}
	for layer := range kept {
		from, to := before.Dense(start.Store, layer), m.Dense(store, layer)
		for v := range to.IterVariables() {
			if err := copyVariable(v, from.GetVariable(v.Name())); err != nil {
				return fmt.Errorf("training: layer %d of %v cannot continue from %v: %w", layer, m, before, err)
			}
		}
	}
	return nil
}

// mlpOf returns the MLP of a network, if it is one.
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
