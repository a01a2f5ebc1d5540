package onnx_test

import (
	"errors"
	"fmt"

	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx"
)

// A PyTorch model of an energy, exported to ONNX, and the positions of three particles.
func ExampleLoad() {
	const folder = "../../../notebooks/your_network/"
	net := must.M1(onnx.Load(folder+"model.onnx", onnx.Settings{}))
	positions := must.M1(dataset.ReadNPZ(folder+"data.npz", "positions"))
	v := must.M1(network.Judge(net, action.Affine(3, 3), network.Tensor(positions), network.Settings{}))
	fmt.Println(v.Answer, v.Dim, v.Identity.Name)
	// Output: symmetric 4 se(2) ⊕ translations(1)
}

// A file that is larger than its budget is not read.
func ExampleErrBudget() {
	_, err := onnx.Load("../../../notebooks/your_network/model.onnx", onnx.Settings{Budget: 100})
	fmt.Println(errors.Is(err, onnx.ErrBudget))
	// Output: true
}
