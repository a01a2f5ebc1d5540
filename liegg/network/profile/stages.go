package profile

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/function"
)

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
