package training

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
)

// penalised is the penalty of an MLP at x without its weight, and its derivative by all weights.
func penalised(t *testing.T, n *network.Network, p Penalty, l Loss, x *tensors.Tensor) (value float64, gradient []float64) {
	t.Helper()
	exec := ok(model.NewExec(n.Backend, n.Store, func(scope *model.Scope, x *Node) []*Node {
		y := n.Forward(scope, x)
		if seen := p.windowed(x); seen != x {
			y = n.Forward(scope.Store().RootScope(), seen)
		}
		broken := Reshape(p.broken(x, y, 1, x.Shape().Dimensions[1:], l))
		var weights []*Node
		for v := range n.Store.IterVariables() {
			weights = append(weights, v.NodeValue(x.Graph()))
		}
		return append([]*Node{broken}, Gradient(broken, weights...)...)
	}))(t)
	defer exec.Finalize()
	results := ok(exec.Call(x))(t)
	for _, r := range results[1:] {
		gradient = append(gradient, ok(dataset.Values(r))(t)...)
	}
	return ok(dataset.Values(results[0]))(t)[0], gradient
}

// byDifferences is the same as by its definition: outputs at x ± ε·A·x, by central differences.
func byDifferences(t *testing.T, n *network.Network, p Penalty, l Loss, x *tensors.Tensor) float64 {
	t.Helper()
	const ε = 1e-5
	b, d := x.Shape().Dim(0), p.Algebra.Dim()
	outputs := func(x []float64) []float64 {
		shape := append([]int{b}, ok(n.Predict(tensors.FromFlatDataAndDimensions(x, b, len(x)/b)))(t).Shape().Dimensions[1:]...)
		y := ok(dataset.Values(ok(n.Predict(tensors.FromFlatDataAndDimensions(x, b, len(x)/b)))(t)))(t)
		m := shape[1]
		for i := 0; l == CrossEntropy && i < len(y); i += m {
			floats.AddConst(-floats.Sum(y[i:i+m])/float64(m), y[i:i+m])
		}
		return y
	}
	values := ok(dataset.Values(x))(t)
	y := outputs(values)
	m := len(y) / b
	pair, moves := p.Action.(action.Equivariance)
	sum := 0.0
	each := (d + b - 1) / b
	for k, h := range p.Algebra.Basis() {
		a := h
		if moves {
			a = pair.Block(h, 0)
		}
		coefficients, _, err := action.Coefficients(action.InputsOf(p.Action), a)
		done(t, err)
		v := ok(dataset.Values(ok(ExecOnce(n.Backend, func(x *Node) *Node {
			t := action.InputsOf(p.Action).Tangents(x)
			return Einsum("nkp,k->np", Reshape(t, t.Shape().Dim(0), t.Shape().Dim(1), -1), nodes.Constant(x, mat.Col(nil, 0, coefficients), t.Shape().Dim(1)))
		}, x))(t)))(t)
		there, back := append([]float64{}, values...), append([]float64{}, values...)
		floats.AddScaled(there, ε, v)
		floats.AddScaled(back, -ε, v)
		up, down := outputs(there), outputs(back)
		for e := range each {
			for i := range b {
				if (e*b+i)%d != k {
					continue
				}
				for o := range m {
					change := (up[i*m+o] - down[i*m+o]) / (2 * ε)
					if moves {
						change -= floats.Dot(pair.OutputGenerator(h).RawRowView(o), y[i*m:i*m+m])
					}
					sum += change * change
				}
			}
		}
	}
	spread := 0.0
	for o := range m {
		mean := 0.0
		for i := range b {
			mean += y[i*m+o] / float64(b)
		}
		for i := range b {
			spread += math.Pow(y[i*m+o]-mean, 2)
		}
	}
	return sum * float64(d) / float64(each) / spread
}

// The penalty is its definition, and its derivative by the weights that of the definition.
func TestPenalty(t *testing.T) {
	image := action.ImageAffine(6, 6)
	pair := action.Equivariant(action.Linear(3, 2), rep.Direct(rep.Standard(3), rep.Invariants(3, 1)))
	free := action.Covariant(action.Linear(2, 1), action.Unknown(2))
	found := lie.Span("found", free.Pair(mat.NewDense(2, 2, []float64{0, -1, 1, 0}), mat.NewDense(2, 2, []float64{0, -2, 2, .1})))
	for name, c := range map[string]struct {
		p       Penalty
		l       Loss
		b, outs int
		input   int
	}{
		"invariance":                       {Penalty{1, action.Linear(3, 2), lie.SO(3)}, MeanSquared, 30, 2, 6},
		"fewer samples than generators":    {Penalty{1, action.Linear(4, 1), lie.SO(4)}, MeanSquared, 4, 2, 4},
		"affine maps":                      {Penalty{1, action.Affine(2, 3), lie.SE(2)}, MeanSquared, 30, 1, 6},
		"a declared pair":                  {Penalty{1, pair, lie.SO(3)}, MeanSquared, 30, 4, 6},
		"a found pair":                     {Penalty{1, free, found}, MeanSquared, 30, 2, 2},
		"logits":                           {Penalty{1, action.Linear(3, 1), lie.SO(3)}, CrossEntropy, 30, 4, 3},
		"images":                           {Penalty{1, image, lie.SpanAffine("turn", image.Generator([]float64{0, -1, 0, 1, 0, 0}))}, MeanSquared, 20, 2, 36},
		"images through a disc, by colour": {Penalty{1, action.ImageLinear(8, 8, action.ChannelsLast(2)).Framed(action.Disc), lie.SO(2)}, MeanSquared, 10, 2, 128},
	} {
		t.Run(name, func(t *testing.T) {
			c.p.check(c.l)
			x := normal(uint64(c.b), c.b, c.input)
			n := ok(network.New(network.MLP{Hidden: []int{7}, Outputs: c.outs, Bias: true}, shapes.Make(dtypes.Float64, c.input), 3))(t)
			n.Backend = goBackend(t)
			value, gradient := penalised(t, n, c.p, c.l, x)
			if want := byDifferences(t, n.Through(c.p.Action), c.p, c.l, x); !(math.Abs(value/want-1) < 1e-6) {
				t.Errorf("%g, want %g", value, want)
			}
			at := 0
			for v := range n.Store.IterVariables() { // one number of each
				size := v.Shape().Size()
				moved := func(by float64) float64 {
					weights := ok(tensor.CopyOf(v))(t)
					tensors.MustMutableFlatData(weights, func(w []float64) { w[size/2] += by })
					done(t, v.SetValue(weights))
					value, _ := penalised(t, n, c.p, c.l, x)
					return value
				}
				const ε = 1e-5
				slope := (moved(ε) - moved(-2*ε)) / (2 * ε)
				moved(ε)
				if got := gradient[at+size/2]; !(math.Abs(got-slope) < 1e-5*(1+math.Abs(slope))) {
					t.Errorf("by a number of %s: %g, want %g", v.Path(), got, slope)
				}
				at += size
			}
		})
	}
}

// Under a penalty a network learns the symmetry of few samples better, and under one on a false
// symmetry it learns them worse.
func TestPenaltyTeachesASymmetry(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	parts, _ := o5(t, 5, 300, 2000)
	mlp := network.MLP{Hidden: []int{32, 32}, Outputs: 1, Bias: true}
	errors := map[string]float64{}
	plane := action.Linear(5, 2)
	shear := mat.NewDense(5, 5, nil)
	shear.Set(0, 1, 1)
	for name, p := range map[string]Penalty{"plain": {}, "so(5)": {.1, plane, lie.SO(5)}, "shear": {.1, plane, lie.Span("shear", shear)}} {
		n := ok(Train(mlp, Settings{Steps: 800, LearningRate: 5e-3, Cosine: true, Penalty: p, Quiet: true}, parts[0].Batches(100, 1), nil))(t)
		errors[name] = ok(n.MeanSquaredError(parts[1]))(t)
	}
	if !(errors["so(5)"] < .9*errors["plain"] && errors["shear"] > 2*errors["plain"]) {
		t.Errorf("mean squared errors %v", errors)
	}
}

// What a penalty depends on is in the key of a stored network.
func TestPenaltyIsInTheKey(t *testing.T) {
	parts, _ := o5(t, 21, 100)
	source := parts[0].Batches(50, 1)
	seen := map[string]string{}
	for name, p := range map[string]Penalty{
		"none":       {},
		"so(5)":      {1, action.Linear(5, 2), lie.SO(5)},
		"heavier":    {2, action.Linear(5, 2), lie.SO(5)},
		"less":       {1, action.Linear(5, 2), lie.Span("turn", lie.SO(5).Basis()[0])},
		"one vector": {1, action.Linear(10, 1), lie.SO(10)},
		"pair":       {1, action.Equivariant(action.Linear(5, 2), rep.Invariants(5, 1)), lie.SO(5)},
	} {
		key := func() string {
			r := ok(recipeOf(small, Settings{Steps: 3, Penalty: p}, source, nil))(t)
			return ok(r.key())(t)
		}
		k := key()
		if other, is := seen[k]; is || key() != k {
			t.Errorf("%s has the key of %s, or none that lasts", name, other)
		}
		seen[k] = name
	}
}

func TestPenaltyErrors(t *testing.T) {
	parts, _ := o5(t, 21, 100)
	train := func(p Penalty, l Loss) error {
		_, err := Train(small, Settings{Steps: 3, Penalty: p, Loss: l, Quiet: true}, parts[0].Batches(50, 1), nil)
		return err
	}
	expect.Error(t, train(Penalty{1, action.Linear(3, 1), lie.SO(3)}, MeanSquared), "the penalty", "have 10 numbers")
	outputs := Penalty{1, action.Equivariant(action.Linear(5, 2), rep.Standard(5)), lie.SO(5)}
	expect.Error(t, train(outputs, MeanSquared), "moves 5 outputs, the network has 1")
	_, err := Cached(small, Settings{Steps: 3, Penalty: Penalty{1, action.Linear(3, 1), lie.SO(3)}, Quiet: true}, parts[0].Batches(50, 1), nil)
	expect.Error(t, err, "the penalty", "have 10 numbers")
	_, err = Together(network.MLP{Hidden: []int{4}, Outputs: 1}, Settings{Steps: 3, Penalty: outputs}, []Member{{Source: parts[0].Batches(50, 1)}})
	expect.Error(t, err, "moves 5 outputs, the network has 1")
	two := action.Linear(5, 2)
	for says, p := range map[string]Penalty{
		"needs an Action": {Weight: 1, Algebra: lie.SO(5)}, "and an Algebra": {Weight: 1, Action: two}, "5×5": {1, two, lie.SO(4)},
		"from 0": {-1, two, lie.SO(5)}, "not generators": {1, action.Restricted(two, lie.Scaling(5)), lie.SO(5)},
	} {
		expect.Panic(t, says, func() { p.check(MeanSquared) })
	}
	expect.Panic(t, "moves labels", func() { outputs.check(CrossEntropy) })
}
