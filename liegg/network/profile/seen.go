package profile

import (
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/network/internal/function"
)

// bypassed is the relative error of the gradients through a layer from which on it is not all that
// connects inputs and outputs.
const bypassed = 1e-3

// measure measures the motion at each stage as it is seen at the outputs.
func (t *attributed) measure() error {
	p, err := t.network.NewProgram(t.s.Head, t.held, func(f func(x *Node) *Node, x *Node, _ []*Node) []*Node {
		layers, y := nodesOf(f, x)
		return t.pushedNodes(x, layers, y)
	})
	if err != nil {
		return err
	}
	defer p.Finalize()
	values, err := p.Run(t.held)
	if err != nil {
		return err
	}
	count := len(t.stages)
	t.pushed = values[:count]
	whole := floats.Sum(values[count])
	for i := 1; i < count-1; i++ {
		if s := &t.stages[i]; s.left == "" && floats.Sum(values[count+i]) > bypassed*bypassed*whole {
			s.left = "part of the network bypasses it"
		}
	}
	return nil
}

// pushedNodes returns, for each stage, ⟨z, dy·v⟩ for the probes z, [batch, probes], where v is the
// motion at the stage and dy the derivative of the outputs by it; and then, for each stage but the
// last, ‖J_lᵀ(∂y/∂h_l)ᵀz − Jᵀz‖² for the first probe, with ‖Jᵀz‖² for the inputs, [batch].
func (t *attributed) pushedNodes(x *Node, layers []function.Layer, y *Node) []*Node {
	places := []*Node{x}
	motions := []*Node{t.velocity(x)}
	for i, l := range layers {
		places, motions = append(places, l.H), append(motions, t.stages[i+1].motion.of(l.H))
	}
	last := t.stages[len(t.stages)-1].motion.of(y)
	probes := probesOf(y)
	seen := make([][]*Node, len(places)+1)
	var through []*Node
	for i, z := range probes {
		gradients := vjp.Gradients(ReduceAllSum(Mul(y, z)), places...)
		for k, g := range gradients {
			seen[k] = append(seen[k], paired(g, motions[k], x))
		}
		seen[len(places)] = append(seen[len(places)], paired(z, last, x))
		if i == 0 {
			through = bypasses(x, places, gradients)
		}
	}
	var nodes []*Node
	for _, s := range seen {
		nodes = append(nodes, Stack(s, 1))
	}
	return append(nodes, through...)
}

// bypasses returns the squared errors of gradients of x through each place, [batch]; of x itself
// its squared gradient.
func bypasses(x *Node, places, gradients []*Node) []*Node {
	squares := []*Node{paired(gradients[0], gradients[0], x)}
	for k, h := range places[1:] {
		pulled := vjp.Gradients(ReduceAllSum(Mul(h, StopGradient(gradients[k+1]))), x)[0]
		off := Sub(pulled, gradients[0])
		squares = append(squares, paired(off, off, x))
	}
	return squares
}

// paired returns Σ g·v of each sample in float64, [batch]; 0 if v is nil.
func paired(g, v, x *Node) *Node {
	batch := x.Shape().Dim(0)
	if v == nil {
		v = ZerosLike(g)
	}
	products := Mul(ConvertDType(g, dtypes.Float64), ConvertDType(v, dtypes.Float64))
	return ReduceSum(Reshape(BroadcastToDims(products, append([]int{batch}, products.Shape().Dimensions[1:]...)...), batch, -1), 1)
}

// mostExact is the largest number of outputs of which each is pulled back, and otherwise the number
// of probes.
const mostExact = 16

// probesOf returns the combinations of the outputs that are looked at, [batch, m] each: every output,
// or random signs. Sums of squares over the probes are those over the outputs, on average.
func probesOf(y *Node) []*Node {
	batch, m := y.Shape().Dim(0), y.Shape().Dim(1)
	probes := make([]*Node, min(m, mostExact))
	random := rand.New(rand.NewPCG(2023, 0))
	for i := range probes {
		values := make([]float64, m)
		if m <= mostExact {
			values[i] = 1
		} else {
			for o := range values {
				values[o] = float64(2*random.IntN(2)-1) / math.Sqrt(mostExact)
			}
		}
		z := ConvertDType(Const(y.Graph(), tensors.FromFlatDataAndDimensions(values, 1, m)), y.DType())
		probes[i] = BroadcastToDims(z, batch, m)
	}
	return probes
}

// spreadOf returns the variance of n samples of outputs, summed over the outputs.
func spreadOf(y []float64, n int) (variance float64) {
	m := len(y) / n
	for o := range m {
		mean := 0.0
		for i := range n {
			mean += y[i*m+o] / float64(n)
		}
		for i := range n {
			variance += (y[i*m+o] - mean) * (y[i*m+o] - mean) / float64(n)
		}
	}
	return variance
}
