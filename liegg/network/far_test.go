package network

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
)

// cloud draws 3000 inputs of points of R² about a centre, with the given spread.
func cloud(dtype dtypes.DType, points int, centre [2]float64, spread float64) *tensors.Tensor {
	const samples = 3000
	random := rand.New(rand.NewPCG(14, 1))
	x := make([]float64, samples*points*2)
	for i := range x {
		x[i] = centre[i%2] + spread*random.NormFloat64()
	}
	if dtype == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(x, samples, 2*points)
	}
	narrow := make([]float32, len(x))
	for i, v := range x {
		narrow[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(narrow, samples, 2*points)
}

// about is f of points measured from a centre in units of a spread, [batch, points, 2].
func about(centre [2]float64, spread float64, f func(points *Node) *Node) *Network {
	return Exact(func(x *Node) *Node {
		points := Reshape(x, x.Shape().Dim(0), -1, 2)
		c := ConvertDType(Const(x.Graph(), [][][]float64{{centre[:]}}), x.DType())
		return f(MulScalar(Sub(points, c), 1/spread))
	})
}

func squares(points *Node) *Node { return ReduceSum(Square(points), -1, -2) }

func squareDistance(points *Node, i, j int) *Node {
	point := func(i int) *Node { return Slice(points, AxisRange(), AxisElem(i)) }
	return ReduceSum(Square(Sub(point(i), point(j))), -1, -2)
}

func skewProduct(points *Node) *Node {
	x, y := Slice(points, AxisRange(), AxisRange(), AxisElem(0)), Slice(points, AxisRange(), AxisRange(), AxisElem(1))
	return ReduceAndKeep(Mul(Tanh(x), AddScalar(Square(y), .3)), ReduceSum, 1)
}

// The verdict on a function does not depend on where the origin of its coordinates is.
func TestJudgeFarFromTheOrigin(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	se2 := lie.Sum(lie.SE(2), lie.Affine(2))
	for _, c := range []struct {
		what   string
		points int
		f      func(points *Node) *Node
		action action.Action
		dim    int
		name   string
		fixed  bool
	}{
		{"a bell", 1, func(p *Node) *Node { return Exp(Neg(squares(p))) }, action.Affine(2, 1), 1, "so(2)", true},
		{"a bell, by fields", 1, func(p *Node) *Node { return Exp(Neg(squares(p))) }, action.Polynomial(2, 1, 1), 1, "so(2)", true},
		{"distances", 3, func(p *Node) *Node {
			return Add(Mul(squareDistance(p, 0, 1), squareDistance(p, 1, 2)), Sin(squareDistance(p, 0, 2)))
		}, action.Affine(2, 3), 3, "se(2)", false},
		{"distances, restricted", 3, func(p *Node) *Node {
			return Add(Mul(squareDistance(p, 0, 1), squareDistance(p, 1, 2)), Sin(squareDistance(p, 0, 2)))
		}, action.Restricted(action.Affine(2, 3), lie.SpanAffine("some", se2.Basis()[:4]...)), 3, "se(2)", false},
		{"distances, in a product", 3, func(p *Node) *Node {
			return Add(Mul(squareDistance(p, 0, 1), squareDistance(p, 1, 2)), Sin(squareDistance(p, 0, 2)))
		}, action.Product(action.Part{Action: action.Affine(2, 3), Shape: []int{6}}), 3, "se(2)", false},
		{"no symmetry", 2, skewProduct, action.Affine(2, 2), 0, "{0}", false},
		{"a vector", 1, func(p *Node) *Node { return Reshape(Mul(p, Exp(Neg(ExpandAxes(squares(p), 1, 2)))), -1, 2) },
			action.Equivariant(action.Affine(2, 1), rep.Standard(2)), 1, "so(2)", true},
	} {
		near := ok(Judge(about([2]float64{}, 1, c.f), c.action, Tensor(cloud(dtypes.Float64, c.points, [2]float64{}, 1)), Settings{}))(t)
		for _, at := range []struct {
			centre [2]float64
			spread float64
			dtype  dtypes.DType
		}{
			{[2]float64{465000, 5249000}, 30, dtypes.Float64},
			{[2]float64{-1e8, 3e7}, .01, dtypes.Float64},
			{[2]float64{4096, -4096}, 1, dtypes.Float32},
		} {
			t.Run(fmt.Sprintf("%s at %g ± %g %s", c.what, at.centre, at.spread, at.dtype), func(t *testing.T) {
				v := ok(Judge(about(at.centre, at.spread, c.f), c.action, Tensor(cloud(at.dtype, c.points, at.centre, at.spread)), Settings{}))(t)
				if v.Dim != c.dim || v.Name() != c.name || v.Subspace != near.Subspace {
					t.Fatalf("want %d generators, %s, and %v; got\n%v", c.dim, c.name, near.Subspace, v)
				}
				expect.Near(t, "the next ρ", []float64{v.Defects[c.dim].Value}, []float64{near.Defects[c.dim].Value}, .02)
				if c.fixed {
					expectPoint(t, v.FixedPoint, at.centre, .02*at.spread)
				}
				for _, h := range v.Algebra.Basis() {
					expectStill(t, h, at.centre, .02*at.spread, v.FixedPoint != nil)
				}
			})
		}
	}
}

func expectPoint(t *testing.T, got []float64, want [2]float64, tolerance float64) {
	t.Helper()
	if len(got) != 2 || !(math.Hypot(got[0]-want[0], got[1]-want[1]) < tolerance) {
		t.Errorf("the fixed point is %v, want %v to %g", got, want, tolerance)
	}
}

// expectStill holds that a generator with a fixed point leaves the centre in place, to
// within a distance.
func expectStill(t *testing.T, h *mat.Dense, centre [2]float64, distance float64, fixed bool) {
	t.Helper()
	if !fixed {
		return
	}
	var moved mat.VecDense
	moved.MulVec(h, mat.NewVecDense(3, []float64{centre[0], centre[1], 1}))
	turn := mat.Norm(h.Slice(0, 2, 0, 2), 2)
	if speed := mat.Norm(&moved, 2); !(speed <= turn*distance) {
		t.Errorf("the centre moves at %g where the linear part is %g", speed, turn)
	}
}

// Far from the origin, all rotations about the origin look the same, so networks are compared about
// their data.
func TestAgreeFarFromTheOrigin(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	centre := [2]float64{465000, 5249000}
	inputs := cloud(dtypes.Float64, 1, centre, 30)
	bell := func(c [2]float64) *liegg.Verdict {
		f := about(c, 30, func(p *Node) *Node { return Exp(Neg(squares(p))) })
		return ok(Judge(f, action.Affine(2, 1), Tensor(inputs), Settings{}))(t)
	}
	here, there := bell(centre), bell([2]float64{centre[0] + 60, centre[1]})
	if a := liegg.Agree(here, here); !a.Agree {
		t.Errorf("one rotation does not agree with itself: %v", a)
	}
	if a := liegg.Agree(here, there); a.Agree || here.Dim != 1 || there.Dim != 1 {
		t.Errorf("rotations about points two standard deviations apart agree: %v", a)
	}
}

// Images with content in a corner: the fixed point of the rotation is reported, and the field is
// written about it.
func TestFixedPointOfImages(t *testing.T) {
	const samples, size = 600, 32
	plane := dataset.Plane{Height: size, Width: size}
	x0, y0 := plane.Point(22, 8) // row, column
	x := make([]float32, 0, samples*size*size)
	random := rand.New(rand.NewPCG(16, 0))
	for range samples {
		px, py, qx, qy := random.NormFloat64(), random.NormFloat64(), random.NormFloat64(), random.NormFloat64()
		for pixel := range size * size {
			u, v := plane.Point(float64(pixel/size), float64(pixel%size))
			u, v = 8*(u-x0), 8*(v-y0)
			x = append(x, float32(math.Exp(-(u-px)*(u-px)-(v-py)*(v-py))+.5*math.Exp(-(u-qx)*(u-qx)-(v-qy)*(v-qy))))
		}
	}
	rings := make([]float32, 2*size*size)
	for pixel := range size * size {
		u, v := plane.Point(float64(pixel/size), float64(pixel%size))
		r2 := 64 * ((u-x0)*(u-x0) + (v-y0)*(v-y0))
		rings[pixel], rings[size*size+pixel] = float32(math.Exp(-r2/2)), float32(r2*math.Exp(-r2/2))
	}
	f := Exact(func(x *Node) *Node {
		return Sin(Einsum("bp,rp->br", Reshape(x, x.Shape().Dim(0), -1), Const(x.Graph(), tensors.FromFlatDataAndDimensions(rings, 2, size*size))))
	})
	v := ok(Judge(f, action.ImageAffine(size, size), Tensor(tensors.FromFlatDataAndDimensions(x, samples, size, size)), Settings{}))(t)
	if v.Name() != "so(2)" {
		t.Fatal(v)
	}
	expectPoint(t, v.FixedPoint, [2]float64{x0, y0}, .02)
	if words := "x measured from (−0.46"; !strings.Contains(v.String(), words) || !strings.Contains(v.String(), "basis: x₁∂₂ − x₂∂₁\n") {
		t.Errorf("want a rotation with %s…:\n%v", words, v)
	}
}

// ellipse returns a bell about the origin, with different units for each coordinate, and data drawn in
// these units.
func ellipse(units [2]float64) (bell func(x *Node) *Node, drawn *tensors.Tensor) {
	x := tensors.MustCopyFlatData[float64](cloud(dtypes.Float64, 1, [2]float64{}, 1))
	for i := range x {
		x[i] *= units[i%2]
	}
	return func(x *Node) *Node {
		z := Mul(x, Const(x.Graph(), [][]float64{{1 / units[0], 1 / units[1]}}))
		return Exp(MulScalar(ReduceSum(Square(z), -1), -.3))
	}, tensors.FromFlatDataAndDimensions(x, len(x)/2, 2)
}

// The units of single coordinates create no symmetries, for any candidates.
func TestJudgeInMixedUnits(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, units := range [][2]float64{{30, 1}, {1, 1000}} {
		bell, x := ellipse(units)
		vector := func(x *Node) *Node { return Mul(x, ExpandAxes(bell(x), -1)) }
		for name, c := range map[string]struct {
			f      func(x *Node) *Node
			action action.Action
		}{
			"affine": {bell, action.Affine(2, 1)}, "fields": {bell, action.Polynomial(2, 1, 1)},
			"equivariant": {vector, action.Covariant(action.Affine(2, 1), action.Unknown(2))},
		} {
			if v := ok(Judge(Exact(c.f), c.action, Tensor(x), Settings{}))(t); v.Dim != 1 || v.Answer != liegg.Symmetric {
				t.Errorf("%s in units %v: want 1 generator, got\n%v", name, units, v)
			}
		}
	}
}

// Far from the origin a bell has no linear symmetry, for any direction of the offset.
func TestLinearFarFromTheOrigin(t *testing.T) {
	for _, centre := range [][2]float64{{100, 50}, {1e4, 0}, {1e4, -30}} {
		f := about(centre, 1, func(p *Node) *Node { return Exp(Neg(squares(p))) })
		v := ok(Judge(f, action.Linear(2, 1), Tensor(cloud(dtypes.Float64, 1, centre, 1)), Settings{}))(t)
		if v.Answer != liegg.None {
			t.Errorf("about %v: %v", centre, v)
		}
	}
}

// Far from the origin, f seems not to respond to linear maps: no verdict on them is firm.
func TestLinearVeryFarFromTheOrigin(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	square := Exact(func(x *Node) *Node { return ReduceSum(Square(x), -1) })
	for _, away := range [][]float64{{1e5, 1e5, 1e5}, {1e6, 1e6, 1e6}, {1e6, 0, 0}, {1e9, 1e9, 1e9}, {1e9, 0, 0}} {
		x := gaussian(3, 3000, ones(3)...)
		tensors.MustMutableFlatData(x, func(v []float64) {
			for i := range v {
				v[i] += away[i%3]
			}
		})
		v := ok(Judge(square, action.Linear(3, 1), Tensor(x), Settings{}))(t)
		if v.Answer != liegg.Undetermined || !strings.Contains(v.String(), "times their spread from the origin") {
			t.Errorf("‖x‖² about %v: got\n%v", away, v)
		}
	}
}

// A linear function has trivial linear symmetries alone, however far away the data are.
func TestLinearFunctionVeryFarFromTheOrigin(t *testing.T) {
	f := about([2]float64{}, 1, func(p *Node) *Node {
		x := Reshape(p, p.Shape().Dim(0), 2)
		return Add(first(x), MulScalar(Slice(x, AxisRange(), AxisElem(1)), .5))
	})
	for _, away := range []float64{1e5, 1e7} {
		x := cloud(dtypes.Float64, 1, [2]float64{away, away}, 1)
		if v := ok(Judge(f, action.Linear(2, 1), Tensor(x), Settings{}))(t); v.Answer != liegg.None {
			t.Errorf("at %g: want none, got\n%v", away, v)
		}
	}
}
