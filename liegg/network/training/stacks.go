package training

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network"
)

// stacks are variables of networks of one shape, laid along a leading axis, and what
// else a training keeps beside them.
type stacks struct {
	store *model.Store
	size  int                        // networks
	own   paths                      // of each network's variables
	other map[string]*tensors.Tensor // at the beginning, by path: the optimizer's variables
}

// stacked lays the variables of networks of this shape along a leading axis;
// layers are those that are to be trained.
func stacked(m network.MLP, own []*network.Network, layers []int) (stacks, error) {
	s := stacks{store: model.NewStore(), size: len(own), own: pathsOf(own[0].Store)}
	for layer := range len(m.Hidden) + 1 {
		for v := range m.Dense(own[0].Store, layer).IterVariables() {
			all, err := stack(v.Path(), own)
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

// keep notes what stands beside the networks' variables before the first step.
func (s *stacks) keep(backend compute.Backend) error {
	if err := s.store.InitializeVariables(backend, nil); err != nil {
		return err
	}
	s.other = map[string]*tensors.Tensor{}
	for v := range s.store.IterVariables() {
		if s.own[v.Path()] {
			continue
		}
		var err error
		if s.other[v.Path()], err = tensor.CopyOf(v); err != nil {
			return err
		}
	}
	return nil
}

// begin puts other networks in the place of those that were trained.
func (s *stacks) begin(own []*network.Network) error {
	for v := range s.store.IterVariables() {
		var value *tensors.Tensor
		var err error
		if before, ok := s.other[v.Path()]; ok {
			value, err = before.LocalClone()
		} else {
			value, err = stack(v.Path(), own)
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

// handBack gives the networks their variables.
func (s *stacks) handBack(own []*network.Network) error {
	for v := range s.own.variables(s.store) {
		all, err := v.Value()
		if err != nil {
			return err
		}
		for i, n := range own {
			to := n.Store.GetVariable(v.Path())
			part := tensors.FromShape(to.Shape())
			err := all.ConstBytes(func(from []byte) {
				if e := part.MutableBytes(func(to []byte) { copy(to, tensor.Nth(from, i, len(own))) }); e != nil {
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

func (s *stacks) finalize() {
	if s.store != nil {
		s.store.Finalize()
	}
	for _, t := range s.other {
		tensor.Finalize(t)
	}
}

// stack lays the values of a variable along a new leading axis.
func stack(path string, own []*network.Network) (*tensors.Tensor, error) {
	first := own[0].Store.GetVariable(path).Shape()
	whole := tensors.FromShape(shapes.Make(first.DType, append([]int{len(own)}, first.Dimensions...)...))
	return whole, filling(whole, func(to []byte) error {
		for i, n := range own {
			value, err := n.Store.GetVariable(path).Value()
			if err != nil {
				return err
			}
			if err := copyAlike(tensor.Nth(to, i, len(own)), first, value); err != nil {
				return err
			}
		}
		return nil
	})
}
