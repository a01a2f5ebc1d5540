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

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// Given returns a network that is known only by its gradients at some samples, as computed by
// another framework. x [N, input…] are the samples, j [N, m, input…] their Jacobians
// ∂y/∂x, or [N, input…] for one output, and y [N, m] the outputs. All are float32 or float64.
// The output may have several axes. y may be nil for questions that need no outputs.
//
// The network is y_i + J_i·(x − x_i), with i the sample nearest to x along a line. So at the
// samples themselves, where Judge, JudgeByOutput, JudgeByLabel and Analyze look, it has the
// given outputs and gradients. Elsewhere it says nothing about the function: NewProgram, and
// so all finite flows, return an error.
//
// Given returns an error if shapes do not match, if numbers are not finite, or if equal
// samples have different gradients.
func Given(x, y, j *tensors.Tensor) (*Network, error) {
	g, err := newGiven(x, y, j)
	if err != nil {
		return nil, fmt.Errorf("network: gradients from elsewhere: %w", err)
	}
	return &Network{Forward: g.forward, Store: g.store, given: true}, nil
}

// given finds a sample by its key, w·(x − centre) with random w. The samples are sorted by
// their keys for a binary search.
type given struct {
	store        *model.Store
	samples      int
	centre, w    []float64
	input        []int
	outputs      int
	values, keys []float64 // values of x, and keys of the samples in order
}

func newGiven(x, y, j *tensors.Tensor) (*given, error) {
	g := &given{store: model.NewStore()}
	if err := g.shapes(x, y, j); err != nil {
		return nil, err
	}
	gradients, err := dataset.Values(j)
	if err != nil {
		return nil, err
	}
	outputs := make([]float64, g.samples*g.outputs)
	if y != nil {
		if outputs, err = dataset.Values(y); err != nil {
			return nil, err
		}
	}
	for what, t := range map[string]*tensors.Tensor{"x": x, "J": j, "y": y} {
		if t != nil {
			if err := allFinite(t, what); err != nil {
				return nil, err
			}
		}
	}
	if g.values, err = dataset.Values(x); err != nil {
		return nil, err
	}
	order, err := g.order()
	if err != nil {
		return nil, err
	}
	if err := g.sameForEqual(order, gradients); err != nil {
		return nil, err
	}
	g.keep(order, x.DType(), j.DType(), outputs, gradients)
	return g, nil
}

// shapes checks the shapes and records them.
func (g *given) shapes(x, y, j *tensors.Tensor) error {
	if err := tensor.CheckInputs(x); err != nil {
		return fmt.Errorf("x: %w", err)
	}
	g.samples, g.input = x.Shape().Dim(0), x.Shape().Dimensions[1:]
	dims, rank := j.Shape().Dimensions, len(g.input)
	if len(dims) < rank+1 || dims[0] != g.samples || !slices.Equal(dims[len(dims)-rank:], g.input) {
		return fmt.Errorf("x is %v, so J must be [%d, m, %s], the gradient of each of m outputs by each number of x, but J is %v", x.Shape().Dimensions, g.samples, spelling.List(g.input), dims)
	}
	g.outputs = 1
	for _, d := range dims[1 : len(dims)-rank] {
		g.outputs *= d
	}
	if y != nil && (y.Rank() == 0 || y.Shape().Dim(0) != g.samples || y.Size() != g.samples*g.outputs) {
		return fmt.Errorf("by x of %v and J of %v, y must be [%d, %d], but it is %v", x.Shape().Dimensions, dims, g.samples, g.outputs, y.Shape().Dimensions)
	}
	return nil
}

// sameForEqual returns an error if equal samples have different gradients.
func (g *given) sameForEqual(order []int, gradients []float64) error {
	const tolerance = 1e-3 // relative to the larger gradient: GPUs round differently from run to run
	size := len(gradients) / g.samples
	for at := 1; at < len(order); at++ {
		i, j := order[at-1], order[at]
		if !g.equal(i, j) {
			continue
		}
		difference, largest := 0., 0.
		for k := range size {
			a, b := gradients[i*size+k], gradients[j*size+k]
			difference, largest = max(difference, math.Abs(a-b)), max(largest, math.Abs(a), math.Abs(b))
		}
		if difference > tolerance*largest {
			return fmt.Errorf("the samples %d and %d are equal, but their gradients are not: compute them in evaluation mode, without dropout, and each sample by itself", min(i, j), max(i, j))
		}
	}
	return nil
}

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
		if g.distinguishes(order) {
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

// distinguishes reports whether rounding cannot mix up the keys of different samples.
func (g *given) distinguishes(order []int) bool {
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
		scope.VariableWithValue(name, tensor.Of(sorted, t.dtype, t.dims...)).SetTrainable(false)
	}
	g.values, g.keys = nil, nil
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
