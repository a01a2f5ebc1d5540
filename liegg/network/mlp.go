package network

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/layers"
	"github.com/gomlx/gomlx/ml/layers/activation"
	"github.com/gomlx/gomlx/ml/model"
)

// MLP is a multi-layer perceptron as in the paper: dense layers with an activation between
// them. Inputs of any shape are flattened. Its layers are named "hidden 1", "hidden 2", …,
// each after its activation.
type MLP struct {
	// Hidden are the widths of the hidden layers: {32, 32} is the paper's network for O(5),
	// five times 128 its network for digits.
	Hidden []int
	// Outputs is the number of outputs, at least 1.
	Outputs int
	// Bias adds a bias to each layer. The paper's networks have none.
	Bias bool
	// Activation is the name of a GoMLX activation; "" means "swish".
	Activation string
}

// scopeMLP holds the variables of an MLP in a Store.
const scopeMLP = "mlp"

// Forward is the graph of the network.
func (m MLP) Forward(scope *model.Scope, x *Node) *Node {
	scope = scope.In(scopeMLP)
	m.fits(scope, x)
	return m.build(scope, x)
}

// fits panics if the variables belong to inputs of another size or type.
func (m MLP) fits(scope *model.Scope, x *Node) {
	first := scope.Store().Scope(scope.Scope() + "/" + m.layer(0) + "/dense") // In would count as a use of the scope
	weights := first.GetVariable("weights")
	if weights == nil {
		return
	}
	numbers := x.Shape().Size() / x.Shape().Dim(0)
	if n := weights.Shape().Dim(0); n != numbers || weights.DType() != x.DType() {
		panic(fmt.Errorf("network: the network was trained on inputs of %d numbers of type %s, but gets %d of type %s: reshape or convert them",
			n, weights.DType(), numbers, x.DType()))
	}
}

// layer returns the name of the i-th layer.
func (m MLP) layer(i int) string {
	if i < len(m.Hidden) {
		return fmt.Sprintf("hidden_%d", i)
	}
	return "output"
}

func (m MLP) build(scope *model.Scope, x *Node) *Node {
	batch := x.Shape().Dim(0)
	h := Reshape(x, batch, x.Shape().Size()/batch)
	act := activation.FromName(m.activation())
	for i, width := range m.Hidden {
		h = activation.Apply(act, layers.Dense(scope.In("hidden_%d", i), h, m.Bias, width))
		h = Layer(h, fmt.Sprintf("hidden %d", i+1))
	}
	return layers.Dense(scope.In("output"), h, m.Bias, m.Outputs)
}

func (m MLP) activation() string {
	if m.Activation == "" {
		return "swish"
	}
	return m.Activation
}

// Check panics if the fields cannot make a network.
func (m MLP) Check() {
	if m.Outputs < 1 {
		panic(fmt.Sprintf("network: MLP.Outputs must be at least 1, got %d", m.Outputs))
	}
	for _, width := range m.Hidden {
		if width < 1 {
			panic(fmt.Sprintf("network: MLP.Hidden must hold positive widths, got %v", m.Hidden))
		}
	}
	if _, err := activation.TypeString(m.activation()); err != nil {
		panic(fmt.Sprintf("network: MLP.Activation %q is not known: use one of %s", m.Activation, strings.Join(activation.TypeStrings(), ", ")))
	}
}

// Extends reports whether m has the layers of before and possibly more hidden ones, with the
// same activation, and biases if before has them.
func (m MLP) Extends(before MLP) bool {
	return before.Bias == m.Bias && before.activation() == m.activation() && len(before.Hidden) <= len(m.Hidden)
}

// String writes the layers as the paper does: "32-32-1" for the network on O(5), "128×5-10"
// for digits.
func (m MLP) String() string {
	var parts []string
	for i := 0; i < len(m.Hidden); {
		run := 1
		for i+run < len(m.Hidden) && m.Hidden[i+run] == m.Hidden[i] {
			run++
		}
		if run > 2 {
			parts = append(parts, fmt.Sprintf("%d×%d", m.Hidden[i], run))
		} else {
			for range run {
				parts = append(parts, fmt.Sprint(m.Hidden[i]))
			}
		}
		i += run
	}
	return strings.Join(append(parts, fmt.Sprint(m.Outputs)), "-")
}

// Width returns the number of outputs.
func (m MLP) Width() int { return m.Outputs }

// initial draws weights and biases uniformly in ±1/√fan-in, as PyTorch's linear layers do,
// and so the authors' networks.
func (m MLP) initial(input shapes.Shape, seed uint64) (*model.Store, error) {
	s := model.NewStore()
	return s, m.create(s.RootScope().In(scopeMLP), weightsOf(seed), input.DType, input.Size())
}

// create makes the variables, in a floating-point type, for inputs of n numbers.
func (m MLP) create(root *model.Scope, rng *rand.Rand, dtype dtypes.DType, n int) error {
	fanIn := n
	for i, width := range append(append([]int{}, m.Hidden...), m.Outputs) {
		if err := createLayer(root.In("%s", m.layer(i)).In("dense"), m.Bias, dtype, rng, fanIn, fanIn, width); err != nil {
			return err
		}
		fanIn = width
	}
	return nil
}

// createLayer makes weights of the given dimensions, the last of which is the number of
// outputs, and biases if bias is set.
func createLayer(scope *model.Scope, bias bool, dtype dtypes.DType, rng *rand.Rand, fanIn int, dimensions ...int) error {
	if err := create(scope, "weights", dtype, rng, fanIn, dimensions...); err != nil || !bias {
		return err
	}
	return create(scope, "biases", dtype, rng, fanIn, dimensions[len(dimensions)-1])
}

func create(scope *model.Scope, name string, dtype dtypes.DType, rng *rand.Rand, fanIn int, dimensions ...int) error {
	bound := 1 / math.Sqrt(float64(fanIn))
	wide := make([]float64, shapes.Make(dtype, dimensions...).Size())
	narrow := make([]float32, len(wide))
	for i := range wide {
		wide[i] = bound * (2*rng.Float64() - 1)
		narrow[i] = float32(wide[i])
	}
	value := tensors.FromFlatDataAndDimensions(narrow, dimensions...)
	if dtype == dtypes.Float64 {
		value = tensors.FromFlatDataAndDimensions(wide, dimensions...)
	}
	_, err := scope.CreateVariable(name, value)
	return err
}

// ForwardTogether is the graph of S networks whose variables are stacked along a leading axis
// in the Store. It maps x [S, B, input…] to [S, B, out]. Each dense layer is one matrix
// product for all networks. Activations have the shape [S, features, B], because XLA is
// fastest at sums over last axes.
func (m MLP) ForwardTogether(store *model.Store, x *Node) *Node {
	s, b := x.Shape().Dim(0), x.Shape().Dim(1)
	h := TransposeAllAxes(Reshape(x, s, b, x.Shape().Size()/(s*b)), 0, 2, 1)
	act := activation.FromName(m.activation())
	for i := range m.Hidden {
		h = activation.Apply(act, m.denseTogether(store, i, h))
	}
	return TransposeAllAxes(m.denseTogether(store, len(m.Hidden), h), 0, 2, 1)
}

func (m MLP) denseTogether(store *model.Store, layer int, h *Node) *Node {
	scope := m.Dense(store, layer)
	h = Einsum("sio,sib->sob", scope.GetVariable("weights").NodeValue(h.Graph()), h)
	if m.Bias {
		h = Add(h, ExpandAxes(scope.GetVariable("biases").NodeValue(h.Graph()), 2))
	}
	return h
}

// Dense returns the scope of a layer's weights and biases in a Store. Hidden layers count
// from 0, and the output is the last layer.
func (m MLP) Dense(store *model.Store, layer int) *model.Scope {
	return store.Scope("/" + scopeMLP + "/" + m.layer(layer) + "/dense")
}
