package extraction

import (
	"math"
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/function"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

func TestMain(m *testing.M) { expect.MainInGo(m, device.Variable) }

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }

// exact is a network without variables.
func exact(f func(x *Node) *Node) Network {
	return Network{Batched: function.Batched{Store: model.NewStore(), Forward: func(_ *model.Scope, x *Node) *Node { return f(x) }, Times: 1}, Programs: new(Programs)}
}

// perceptron is a network of layers of the given widths, from inputs to outputs, with
// random variables.
func perceptron(seed uint64, widths ...int) Network {
	n, random := exact(nil), rand.New(rand.NewPCG(seed, 0))
	var layers []*model.Variable
	for i, out := range widths[1:] {
		in := widths[i]
		weights := make([]float32, in*out)
		for j := range weights {
			weights[j] = float32(random.NormFloat64() / math.Sqrt(float64(in)))
		}
		layers = append(layers, n.Store.RootScope().In("%d", i).VariableWithValue("weights", tensors.FromFlatDataAndDimensions(weights, in, out)))
	}
	n.Forward = func(_ *model.Scope, x *Node) *Node {
		for i, w := range layers {
			if x = Dot(x, ConvertDType(w.NodeValue(x.Graph()), x.DType())).Product(); i < len(layers)-1 {
				x = Tanh(x)
			}
		}
		return x
	}
	return n
}

// centred is a head that subtracts the mean of the outputs.
type centred struct{}

func (centred) Rows(y *Node) *Node { return Sub(y, ReduceAndKeep(y, ReduceMean, -1)) }
func (centred) Given() bool        { return true }

// first is x₁, [batch, 1], by a product: slices have no forward derivative.
func first(x *Node) *Node {
	unit := make([]float64, x.Shape().Dim(1))
	unit[0] = 1
	return ReduceAndKeep(Mul(x, ConvertDType(Const(x.Graph(), [][]float64{unit}), x.DType())), ReduceSum, -1)
}

// gaussian draws samples whose coordinates have the given scales.
func gaussian(seed uint64, samples int, scale ...float64) *tensors.Tensor {
	x := networktest.Normal[float64](seed, samples, len(scale))
	tensors.MustMutableFlatData(x, func(v []float64) {
		for i := range v {
			v[i] *= scale[i%len(scale)]
		}
	})
	return x
}

// single converts x to float32.
func single(x *tensors.Tensor) *tensors.Tensor {
	var narrow []float32
	for _, v := range tensors.MustCopyFlatData[float64](x) {
		narrow = append(narrow, float32(v))
	}
	return tensors.FromFlatDataAndDimensions(narrow, x.Shape().Dimensions...)
}

// inputs is a stream of x alone.
func inputs(x *tensors.Tensor) stream.Inputs {
	return func(yield func(*tensors.Tensor, error) bool) { yield(x.LocalClone()) }
}
