package action_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

// bodies are two positions, a mass, two velocities and an axis in one input of 16 numbers,
// moved by one affine map; the mass stays.
func bodies() action.Blocks {
	return action.Partial(16, action.Place{
		Action: action.Affine(3, 2).WithDirections(3), Shape: []int{15},
		Spans: []action.Span{{From: 10, To: 16}, {From: 0, To: 6}, {From: 7, To: 10}},
	})
}

func TestPartialAgreesWithItsGroup(t *testing.T) {
	x := normals(41, 20, 16)
	tensors.MustMutableFlatData(x, func(v []float64) { // positions far away, and velocities of another size
		for input := range slices.Chunk(v, 16) {
			for k := range 6 {
				input[k] *= 1000
				input[10+k] += 50
			}
		}
	})
	bodies := bodies()
	whitened, err := action.Whiten(bodies, x)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []action.Action{
		bodies, whitened, action.Affine(3, 2).WithDirections(1), action.Linear(3, 2).WithDirections(1),
		action.Product(action.Still(2), action.Part{Action: action.Linear(3, 4), Shape: []int{4, 3}}, action.Still(2)),
		action.Restricted(bodies, lie.SE(3)),
	} {
		x := x
		if a.Check([]int{16}) != nil {
			x = normals(42, 20, 9)
		}
		if err := action.Agrees(backend(), a, x, nil); err != nil {
			t.Errorf("%v: %v", a, err)
		}
	}
}

// movedBodies is the definition of the action of bodies, on one input.
func movedBodies(g *mat.Dense, x []float64) []float64 {
	y := slices.Clone(x)
	for _, at := range []int{0, 3, 7, 10, 13} {
		for i := range 3 {
			y[at+i] = 0
			for j := range 3 {
				y[at+i] += g.At(i, j) * x[at+j]
			}
			if at >= 10 {
				y[at+i] += g.At(i, 3)
			}
		}
	}
	return y
}

func TestPartialMoves(t *testing.T) {
	x, g := normals(43, 5, 16), mat.NewDense(4, 4, []float64{1, 2, 3, 4, 0, 1, 5, 6, 7, 8, 9, 1, 0, 0, 0, 1})
	a := bodies()
	if w, err := action.Whiten(a, x); err != nil {
		t.Fatal(err)
	} else if got := action.Moves(action.Restricted(w, lie.SE(3))); slices.Index(got, false) != 6 || slices.Contains(got[7:], false) {
		t.Errorf("what moves is %v, want all but number 6", got)
	}
	got := MustExecOnce(backend(), func(x, g *Node) *Node { return a.(action.Mover).Moved(x, g) }, x, tensors.FromFlatDataAndDimensions(g.RawMatrix().Data, 4, 4))
	var want []float64
	for input := range slices.Chunk(tensors.MustCopyFlatData[float64](x), 16) {
		want = append(want, movedBodies(g, input)...)
	}
	expect.Near(t, "moved inputs", tensors.MustCopyFlatData[float64](got), want, 1e-12)
	if action.Moves(action.Linear(3, 2)) != nil || action.Moves(positionsAndMasses()) != nil {
		t.Error("actions on all numbers say that some stay")
	}
}

// angular is a function of distances, velocities and the mass with the symmetries se(3), if
// all that has a direction turns.
func angular(x *Node) *Node {
	part := func(from, to int) *Node { return Slice(x, AxisRange(), AxisRange(from, to)) }
	apart := Sub(part(10, 13), part(13, 16))
	along := ReduceSum(Mul(apart, MulScalar(part(0, 3), .001)), 1)
	axis := ReduceSum(Mul(part(7, 10), apart), 1)
	mass := Reshape(part(6, 7), -1)
	return Add(Mul(Square(along), Exp(mass)), Mul(Square(axis), Sin(mass)))
}

// One affine map of all that has a direction finds se(3); without the velocities, or as if
// they were points, it does not.
func TestWhatMovesTogether(t *testing.T) {
	random := rand.New(rand.NewPCG(44, 0))
	values := make([]float64, 4000*16)
	for i := range values {
		values[i] = random.NormFloat64()
		if i%16 < 6 {
			values[i] *= 1000 // velocities in other units
		}
	}
	x := tensors.FromFlatDataAndDimensions(values, 4000, 16)
	v := judge(t, bodies(), angular, x)
	if v.Answer != liegg.Symmetric || v.Name() != "se(3)" && v.Dim != 6 {
		t.Errorf("together:\n%v", v)
	}
	span := func(spans ...action.Span) []action.Span { return spans }
	for name, a := range map[string]action.Action{
		"without velocities": action.Partial(16, action.Place{Action: action.Affine(3, 2).WithDirections(1), Shape: []int{9}, Spans: span(action.Span{From: 10, To: 16}, action.Span{From: 7, To: 10})}),
		"all points":         action.Partial(16, action.Place{Action: action.Affine(3, 5), Shape: []int{15}, Spans: span(action.Span{From: 0, To: 6}, action.Span{From: 7, To: 16})}),
	} {
		if v := judge(t, a, angular, x); v.Dim == 6 {
			t.Errorf("%s:\n%v", name, v)
		}
	}
}

// Numbers that stay count neither in norms nor in an answer.
func TestWhatStaysDoesNotCount(t *testing.T) {
	x := normals(45, 3000, 4)
	steep := func(x *Node) *Node { // in a number that stays
		r := ReduceSum(Square(Slice(x, AxisRange(), AxisRange(0, 3))), 1)
		first := Sin(Reshape(Slice(x, AxisRange(), AxisElem(0)), -1))
		return Add(MulScalar(Reshape(Slice(x, AxisRange(), AxisElem(3)), -1), 1e4), Add(r, MulScalar(first, .1)))
	}
	a := action.Product(action.Part{Action: action.Linear(3, 1), Shape: []int{3}}, action.Still(1))
	alone := judge(t, action.Linear(3, 1), func(x *Node) *Node {
		return steep(Concatenate([]*Node{x, ZerosLike(Slice(x, AxisRange(), AxisRange(0, 1)))}, 1))
	}, points(t, x))
	v := judge(t, a, steep, x)
	if v.Dim != 1 || alone.Dim != 1 {
		t.Fatalf("got\n%v\nand without the number that stays\n%v", v, alone)
	}
	for i, e := range alone.Defects {
		if d := v.Defects[i].Value; d < .999*e.Value-1e-12 || d > 1.001*e.Value+1e-12 {
			t.Errorf("generator %d: ρ = %g, and %g without the number that stays", i, d, e.Value)
		}
	}
	for _, norm := range []func(a action.Action, v *Node) *Node{action.Norm, action.DualNorm} {
		for _, a := range []action.Action{a, action.Together(a, a), action.Restricted(a, lie.SO(3))} {
			got := MustExecOnce(backend(), func(x *Node) *Node { return norm(a, x) }, [][]float64{{1, 2, 3, 1000}})
			expect.Near(t, "a norm of what moves", tensors.MustCopyFlatData[float64](got), []float64{14}, 1e-12)
		}
	}
}

// points are the first three of four numbers of each sample.
func points(t *testing.T, x *tensors.Tensor) *tensors.Tensor {
	values := expect.OK(dataset.Values(x))(t)
	var some []float64
	for input := range slices.Chunk(values, 4) {
		some = append(some, input[:3]...)
	}
	return tensors.FromFlatDataAndDimensions(some, len(some)/3, 3)
}

func TestPartialRefuses(t *testing.T) {
	linear := action.Linear(3, 1)
	span := func(from, to int) []action.Span { return []action.Span{{From: from, To: to}} }
	expect.Panic(t, "no places", func() { action.Partial(3) })
	expect.Panic(t, "no action", func() { action.Partial(3, action.Place{Shape: []int{3}, Spans: span(0, 3)}) })
	expect.Panic(t, "not within 2 numbers", func() { action.Partial(2, action.Place{Action: linear, Shape: []int{3}, Spans: span(0, 3)}) })
	expect.Panic(t, "overlaps", func() {
		action.Partial(4, action.Place{Action: linear, Shape: []int{3}, Spans: span(0, 3)}, action.Place{Action: linear, Shape: []int{3}, Spans: span(1, 4)})
	})
	expect.Panic(t, "but the shape [4]", func() { action.Partial(4, action.Place{Action: linear, Shape: []int{4}, Spans: span(0, 3)}) })
	expect.Panic(t, "does not fit its shape", func() { action.Partial(4, action.Place{Action: linear, Shape: []int{4}, Spans: span(0, 4)}) })
	expect.Panic(t, "all are Still", func() { action.Product(action.Still(3)) })
	expect.Panic(t, "sizes", func() { action.Still(0) })
	expect.Panic(t, "d must", func() { action.Affine(3, 1).WithDirections(-1) })
	if err := bodies().Check([]int{17}); err == nil {
		t.Error("an input of another size fits")
	}
}
