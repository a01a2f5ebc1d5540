package onnx

import (
	"fmt"

	"github.com/gomlx/compute/shapes"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
)

// Input is an input that an ONNX file declares.
type Input struct {
	Name string
	// Shape holds the type, and the sizes of the axes with the batch, -1 for open ones.
	Shape shapes.Shape
}

// String is the name and the shape.
func (i Input) String() string { return fmt.Sprintf("%q %s", i.Name, i.Shape) }

// Inputs lists the inputs of an ONNX file, in its order, without those whose values the file
// holds. budget is Settings.Budget. It returns the errors of Load that reading the file gives.
func Inputs(path string, budget int64) (inputs []Input, err error) {
	defer func() {
		if err != nil {
			inputs, err = nil, fmt.Errorf("onnx: %s: %w", path, err)
		}
	}()
	defer recovered(&err)
	f, err := modelfile.Read(path, budget)
	if err != nil {
		return nil, err
	}
	message.WithoutWeights(f.Graph)
	names, declared, err := f.Inputs()
	for _, name := range names {
		inputs = append(inputs, Input{name, declared[name]})
	}
	return inputs, err
}
