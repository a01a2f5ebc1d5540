// Package function runs the graph code of a network: a function of a batch, with its variables
// and its backend.
package function

import (
	"fmt"
	"iter"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Batched holds the parts of a network.Network that are needed to run it, with the same field
// names.
type Batched struct {
	Forward func(scope *model.Scope, x *Node) *Node
	Store   *model.Store
	Backend compute.Backend // nil means the default one
	Times   int             // inputs that Forward runs another network on for each of its own; see network.Repeated
}

// On returns the backend that the function runs on.
func (f Batched) On() (compute.Backend, error) {
	if f.Backend != nil {
		return f.Backend, nil
	}
	return device.Default()
}

// Limits returns the limits of the backend.
func (f Batched) Limits() device.Limits {
	backend, _ := f.On() // running the function reports what is wrong with its backend
	limits := device.LimitsOf(backend)
	limits.Times = f.Times
	return limits
}

// Outputs builds y = f(x) as [batch, m]. A sample's outputs of any shape are put into one row;
// an output [batch] counts as [batch, 1]. It panics with an error if y does not have the batch
// as its first axis.
func (f Batched) Outputs(scope *model.Scope, x *Node) *Node {
	defer graphpanic.WithError()
	scope.Store().SetTraining(x.Graph(), false)
	y := f.Forward(scope.Store().RootScope(), x) // a fresh scope: a graph may hold the network twice
	if y == nil {
		panic(fmt.Errorf("network: Forward returned nil"))
	}
	batch := x.Shape().Dim(0)
	if y.Rank() == 0 || y.Shape().Dim(0) != batch {
		panic(fmt.Errorf("network: Forward took %s to %s, but an output needs the batch as its first axis", x.Shape(), y.Shape()))
	}
	return Reshape(y, batch, y.Shape().Size()/batch)
}

// Differentiable returns outputs y as float32 or float64. It panics with an error for
// integers, bools and complex numbers: GoMLX gives them gradients that mean nothing.
func Differentiable(y *Node) *Node {
	switch t := y.DType(); {
	case t == dtypes.Float32 || t == dtypes.Float64:
		return y
	case t.IsFloat(): // of 16 bits or less
		return ConvertDType(y, dtypes.Float32)
	default:
		panic(fmt.Errorf("network: the outputs are of type %s, which has no gradient: give the floats that they are made of", t))
	}
}

// Chunks cuts a stream for the function and k candidates; a size of 0 chooses one that suits
// them and the backend.
func (f Batched) Chunks(inputs stream.Inputs, size, k int) iter.Seq2[stream.Chunk, error] {
	backend, _ := f.On() // running the function reports what is wrong with its backend
	if size > 0 {
		return stream.Cut(inputs, backend, size)
	}
	limits, devices := f.Limits(), 1
	if backend != nil {
		devices, _ = device.Count(backend)
	}
	return stream.CutToShare(inputs, backend, devices, func(numbers int) int { return limits.Batch(max(numbers, f.widest()), k) })
}

// widest returns the largest number of units in a layer, judging by the shapes of the
// variables.
func (f Batched) widest() (units int) {
	for v := range f.Store.IterVariables() {
		if shape := v.Shape(); shape.Rank() > 1 {
			units = max(units, shape.Dim(-1))
		}
	}
	return units
}
