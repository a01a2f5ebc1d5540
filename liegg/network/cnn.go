package network

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/layers/activation"
	"github.com/gomlx/gomlx/ml/model"
)

// CNN is a small convolutional network. Each block consists of a convolution of stride 1 that
// keeps the size of its input, an activation, and the mean over squares of 2×2 pixels. Dense
// layers follow. Inputs are images [height, width] or [height, width, channels], with height
// and width divisible by 2 for each block.
//
// Its layers are named "conv 1", "conv 2", … after the mean, followed by the layers of Dense.
type CNN struct {
	// Channels are the numbers of channels of the blocks, at least one.
	Channels []int
	// Kernel is the side of the kernels in pixels. It must be odd, because the gradient of a
	// convolution in GoMLX v0.28.2 is wrong for even sizes. 0 means 3.
	Kernel int
	// Dense are the layers after the blocks. Its Bias and Activation also apply to the
	// convolutions.
	Dense MLP
}

// scopeCNN holds the variables of a CNN in a Store.
const scopeCNN = "cnn"

// Forward is the graph of the network.
func (c CNN) Forward(scope *model.Scope, x *Node) *Node {
	scope = scope.In(scopeCNN)
	if x.Rank() == 3 {
		x = InsertAxes(x, -1)
	}
	if err := c.fits(x.Shape().Dimensions[1:]); err != nil {
		panic(err)
	}
	act := activation.FromName(c.Dense.activation())
	for i, channels := range c.Channels {
		x = c.convolved(scope.In("conv_%d", i), x, channels)
		x = Layer(halved(activation.Apply(act, x)), fmt.Sprintf("conv %d", i+1))
	}
	return c.Dense.build(scope, x)
}

// convolved is layers.Convolution without its strides of 1. In the derivative these become
// input dilations, which GoMLX cannot differentiate again.
func (c CNN) convolved(scope *model.Scope, x *Node, channels int) *Node {
	g, k, incoming := x.Graph(), c.kernel(), x.Shape().Dim(-1)
	kernel := scope.VariableWithShape("weights", shapes.Make(x.DType(), k, k, incoming, channels))
	y := Convolve(x, kernel.NodeValue(g)).PadSame().Done()
	if c.Dense.Bias {
		bias := scope.VariableWithShape("biases", shapes.Make(x.DType(), channels))
		y = Add(y, Reshape(bias.NodeValue(g), 1, 1, 1, channels))
	}
	return y
}

// halved takes the mean of each 2×2 pixels of x [batch, height, width, channels]. Unlike
// pooling windows, the mean over an axis has derivatives of any order on any backend.
func halved(x *Node) *Node {
	d := x.Shape().Dimensions
	return ReduceMean(Reshape(x, d[0], d[1]/2, 2, d[2]/2, 2, d[3]), 2, 4)
}

// Width returns the number of outputs.
func (c CNN) Width() int { return c.Dense.Outputs }

// String writes channels with a c, and dense layers as an MLP does: "8c-16c-64-10".
func (c CNN) String() string {
	var b strings.Builder
	for _, channels := range c.Channels {
		fmt.Fprintf(&b, "%dc-", channels)
	}
	return b.String() + c.Dense.String()
}

func (c CNN) kernel() int {
	if c.Kernel == 0 {
		return 3
	}
	return c.Kernel
}

// Check panics if the fields cannot make a network.
func (c CNN) Check() {
	c.Dense.Check()
	if len(c.Channels) == 0 || c.Kernel < 0 || c.Kernel > 0 && c.Kernel%2 == 0 {
		panic(fmt.Sprintf("network: a CNN needs CNN.Channels and a CNN.Kernel that is odd, or 0 for 3, got %v and %d", c.Channels, c.Kernel))
	}
	for _, channels := range c.Channels {
		if channels < 1 {
			panic(fmt.Sprintf("network: CNN.Channels must hold positive numbers, got %v", c.Channels))
		}
	}
}

// fits returns an error unless inputs are images whose sides can be halved often enough.
func (c CNN) fits(input []int) error {
	side := 1 << len(c.Channels)
	if len(input) < 2 || len(input) > 3 || input[0]%side != 0 || input[1]%side != 0 {
		return fmt.Errorf("network: a CNN of %d blocks takes images [height, width] or [height, width, channels] with sides divisible by %d, got inputs of shape %v: crop or pad them, or take fewer blocks", len(c.Channels), side, input)
	}
	return nil
}

// initial draws weights and biases uniformly in ±1/√fan-in, as PyTorch does.
func (c CNN) initial(shape shapes.Shape, seed uint64) (*model.Store, error) {
	input := shape.Dimensions
	if err := c.fits(input); err != nil {
		return nil, err
	}
	s, rng := model.NewStore(), weightsOf(seed)
	root := s.RootScope().In(scopeCNN)
	incoming, pixels, k := 1, input[0]*input[1], c.kernel()
	if len(input) == 3 {
		incoming = input[2]
	}
	for i, channels := range c.Channels {
		scope := root.In("conv_%d", i)
		if err := createLayer(scope, c.Dense.Bias, shape.DType, rng, k*k*incoming, k, k, incoming, channels); err != nil {
			return nil, err
		}
		incoming, pixels = channels, pixels/4
	}
	return s, c.Dense.create(root, rng, shape.DType, incoming*pixels)
}

// weightsOf returns the random stream of a network's weights, which differs from those of its
// data.
func weightsOf(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x6c6965)) }
