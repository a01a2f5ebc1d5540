// Package vjptest compares the derivatives of graph code with finite differences.
package vjptest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

const (
	// step is the step of the central differences. Their error is step²·f‴/6,
	// plus about 1e-16/step of rounding.
	step = 1e-5
	// tolerance is the largest error, relative to the largest number.
	tolerance = 1e-6
)

// Check compares derivatives of f at the float64 inputs xs with central
// differences along a random direction v, and returns an error that says
// which of them is wrong: the gradient of a weighted sum of the outputs; J·v,
// computed as in package network by applying reverse mode twice; and the
// gradient of ⟨gradient, v⟩, which is the second derivative along v. Outputs
// may be of any float or complex type.
func Check(backend compute.Backend, f func(xs []*Node) []*Node, xs ...*tensors.Tensor) error {
	exec, err := NewExec(backend, func(nodes []*Node) []*Node {
		return derivatives(f, nodes[:len(xs)], nodes[len(xs):])
	})
	if err != nil {
		return err
	}
	defer exec.Finalize()
	rng := rand.New(rand.NewPCG(17, 0))
	directions := make([]*tensors.Tensor, len(xs))
	for i, x := range xs {
		directions[i] = Normal(rng, x.Shape().Dimensions...)
	}
	var at [3]answer
	for i, h := range []float64{0, step, -step} {
		if at[i], err = call(exec, xs, directions, h); err != nil {
			return err
		}
	}
	return at[0].compare(at[1], at[2])
}

// Normal draws a float64 tensor of N(0,1).
func Normal(rng *rand.Rand, dims ...int) *tensors.Tensor {
	x := tensors.FromScalarAndDimensions(0.0, dims...)
	tensors.MustMutableFlatData(x, func(flat []float64) {
		for i := range flat {
			flat[i] = rng.NormFloat64()
		}
	})
	return x
}

// derivatives returns y, J·v, g = ∇⟨w,y⟩ and ∇⟨g,v⟩, each as one list of
// numbers. w are fixed weights.
func derivatives(f func([]*Node) []*Node, xs, vs []*Node) []*Node {
	y := List(f(xs))
	w := Sin(AddScalar(MulScalar(Iota(y.Graph(), y.Shape(), 0), 3), 1))
	gradients := Gradient(ReduceAllSum(Mul(y, w)), xs...)

	u := ZerosLike(y)
	pulled := Gradient(ReduceAllSum(Mul(y, u)), xs...)
	pushed := Gradient(paired(pulled, vs), u)[0]
	return []*Node{y, pushed, List(gradients), List(Gradient(paired(gradients, vs), xs...))}
}

// List returns all numbers of the nodes, [n]; complex ones as real and
// imaginary parts.
func List(nodes []*Node) *Node {
	var parts []*Node
	for _, y := range nodes {
		if y.DType().IsComplex() {
			parts = append(parts, Reshape(Real(y), -1), Reshape(Imag(y), -1))
		} else {
			parts = append(parts, Reshape(y, -1))
		}
	}
	return Concatenate(parts, 0)
}

// paired returns Σ ⟨a, b⟩.
func paired(as, bs []*Node) *Node {
	sum := ScalarZero(as[0].Graph(), as[0].DType())
	for i, a := range as {
		sum = Add(sum, ReduceAllSum(Mul(a, bs[i])))
	}
	return sum
}

// answer holds the derivatives at one point.
type answer struct{ y, pushed, gradient, second, along []float64 }

// call computes derivatives at x + h·v.
func call(exec *Exec, xs, vs []*tensors.Tensor, h float64) (a answer, err error) {
	var args []any
	for i, x := range xs {
		moved := tensors.FromScalarAndDimensions(0.0, x.Shape().Dimensions...)
		from, along := numbers(x), numbers(vs[i])
		tensors.MustMutableFlatData(moved, func(flat []float64) {
			for j := range flat {
				flat[j] = from[j] + h*along[j]
			}
		})
		args = append(args, moved)
		a.along = append(a.along, along...)
	}
	for _, v := range vs {
		args = append(args, v)
	}
	results, err := exec.Call(args...)
	if err != nil {
		return a, err
	}
	a.y, a.pushed, a.gradient, a.second = numbers(results[0]), numbers(results[1]), numbers(results[2]), numbers(results[3])
	return a, nil
}

func numbers(t *tensors.Tensor) (values []float64) {
	tensors.MustConstFlatData(t, func(flat []float64) { values = append(values, flat...) })
	return values
}

// compare compares the derivatives with differences of the answers on both
// sides.
func (a answer) compare(up, down answer) error {
	pushed := difference(up.y, down.y)
	var slope, want float64
	for i, g := range a.gradient {
		slope += g * a.along[i]
	}
	for i, p := range pushed {
		want += math.Sin(3*float64(i)+1) * p
	}
	if err := near("the gradient along a direction", []float64{slope}, []float64{want}, size(pushed)); err != nil {
		return err
	}
	if err := near("J·v", a.pushed, pushed, size(pushed)); err != nil {
		return err
	}
	second := difference(up.gradient, down.gradient)
	return near("the second derivative", a.second, second, max(size(second), size(a.gradient)))
}

func difference(up, down []float64) []float64 {
	d := make([]float64, len(up))
	for i := range d {
		d[i] = (up[i] - down[i]) / (2 * step)
	}
	return d
}

func size(values []float64) float64 {
	var largest float64
	for _, v := range values {
		largest = max(largest, math.Abs(v))
	}
	return largest
}

func near(what string, got, want []float64, scale float64) error {
	for i := range want {
		if d := math.Abs(got[i] - want[i]); !(d <= tolerance*max(scale, 1e-3)) {
			return fmt.Errorf("%s: number %d of %d is %g, differences give %g", what, i, len(want), got[i], want[i])
		}
	}
	return nil
}
