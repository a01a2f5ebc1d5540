package vjp_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/network"
)

// gradientAt is the gradient of Σ f(x) at x, and of the sum of that gradient.
func gradientAt(t *testing.T, backend compute.Backend, f func(x *Node) *Node, x []float64) (first, second []float64) {
	t.Helper()
	results, err := CallOnceN(backend, func(x *Node) []*Node {
		g := Gradient(ReduceAllSum(f(x)), x)[0]
		return []*Node{g, Gradient(ReduceAllSum(g), x)[0]}
	}, x)
	if err != nil {
		t.Fatal(err)
	}
	return results[0].Value().([]float64), results[1].Value().([]float64)
}

// pairs are all differences of the entries of x.
func pairs(x *Node) *Node { return Sub(ExpandAxes(x, 0), ExpandAxes(x, 1)) }

// If a function has no derivative, the gradient follows the package's conventions, and the second
// derivative is finite.
func TestConventions(t *testing.T) {
	half := func(x *Node) *Node { return PowScalar(x, .5) }
	for name, c := range map[string]struct {
		f    func(x *Node) *Node
		x    []float64
		want []float64
	}{
		"sqrt at 0":            {Sqrt, []float64{0, 4}, []float64{0, .25}},
		"norm at 0":            {func(x *Node) *Node { return Sqrt(ReduceSum(Square(x), -1)) }, []float64{0, 0}, []float64{0, 0}},
		"norm":                 {func(x *Node) *Node { return Sqrt(ReduceSum(Square(x), -1)) }, []float64{3, 4}, []float64{.6, .8}},
		"L2Norm at 0":          {func(x *Node) *Node { return L2Norm(x, -1) }, []float64{0, 0}, []float64{0, 0}},
		"distances":            {func(x *Node) *Node { return Sqrt(Square(pairs(x))) }, []float64{0, 1, 3}, []float64{-4, 0, 4}},
		"normalised at 0":      {func(x *Node) *Node { return Div(x, MaxScalar(Sqrt(ReduceSum(Square(x), -1)), 1e-2)) }, []float64{0, 0}, []float64{100, 100}},
		"square root by power": {half, []float64{0, 4}, []float64{0, .25}},
		"norm by power":        {func(x *Node) *Node { return half(ReduceSum(Square(x), -1)) }, []float64{0, 0}, []float64{0, 0}},
		"x^0 at 0":             {func(x *Node) *Node { return PowScalar(x, 0.) }, []float64{0, 4}, []float64{0, 0}},
		"x^1 at 0":             {func(x *Node) *Node { return PowScalar(x, 1.) }, []float64{0, 4}, []float64{1, 1}},
		"0^x":                  {func(x *Node) *Node { return Pow(ZerosLike(x), x) }, []float64{1, 2}, []float64{0, 0}},
		"abs at 0":             {Abs, []float64{-2, 0, 2}, []float64{-1, 0, 1}},
		"relu at 0":            {func(x *Node) *Node { return Max(x, ZerosLike(x)) }, []float64{-2, 0, 2}, []float64{0, 0, 1}},
		"relu from the right":  {func(x *Node) *Node { return Max(Scalar(x.Graph(), x.DType(), 0), x) }, []float64{-2, 0, 2}, []float64{0, 0, 1}},
		"clipped":              {func(x *Node) *Node { return Clip(x, Sub(ReduceAllMax(x), ReduceAllMax(x)), ReduceAllMax(x)) }, []float64{0, 1, 2}, []float64{0, 1, 1}},
		"max of equals":        {func(x *Node) *Node { return Max(x, Mul(x, x)) }, []float64{1}, []float64{1.5}},
		"min of equals":        {func(x *Node) *Node { return Min(x, Mul(x, x)) }, []float64{1}, []float64{1.5}},
		"maximum of equals":    {func(x *Node) *Node { return ReduceMax(x, -1) }, []float64{3, 1, 3}, []float64{.5, 0, .5}},
		"minimum of equals":    {func(x *Node) *Node { return ReduceMin(x, -1) }, []float64{3, 3, 3, 3}, []float64{.25, .25, .25, .25}},
		"pool of equals":       {func(x *Node) *Node { return BackendReduceWindow(x, compute.ReduceOpMax, []int{3}, nil, nil, nil, nil) }, []float64{1, 3, 3}, []float64{0, 1, 0}},
		"rounded to float32":   {func(x *Node) *Node { return ConvertDType(ConvertDType(x, dtypes.Float32), dtypes.Float64) }, []float64{1, 2}, []float64{1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			first, second := gradientAt(t, goBackend(t), c.f, c.x)
			expect.Near(t, "gradient", first, c.want, 1e-6)
			for i, s := range second {
				if math.IsNaN(s) || math.IsInf(s, 0) {
					t.Errorf("the second derivative is %v at %d", s, i)
				}
			}
		})
	}
}

// The modulus of a complex number has the derivative 0 at 0.
func TestComplexModulusAtZero(t *testing.T) {
	first, _ := gradientAt(t, xla(t), func(x *Node) *Node { return Abs(Complex(x, MulScalar(x, 2))) }, []float64{0, 1, -1})
	expect.Near(t, "gradient", first, []float64{0, math.Sqrt(5), -math.Sqrt(5)}, 1e-12)
}

// What rounds has no gradient, and says so. (Sign and comparisons are constants to GoMLX,
// whose gradient is 0, as it is documented there.)
func TestNoSilentZero(t *testing.T) {
	for name, f := range map[string]func(x *Node) *Node{
		"conversion": func(x *Node) *Node { return ConvertDType(ConvertDType(x, dtypes.Int32), dtypes.Float64) },
		"floor":      Floor, "rounding": Round,
		"remainder": func(x *Node) *Node { return Mod(x, OnesLike(x)) },
	} {
		t.Run(name, func(t *testing.T) {
			_, err := CallOnceN(goBackend(t), func(x *Node) []*Node { return Gradient(ReduceAllSum(f(x)), x) }, []float64{.5, 1.5})
			expect.Error(t, err, "no gradient is defined")
		})
	}
}

// Exact functions are differentiated by these rules on both backends.
func TestEinsumInAnyOrder(t *testing.T) {
	w := [][][]float64{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}} // [j, i, k]
	f := func(x *Node) *Node { return Einsum("bij,jik->bk", Reshape(x, 1, 2, 2), Const(x.Graph(), w)) }
	want := []float64{3, 11, 7, 15} // Σ_k w[j,i,k] at [i, j]
	for _, backend := range []compute.Backend{goBackend(t), expect.OK(network.Backend())(t)} {
		first, _ := gradientAt(t, backend, f, []float64{1, -1, 2, 3})
		expect.Near(t, "gradient", first, want, 1e-12)
	}
}

// Closures may use what they are not given; GoMLX would leave out their gradient.
func TestClosuresHaveNoGradient(t *testing.T) {
	choice := func(x *Node) *Node {
		g := x.Graph()
		square := NewClosure(g, func(*Graph) []*Node { return []*Node{Square(x)} })
		same := NewClosure(g, func(*Graph) []*Node { return []*Node{x} })
		return If(GreaterThan(ReduceAllSum(x), ScalarZero(g, x.DType())), square, same)[0]
	}
	for name, f := range map[string]func(x *Node) *Node{"If": choice, "behind": func(x *Node) *Node { return Add(Sin(choice(x)), x) }} {
		_, err := CallOnceN(goBackend(t), func(x *Node) []*Node { return vjp.Gradients(ReduceAllSum(f(x)), x) }, []float64{1, 2})
		expect.Error(t, err, "no gradient is defined for If")
		_, err = CallOnceN(goBackend(t), func(x *Node) []*Node { return vjp.Gradients(ReduceAllSum(Mul(x, StopGradient(f(x)))), x) }, []float64{1, 2})
		if err != nil {
			t.Errorf("%s, stopped: %v", name, err)
		}
	}
}
