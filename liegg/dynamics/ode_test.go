package dynamics

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// field returns the network of an exact vector field.
func field(of func(x []*Node) []*Node) *network.Network {
	return network.Exact(func(z *Node) *Node { return Stack(of(coordinates(z)), -1) })
}

func lorenz(x []*Node) []*Node {
	return []*Node{MulScalar(Sub(x[1], x[0]), 10), Sub(Mul(x[0], AddScalar(Neg(x[2]), 28)), x[1]), Sub(Mul(x[0], x[1]), MulScalar(x[2], 8./3))}
}

// onTheAttractor returns states of the Lorenz system far apart in time.
func onTheAttractor(n int) *tensors.Tensor {
	x := [3]float64{1, 1, 20}
	v := func(x [3]float64) [3]float64 {
		return [3]float64{10 * (x[1] - x[0]), x[0]*(28-x[2]) - x[1], x[0]*x[1] - 8./3*x[2]}
	}
	add := func(x, v [3]float64, h float64) [3]float64 {
		return [3]float64{x[0] + h*v[0], x[1] + h*v[1], x[2] + h*v[2]}
	}
	var states []float64
	for step := range 400 * n {
		k1 := v(x)
		k2 := v(add(x, k1, .005))
		k3 := v(add(x, k2, .005))
		k4 := v(add(x, k3, .01))
		x = add(add(add(add(x, k1, .01/6), k2, .01/3), k3, .01/3), k4, .01/6)
		if step%400 == 399 {
			states = append(states, x[:]...)
		}
	}
	return tensors.FromFlatDataAndDimensions(states, n, 3)
}

func lognormal(seed uint64, n, size int, σ float64) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(seed, 0))
	values := make([]float64, n*size)
	for i := range values {
		values[i] = math.Exp(σ * rng.NormFloat64())
	}
	return tensors.FromFlatDataAndDimensions(values, n, size)
}

func TestODEFindsTheKnownSymmetries(t *testing.T) {
	plane, space := []string{"x", "y"}, []string{"x", "y", "z"}
	harmonic := field(func(x []*Node) []*Node { return []*Node{x[1], Neg(x[0])} })
	for name, c := range map[string]struct {
		v                *network.Network
		ode              ODE
		x                *tensors.Tensor
		fields, parallel []string
	}{
		"harmonic": {harmonic, ODE{Names: plane, Degree: 1}, normal(2, 3000, 2, 1),
			[]string{"x∂x + y∂y"}, []string{"y∂x − x∂y"}},
		"harmonic, with other clocks": {harmonic, ODE{Names: plane, Degree: 2, Time: 1}, normal(2, 3000, 2, 1),
			[]string{"x∂x + y∂y"}, []string{"y∂x − x∂y", "xy∂x − x²∂y, λ = −y", "y²∂x − xy∂y, λ = x"}},
		"rotation that is faster farther out": {field(func(x []*Node) []*Node {
			square := squares(x...)
			return []*Node{Mul(square, x[1]), Neg(Mul(square, x[0]))}
		}), ODE{Names: plane, Degree: 1}, normal(2, 3000, 2, 1), []string{"x∂x + y∂y, λ = 2"}, []string{"y∂x − x∂y"}},
		"pendulum": {field(func(x []*Node) []*Node { return []*Node{x[1], Neg(Sin(x[0]))} }),
			ODE{Names: plane, Degree: 2}, normal(2, 3000, 2, 1), nil, nil},
		"rigid body": {field(func(x []*Node) []*Node {
			return []*Node{Neg(Mul(x[1], x[2])), MulScalar(Mul(x[2], x[0]), 2), Neg(Mul(x[0], x[1]))}
		}), ODE{Names: space, Degree: 1}, normal(2, 3000, 3, 1), []string{"x∂x + y∂y + z∂z, λ = 1"}, nil},
		"symmetric top": {field(func(x []*Node) []*Node {
			return []*Node{Mul(x[1], x[2]), Neg(Mul(x[2], x[0])), ZerosLike(x[0])}
		}), ODE{Names: space, Degree: 1}, normal(2, 3000, 3, 1), []string{"x∂x + y∂y", "z∂z, λ = 1"}, []string{"y∂x − x∂y"}},
		"Lotka–Volterra": {field(func(x []*Node) []*Node {
			return []*Node{Mul(x[0], OneMinus(x[1])), Mul(x[1], AddScalar(x[0], -1))}
		}), ODE{Names: plane, Degree: 2}, lognormal(2, 3000, 2, .7), nil, []string{"x∂x − xy∂x − y∂y + xy∂y"}},
		"Lotka–Volterra, affine": {field(func(x []*Node) []*Node {
			return []*Node{Mul(x[0], OneMinus(x[1])), Mul(x[1], AddScalar(x[0], -1))}
		}), ODE{Names: plane, Degree: 1}, lognormal(2, 3000, 2, .7), nil, nil},
		"Lorenz": {field(lorenz), ODE{Names: space, Degree: 1}, onTheAttractor(2000), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := c.ode.Of(c.v, c.x, network.Settings{})
			if err != nil {
				t.Fatal(err)
			}
			if got := formulas(found.Fields); !slices.Equal(got, c.fields) {
				t.Errorf("fields %q, want %q\n%v", got, c.fields, found.Verdict)
			}
			if got := formulas(found.Parallel); !slices.Equal(got, c.parallel) {
				t.Errorf("parallel fields %q, want %q\n%v", got, c.parallel, found.Verdict)
			}
			want := liegg.Symmetric
			if len(c.fields)+len(c.parallel) == 0 {
				want = liegg.None
			}
			if found.Verdict.Answer != want {
				t.Errorf("the answer is %v, want %v\n%v", found.Verdict.Answer, want, found.Verdict)
			}
		})
	}
}

func formulas(found []PointSymmetry) (texts []string) {
	for _, s := range found {
		texts = append(texts, s.Formula(1e-6))
	}
	return texts
}

func TestODEMisuse(t *testing.T) {
	one := network.Exact(func(x *Node) *Node { return ReduceAndKeep(x, ReduceSum, -1) })
	_, err := ODE{Names: []string{"x", "y"}, Degree: 1}.Of(one, normal(1, 300, 2, 1), network.Settings{})
	expect.Error(t, err, "one output for each of the 2 coordinates")
	expect.Panic(t, "Names", func() { ODE{Names: []string{"x"}, Degree: 1}.Of(one, normal(1, 300, 2, 1), network.Settings{}) })
	expect.Panic(t, "Degree", func() {
		ODE{Names: []string{"x", "y"}, Degree: -1}.Of(one, normal(1, 300, 2, 1), network.Settings{})
	})
}
