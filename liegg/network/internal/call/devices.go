package call

import (
	"fmt"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/internal/tensor"
)

// OnDevices is a compiled program of a network that runs on any device of a backend, and on several at
// the same time. A model.Exec always runs on the first one. The network's variables are copied to each
// of the others once.
type OnDevices struct {
	backend compute.Backend
	store   *model.Store
	exec    *Exec

	mu     sync.Mutex // guards copies, and the store while this program reads or makes variables
	copies map[compute.DeviceNum]map[*model.Variable]*tensors.Tensor
}

// NewOnDevices makes a program of graph code on the variables of a store. The code must not change
// variables.
func NewOnDevices(backend compute.Backend, store *model.Store, code func(scope *model.Scope, inputs []*Node) []*Node) (*OnDevices, error) {
	p := &OnDevices{backend: backend, store: store}
	var err error
	p.exec, err = NewExec(backend, func(inputs []*Node) []*Node {
		p.mu.Lock() // code makes variables that are not there
		defer p.mu.Unlock()
		results := code(store.RootScope(), inputs)
		for v := range store.IterVariables() {
			if v.ChangedInGraph(inputs[0].Graph()) {
				panic(fmt.Errorf("the model changes its variable %q when it runs, which several devices cannot do together: use one device", v.Path()))
			}
		}
		return results
	})
	if err != nil {
		return nil, err
	}
	p.exec.SetSideParamsHook(p.setVariables)
	return p, nil
}

// setVariables gives the program the variables that lie on the device of its first argument.
func (p *OnDevices) setVariables(g *Graph, inputs []compute.Buffer, donate []bool) error {
	device, err := inputs[0].DeviceNum()
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.store.InitializeVariables(p.backend, nil); err != nil {
		return err
	}
	for v := range p.store.IterVariables() {
		if !v.InUseByGraph(g) || v.NodeValue(g).Type() != NodeTypeParameter {
			continue
		}
		value, err := p.valueOn(v, device)
		if err != nil {
			return err
		}
		at := v.NodeValue(g).GetParameterHandle()
		if inputs[at], err = value.Buffer(p.backend, device); err != nil {
			return err
		}
		donate[at] = false
	}
	return nil
}

// valueOn returns the value of a variable on a device, to which it copies the variable the first time.
func (p *OnDevices) valueOn(v *model.Variable, device compute.DeviceNum) (*tensors.Tensor, error) {
	value, err := v.Value()
	if err != nil || device == 0 {
		return value, err
	}
	if copied := p.copies[device][v]; copied != nil {
		return copied, nil
	}
	copied, err := tensor.CopiedTo(value, p.backend, device)
	if err != nil {
		return nil, err
	}
	if p.copies == nil {
		p.copies = map[compute.DeviceNum]map[*model.Variable]*tensors.Tensor{}
	}
	if p.copies[device] == nil {
		p.copies[device] = map[*model.Variable]*tensors.Tensor{}
	}
	p.copies[device][v] = copied
	return copied, nil
}

// Call runs the program on the first device.
func (p *OnDevices) Call(arguments ...any) ([]*tensors.Tensor, error) {
	return p.callOn(0, arguments...)
}

func (p *OnDevices) callOn(device compute.DeviceNum, arguments ...any) ([]*tensors.Tensor, error) {
	results, _, err := p.exec.CallWithGraphOnDevice(device, arguments...)
	return results, err
}

// Compile compiles the program for arguments of the given shapes.
func (p *OnDevices) Compile(inputs ...shapes.Shape) (*Graph, error) { return p.exec.Compile(inputs...) }

// Forget frees the copies of variables, since these may change before the program runs again.
func (p *OnDevices) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, all := range p.copies {
		for _, copied := range all {
			tensor.Finalize(copied)
		}
	}
	p.copies = nil
}

// Finalize frees the program.
func (p *OnDevices) Finalize() {
	p.Forget()
	p.exec.Finalize()
}

// On returns a program as it runs on one of the devices. Its arguments are copied there. Programs of
// other types run on the first device only.
func On(p Program, device int) Program {
	if all, ok := p.(*OnDevices); ok && device > 0 {
		return onDevice{all, compute.DeviceNum(device)}
	}
	return p
}

// onDevice is a program on a device that is not the first.
type onDevice struct {
	*OnDevices
	device compute.DeviceNum
}

// Call runs the program on copies of the arguments, which stay where they are.
func (p onDevice) Call(arguments ...any) ([]*tensors.Tensor, error) {
	var copies []*tensors.Tensor
	defer func() { tensor.Finalize(copies...) }()
	there := make([]any, len(arguments))
	for i, argument := range arguments {
		there[i] = argument
		if x, ok := argument.(*tensors.Tensor); ok {
			copied, err := tensor.CopiedTo(x, p.backend, p.device)
			if err != nil {
				return nil, fmt.Errorf("network: an argument cannot be copied to device %d: %w", p.device, err)
			}
			copies, there[i] = append(copies, copied), copied
		}
	}
	return p.callOn(p.device, there...)
}
