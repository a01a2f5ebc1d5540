package symmetrise_test

import (
	"errors"
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/symmetrise"
)

// uneven is a function of all numbers of an input without a symmetry, to m outputs.
func uneven(m int) func(x *Node) *Node {
	return func(x *Node) *Node {
		flat := Reshape(x, x.Shape().Dim(0), -1)
		var y []*Node
		for i := range m {
			weights := Sin(MulScalar(AddScalar(Iota(x.Graph(), flat.Shape(), 1), float64(i)), 1.7))
			y = append(y, Tanh(ReduceAndKeep(Mul(weights, flat), ReduceSum, -1)))
		}
		return Concatenate(y, -1)
	}
}

// The canonical network is symmetric whatever the network is: f̂(h·x) = ρ(h)f̂(x).
func TestCanonicalIsSymmetric(t *testing.T) {
	turned := func(a action.Action, algebra lie.Algebra, x *tensors.Tensor) (*tensors.Tensor, *mat.Dense) {
		h := lie.Exp(algebra.Generator(normal(5, 1, algebra.Dim())), 1)
		n, _ := h.Dims()
		mover := action.InputsOf(a).(action.Mover)
		moved := MustExecOnce(ok(network.Backend())(t), func(x, g *Node) *Node { return mover.Moved(x, g) }, x, tensors.FromFlatDataAndDimensions(h.RawMatrix().Data, n, n))
		return moved, h
	}
	tensor := rep.Direct(rep.Tensor(rep.Standard(3), rep.Standard(3)), rep.Invariants(3, 1), rep.Copies(rep.Standard(3), 2))
	for name, c := range map[string]struct {
		a       action.Action
		algebra lie.Algebra
		width   int
		outputs int
	}{
		"so(5), two vectors":      {action.Linear(5, 2), lie.SO(5), 10, 3},
		"so(2), a vector":         {action.Equivariant(action.Linear(2, 2), rep.Standard(2)), lie.SO(2), 4, 2},
		"so(3), a tensor and all": {action.Equivariant(action.Linear(3, 2), tensor), lie.SO(3), 6, 16},
		"so(3) and scaling found": {action.Linear(3, 2), lie.Sum(lie.SO(3), lie.Scaling(3)), 6, 1},
		"se(3), energy, forces":   {action.Equivariant(action.Affine(3, 4), rep.Direct(rep.Invariants(3, 1), rep.Copies(rep.Standard(3), 4))), lie.SE(3), 12, 13},
		"se(2), invariants":       {action.Equivariant(action.Affine(2, 3), rep.Invariants(2, 2)), lie.SE(2), 6, 2},
	} {
		t.Run(name, func(t *testing.T) {
			f := ok(symmetrise.FrameOf(c.a, c.algebra, 0))(t)
			x := rows(normal(3, 30, c.width), c.width)
			raw := network.Exact(uneven(c.outputs))
			n := ok(symmetrise.Canonical(raw, f, network.Tensor(x)))(t)
			group := action.InputsOf(c.a).(action.Poser).PoseAlgebra()
			moved, h := turned(c.a, group, x)
			got, want := predicted(t, n, moved), predicted(t, n, x)
			if pair, ok := c.a.(action.Equivariance); ok {
				var all mat.Dense
				all.Mul(mat.NewDense(30, c.outputs, want), pair.OutputMap(h).T())
				want = all.RawMatrix().Data
			}
			expect.Near(t, "f̂(h·x)", got, want, 1e-9)
			if off := floats.Distance(predicted(t, raw, moved), predicted(t, raw, x), 2); off < .1 {
				t.Errorf("the network itself moves by %g only", off)
			}
		})
	}
}

// A network that fits samples in canonical pose fits the samples: both turn alike.
func TestSamplesInCanonicalPose(t *testing.T) {
	a := action.Equivariant(action.Linear(3, 2), rep.Direct(rep.Standard(3), rep.Invariants(3, 1)))
	f := ok(symmetrise.FrameOf(a, lie.SO(3), 0))(t)
	x := rows(normal(4, 50, 6), 6)
	raw := network.Exact(uneven(4))
	n := ok(symmetrise.Canonical(raw, f, nil))(t)
	s := dataset.Samples{Name: "s", X: x, Y: ok(n.Predict(x))(t)}
	canonical := ok(f.Samples(s))(t)
	expect.Near(t, "targets", ok(dataset.Values(canonical.Y))(t), predicted(t, raw, canonical.X), 1e-9)
	expect.Near(t, "samples of samples", ok(dataset.Values(ok(f.Samples(canonical))(t).X))(t), ok(dataset.Values(canonical.X))(t), 1e-9)
	labels := dataset.Samples{Name: "s", X: x, Y: tensors.FromFlatDataAndDimensions(make([]int32, 50), 50, 1)}
	_, err := f.Samples(labels)
	expect.Error(t, err, "type Int32")
	invariant := ok(symmetrise.FrameOf(action.Linear(3, 2), lie.SO(3), 0))(t)
	if got := ok(invariant.Samples(labels))(t); got.Y != labels.Y {
		t.Error("labels are to stay")
	}
}

// Images that turn keep their answers, as far as pixels tell; what the canonical network has for a
// verdict is the rotation.
func TestCanonicalImages(t *testing.T) {
	const size = 16
	pixels := blobs(6, 60, size)
	a := action.ImageLinear(size, size, action.ChannelsLast(1))
	f := ok(symmetrise.FrameOf(a, lie.SO(2), 0))(t)
	x := tensors.FromFlatDataAndDimensions(pixels, 60, size, size)
	raw := network.Exact(func(x *Node) *Node { // a soft picture of the place of the mass
		weights := Iota(x.Graph(), x.Shape(), 2)
		return DivScalar(ReduceAndKeep(Reshape(Mul(x, weights), x.Shape().Dim(0), -1), ReduceSum, -1), 100)
	})
	n := ok(symmetrise.Canonical(raw, f, nil))(t)
	turn := tensors.FromFlatDataAndDimensions(lie.Exp(lie.UnitSpeed(lie.SO(2).Basis()[0]), 1).RawMatrix().Data, 2, 2)
	moved := MustExecOnce(ok(network.Backend())(t), func(x, g *Node) *Node { return a.Moved(x, g) }, x, turn)
	spread := func(n *network.Network) float64 {
		before, after := predicted(t, n, x), predicted(t, n, moved)
		all := make([]float64, len(before))
		floats.SubTo(all, before, after)
		return floats.Norm(all, 2) / math.Sqrt(60)
	}
	if before, after := spread(raw), spread(n); !(after < .1*before) {
		t.Errorf("answers change by %.3g, canonical ones by %.3g", before, after)
	}
	if share := ok(f.Unclear(network.Tensor(x)))(t); share > .1 {
		t.Errorf("%g of the images are unclear", share)
	}
}

// What asks a network asks a canonical one, too.
func TestCanonicalIsJudged(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	a := action.Linear(3, 2)
	x := rows(normal(7, 1500, 6), 6)
	n := ok(symmetrise.Canonical(network.Exact(uneven(1)), ok(symmetrise.FrameOf(a, lie.SO(3), 0))(t), network.Tensor(x)))(t)
	v := ok(network.Judge(n, a, network.Tensor(x), network.Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Name() != "so(3)" {
		t.Errorf("%v", v)
	}
	if r := ok(flow.Test(n, a, flow.Rotation(3, 0, 1), network.Tensor(x), flow.Settings{Quiet: true}))(t); r.Verdict != flow.Invariant {
		t.Errorf("%v", r)
	}
}

func TestFrameErrors(t *testing.T) {
	two := action.Linear(3, 2)
	frame := func(a action.Action, algebra lie.Algebra) error {
		_, err := symmetrise.FrameOf(a, algebra, 0)
		return err
	}
	stretched := mat.NewDense(3, 3, []float64{1, 0, 0, 0, 3, 0, 0, 0, 1})
	free := action.Covariant(two, action.Unknown(2))
	line := normal(1, 50, 3)
	var flat []float64
	for i := range 50 {
		v := line[3*i : 3*i+3]
		flat = append(append(flat, v...), 2*v[0], 2*v[1], 2*v[2])
	}
	for says, err := range map[string]error{
		"no method Pose":       frame(action.Polynomial(3, 2, 1), lie.Span("", action.Polynomial(3, 2, 1).Generator(make([]float64, 12)), action.Polynomial(3, 2, 1).Generator(append([]float64{1}, make([]float64, 11)...)))),
		"does not hold":        frame(two, ok(lie.SO(3).Conjugate(stretched))(t)),
		"shear":                frame(two, lie.Span("shear", flow.Shear(3, 0, 1).H)),
		"factors of their own": frame(free, lie.Span("pairs", free.Pair(lie.SO(3).Basis()[0], mat.NewDense(2, 2, nil)), free.Pair(lie.SO(3).Basis()[1], mat.NewDense(2, 2, nil)), free.Pair(lie.SO(3).Basis()[2], mat.NewDense(2, 2, nil)))),
		"output 1 moves":       frame(action.Equivariant(two, rep.SymmetricSquare(rep.Standard(3))), lie.SO(3)),
	} {
		if expect.Error(t, err, says); !errors.Is(err, symmetrise.ErrNoFrame) {
			t.Error(err)
		}
	}
	f := ok(symmetrise.FrameOf(two, lie.SO(3), 0))(t)
	_, unclear := symmetrise.Canonical(network.Exact(uneven(1)), f, network.Tensor(rows(flat, 6)))
	if !errors.Is(unclear, symmetrise.ErrUnclear) {
		t.Error(unclear)
	}
	few := ok(symmetrise.FrameOf(action.Equivariant(action.Linear(5, 2), rep.Standard(5)), lie.SO(5), 0))(t)
	_, err := ok(symmetrise.Canonical(network.Exact(uneven(5)), few, nil))(t).Predict(rows(normal(1, 5, 10), 10))
	expect.Error(t, err, "too few vectors")
	wide := ok(symmetrise.FrameOf(action.Equivariant(two, rep.Standard(3)), lie.SO(3), 0))(t)
	_, err = ok(symmetrise.Canonical(network.Exact(uneven(5)), wide, nil))(t).Predict(rows(normal(1, 5, 6), 6))
	expect.Error(t, err, "moves 3 outputs, the model has 5")
	_, err = f.Samples(dataset.Samples{X: rows(normal(1, 5, 4), 4), Y: rows(normal(1, 5, 1), 1)})
	expect.Error(t, err, "have 4 numbers")
	expect.Panic(t, "3×3", func() { _ = frame(two, lie.SO(4)) })
	expect.Panic(t, "must not be nil", func() { _, _ = symmetrise.Canonical(nil, f, nil) })
}
