package network

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
)

// The units of outputs conjugate unknown representations and change nothing else.
func TestUnknownOutputsInAllUnits(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	a := action.Covariant(action.Linear(3, 1), action.Unknown(3))
	vector := func(of func(square *Node) *Node) func(x *Node) *Node {
		return func(x *Node) *Node { return Mul(of(ReduceAndKeep(Square(x), ReduceSum, -1)), x) }
	}
	for _, c := range []struct {
		name string
		f    func(x *Node) *Node
		want string
		dim  int
	}{
		{"a vector field", vector(Sin), "so(3)", 3},
		{"a homogeneous vector field", vector(func(s *Node) *Node { return s }), "so(3) ⊕ R", 4},
		{"one scaling", func(x *Node) *Node {
			first := Add(axis(x, 0), Square(axis(x, 1)))
			return Concatenate([]*Node{first, Sin(axis(x, 1)), Mul(axis(x, 2), Exp(axis(x, 0)))}, -1)
		}, "scaling", 1},
		{"nothing", func(x *Node) *Node {
			first := Add(axis(x, 0), Square(axis(x, 1)))
			return Concatenate([]*Node{first, Sin(axis(x, 1)), Mul(Cos(axis(x, 2)), Exp(axis(x, 0)))}, -1)
		}, "{0}", 0},
	} {
		x := Tensor(normal(5, 2000, 3))
		random := rand.New(rand.NewPCG(6, 0))
		for _, decades := range []float64{0, 2, 4, 8} {
			units := make([]float64, 3)
			for o := range units {
				units[o] = math.Pow(10, decades*(2*random.Float64()-1))
			}
			f := Exact(func(x *Node) *Node { y := c.f(x); return Mul(y, row(y, units)) })
			v, err := Judge(f, a, x, Settings{})
			if decades > 4 && errors.Is(err, liegg.ErrUnits) { // there is no way to write the matrices down
				continue
			}
			if ok(v, err)(t); v.Name() != c.want || v.Dim != c.dim {
				t.Errorf("%s in units of %.1e: want %s, got\n%v", c.name, units, c.want, v)
			}
			if c.want == "so(3)" && decades <= 2 {
				if θ := lie.LargestAngle(lie.Span("inputs", a.Blocks(v.Algebra, 0)...), lie.SO(3)); θ > 1e-6 {
					t.Errorf("%s in units of %.1e: inputs move by an algebra %g off so(3)", c.name, units, θ)
				}
			}
		}
	}
}

// antisymmetric is x∧y·exp(−(|x|² + |y|²)/4) of two vectors of R³, as a 3×3 matrix, with the error of
// a fit in all nine outputs.
func antisymmetric(error float64) func(x *Node) *Node {
	random := rand.New(rand.NewPCG(5, 0))
	wild := make([][]float64, 6)
	for i := range wild {
		for range 9 {
			wild[i] = append(wild[i], random.NormFloat64())
		}
	}
	return func(x *Node) *Node {
		v := Reshape(x, -1, 2, 3)
		product := Einsum("bi,bj->bij", Squeeze(Slice(v, AxisRange(), AxisElem(0)), 1), Squeeze(Slice(v, AxisRange(), AxisElem(1)), 1))
		wedge := Reshape(Sub(product, Transpose(product, 1, 2)), -1, 9)
		y := Mul(wedge, Exp(MulScalar(ReduceAndKeep(Square(x), ReduceSum, -1), -.25)))
		off := Sin(Einsum("bi,ij->bj", x, Const(x.Graph(), wild)))
		return Add(y, MulScalar(off, error))
	}
}

// The nine outputs of an antisymmetric tensor have three directions, and errors in the others. As
// components of one quantity they move by so(3). In units of their own the errors are outputs like
// others and move by nothing, and the verdict says what to do.
func TestAntisymmetricOutputs(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	a := action.Covariant(action.Linear(3, 2), action.Unknown(9))
	x := Tensor(normal(6, 2000, 6))
	for _, error := range []float64{0, 1e-3} {
		f := Exact(antisymmetric(error))
		v := ok(Judge(f, a, x, Settings{BySize: true}))(t)
		if v.Answer != liegg.Symmetric || v.Name() != "so(3)" {
			t.Errorf("error %g: %v", error, v)
			continue
		}
		if c := ok(a.Irreps(v.Algebra, nil))(t); !strings.HasPrefix(c.String(), "so(3): 6 × 0 ⊕ 1,") || c.Residual > .02 {
			t.Errorf("error %g: outputs are %v", error, c)
		}
		own := ok(Judge(f, a, x, Settings{}))(t)
		if error > 0 && (own.Dim != 0 || !strings.Contains(own.String(), "Settings.BySize")) || error == 0 && own.Name() != "so(3)" {
			t.Errorf("error %g, in units of their own: %v", error, own)
		}
	}
}

// Representations that tie outputs to each other keep their sizes.
func TestFreeUnits(t *testing.T) {
	points := action.Linear(3, 3)
	for _, c := range []struct {
		a    action.Equivariance
		free bool
	}{
		{action.Covariant(points, action.Unknown(9)), true},
		{action.Covariant(points, action.Factor{Algebra: lie.SO(9), On: rep.Standard(9)}), false},
		{action.Covariant(points, action.Left(3, 3), action.Right(3, 3)), false},
		{action.Covariant(points, action.Both(3)), false},
		{action.Equivariant(points, rep.Tensor(rep.Standard(3), rep.Standard(3))), false},
	} {
		if got := c.a.FreeUnits(); got != c.free {
			t.Errorf("%v: free units %v, want %v", c.a, got, c.free)
		}
	}
}

// All summands of a representation count equally, in any units: a potential and its force are
// symmetric together, and a potential that breaks the symmetry is found next to a force in large units,
// and vice versa.
func TestSummandsInAllUnits(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	potential := func(x *Node) *Node { return Exp(MulScalar(ReduceAndKeep(Square(x), ReduceSum, -1), -.5)) }
	force := func(x *Node) *Node { return Mul(x, potential(x)) }
	tilted := func(x *Node) *Node { return Mul(x, Exp(MulScalar(Square(axis(x, 0)), -.5))) }
	outputs := rep.Direct(rep.Invariants(3, 1), rep.Standard(3))
	for _, c := range []struct {
		name   string
		energy func(x *Node) *Node
		force  func(x *Node) *Node
		want   string
		dim    int
	}{
		{"both", potential, force, "so(3)", 3},
		{"broken energy", func(x *Node) *Node { return Mul(potential(x), Exp(MulScalar(axis(x, 0), .5))) }, force, "so(2)", 1},
		{"broken force", potential, tilted, "so(2)", 1},
		{"constant energy", func(x *Node) *Node { return AddScalar(MulScalar(axis(x, 0), 1e-17), 1) }, force, "so(3)", 3},
	} {
		for _, units := range [][]float64{{1, 1, 1, 1}, {1e5, 1e-4, 1e-4, 1e-4}, {1e-5, 1e4, 1e4, 1e4}} {
			f := Exact(func(x *Node) *Node {
				y := Concatenate([]*Node{c.energy(x), c.force(x)}, -1)
				return Mul(y, row(y, units))
			})
			v := ok(Judge(f, action.Equivariant(action.Linear(3, 1), outputs), Tensor(normal(7, 2000, 3)), Settings{}))(t)
			if v.Dim != c.dim || v.Name() != c.want {
				t.Errorf("%s, in units of %g: want %s, got\n%v", c.name, units, c.want, v)
			}
		}
	}
}
