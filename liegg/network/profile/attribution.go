package profile

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/function"
)

// AttributionSettings says how an equivariance error is attributed. The zero value of each field
// means its default.
type AttributionSettings struct {
	// Head is applied to the outputs first; the zero value leaves them as they are.
	Head network.Head
	// Motions says how layers move, by their names; "output" is the outputs. By default,
	// feature maps move as the images that an action.Image moves, outputs move as an
	// action.Equivariance says, and all else is still.
	Motions map[string]Motion
	// Fitted lets layers that have no motion of their own, and are no feature maps, move by the
	// matrix that fits their motion best. It is fitted to one half of the samples, and errors
	// are measured on the other half.
	Fitted bool
	// Batch is the number of samples at once; 0 chooses it by the size of the inputs.
	Batch int
	// Resamples is the number of bootstrap resamples. The default is 1000.
	Resamples int
	// Seed determines resamples.
	Seed uint64
}

// Attribute says which layers of a network break a symmetry. The error of f = f_L∘…∘f_1 is its
// Lie derivative 𝓛f(x) = B·f(x) − J·A·x, up to the sign. If the activations h_l of each layer are
// to move by a B_l, it is a sum over the layers,
//
//	J·A·x − B·f(x) = Σ_l d(f_L∘…∘f_{l+1})·(df_l·B_{l−1}h_{l−1} − B_l·h_l),
//
// and the size of a term, as seen at the outputs, is the contribution of that layer (Gruver,
// Finzi, Goldblum and Wilson, "The Lie Derivative for Measuring Learned Equivariance", ICLR 2023,
// §4: the local equivariance error and its layerwise decomposition).
//
// What layers should do is a choice: a hidden layer that is still makes the first layer
// responsible for all that it does not remove itself. Feature maps move as images do; see
// AttributionSettings.
//
// Layers are those of Layers. For more than 16 outputs, sizes are unbiased estimates from 16
// random combinations. A layer that part of the network bypasses, as inside a residual block,
// and one that is not fitted for too few samples, is left out, and its error counts for the next
// one. Inputs are kept in memory.
//
// Attribute returns the errors of Analyze, and an error if a motion does not fit its layer, or
// names none. It panics if h is not a generator of the action.
func Attribute(n *network.Network, a action.Action, h *mat.Dense, inputs network.Inputs, s AttributionSettings) (*Attribution, error) {
	mustBeUsable(n, a, inputs, network.Settings{Batch: s.Batch})
	if n.Times() > 1 {
		return nil, function.NoLayers(n.Times())
	}
	t := &attributed{network: n.Through(a), action: a, coefficients: mustBeGenerator(a, h), s: s}
	held, err := network.Buffer(inputs, s.Batch)
	if err != nil {
		return nil, err
	}
	defer held.Finalize()
	if err := a.Check(held.Input()); err != nil {
		return nil, err
	}
	t.held = held
	if err := t.look(); err != nil {
		return nil, err
	}
	if err := t.fit(); err != nil {
		return nil, err
	}
	if err := t.measure(); err != nil {
		return nil, err
	}
	return t.attribution()
}

// attributed is a network whose equivariance error is being attributed.
type attributed struct {
	network      *network.Network
	action       action.Action
	coefficients []float64
	held         *network.Buffered
	s            AttributionSettings

	stages  []stage
	first   int         // number of the first sample that is measured
	pushed  [][]float64 // at each stage, the motion of the samples as seen by the probes: [N, probes]
	variety float64     // Var f
}

// stage is a place in the network at which activations move: the inputs, a layer, or the outputs.
type stage struct {
	name   string
	width  int
	motion Motion
	fits   bool       // the motion is to be fitted
	b      *mat.Dense // fitted motion
	left   string     // why the stage is left out; "" if it is not
}

// inputAction returns the action on the inputs, and the coefficients for it.
func (t *attributed) inputAction() (action.Action, []float64) {
	a := action.InputsOf(t.action)
	return a, t.coefficients[:a.Dim()]
}

// velocity returns A·x.
func (t *attributed) velocity(x *Node) *Node {
	a, c := t.inputAction()
	return along(a, c, x)
}

// nodesOf builds the network, and returns the activations of its layers, [batch, …], and the
// outputs, [batch, m].
func nodesOf(f func(x *Node) *Node, x *Node) (layers []function.Layer, y *Node) {
	before := len(function.NamedLayers(x.Graph()))
	y = function.Differentiable(f(x))
	layers = function.NamedLayers(x.Graph())[before:]
	for i, l := range layers {
		if in := l.H.Inputs(); l.H.Type() == NodeTypeReshape && len(in) == 1 && in[0].Shape().Equal(l.H.Shape()) {
			layers[i].H = in[0] // the network may go on from there
		}
	}
	return layers, y
}

// look finds the stages and their motions.
func (t *attributed) look() error {
	var found []stage
	p, err := t.network.NewProgram(t.s.Head, t.held, func(f func(x *Node) *Node, x *Node, _ []*Node) []*Node {
		layers, y := nodesOf(f, x)
		found = []stage{{name: "input"}}
		for _, l := range layers {
			found = append(found, t.stageOf(l, x))
		}
		output := stage{name: "output", width: y.Shape().Dim(1)}
		output.motion = t.outputMotion()
		found = append(found, output)
		return []*Node{y}
	})
	if err != nil {
		return err
	}
	defer p.Finalize()
	outputs, err := p.Run(t.held)
	if err != nil {
		return err
	}
	t.stages, t.variety = found, spreadOf(outputs[0], t.held.Len())
	for name := range t.s.Motions {
		if !slices.ContainsFunc(t.stages[1:], func(s stage) bool { return s.name == name }) {
			return fmt.Errorf("profile: Motions names %q, and the layers are %q", name, names(t.stages[1:]))
		}
	}
	return nil
}

func names(stages []stage) (all []string) {
	for _, s := range stages {
		all = append(all, s.name)
	}
	return all
}

// stageOf decides how a layer moves.
func (t *attributed) stageOf(l function.Layer, x *Node) stage {
	shape := l.H.Shape()
	s := stage{name: l.Name}
	if shape.Rank() == 0 || shape.Dim(0) != x.Shape().Dim(0) || !l.H.DType().IsFloat() {
		panic(fmt.Errorf("layer %q has the shape %s: a layer needs floats with the batch as the first axis", l.Name, shape))
	}
	s.width = shape.Size() / shape.Dim(0)
	if own, ok := t.s.Motions[l.Name]; ok {
		s.motion = own
		return s
	}
	a, c := t.inputAction()
	if image, ok := a.(action.Image); ok {
		if maps, ok := image.Features(x.Shape().Dimensions[1:], shape.Dimensions[1:]); ok {
			s.motion = Motion{"feature maps", func(h *Node) *Node { return along(maps, c, h) }}
			return s
		}
	}
	s.fits = t.s.Fitted
	return s
}

// outputMotion decides how the outputs move.
func (t *attributed) outputMotion() Motion {
	if own, ok := t.s.Motions["output"]; ok {
		return own
	}
	pair, ok := t.action.(action.Equivariance)
	if !ok {
		return Still()
	}
	return Motion{"as the action says", func(y *Node) *Node {
		if m := y.Shape().Dim(1); m != pair.Outputs() {
			panic(fmt.Errorf("the action moves %d outputs, the network has %d", pair.Outputs(), m))
		}
		c := ConvertDType(Const(y.Graph(), t.coefficients), y.DType())
		return Einsum("bok,k->bo", pair.OutputVelocities(y), c)
	}}
}

// fit finds the motions of layers that are to be fitted, on the first half of the samples.
func (t *attributed) fit() error {
	if !slices.ContainsFunc(t.stages, func(s stage) bool { return s.fits }) {
		return nil
	}
	n := t.held.Len()
	t.first = n / 2
	for i := range t.stages {
		if s := &t.stages[i]; s.fits && (t.first < 4*s.width || !fitted(1, s.width)) {
			s.fits, s.left = false, fmt.Sprintf("a matrix of %d activations is not fitted to %d samples", s.width, t.first)
		}
	}
	p, err := t.network.NewProgram(t.s.Head, t.held, func(f func(x *Node) *Node, x *Node, _ []*Node) (results []*Node) {
		layers, _ := nodesOf(f, x)
		var flat []*Node
		for i, l := range layers {
			if t.stages[i+1].fits {
				flat = append(flat, Reshape(l.H, x.Shape().Dim(0), -1))
			}
		}
		if len(flat) == 0 {
			return []*Node{x}
		}
		return append(flat, derivative.Push(x, []*Node{t.velocity(x)}, flat...)...)
	})
	if err != nil {
		return err
	}
	defer p.Finalize()
	values, err := p.Run(t.held)
	if err != nil {
		return err
	}
	at, count := 0, len(values)/2
	for i := range t.stages {
		s := &t.stages[i]
		if !s.fits {
			continue
		}
		s.b = linearMotion(values[at], values[count+at], t.first, s.width)
		if at++; s.b == nil {
			s.b = mat.NewDense(s.width, s.width, nil)
		}
		s.motion = By(s.b)
		s.motion.name = "by a matrix fitted"
	}
	return nil
}

// linearMotion fits velocities t ≈ B·h of the first n samples.
func linearMotion(h, t []float64, n, m int) *mat.Dense {
	activations, velocities := mat.NewDense(n, m, h[:n*m]), mat.NewDense(n, m, t[:n*m])
	moments := newSplitMoments(1, m, true)
	moments.second.SymOuterK(1, activations.T())
	moments.mixed.Mul(velocities.T(), activations)
	return moments.fit()
}

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
	products := Mul(ConvertDType(g, float64Type), ConvertDType(v, float64Type))
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
