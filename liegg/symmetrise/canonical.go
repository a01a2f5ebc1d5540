package symmetrise

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// Frame brings inputs to a canonical pose by reading from each how it lies (action.Poser), so that
// a function of the pose alone is symmetric:
//
//	f̂(x) = ρ(g(x)) f(g(x)⁻¹·x),   g(h·x) = h·g(x).
//
// One pass is enough, for a group of any size. But g jumps at inputs that are symmetric themselves,
// such as vectors on one line or a round image, and f̂ jumps with it; see Frame.Unclear. (Puny et
// al., "Frame Averaging for Invariant and Equivariant Network Design", ICLR 2022; Kaba et al.,
// "Equivariance with Learned Canonicalization Functions", ICML 2023.)
type Frame struct {
	action action.Action
	poser  action.Poser
	name   string
	parts  []part // of outputs; nil for invariance
}

// part are outputs that move by one power of g: 0 for an invariant, 1 for a vector, 2 for a tensor.
type part struct{ from, power int }

// Errors of frames.
var (
	// ErrNoFrame: no frame is known for an action, an algebra or a way in which outputs move.
	ErrNoFrame = errors.New("symmetrise: no frame is known here: average over the group instead, by Network")
	// ErrUnclear: too many inputs do not say how they lie.
	ErrUnclear = errors.New("symmetrise: too many inputs are so symmetric that they do not say how they lie, and the canonical network would jump there: average over the group instead, by Network")
)

// FrameOf returns the frame of an action for an algebra, such as one that network.Judge has found,
// known to angle in radians: of rotations of vectors, of rigid motions of points, and of rotations of
// images about their centre. The algebra must hold them, to three times the angle and .05 rad; the
// frame is of the exact ones. If outputs move, they must be invariants, vectors and products v ⊗ w
// of vectors in any order.
//
// It returns ErrNoFrame, with the reason, for other actions (use action.Linear, Affine, ImageLinear
// or ImageAffine, not restricted), algebras and outputs, and if there are too few vectors to turn
// outputs back. It panics if the algebra holds matrices of another size than the generators.
func FrameOf(a action.Action, algebra lie.Algebra, angle float64) (*Frame, error) {
	if a == nil {
		panic("symmetrise: FrameOf: the action a is nil")
	}
	if n := action.GeneratorSize(a); algebra.Size() != n || algebra.Dim() == 0 {
		panic(fmt.Sprintf("symmetrise: FrameOf: the algebra must hold %d×%d matrices, got %v", n, n, algebra))
	}
	poser, ok := action.InputsOf(a).(action.Poser)
	if !ok {
		return nil, fmt.Errorf("%w (%T has no method Pose)", ErrNoFrame, action.InputsOf(a))
	}
	f := &Frame{action: a, poser: poser, name: poser.PoseAlgebra().Name()}
	var moves []*mat.Dense
	for _, h := range algebra.Basis() {
		if block := inputBlock(a, h); mat.Norm(block, 2) > 0 {
			moves = append(moves, block)
		}
	}
	whole := lie.Span("", moves...)
	for _, h := range poser.PoseAlgebra().Basis() {
		if off := lie.AngleTo(h, whole); off > max(.05, 3*angle) {
			return nil, fmt.Errorf("%w (the pose of an input is known up to %s, which %s does not hold: a generator is %.2g rad from it)", ErrNoFrame, f.name, algebra.Name(), off)
		}
	}
	return f, f.takeOutputs()
}

// takeOutputs finds out how outputs move: by the map of a random rotation.
func (f *Frame) takeOutputs() error {
	pair, ok := f.action.(action.Equivariance)
	if !ok {
		return nil
	}
	if pair.Free() {
		return fmt.Errorf("%w (outputs move by factors of their own: declare how, by action.Equivariant)", ErrNoFrame)
	}
	random := rand.New(rand.NewPCG(1, 0))
	h := make([]float64, f.poser.PoseAlgebra().Dim())
	for i := range h {
		h[i] = random.NormFloat64()
	}
	g := lie.Exp(f.poser.PoseAlgebra().Generator(h), 1)
	out, linear := pair.OutputMap(g), f.linear(g)
	powers := []*mat.Dense{mat.NewDense(1, 1, []float64{1}), linear, new(mat.Dense)}
	powers[2].Kronecker(linear, linear)
	m, _ := out.Dims()
	moves := false
	for from := 0; from < m; {
		power := 2
		for ; power >= 0 && !isBlock(out, powers[power], from); power-- {
		}
		if power < 0 {
			return fmt.Errorf("%w (output %d moves neither as an invariant nor as part of a vector or a product of two)", ErrNoFrame, from+1)
		}
		moves = moves || power > 0
		f.parts = append(f.parts, part{from, power})
		from += powers[power].RawMatrix().Rows
	}
	if !moves {
		f.parts = nil
	}
	return nil
}

// linear is the linear part of a matrix of the group.
func (f *Frame) linear(g *mat.Dense) *mat.Dense {
	n := g.RawMatrix().Rows
	if action.IsHomogeneous(f.poser) {
		n--
	}
	return mat.DenseCopyOf(g.Slice(0, n, 0, n))
}

// isBlock reports whether out has the block at from, and nothing beside it.
func isBlock(out, block *mat.Dense, from int) bool {
	m, size := out.RawMatrix().Rows, block.RawMatrix().Rows
	if from+size > m {
		return false
	}
	want := mat.NewDense(size, m, nil)
	want.Slice(0, size, from, from+size).(*mat.Dense).Copy(block)
	return mat.EqualApprox(out.Slice(from, from+size, 0, m), want, 1e-9)
}

// Canonical returns f̂ as a network of its own: see Frame. It shares the variables of n, and its
// layers are the layers of n at the canonical pose. A network that was trained on inputs in all poses
// need not be good at the canonical one: train it on Frame.Samples. If the action sees its inputs
// through a window, so does f.
//
// data are inputs that it will be used on: if more than a tenth of them do not say how they lie,
// Canonical returns ErrUnclear. Without data (nil) nothing is asked. Canonical returns the errors of
// data, and an error for inputs that the action does not fit. It panics if n or f is nil.
func Canonical(n *network.Network, f *Frame, data network.Inputs) (*network.Network, error) {
	if n == nil || f == nil {
		panic("symmetrise: Canonical: the network and the frame must not be nil")
	}
	if data != nil {
		unclear, err := f.Unclear(data)
		if err != nil {
			return nil, err
		}
		if unclear > mostOutside {
			return nil, fmt.Errorf("%w (%.0f %% of the data)", ErrUnclear, 100*unclear)
		}
	}
	n = n.Through(f.action)
	return n.Repeated(1, func(scope *model.Scope, x *Node) *Node {
		g, inverse, _, whole := f.poser.Pose(x)
		return f.turned(n.Forward(scope, f.poser.MovedEach(x, inverse)), g, whole)
	}), nil
}

// turned is ρ(g)y.
func (f *Frame) turned(y, g *Node, whole bool) *Node {
	pair, ok := f.action.(action.Equivariance)
	if !ok {
		return y
	}
	batch := y.Shape().Dim(0)
	if m := y.Shape().Size() / batch; m != pair.Outputs() {
		panic(wrongOutputs(pair.Outputs(), m))
	}
	if f.parts == nil {
		return y
	}
	if !whole {
		panic(fmt.Errorf("%w (there are too few vectors to say how outputs turn)", ErrNoFrame))
	}
	n := g.Shape().Dim(1)
	if action.IsHomogeneous(f.poser) {
		n--
	}
	g = ConvertDType(Slice(g, AxisRange(), AxisRange(0, n), AxisRange(0, n)), y.DType())
	flat := Reshape(y, batch, -1)
	var parts []*Node
	for _, p := range f.parts {
		own := Slice(flat, AxisRange(), AxisRange(p.from, p.from+int(math.Pow(float64(n), float64(p.power)))))
		switch p.power {
		case 1:
			own = Einsum("bij,bj->bi", g, own)
		case 2:
			own = Einsum("bij,bjk->bik", g, Reshape(own, batch, n, n))
			own = Reshape(Einsum("bik,blk->bil", own, g), batch, n*n)
		}
		parts = append(parts, own)
	}
	return Reshape(Concatenate(parts, 1), y.Shape().Dimensions...)
}

// unclear is how clearly an input must say how it lies: one that says less would turn by about a
// radian if a hundredth of it changed.
const unclear = .01

// Unclear returns the share of inputs [N, input…] that do not say how they lie: see action.Poser.
func (f *Frame) Unclear(data network.Inputs) (share float64, err error) {
	clear, err := f.run(data, func(x *Node) *Node {
		_, _, clear, _ := f.poser.Pose(x)
		return ExpandAxes(clear, 1)
	})
	if err != nil {
		return 0, err
	}
	for _, c := range clear {
		if !(c >= unclear) {
			share += 1 / float64(len(clear))
		}
	}
	return share, nil
}

// run runs graph code on inputs.
func (f *Frame) run(data network.Inputs, code func(x *Node) *Node) ([]float64, error) {
	held, err := network.Buffer(data, 0)
	if err != nil {
		return nil, err
	}
	defer held.Finalize()
	if err := f.poser.Check(held.Input()); err != nil {
		return nil, err
	}
	p, err := network.Exact(code).NewProgram(network.Head{}, held, func(f func(*Node) *Node, x *Node, _ []*Node) []*Node {
		return []*Node{ConvertDType(f(x), dtypes.Float64)}
	})
	if err != nil {
		return nil, err
	}
	defer p.Finalize()
	results, err := p.Run(held)
	if err != nil {
		return nil, err
	}
	return results[0], nil
}

// Samples returns samples in canonical pose, (g(x)⁻¹·x, ρ(g(x))⁻¹·y), to train on. Their shapes and
// types stay; labels stay, too. It returns errors for inputs and targets that do not fit.
func (f *Frame) Samples(s dataset.Samples) (canonical dataset.Samples, err error) {
	canonical = dataset.Samples{Name: s.Name + ", canonical", Y: s.Y}
	values, err := f.run(network.Tensor(s.X), func(x *Node) *Node {
		_, inverse, _, _ := f.poser.Pose(x)
		return f.poser.MovedEach(x, inverse)
	})
	if err != nil {
		return canonical, err
	}
	canonical.X = like(s.X, values)
	if f.parts == nil {
		return canonical, nil
	}
	outputs := f.action.(action.Equivariance).Outputs()
	if shape := s.Y.Shape(); !shape.DType.IsFloat() || shape.Size() != s.Len()*outputs {
		return canonical, fmt.Errorf("symmetrise: the action moves %d outputs, targets have %d numbers of type %s: choose a representation that fits the targets", outputs, shape.Size()/s.Len(), shape.DType)
	}
	inverses, err := f.run(network.Tensor(s.X), func(x *Node) *Node {
		_, inverse, _, whole := f.poser.Pose(x)
		if !whole {
			panic(fmt.Errorf("%w (there are too few vectors to say how outputs turn)", ErrNoFrame))
		}
		return Reshape(inverse, x.Shape().Dim(0), -1)
	})
	if err != nil {
		return canonical, err
	}
	targets, err := dataset.Values(s.Y)
	if err != nil {
		return canonical, err
	}
	pair := f.action.(action.Equivariance)
	size := action.GeneratorSize(f.poser)
	for i := range s.Len() {
		own := targets[i*outputs : (i+1)*outputs]
		var turned mat.VecDense
		turned.MulVec(pair.OutputMap(mat.NewDense(size, size, inverses[i*size*size:(i+1)*size*size])), mat.NewVecDense(outputs, append([]float64{}, own...)))
		copy(own, turned.RawVector().Data)
	}
	canonical.Y = like(s.Y, targets)
	return canonical, nil
}

// like holds values in the shape and type of a tensor.
func like(t *tensors.Tensor, values []float64) *tensors.Tensor {
	if t.DType() == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(values, t.Shape().Dimensions...)
	}
	narrow := make([]float32, len(values))
	for i, v := range values {
		narrow[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(narrow, t.Shape().Dimensions...)
}

// String says what is read from inputs, and how outputs are turned.
func (f *Frame) String() string {
	text := fmt.Sprintf("canonical pose up to %s of %v", f.name, f.poser)
	if f.parts == nil {
		return text + ", invariant outputs"
	}
	counts := [3]int{}
	for _, p := range f.parts {
		counts[p.power]++
	}
	return fmt.Sprintf("%s, outputs: %d invariants, %d vectors, %d tensors", text, counts[0], counts[1], counts[2])
}
