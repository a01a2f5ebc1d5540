package profile

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/internal/function"
)

// spoken is f on two vectors of R³ that speaks of its layers: 2x, which moves as x
// does, then the scalar products, invariant under so(3) and homogeneous.
func spoken(x *Node) *Node {
	h := network.Layer(MulScalar(x, 2), "scaled")
	v := Reshape(h, -1, 2, 3)
	products := network.Layer(Einsum("bvi,bwi->bvw", v, v), "products")
	return Sin(ReduceSum(products, 1, 2))
}

func TestLayersOfAnExactFunction(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	p := ok(Layers(network.Exact(spoken), action.Linear(3, 2), network.Tensor(normal(3, 400, 6)), network.Settings{Batch: 128}))(t)
	if got := p.Names(); !slices.Equal(got, []string{"scaled", "products", "output"}) {
		t.Fatalf("layers %q", got)
	}
	named := ok(Named(network.Exact(spoken), shapes.Make(dtypes.Float64, 2, 6)))(t)
	if got := fmt.Sprint(named); got != "[scaled (Float64)[6] products (Float64)[2, 2]]" {
		t.Errorf("Named: %s", got)
	}
	const zero = 1e-7
	_, ρ, ε := p.Along(lie.SO(3))
	if !(ρ[0] > .4 && ρ[1] < zero && ρ[2] < zero) {
		t.Errorf("so(3) should be an invariance from the second layer on: ρ = %.2g", ρ)
	}
	if !(ε[0] < zero && ε[1] < zero) {
		t.Errorf("so(3) should act linearly on the first layers: ε = %.2g", ε)
	}
	expect.Near(t, "ρ of 2x, where ‖J·v‖² = ‖J‖²‖v‖²/6", p[0].Invariance.Defects(), slices.Repeat([]float64{1 / math.Sqrt(6)}, 9), 1e-9)
	if ε := p[0].Equivariance.Defects(); !(ε[8] < zero) {
		t.Errorf("all of gl(3) acts linearly on 2x: ε = %.2g", ε)
	}
	if ρ := p.Defects(4); !(ρ[1] > .1 && p.Defects(3)[1] < zero) {
		t.Errorf("the products are invariant under 3 generators: ρ = %.2g", p[1].Invariance.Defects())
	}
	if ε := p[1].Equivariance.Defects(); !(ε[3] < zero && ε[4] > .02) {
		t.Errorf("on the products so(3) and scaling act linearly, and nothing else: ε = %.2g", ε)
	}
	if _, ρ, ε := p.Along(lie.Scaling(3)); !(ρ[1] > .1 && ε[1] < zero && ε[2] > .1) {
		t.Errorf("scaling acts linearly on the products, not on their sine: ρ = %.2g, ε = %.2g", ρ, ε)
	}
}

// narrow is x in float32.
func narrow(t *testing.T, x *tensors.Tensor) *tensors.Tensor {
	t.Helper()
	var values []float32
	for _, v := range ok(dataset.Values(x))(t) {
		values = append(values, float32(v))
	}
	return tensors.FromFlatDataAndDimensions(values, x.Shape().Dimensions...)
}

// prefix is the network up to a layer.
func prefix(n *network.Network, name string) *network.Network {
	return &network.Network{Store: n.Store, Backend: n.Backend, Forward: func(scope *model.Scope, x *Node) *Node {
		before := x.Graph().LastNode().Id()
		n.Forward(scope, x)
		for _, l := range function.NamedLayers(x.Graph()) {
			if l.H.Id() > before && strings.HasPrefix(l.Name, name) {
				return l.H
			}
		}
		return nil
	}}
}

// The spectrum of a layer, in each profile of a network, equals the spectrum in reverse mode of the
// network that ends at the layer.
func checkLayers(t *testing.T, n *network.Network, a action.Action, inputs network.Inputs, profiles ...Profile) {
	t.Helper()
	for i, l := range profiles[0] {
		part := n
		if l.Name != "output" {
			part = prefix(n, l.Name)
		}
		want := ok(network.Analyze(part, a, inputs, network.Settings{Mode: network.ReverseMode, Gram: true, Batch: 64}))(t)
		tolerance := 1e-4
		if l.Width() > exactEnergy {
			tolerance = .1 // ‖J‖² from probes
		}
		for _, p := range profiles {
			expect.Near(t, l.Name+": variances", p[i].Invariance.Variances(), want.Variances(), 1e-4)
			expect.Near(t, l.Name+": defects", p[i].Invariance.Defects(), want.Defects(), tolerance)
		}
	}
}

func TestLayersOfNetworks(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	mlp := network.MLP{Hidden: []int{20, 8}, Outputs: 2, Bias: true}
	n := ok(network.New(mlp, shapes.Make(dtypes.Float32, 6), 1))(t)
	n.Backend = pureGo()
	x := network.Tensor(narrow(t, normal(4, 200, 6)))
	p := ok(Layers(n, action.Linear(3, 2), x, network.Settings{Batch: 64}))(t)
	if got := p.Names(); !slices.Equal(got, []string{"hidden 1", "hidden 2", "output"}) {
		t.Fatalf("layers %q", got)
	}
	checkLayers(t, n, action.Linear(3, 2), x, p)
}

func TestLayersOfConvolutions(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	cnn := network.CNN{Channels: []int{2, 3}, Dense: network.MLP{Hidden: []int{5}, Outputs: 2, Bias: true}}
	n := ok(network.New(cnn, shapes.Make(dtypes.Float32, 8, 8), 1))(t)
	n.Backend = pureGo()
	x := network.Tensor(narrow(t, normal(4, 200, 8, 8)))
	p := ok(Layers(n, action.ImageLinear(8, 8), x, network.Settings{Batch: 64}))(t)
	if got := p.Names(); !slices.Equal(got, []string{"conv 1", "conv 2", "hidden 1", "output"}) {
		t.Fatalf("layers %q", got)
	}
	checkLayers(t, n, action.ImageLinear(8, 8), x, p)
}

// What half of the samples fit, the others test.
func TestEquivarianceIsHeldOut(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	rng := rand.New(rand.NewPCG(5, 0))
	x := normal(5, 800, 2)
	w := make([][]float64, 2)
	for i := range w {
		for range 40 {
			w[i] = append(w[i], 6*rng.NormFloat64())
		}
	}
	noise := inGo(func(x *Node) *Node { // 40 activations that 2 inputs move in no linear way
		return network.Layer(Sin(Dot(x, Const(x.Graph(), w)).Product()), "waves")
	})
	p := ok(Layers(noise, action.Linear(2, 1), network.Tensor(x), network.Settings{}))(t)
	if p[0].Equivariance == nil || !(p.Residuals(1)[0] > .8*p.Defects(1)[0]) {
		t.Errorf("waves do not move linearly, but ε = %.2g for ρ = %.2g", p.Residuals(1), p.Defects(1))
	}
	few := ok(Layers(noise, action.Linear(2, 1), network.Tensor(normal(5, 100, 2)), network.Settings{}))(t)
	if few[0].Equivariance != nil || !math.IsNaN(few.Residuals(1)[0]) {
		t.Error("50 samples fitted 40 activations")
	}
}

// The B of half of the samples is the least-squares one, and its residual comes from the other half.
func TestSplitMoments(t *testing.T) {
	const n, m, k = 30, 4, 2
	rng := rand.New(rand.NewPCG(6, 0))
	random := func(rows, columns int) *mat.Dense {
		d := mat.NewDense(rows, columns, nil)
		for i := range rows {
			for j := range columns {
				d.Set(i, j, rng.NormFloat64())
			}
		}
		return d
	}
	var halves [2]splitMoments
	var h, moved [2]*mat.Dense // n×m, and n×(k·m)
	for i := range halves {
		h[i], moved[i] = random(n, m), random(n, k*m)
		halves[i] = newSplitMoments(k, m, true)
		halves[i].second.SymOuterK(1, h[i].T())
		halves[i].mixed.Mul(moved[i].T(), h[i])
		halves[i].gram = blockGram(moved[i], k)
	}
	var b, rest mat.Dense
	if err := b.Solve(h[0], moved[0]); err != nil {
		t.Fatal(err)
	}
	rest.Mul(h[1], &b)
	rest.Sub(moved[1], &rest)
	expect.Near(t, "residual", halves[1].residual(halves[0]).RawSymmetric().Data, blockGram(&rest, k).RawSymmetric().Data, 1e-8)
}

// blockGram is Σ t_k·t_l of rows (t_1, …, t_k).
func blockGram(moved *mat.Dense, k int) *mat.SymDense {
	n, km := moved.Dims()
	g := mat.NewSymDense(k, nil)
	for i := range n {
		t := mat.NewDense(k, km/k, mat.Row(nil, i, moved))
		g.SymRankK(g, 1, t)
	}
	return g
}

func TestLayerNames(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	n := inGo(func(x *Node) *Node { return Add(spoken(x), spoken(Neg(network.Layer(network.Layer(x, "x"), "same")))) })
	p := ok(Layers(n, action.Linear(3, 2), network.Tensor(normal(3, 100, 6)), network.Settings{}))(t)
	if got := p.Names(); len(got) != 7 || !slices.Contains(got, "same") || !slices.Contains(got, "products (2)") {
		t.Errorf("layers %q", got)
	}
}

func TestErrorsOfLayers(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x, a := normal(7, 20, 8, 8), action.ImageLinear(8, 8)
	_, err := Layers(inGo(func(x *Node) *Node { network.Layer(ReduceAllSum(x), "all"); return x }), a, network.Tensor(x), network.Settings{Batch: 20})
	expect.Error(t, err, `"all"`, "batch as its first axis")
	_, err = Layers(inGo(spoken), action.Covariant(action.Linear(3, 2), action.Unknown(1)), network.Tensor(x), network.Settings{})
	expect.Error(t, err, "the action on the inputs alone")
	_, err = Layers(inGo(spoken), a, network.Tensor(normal(7, 3, 6)), network.Settings{})
	expect.Error(t, err, "8×8")
	_, err = Layers(inGo(func(x *Node) *Node { network.Layer(MulScalar(x, 0), "dead"); return x }), action.Linear(2, 1), network.Tensor(normal(7, 30, 2)), network.Settings{})
	expect.Error(t, err, `"dead"`, "gradients vanish")
	bad := normal(7, 30, 6)
	tensors.MustMutableFlatData(bad, func(v []float64) { v[0] = math.NaN() })
	_, err = Layers(inGo(spoken), action.Linear(3, 2), network.Tensor(bad), network.Settings{})
	expect.Error(t, err, "input", "sample 0")
	p := ok(Layers(inGo(spoken), action.Linear(3, 2), network.Tensor(normal(7, 30, 6)), network.Settings{}))(t)
	for words, misuse := range map[string]func(){
		"d must be in 1 … 9, got 10": func() { p.Defects(10) },
		"d must be in 1 … 9, got 0":  func() { p.Biases(0) },
		"3×3 matrices":               func() { p.Along(lie.SO(2)) },
	} {
		wantPanic(t, words, misuse)
	}
}

// The energies of wide layers leave out what does not move, and are in the action's own inner
// product, as those of reverse mode are.
func TestEnergiesOfWideLayers(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 0))
	w := make([][]float64, 6)
	for i := range w {
		for range 40 {
			w[i] = append(w[i], rng.NormFloat64()*[]float64{1, 20}[i/4]) // what stays is felt most
		}
	}
	n := inGo(func(x *Node) *Node {
		return network.Layer(Sin(MulScalar(Dot(x, Const(x.Graph(), w)).Product(), .1)), "waves")
	})
	x := normal(8, 400, 6)
	partly := action.Product(action.Part{Action: action.Linear(4, 1), Shape: []int{4}}, action.Still(2))
	tensors.MustMutableFlatData(x, func(v []float64) {
		for i := 0; i < len(v); i += 6 {
			v[i] *= 3 // so that whitening matters
		}
	})
	for _, a := range []action.Action{partly, ok(action.Whiten(partly, x))(t)} {
		checkLayers(t, n, a, network.Tensor(x), ok(Layers(n, a, network.Tensor(x), network.Settings{Batch: 64}))(t))
	}
}
