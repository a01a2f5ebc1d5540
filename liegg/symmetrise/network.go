package symmetrise

import (
	"errors"
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/network"
)

// Network returns the mean of a network over a group as a network of its own,
//
//	f̄(x) = Σ_i w_i ρ(g_i)⁻¹ f(g_i·x),
//
// which is equivariant as far as the elements stand for the whole group: exactly for a finite
// one, for polynomials up to the degree of a rule, and to about 1/√Group.Len of the error of f
// with random elements; see ErrCoarse. It shares the variables of n. It costs Group.Len passes
// through n for each input, in one program, and the moving of the input by each element, which for
// images takes about a fifth as long as a pass through a small MLP. It can be run and judged like any network,
// except that it has no layers. If the action sees its inputs through a window, so does f; see
// network.Through.
//
// data are inputs that it will be used on, such as training inputs: they are kept in memory to
// find out whether inputs, outputs and group fit each other. If elements carry more than a tenth
// of the data out of their range on average, where f extrapolates, Network returns ErrOutside. If
// the elements are too few for the first 200 inputs, it returns ErrCoarse. Without data (nil) all
// this is found, if at all, when the network runs. Other errors: the errors of data, an action that
// fits neither inputs nor outputs, and a model that cannot be run on such inputs. Network panics if
// n or g is nil.
func Network(n *network.Network, g *Group, data network.Inputs) (*network.Network, error) {
	if n == nil || g == nil {
		panic("symmetrise: Network: the network and the group must not be nil")
	}
	seen := n.Through(g.action)
	m, err := g.mean(seen)
	if err != nil {
		return nil, err
	}
	if data != nil {
		if err := g.fits(n, data); err != nil {
			return nil, err
		}
	}
	return seen.Repeated(len(g.nodes), m.forward), nil
}

// ErrCoarse is returned by Network if f changes so much along the group that its mean over these
// elements keeps more than three tenths of that change.
var ErrCoarse = errors.New("symmetrise: the elements are too few for this network, whose mean over them is not symmetric either: ask for more, by group.HaarSettings, or give no data and take the mean as it is")

// mean is the graph code of a mean over a group.
type mean struct {
	network *network.Network
	mover   action.Mover
	outputs int          // that elements move; 0 if they move none
	moves   []*mat.Dense // of inputs
	weights []float64    // of elements
	back    []*mat.Dense // w·ρ(g)⁻¹ of each element; nil for invariance
	widest  int          // numbers in a layer, by the variables
}

func (g *Group) mean(n *network.Network) (*mean, error) {
	m := &mean{network: n, mover: action.InputsOf(g.action).(action.Mover)}
	for _, x := range g.nodes {
		m.moves, m.weights = append(m.moves, x.g), append(m.weights, x.weight)
		if x.out == nil {
			continue
		}
		back, err := x.back()
		if err != nil {
			return nil, err
		}
		back.Scale(x.weight, back)
		m.back, m.outputs = append(m.back, back), back.RawMatrix().Rows
	}
	for v := range n.Store.IterVariables() {
		if shape := v.Shape(); shape.Rank() > 1 {
			m.widest = max(m.widest, shape.Dim(-1))
		}
	}
	return m, nil
}

// Elements are taken in parts, and each part goes through the network as one batch, one after the
// other. Parts whose layers stay in a cache are fastest, but each part is compiled on its own, so that
// there are a few of them only, unless more are needed for memory.
var (
	cachedNumbers = 1 << 19 // numbers in a layer
	mostNumbers   = 1 << 23
	fewParts      = 16
)

// together returns how many of n elements make a part, if a layer of one has so many numbers.
func together(n, numbers int) int {
	fastest := max(cachedNumbers/numbers, (n+fewParts-1)/fewParts)
	return max(1, min(fastest, mostNumbers/numbers))
}

// forward is the mean at x.
func (m *mean) forward(scope *model.Scope, x *Node) *Node {
	batch := x.Shape().Dim(0)
	some := together(len(m.moves), max(x.Shape().Size(), batch*m.widest))
	var sum *Node
	for from := 0; from < len(m.moves); from += some {
		moved := after(sum, m.moved(x, m.moves[from:min(from+some, len(m.moves))]))
		part := m.part(scope.Store().RootScope(), x, moved, from)
		if sum == nil {
			sum = part
		} else {
			sum = Add(sum, part)
		}
	}
	return sum
}

// after returns x, to be computed once sum is known. XLA would otherwise compute the first layer of all
// parts first, and keep them all in memory, which costs a network of convolutions two passes of 16. The
// barrier multiplies what it depends on by 0, so that it gets a number that is finite, whatever sum is.
func after(sum, x *Node) *Node {
	if sum == nil {
		return x
	}
	positive := GreaterThan(StopGradient(ReduceAllSum(sum)), ScalarZero(sum.Graph(), sum.DType()))
	return SchedulingBarrier(x, ConvertDType(positive, x.DType()))
}

// moved returns inputs moved by matrices, one batch after the other.
func (m *mean) moved(x *Node, moves []*mat.Dense) *Node {
	all := make([]*Node, len(moves))
	for i, g := range moves {
		if all[i] = x; !isIdentity(g) {
			all[i] = m.mover.Moved(x, matrix(x.Graph(), g))
		}
	}
	return Concatenate(all, 0)
}

// isIdentity reports whether a matrix is the identity to rounding.
func isIdentity(g *mat.Dense) bool {
	return mat.EqualApprox(g, linalg.Identity(g.RawMatrix().Rows), 1e-15)
}

// part is the sum over the elements from… that moved the inputs x, which go through the network as one
// batch.
func (m *mean) part(scope *model.Scope, x, moved *Node, from int) *Node {
	y := m.network.Forward(scope, moved)
	batch := x.Shape().Dim(0)
	count := moved.Shape().Dim(0) / batch
	to := from + count
	switch {
	case y == nil || y.Rank() == 0 || y.Shape().Dim(0) != count*batch:
		panic(fmt.Errorf("symmetrise: the network needs the batch as the first axis of its outputs, also for a batch of another size"))
	case !y.DType().IsFloat():
		panic(fmt.Errorf("symmetrise: the outputs are of type %s, which has no mean: give the floats that they are made of, such as logits", y.DType()))
	}
	shape := append([]int{batch}, y.Shape().Dimensions[1:]...)
	y = Reshape(y, count, batch, y.Shape().Size()/(count*batch))
	if err := m.check(y.Shape().Dim(2)); err != nil {
		panic(err)
	}
	if m.back == nil {
		return Reshape(Einsum("kbj,k->bj", y, nodes.Constant(y, m.weights[from:to], count)), shape...)
	}
	var values []float64
	for _, b := range m.back[from:to] {
		values = append(values, b.RawMatrix().Data...)
	}
	return Reshape(Einsum("kbj,kij->bi", y, nodes.Constant(y, values, count, m.outputs, m.outputs)), shape...)
}

// check tells if outputs do not fit.
func (m *mean) check(outputs int) error {
	if m.back == nil || m.outputs == outputs {
		return nil
	}
	return wrongOutputs(m.outputs, outputs)
}

func wrongOutputs(moved, has int) error {
	return fmt.Errorf("symmetrise: the action moves %d outputs, the model has %d: choose a representation that fits the outputs, or a head", moved, has)
}

// fits tells whether the inputs, the group and the outputs fit each other.
func (g *Group) fits(n *network.Network, data network.Inputs) error {
	held, err := network.Buffer(data, 0)
	if err != nil {
		return err
	}
	defer held.Finalize()
	outside, err := g.outside(held)
	if err != nil {
		return err
	}
	if outside > mostOutside {
		return g.tooFar(outside, held.Len(), "without data, Network does not ask")
	}
	first, err := held.First(controlled)
	if err != nil {
		return err
	}
	defer first.FinalizeAll()
	cost, err := Measure(n, g, network.Tensor(first), Settings{Outside: 1, Resamples: 1, Quiet: true})
	switch {
	case errors.Is(err, flow.ErrConstant), errors.Is(err, errOneSample): // its mean is itself, or nothing to compare it with
		return nil
	case err != nil:
		return err
	case cost.coarse(cost.Orbit):
		return fmt.Errorf("%w (f changes by %.2g over the orbits of %d inputs, and the mean over %v by %.2g)", ErrCoarse, cost.Orbit, len(cost.BySample), g, cost.Rule)
	}
	return nil
}

// matrix is a constant in float64.
func matrix(g *Graph, m *mat.Dense) *Node {
	rows, columns := m.Dims()
	return Const(g, tensors.FromFlatDataAndDimensions(mat.DenseCopyOf(m).RawMatrix().Data, rows, columns))
}
