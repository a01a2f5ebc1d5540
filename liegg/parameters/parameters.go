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
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/layers/activation"
	"gonum.org/v1/gonum/mat"

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
// outputs at the first probe, then at the second, and so on. Of few probes, motions of the weights
// may leave the outputs alone that change the network elsewhere. So Of panics if there are fewer
// outputs at all probes than weights, and if the probes, with a 1 for biases, do not span the space
// of the inputs. It also panics if they differ in length or are not finite, and if the MLP's fields
// cannot make a network.
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
	mustSpan(m, probes, count)
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

// mustSpan panics unless the probes tell motions of the weights from each other.
func mustSpan(m network.MLP, probes [][]float64, weights int) {
	if len(probes)*m.Outputs < weights {
		panic(fmt.Sprintf("parameters: Of: %d probes of %d outputs cannot tell motions of %d weights from each other: give at least %d", len(probes), m.Outputs, weights, (weights+m.Outputs-1)/m.Outputs))
	}
	size := len(probes[0])
	rows := mat.NewDense(len(probes), size+1, nil)
	for i, p := range probes {
		for j, v := range p {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				panic(fmt.Sprintf("parameters: Of: probe %d has a number that is not finite", i+1))
			}
			rows.Set(i, j, v)
		}
		if m.Bias {
			rows.Set(i, size, 1)
		}
	}
	if m.Bias {
		size++
	}
	var svd mat.SVD
	if !svd.Factorize(rows, mat.SVDNone) || svd.Rank(1e-9) < size {
		panic("parameters: Of: the probes do not span the inputs, so that motions of weights stay unseen: draw them at random")
	}
}
