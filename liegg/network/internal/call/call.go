// Package call runs compiled programs and reads their results.
package call

import (
	"fmt"
	"regexp"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/devicefault"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// mostPacked is the largest size of results that a program returns together. Larger ones take longer
// to copy than to return. A device with its own memory takes longer to send each result than to copy
// millions of numbers.
const (
	mostPacked      = 1 << 13
	mostPackedThere = 1 << 22
)

// Packed joins the results of a program, float64 nodes, into one: a vector that begins with their
// number and their sizes. Each tensor that a program returns costs some µs, and the blocks of a
// verdict are small. Large results stay as they are.
func Packed(nodes []*Node) []*Node {
	size, head := 0, []float64{float64(len(nodes))}
	for _, n := range nodes {
		size += n.Shape().Size()
		head = append(head, float64(n.Shape().Size()))
	}
	most := mostPacked
	if !nodes[0].Graph().Backend().HasSharedBuffers() {
		most = mostPackedThere
	}
	if size > most {
		return nodes
	}
	all := []*Node{Const(nodes[0].Graph(), head)}
	for _, n := range nodes {
		all = append(all, Reshape(n, -1))
	}
	return []*Node{Concatenate(all, 0)}
}

// Program is a compiled program, as model.Exec is.
type Program interface {
	Call(arguments ...any) ([]*tensors.Tensor, error)
	Compile(inputs ...shapes.Shape) (*Graph, error)
	Finalize()
}

// Unpacked runs a program whose results went through Packed, and returns them one by one.
func Unpacked(exec Program, arguments ...any) ([][]float64, error) {
	values, err := Values(exec, arguments...)
	if err != nil || len(values) > 1 {
		return values, err
	}
	all := values[0]
	sizes, all := all[1:1+int(all[0])], all[1+int(all[0]):]
	values = make([][]float64, len(sizes))
	for i, size := range sizes {
		values[i], all = all[:int(size):int(size)], all[int(size):]
	}
	return values, nil
}

// Values runs a program whose results are float64, and returns their numbers.
func Values(exec Program, arguments ...any) ([][]float64, error) {
	results, err := exec.Call(arguments...)
	if err != nil {
		return nil, Failed(err)
	}
	defer tensor.Finalize(results...)
	return Read(results)
}

// Read copies the numbers of float64 tensors.
func Read(ts []*tensors.Tensor) (values [][]float64, err error) {
	values = make([][]float64, len(ts))
	for i, t := range ts {
		if values[i], err = tensors.CopyFlatData[float64](t); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// withoutGradient finds the name of the operator in GoMLX's error about an operator that it
// cannot differentiate.
var withoutGradient = regexp.MustCompile(`with type "(\w+)", for which no gradient is defined`)

// Failed returns the error of a program that differentiates a model. It names operators without a
// gradient, and leaves out the node that GoMLX dumps.
func Failed(err error) error {
	if found := withoutGradient.FindStringSubmatch(err.Error()); found != nil {
		return fmt.Errorf("network: GoMLX has no gradient for the operator %s of the model: leave it out, or take a differentiable function in its place (graph.StopGradient around it if its derivative is zero)", found[1])
	}
	return devicefault.Explained(fmt.Errorf("network: differentiating the model failed: %w", err))
}
