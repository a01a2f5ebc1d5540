package network

import (
	"slices"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// finiteElsewhere runs graph code of the network on another backend, GoMLX in pure Go for
// XLA and the default backend for that one. It returns the name of the backend if all
// that comes out is finite, and "" if it is not, or if the code cannot be run there. So a
// backend's own faults are not taken for those of a function.
func (n *Network) finiteElsewhere(code func(scope *model.Scope, inputs []*Node) []*Node, arguments ...*tensors.Tensor) (name string) {
	other, done := n.otherBackend()
	if other == nil {
		return ""
	}
	defer done()
	if n.finiteOn(other, code, arguments) {
		return other.Name()
	}
	return ""
}

// finiteHere is finiteElsewhere on the network's own backend: by itself, the code may be
// finite there although a larger program was not.
func (n *Network) finiteHere(code func(scope *model.Scope, inputs []*Node) []*Node, arguments ...*tensors.Tensor) bool {
	own, err := n.backend()
	return err == nil && n.finiteOn(own, code, arguments)
}

// finiteOn runs graph code of the network on a backend, and says whether all that comes out
// is finite.
func (n *Network) finiteOn(backend compute.Backend, code func(scope *model.Scope, inputs []*Node) []*Node, arguments []*tensors.Tensor) (finite bool) {
	var err error
	defer func() { finite = finite && err == nil }()
	defer caught(&err)
	store, err := n.copied()
	if err != nil {
		return false
	}
	defer store.Finalize()
	exec, err := model.NewExec(backend, store, func(scope *model.Scope, inputs []*Node) []*Node {
		defer panicWithError()
		return code(scope, inputs)
	})
	if err != nil {
		return false
	}
	defer exec.Finalize()
	own := make([]any, len(arguments))
	for i, t := range arguments {
		clone, err := t.LocalClone()
		if err != nil {
			return false
		}
		defer finalize(clone)
		own[i] = clone
	}
	results, err := exec.Call(own...)
	if err != nil {
		return false
	}
	defer finalize(results...)
	for _, t := range results {
		values, err := dataset.Values(t)
		if err != nil || slices.ContainsFunc(values, notFinite) {
			return false
		}
	}
	return true
}

// otherBackend is one of another kind than the network's, to be freed when done; nil if
// there is none.
func (n *Network) otherBackend() (other compute.Backend, done func()) {
	own, err := n.backend()
	if err != nil {
		return nil, nil
	}
	pure, err := compute.NewWithConfig("go")
	if err != nil {
		return nil, nil
	}
	if pure.Name() != own.Name() {
		return pure, pure.Finalize
	}
	pure.Finalize()
	if usual, err := Backend(); err == nil && usual.Name() != own.Name() {
		return usual, func() {}
	}
	return nil, nil
}

// copied are the network's variables without a backend.
func (n *Network) copied() (*model.Store, error) {
	s := model.NewStore()
	for v := range n.Store.IterVariables() {
		if !v.HasValue() {
			continue
		}
		value, err := tensor.CopyOf(v)
		if err != nil {
			return nil, err
		}
		if _, err := s.CreateVariable(v.Path(), value); err != nil {
			return nil, err
		}
	}
	return s, nil
}
