package vjp_test

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/internal/vjp/vjptest"
)

// Pushed tangents agree with reverse mode applied twice, which TestDerivatives… compare with
// differences.
func TestPushInGo(t *testing.T) {
	for kind, draw := range operators {
		if !slices.Contains(notInGo, kind) {
			t.Run(kind.String(), func(t *testing.T) { checkPush(t, goBackend(t), kind, draw, 30) })
		}
	}
}

func TestPushInXLA(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	backend := xla(t)
	for _, kind := range append(notInGo, NodeTypeDotGeneral, NodeTypeConvGeneral, NodeTypeReduceWindow, NodeTypeGather, NodeTypeScatterSum) {
		t.Run(kind.String(), func(t *testing.T) { checkPush(t, backend, kind, operators[kind], 2) })
	}
}

func TestPushThroughFunctionsOfGoMLX(t *testing.T) {
	for name, c := range functions {
		t.Run(name, func(t *testing.T) {
			if err := pushAsTwice(goBackend(t), rand.New(rand.NewPCG(3, 0)), c.f, c.dims); err != nil {
				t.Error(firstLine(err))
			}
		})
	}
}

func checkPush(t *testing.T, backend compute.Backend, kind NodeType, draw operator, n int) {
	hash := fnv.New64a()
	hash.Write([]byte(kind.String()))
	for i := range n {
		rng := rand.New(rand.NewPCG(hash.Sum64(), uint64(i)))
		f, dims := draw(rng)
		if err := pushAsTwice(backend, rng, f, dims); err != nil {
			t.Fatalf("configuration %d, inputs %v: %s", i, dims, firstLine(err))
		}
	}
}

// pushAsTwice pushes three tangents of some of the inputs through f and its square.
func pushAsTwice(backend compute.Backend, rng *rand.Rand, f func(xs []*Node) *Node, dims [][]int) error {
	const k = 3
	moved := rng.Perm(len(dims))[:1+rng.IntN(len(dims))]
	var arguments []any
	for _, d := range dims {
		arguments = append(arguments, vjptest.Normal(rng, d...))
	}
	for _, i := range moved {
		arguments = append(arguments, vjptest.Normal(rng, append([]int{k}, dims[i]...)...))
	}
	pushed := false
	exec, err := NewExec(backend, func(nodes []*Node) []*Node {
		xs, ts := nodes[:len(dims)], nodes[len(dims):]
		y := f(xs)
		ys := []*Node{y, Mul(y, y)}
		var from []*Node
		for _, i := range moved {
			from = append(from, xs[i])
		}
		got, ok := vjp.Push(from, ts, ys)
		if pushed = ok; !ok {
			return []*Node{y}
		}
		return []*Node{vjptest.List(got), vjptest.List(twice(from, ts, ys, k))}
	})
	if err != nil {
		return err
	}
	defer exec.Finalize()
	results, err := exec.Call(arguments...)
	if err != nil {
		return err
	}
	if !pushed {
		return nil // an operator of several outputs
	}
	got, want := tensors.MustCopyFlatData[float64](results[0]), tensors.MustCopyFlatData[float64](results[1])
	size := 1e-3
	for _, w := range want {
		size = max(size, math.Abs(w))
	}
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= 1e-9*size) {
			return fmt.Errorf("number %d of %d is %g, reverse mode applied twice gives %g", i, len(want), got[i], w)
		}
	}
	return nil
}

// twice applies reverse mode twice, tangent by tangent.
func twice(xs, ts, ys []*Node, k int) []*Node {
	us := make([]*Node, len(ys))
	var sum *Node
	add := func(a, b *Node) {
		product := vjptest.List([]*Node{a})
		product = ReduceAllSum(Mul(product, vjptest.List([]*Node{b})))
		if sum != nil {
			product = Add(sum, product)
		}
		sum = product
	}
	for i, y := range ys {
		us[i] = Identity(ZerosLike(y)) // a separate node, since GoMLX shares scalars
		add(y, us[i])
	}
	pulled := Gradient(sum, xs...)
	all := make([][]*Node, len(ys))
	for j := range k {
		sum = nil
		for i, p := range pulled {
			add(p, Squeeze(Slice(ts[i], AxisElem(j)), 0))
		}
		for i, g := range Gradient(sum, us...) {
			all[i] = append(all[i], g)
		}
	}
	var result []*Node
	for _, each := range all {
		result = append(result, Stack(each, 0))
	}
	return result
}
