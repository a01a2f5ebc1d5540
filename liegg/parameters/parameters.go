// Package parameters asks for the symmetries of networks in their own weights: motions of the weights
// that leave the function alone, such as the scaling of a ReLU neuron's weights by λ and 1/λ, the
// change of basis between the layers of a linear network, a shift of all logits before a softmax,
// and permutations of neurons.
//
// Of makes a function of the weights: the outputs of an MLP at fixed probes. This is a network like
// any other, whose inputs are weights. network.Judge with action.Linear or action.Affine finds its
// continuous symmetries, discrete.Search the finite ones:
//
//	f := parameters.Of(mlp, probes)
//	w := dataset.Normal(random, 5000, parameters.Count(mlp, 2))
//	v, err := network.Judge(f, action.Linear(parameters.Count(mlp, 2), 1), network.Tensor(w), network.Settings{})
package parameters

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/layers/activation"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/network"
)

// Count returns the number of weights and biases of an MLP with the given number of inputs. It
// panics unless inputs ≥ 1, and if the MLP's fields cannot make a network.
func Count(m network.MLP, inputs int) int { return len(Names(m, inputs)) }

// Names names the weights in the order of Of: layer by layer and neuron by neuron, each with the
// weights of what it reads and then its bias. w³₁₂ is the weight of neuron 1 of layer 3 for the
// second neuron before it, b³₁ its bias. It panics as Count does.
func Names(m network.MLP, inputs int) (names []string) {
	if m.Check(); inputs < 1 {
		panic(fmt.Sprintf("parameters: inputs must be at least 1, got %d", inputs))
	}
	before := inputs
	for layer, width := range widths(m) {
		for neuron := range width {
			of := spelling.Superscript(layer+1) + spelling.Subscript(neuron+1)
			for i := range before {
				names = append(names, "w"+of+spelling.Subscript(i+1))
			}
			if m.Bias {
				names = append(names, "b"+of)
			}
		}
		before = width
	}
	return names
}

func widths(m network.MLP) []int { return append(append([]int{}, m.Hidden...), m.Outputs) }

// Of returns the outputs of an MLP at fixed probes as a function of its weights w [batch, Count]: the
// outputs at the first probe, then at the second, and so on. It panics without probes, if they
// differ in length, and if the MLP's fields cannot make a network.
func Of(m network.MLP, probes [][]float64) *network.Network {
	if len(probes) == 0 {
		panic("parameters: Of: no probes")
	}
	inputs := len(probes[0])
	for i, p := range probes {
		if len(p) != inputs {
			panic(fmt.Sprintf("parameters: Of: probe %d has %d numbers, the first %d", i+1, len(p), inputs))
		}
	}
	count := Count(m, inputs)
	name := m.Activation
	if name == "" {
		name = "swish"
	}
	act := activation.FromName(name)
	return network.Exact(func(w *Node) *Node {
		batch := w.Shape().Dim(0)
		if size := w.Shape().Size() / batch; size != count {
			panic(fmt.Errorf("parameters: the MLP has %d weights with %d inputs, but gets %d", count, inputs, size))
		}
		w = Reshape(w, batch, count)
		h := BroadcastToDims(InsertAxes(ConvertDType(Const(w.Graph(), probes), w.DType()), 0), batch, len(probes), inputs)
		from, before := 0, inputs
		for layer, width := range widths(m) {
			if layer > 0 {
				h = activation.Apply(act, h)
			}
			row := before
			if m.Bias {
				row++
			}
			block := Reshape(SliceAxis(w, 1, AxisRange(from, from+width*row)), batch, width, row)
			sum := Einsum("bpi,boi->bpo", h, SliceAxis(block, 2, AxisRange(0, before)))
			if m.Bias {
				sum = Add(sum, Reshape(SliceAxis(block, 2, AxisRange(before, row)), batch, 1, width))
			}
			h, from, before = sum, from+width*row, width
		}
		return Reshape(h, batch, len(probes)*m.Outputs)
	})
}
