package network

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// keysApart is the smallest distance between the keys of different samples, in units of the
// rounding error of sums of so many numbers.
const keysApart = 64

// order sets keys that distinguish the samples, and returns the samples sorted by them. It
// tries several random w: samples whose keys are nearly equal for one w differ for another.
func (g *given) order() ([]int, error) {
	size := len(g.values) / g.samples
	g.centre = make([]float64, size)
	spread := 0.
	for i, v := range g.values {
		g.centre[i%size] += v / float64(g.samples)
	}
	for i, v := range g.values {
		spread = max(spread, math.Abs(v-g.centre[i%size]))
	}
	if spread == 0 {
		spread = 1
	}
	order := make([]int, g.samples)
	for seed := range uint64(8) {
		random := rand.New(rand.NewPCG(3, seed))
		g.w = make([]float64, size)
		for i := range g.w {
			g.w[i] = random.NormFloat64() / spread
		}
		keys := make([]float64, g.samples)
		for i := range order {
			order[i], keys[i] = i, g.key(i)
		}
		sort.SliceStable(order, func(a, b int) bool { return keys[order[a]] < keys[order[b]] })
		g.keys = make([]float64, g.samples)
		for at, i := range order {
			g.keys[at] = keys[i]
		}
		if g.toldApart(order) {
			return order, nil
		}
	}
	return nil, fmt.Errorf("samples lie so close together that rounding mixes them up: leave out samples that nearly repeat others, or scale x about its mean")
}

// key returns the key of a sample.
func (g *given) key(i int) (sum float64) {
	size := len(g.centre)
	for k, v := range g.values[i*size : (i+1)*size] {
		sum += (v - g.centre[k]) * g.w[k]
	}
	return sum
}

// toldApart reports whether rounding cannot mix up the keys of different samples.
func (g *given) toldApart(order []int) bool {
	size := len(g.centre)
	rounding := keysApart * 0x1p-52 * float64(1+size)
	for at := 1; at < len(order); at++ {
		if g.keys[at]-g.keys[at-1] <= rounding && !g.equal(order[at], order[at-1]) {
			return false
		}
	}
	return true
}

func (g *given) equal(i, j int) bool {
	size := len(g.centre)
	return slices.Equal(g.values[i*size:(i+1)*size], g.values[j*size:(j+1)*size])
}

// keep stores the variables of the graph, in the order of keys.
func (g *given) keep(order []int, samples, derivatives dtypes.DType, outputs, gradients []float64) {
	scope := g.store.RootScope()
	for name, t := range map[string]struct {
		values []float64
		dims   []int
		dtype  dtypes.DType
	}{
		"keys":      {nil, []int{g.samples}, dtypes.Float64},
		"samples":   {g.values, append([]int{g.samples}, g.input...), samples},
		"outputs":   {outputs, []int{g.samples, g.outputs}, derivatives},
		"gradients": {gradients, append([]int{g.samples, g.outputs}, g.input...), derivatives},
	} {
		sorted := g.keys
		if t.values != nil {
			size := len(t.values) / g.samples
			sorted = make([]float64, 0, len(t.values))
			for _, i := range order {
				sorted = append(sorted, t.values[i*size:(i+1)*size]...)
			}
		}
		scope.VariableWithValue(name, tensorOf(sorted, t.dtype, t.dims...)).SetTrainable(false)
	}
	g.values, g.keys = nil, nil
}

// tensorOf returns a tensor of float32 or float64.
func tensorOf(values []float64, dtype dtypes.DType, dims ...int) *tensors.Tensor {
	if dtype == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(values, dims...)
	}
	narrow := make([]float32, len(values))
	for i, v := range values {
		narrow[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(narrow, dims...)
}

// forward is the graph code of the network.
func (g *given) forward(scope *model.Scope, x *Node) *Node {
	if !slices.Equal(x.Shape().Dimensions[1:], g.input) {
		panic(fmt.Errorf("network: gradients were given for samples of shape %v, not %v", g.input, x.Shape().Dimensions[1:]))
	}
	batch := x.Shape().Dim(0)
	at := ExpandAxes(g.found(scope, StopGradient(x)), -1)
	look := func(name string, dims ...int) *Node {
		t := StopGradient(Gather(g.variable(scope, name, x), at))
		return Reshape(ConvertDType(t, x.DType()), append([]int{batch}, dims...)...)
	}
	size := len(g.centre)
	way := Sub(Reshape(x, batch, size), look("samples", size))
	return Add(look("outputs", g.outputs), Einsum("bmi,bi->bm", look("gradients", g.outputs, size), way))
}

func (g *given) variable(scope *model.Scope, name string, x *Node) *Node {
	return scope.Store().RootScope().GetVariable(name).NodeValue(x.Graph())
}

// found returns, for each input of a batch, the number of the nearest sample along the line,
// in the order of keys. It is a binary search, one step for each bit.
func (g *given) found(scope *model.Scope, x *Node) *Node {
	graph, batch := x.Graph(), x.Shape().Dim(0)
	keys := g.variable(scope, "keys", x)
	points := ConvertDType(Reshape(x, batch, len(g.centre)), dtypes.Float64)
	centred := Sub(points, Const(graph, [][]float64{g.centre}))
	key := ReduceSum(Mul(centred, Const(graph, [][]float64{g.w})), -1)
	keyOf := func(i *Node) *Node { return Gather(keys, ExpandAxes(i, -1)) }
	last := Scalar(graph, dtypes.Int32, g.samples-1)
	at := Zeros(graph, shapes.Make(dtypes.Int32, batch)) // the last sample whose key is not above that of x
	step := 1
	for step < g.samples {
		step *= 2
	}
	for ; step > 0; step /= 2 {
		next := AddScalar(at, step)
		within := Min(next, last)
		at = Where(LogicalAnd(LessOrEqual(next, BroadcastToDims(last, batch)), LessOrEqual(keyOf(within), key)), within, at)
	}
	above := Min(AddScalar(at, 1), last)
	nearer := LessThan(Abs(Sub(keyOf(above), key)), Abs(Sub(keyOf(at), key)))
	return Where(nearer, above, at)
}
