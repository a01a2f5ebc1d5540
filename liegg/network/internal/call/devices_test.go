package call

import (
	"slices"
	"sync"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/device"
)

// A program runs on each device, on several at once, with its own copy of the variables there, and its
// results lie there. Arguments stay where they are.
func TestOnDevices(t *testing.T) {
	backend := networktest.Apart(t, device.Variable, device.New)
	store := model.NewStore()
	weights := store.RootScope().VariableWithValue("weights", []float32{1, 10})
	p := ok(NewOnDevices(backend, store, func(_ *model.Scope, inputs []*Node) []*Node {
		return []*Node{Add(Mul(inputs[0], weights.NodeValue(inputs[0].Graph())), inputs[1])}
	}))(t)
	defer p.Finalize()
	run := func(at int, want []float32) {
		x := tensors.FromValue([]float32{2, 3})
		defer tensor.Finalize(x)
		results, err := On(p, at).Call(x, float32(.5))
		if err != nil {
			t.Error(err)
			return
		}
		defer tensor.Finalize(results...)
		if lies, err := x.Device(); err == nil && lies != 0 {
			t.Errorf("the argument has moved to device %d", lies)
		}
		if lies, err := results[0].Device(); err != nil || int(lies) != at {
			t.Errorf("the result of device %d lies on %d: %v", at, lies, err)
		}
		if got := tensors.MustCopyFlatData[float32](results[0]); !slices.Equal(got, want) {
			t.Errorf("device %d gives %v, want %v", at, got, want)
		}
	}
	var all sync.WaitGroup
	for at := range backend.NumDevices() {
		for range 3 {
			all.Go(func() { run(at, []float32{2.5, 30.5}) })
		}
	}
	all.Wait()
	if len(p.copies) != backend.NumDevices()-1 {
		t.Errorf("variables are on %d devices beside the first of %d", len(p.copies), backend.NumDevices())
	}
	if err := weights.SetValue(tensors.FromValue([]float32{0, 1})); err != nil {
		t.Fatal(err)
	}
	run(1, []float32{2.5, 30.5}) // copies are kept
	p.Forget()
	run(1, []float32{.5, 3.5})
}

// A network that changes its variables when it runs is refused.
func TestVariablesChangeOnOneDeviceOnly(t *testing.T) {
	backend := networktest.Apart(t, device.Variable, device.New)
	store := model.NewStore()
	count := store.RootScope().VariableWithValue("count", float32(0))
	p := ok(NewOnDevices(backend, store, func(_ *model.Scope, inputs []*Node) []*Node {
		count.SetNodeValue(AddScalar(count.NodeValue(inputs[0].Graph()), 1))
		return inputs
	}))(t)
	defer p.Finalize()
	if _, err := p.Call(float32(1)); err == nil {
		t.Error("no error")
	}
}
