package flow_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// disturbed is a span whose generators are off by about the given share.
func disturbed(generators []*mat.Dense, by float64) lie.Algebra {
	rng := rand.New(rand.NewPCG(9, 0))
	off := make([]*mat.Dense, len(generators))
	for i, h := range generators {
		n, _ := h.Dims()
		noise := mat.NewDense(n, n, nil)
		noise.Apply(func(row, _ int, _ float64) float64 {
			if row == n-1 && mat.Norm(h.RowView(row), 2) == 0 {
				return 0 // keeps affine generators affine
			}
			return by * mat.Norm(h, 2) / float64(n) * rng.NormFloat64()
		}, noise)
		noise.Add(noise, h)
		off[i] = noise
	}
	return lie.Span("disturbed", off...)
}

// A disturbed algebra comes back to the exact one, several generators at once, and
// is closed again.
func TestRefineFindsExactAlgebras(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, c := range []groundtruth.Case{groundtruth.SL2(), groundtruth.ConjugateSO3(), groundtruth.SE3(), groundtruth.Broken(.1)} {
		t.Run(c.Name, func(t *testing.T) {
			truth := lie.Span("truth", c.Algebra...)
			start := disturbed(truth.Basis(), .05)
			r := ok(flow.Refine(inGo(c.Graph), c.Action(), start, drawn(c, 400),
				flow.Settings{Points: 2, Fit: flow.Fit{Reach: .5}}))(t)
			before, after := lie.LargestAngle(start, truth), lie.LargestAngle(r.After, truth)
			if before < .01 || after > 1e-4 || !r.Converged {
				t.Errorf("largest angle to the truth %.2g → %.2g\n%v", before, after, r)
			}
			if r.DeltaAfter.Upper > 1e-6 || r.DeltaBefore.Value < 10*r.DeltaAfter.Value {
				t.Errorf("held-out Δ %v → %v", r.DeltaBefore, r.DeltaAfter)
			}
			if r.ClosureAfter > 1e-3 || math.Abs(r.Angle-before) > .2*before {
				t.Errorf("closure %g, turned by %g: %v", r.ClosureAfter, r.Angle, r)
			}
		})
	}
}

// An exact algebra remains unchanged, and an algebra of all candidates has nothing to fit.
func TestRefineKeepsWhatIsExact(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	c := groundtruth.SL2()
	truth := lie.Span("truth", c.Algebra...)
	for _, start := range []lie.Algebra{truth, lie.GL(2)} {
		r := ok(flow.Refine(inGo(c.Graph), c.Action(), start, drawn(c, 200), flow.Settings{Points: 2}))(t)
		if r.Angle > 1e-6 || !r.Converged {
			t.Errorf("%s: %v", start.Name(), r)
		}
	}
}

func TestRefineDependentStart(t *testing.T) {
	flat := tensors.FromFlatDataAndDimensions([]float64{1, 0, 2, 0, -1, 0, 3, 0, .5, 0, 1, 0}, 6, 2)
	n := inGo(func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) })
	_, err := flow.Refine(n, action.Linear(2, 1), lie.GL(2), network.Tensor(flat), flow.Settings{})
	if err == nil || !strings.Contains(err.Error(), "does not move these inputs") {
		t.Errorf("the second axis is always zero: %v", err)
	}
}

// A trained network: held-out flows of the refined span change it no more than flows of its nullspace,
// and the refined span is closer to the algebra of the data.
func TestRefineTrainedNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	c := groundtruth.SL2()
	samples := c.Samples(rand.New(rand.NewPCG(1, 0)), 10_000)
	n := ok(training.Train(network.MLP{Hidden: []int{64, 64}, Outputs: 1, Bias: true},
		training.Settings{Steps: 2000, LearningRate: 1e-2, Cosine: true, Quiet: true}, samples.Batches(250, 0), nil))(t)
	fresh := c.Samples(rand.New(rand.NewPCG(2, 0)), 4000).X
	spectrum := ok(network.Analyze(n, c.Action(), network.Tensor(fresh), network.Settings{}))(t)
	start := spectrum.Algebra(3)
	r := ok(flow.Refine(n, c.Action(), start, network.Tensor(fresh), flow.Settings{Points: 4}))(t)
	truth := lie.Span("truth", c.Algebra...)
	if r.Gain.Lower > 1 {
		t.Errorf("held-out Δ rose: %v", r)
	}
	before, after := degrees(lie.LargestAngle(start, truth)), degrees(lie.LargestAngle(r.After, truth))
	t.Logf("largest angle to sl(2) %.2g° → %.2g°\n%v", before, after, r)
	if after > min(.6, before) || r.ClosureAfter > r.ClosureBefore {
		t.Errorf("the refined span is %.2g° off sl(2), it was %.2g°\n%v", after, before, r)
	}
	if !r.Better() && !strings.Contains(r.String(), "no better than the start") {
		t.Errorf("a fit without a certain gain does not say so: %v", r)
	}
	if !strings.Contains(r.String(), "brackets leave the span") || slices.ContainsFunc(r.Curves, func(c *flow.Curve) bool { return c.Holds <= 0 }) {
		t.Errorf("closure or reach are not reported: %v", r)
	}
}

func degrees(radians float64) float64 { return radians * 180 / math.Pi }

// rings is an exactly rotation-invariant function of images: tanh of the sums of
// the grey values, weighted by three smooth functions of the radius.
func rings(size int) func(x *Node) *Node {
	plane := dataset.Plane{Height: size, Width: size}
	weights := make([]float64, size*size*3)
	for i := range size * size {
		x, y := plane.Point(float64(i/size), float64(i%size))
		for k := range 3 {
			weights[3*i+k] = math.Exp(-8*math.Pow(math.Hypot(x, y)-.25*float64(k), 2)) * 4 / float64(size)
		}
	}
	return func(x *Node) *Node {
		batch := x.Shape().Dim(0)
		w := ConvertDType(Const(x.Graph(), tensors.FromFlatDataAndDimensions(weights, size*size, 3)), x.DType())
		return Tanh(MatMul(Reshape(x, batch, size*size), w))
	}
}

// blots are images of three smooth blots each, well inside the frame.
func blots(n, size int) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(8, 0))
	plane := dataset.Plane{Height: size, Width: size}
	values := make([]float32, n*size*size)
	for image := range n {
		for range 3 {
			cx, cy, height := .8*rng.Float64()-.4, .8*rng.Float64()-.4, rng.NormFloat64()
			for i := range size * size {
				x, y := plane.Point(float64(i/size), float64(i%size))
				values[image*size*size+i] += float32(height * math.Exp(-((x-cx)*(x-cx)+(y-cy)*(y-cy))/(2*.15*.15)))
			}
		}
	}
	return tensors.FromFlatDataAndDimensions(values, n, size, size)
}

func TestImagesTurn(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const size = 20
	n, x := inGo(rings(size)), blots(400, size)
	c := ok(flow.Compare(n, action.ImageAffine(size, size), []flow.Hypothesis{
		flow.Rotation(2, 0, 1), flow.Shear(2, 0, 1), flow.Scaling(2), flow.Translation(2, 0), flow.Boost(2, 0, 1),
	}, network.Tensor(x), flow.Settings{Points: 6}))(t)
	t.Log(c)
	turn := c.Results[0]
	if turn.Verdict != flow.Invariant || turn.Curve.Holds != math.Pi || turn.Curve.Delta[3] > 1e-4 {
		t.Errorf("a radial function is not found invariant under rotations: %v", turn)
	}
	for i, r := range c.Results[1:] {
		if !c.Apart(i + 1) {
			t.Errorf("the flow does not distinguish a rotation from this: %v", r)
		}
	}
}

// The search over gl(2) does not know that the answer is a rotation.
func TestRefineImagesToARotation(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const size = 20
	start := lie.Span("start", mat.NewDense(2, 2, []float64{.04, -1.1, .9, -.02}))
	r := ok(flow.Refine(inGo(rings(size)), action.ImageLinear(size, size), start, network.Tensor(blots(800, size)), flow.Settings{Points: 4}))(t)
	before, after := degrees(lie.AngleTo(start.Basis()[0], lie.SO(2))), degrees(lie.AngleTo(r.After.Basis()[0], lie.SO(2)))
	t.Logf("%.2f° → %.3f°\n%v", before, after, r)
	if before < 5 || after > .1 {
		t.Errorf("the refined generator is %.3f° off a rotation, it began at %.2f°\n%v", after, before, r)
	}
	if r.Curves[0].Holds != math.Pi {
		t.Errorf("a rotation holds all the way: %v", r)
	}
}

// Halves of an odd number of samples are run by the programs of an even number: no more graphs are built.
func TestRefineHalvesShareAProgram(t *testing.T) {
	graphs := func(samples int) (first, second int) {
		built := 0
		n := inGo(func(x *Node) *Node {
			built++
			return Concatenate([]*Node{ReduceAndKeep(Square(x), ReduceSum, -1), Sin(ReduceAndKeep(Square(x), ReduceSum, -1))}, -1)
		})
		x := tensors.FromFlatDataAndDimensions(normals(samples*2), samples, 2)
		start := lie.Span("start", mat.NewDense(2, 2, []float64{.1, -1, 1, 0}))
		for range 2 {
			first, second = second, -built
			ok(flow.Refine(n, action.Linear(2, 1), start, network.Tensor(x), flow.Settings{Points: 2, Quiet: true}))(t)
			second += built
		}
		return first, second
	}
	first, second := graphs(200)
	if odd, again := graphs(201); odd != first || again != second {
		t.Errorf("%d graphs, then %d, are built for 201 samples, and %d, then %d, for 200", odd, again, first, second)
	}
}

func normals(n int) []float64 {
	random, v := rand.New(rand.NewPCG(3, 0)), make([]float64, n)
	for i := range v {
		v[i] = random.NormFloat64()
	}
	return v
}
