package function

import (
	"slices"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/device"
)

// FiniteElsewhere runs graph code of the function on another backend: on GoMLX in pure Go
// instead of XLA, and on the default backend instead of GoMLX in pure Go. It returns the name
// of that backend if all results are finite, and "" if they are not, or if the code cannot be
// run there. So a fault of a backend is not taken for a fault of the function.
func (f Batched) FiniteElsewhere(code func(scope *model.Scope, inputs []*Node) []*Node, arguments ...*tensors.Tensor) (name string) {
	other, done := f.otherBackend()
	if other == nil {
		return ""
	}
	defer done()
	if f.finiteOn(other, code, arguments) {
		return other.Name()
	}
	return ""
}

// FiniteHere reports whether the results are finite on the function's own backend. They may
// be, although a larger program gave others.
func (f Batched) FiniteHere(code func(scope *model.Scope, inputs []*Node) []*Node, arguments ...*tensors.Tensor) bool {
	own, err := f.On()
	return err == nil && f.finiteOn(own, code, arguments)
}

// finiteOn runs graph code of the function on a backend, and reports whether all results are
// finite.
func (f Batched) finiteOn(backend compute.Backend, code func(scope *model.Scope, inputs []*Node) []*Node, arguments []*tensors.Tensor) (finite bool) {
	var err error
	defer func() { finite = finite && err == nil }()
	defer graphpanic.Catch(&err)
	store, err := f.Copied()
	if err != nil {
		return false
	}
	defer store.Finalize()
	exec, err := model.NewExec(backend, store, func(scope *model.Scope, inputs []*Node) []*Node {
		defer graphpanic.WithError()
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
		defer tensor.Finalize(clone)
		own[i] = clone
	}
	results, err := exec.Call(own...)
	if err != nil {
		return false
	}
	defer tensor.Finalize(results...)
	for _, t := range results {
		values, err := dataset.Values(t)
		if err != nil || slices.ContainsFunc(values, func(v float64) bool { return v-v != 0 }) {
			return false
		}
	}
	return true
}

// otherBackend returns a backend of another kind than the function's, and a function that frees
// it. It returns nil if there is none.
func (f Batched) otherBackend() (other compute.Backend, done func()) {
	own, err := f.On()
	if err != nil {
		return nil, nil
	}
	pure, err := purego.New()
	if err != nil {
		return nil, nil
	}
	if pure.Name() != own.Name() {
		return pure, pure.Finalize
	}
	pure.Finalize()
	if usual, err := device.Default(); err == nil && usual.Name() != own.Name() {
		return usual, func() {}
	}
	return nil, nil
}

// Copied returns a Store with copies of the variables, which belong to no backend.
func (f Batched) Copied() (*model.Store, error) {
	s := model.NewStore()
	for v := range f.Store.IterVariables() {
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
