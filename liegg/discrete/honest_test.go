package discrete

import (
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/internal/sheet/sheettest"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// stretched draws normal inputs with a spread of its own for each coordinate.
func stretched(n int, spreads ...float32) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(9, 0))
	x := make([]float32, n*len(spreads))
	for i := range x {
		x[i] = float32(rng.NormFloat64()) * spreads[i%len(spreads)]
	}
	return tensors.FromFlatDataAndDimensions(x, n, len(spreads))
}

// A swap carries stretched data to where there are none, so that it says nothing about f on them; the
// changes of signs keep them.
func TestDataThatMoveAway(t *testing.T) {
	g := expect.OK(Search(network.Exact(fourth), network.Tensor(stretched(1500, 5, 1)), Settings{}, SignedPermutations(2)))(t)
	if g.Answer != liegg.Undetermined || g.Name != "C_2 × C_2" || !strings.Contains(g.String(), "out of their range") {
		t.Error(g)
	}
}

// Data that candidates do not move, or hardly, say nothing about them.
func TestDataThatHardlyMove(t *testing.T) {
	f := func(x *Node) *Node { return Add(Add(at(x, 0), power(at(x, 1), 3)), at(x, 2)) }
	equal := networktest.Normal[float32](3, 1500, 3)
	tensors.MustMutableFlatData(equal, func(v []float32) {
		for i := 0; i < len(v); i += 3 {
			v[i+2] = v[i]
		}
	})
	for what, c := range map[string]struct {
		x      *tensors.Tensor
		reason string
	}{
		"an input is 0":          {stretched(1500, 1, 1, 0), "do not move these data"},
		"an input hardly varies": {stretched(1500, 1, 1, 1e-6), "hardly matter"},
		"two inputs are equal":   {equal, "do not move these data"},
	} {
		g := expect.OK(Search(network.Exact(f), network.Tensor(c.x), Settings{}, SignedPermutations(3)))(t)
		if g.Answer != liegg.Undetermined || !strings.Contains(g.String(), c.reason) {
			t.Errorf("%s: %v", what, g)
		}
	}
}

// A function that is nearly symmetric is so within a margin only.
func TestNearly(t *testing.T) {
	nearly := func(ε float64) *network.Network {
		return network.Exact(func(x *Node) *Node { return Add(fourth(x), MulScalar(at(x, 0), ε)) })
	}
	x := network.Tensor(networktest.Normal[float32](7, 4000, 2))
	wide := expect.OK(Search(nearly(.1), x, Settings{Flow: flow.Settings{Margin: .1}}, SignedPermutations(2)))(t)
	if wide.Name != "D_4" || wide.Exact || wide.Answer != liegg.Symmetric || !strings.Contains(wide.Head(), "within √Δ ≤ 0.1") {
		t.Error(wide)
	}
	narrow := expect.OK(Search(nearly(.5), x, Settings{}, SignedPermutations(2)))(t)
	if narrow.Name != "C_2" || narrow.Answer != liegg.Symmetric || narrow.Nearest == nil {
		t.Error(narrow)
	}
}

// Weights that are nearly equal make a symmetry within a margin, and rounding does not explain it.
func TestNearlyEqualWeights(t *testing.T) {
	x := network.Tensor(networktest.Normal[float32](7, 1500, 3))
	for difference, exact := range map[float64]bool{0: true, 1e-4: false} {
		g := expect.OK(Search(network.Exact(func(x *Node) *Node {
			return Tanh(Add(Add(at(x, 0), MulScalar(at(x, 1), 1+difference)), MulScalar(at(x, 2), .3)))
		}), x, Settings{}, SignedPermutations(3)))(t)
		if g.Name != "C_2" || g.Answer != liegg.Symmetric || g.Exact != exact {
			t.Errorf("weights differ by %g: %v", difference, g)
		}
	}
}

// Of 50 functions without symmetry, among 384 candidates each, none seems to have one.
func TestNoFalseGroups(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := network.Tensor(networktest.Normal[float32](8, 800, 4))
	for seed := range uint64(50) {
		net := expect.OK(network.New(network.MLP{Hidden: []int{16}, Outputs: 1, Bias: true}, networktest.Normal[float32](8, 1, 4).Shape(), seed))(t)
		g := expect.OK(Search(net, x, Settings{}, SignedPermutations(4)))(t)
		if g.Order != 1 || g.Answer == liegg.Symmetric {
			t.Errorf("seed %d: %v", seed, g)
		}
	}
}

// quarter is (x² − y²)·xy, which quarter turns leave alone, and mirrors do not.
func quarter(x *Node) *Node {
	a, b := at(x, 0), at(x, 1)
	return Mul(Sub(Square(a), Square(b)), Mul(a, b))
}

// trained fits a network to a function of normal inputs, and returns it with fresh samples.
func trained(t *testing.T, f func(x *Node) *Node, inputs, steps int) (*network.Network, dataset.Samples) {
	t.Helper()
	exact := network.Exact(func(x *Node) *Node { return Tanh(MulScalar(f(x), .3)) })
	of := func(seed uint64, n int) dataset.Samples {
		x := networktest.Normal[float32](seed, n, inputs)
		return dataset.Samples{Name: "target", X: x, Y: expect.OK(exact.Predict(x))(t)}
	}
	net := expect.OK(training.Train(network.MLP{Hidden: []int{32, 32}, Outputs: 1, Bias: true},
		training.Settings{Steps: steps, LearningRate: 5e-3, Cosine: true, Quiet: true}, of(11, 6000).Batches(256, 1), nil))(t)
	return net, of(12, 3000)
}

// A network that was trained on a symmetric function has learned the symmetry up to its misfit. The
// gap tells it from other candidates, and targets that misfit is the reason.
func TestTrained(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	net, fresh := trained(t, elementary, 3, 1500)
	x := network.Tensor(fresh.X)
	alone := expect.OK(Search(net, x, Settings{}, SignedPermutations(3)))(t)
	if alone.Name != "S_3" || alone.Answer != liegg.Approximate || !strings.Contains(alone.Head(), "approximately S_3") {
		t.Error(alone)
	}
	fitted := Settings{Flow: flow.Settings{Verdict: network.Settings{Validation: &fresh}}}
	if g := expect.OK(Search(net, x, fitted, SignedPermutations(3)))(t); g.Name != "S_3" || g.Answer != liegg.Symmetric || !(g.Misfit > .001) {
		t.Error(g)
	}
}

// Three turns within a fifth of what other turns change may be chance. A margin decides.
func TestTrainedRoughly(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	net, fresh := trained(t, quarter, 2, 1500)
	for margin, want := range map[float64]liegg.Answer{0: liegg.Undetermined, .25: liegg.Symmetric} {
		g := expect.OK(Search(net, network.Tensor(fresh.X), Settings{Flow: flow.Settings{Margin: margin}}, SignedPermutations(2), turns(t, 8)))(t)
		if g.Answer != want || want == liegg.Symmetric && g.Name != "C_4" {
			t.Errorf("margin %g: want %v: %v", margin, want, g)
		}
	}
}

func TestGroupsByChain(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	all := allSigned(4)
	for range 20 {
		a, b := all[rng.IntN(len(all))], all[rng.IntN(len(all))]
		g := trivialGroup(4).with(a).with(b)
		listed := &finiteGroup{n: 4, gens: g.gens}
		listed.listAll()
		if g.order() != listed.order() {
			t.Fatalf("orders %g and %g", g.order(), listed.order())
		}
		for _, e := range all {
			if g.has(e) != listed.has(e) {
				t.Fatalf("%v belongs: %v and %v", e, g.has(e), listed.has(e))
			}
		}
		seen := map[string]bool{}
		for _, e := range g.first(1000) {
			seen[e.key()] = true
		}
		if float64(len(seen)) != g.order() {
			t.Fatalf("%d elements of %g", len(seen), g.order())
		}
	}
}

func TestAbelianNames(t *testing.T) {
	for want, orders := range map[string][]int{
		"C_6": {1, 2, 3, 3, 6, 6}, "C_2 × C_2": {1, 2, 2, 2}, "C_4": {1, 2, 4, 4}, "C_4 × C_2": {1, 2, 2, 2, 4, 4, 4, 4},
		"C_6 × C_2": {1, 2, 2, 2, 3, 3, 6, 6, 6, 6, 6, 6},
	} {
		if got := abelianName(orders); got != want {
			t.Errorf("%v: %s, want %s", orders, got, want)
		}
	}
}

func shear() *mat.Dense { return mat.NewDense(2, 2, []float64{0, 1, 0, 0}) }

func TestMisuse(t *testing.T) {
	net := network.Exact(fourth)
	x := network.Tensor(networktest.Normal[float32](7, 100, 2))
	expect.Panic(t, "give candidates", func() { Search(net, x, Settings{}) })
	expect.Panic(t, "candidates of 3 inputs", func() { Search(net, x, Settings{}, Permutations(3)) })
	expect.Panic(t, "1 to 64", func() { Permutations(65) })
	expect.Panic(t, "2 ≤ most", func() { Fractions(1) })
	_, err := Search(network.Exact(func(x *Node) *Node { return ReduceSum(Log(AddScalar(x, 4)), -1) }), x, Settings{}, SignedPermutations(2))
	if err != nil {
		expect.Error(t, err, "not finite")
	}
	_, err = Search(network.Exact(func(x *Node) *Node { return MulScalar(ReduceSum(x, -1), 0) }), x, Settings{}, Permutations(2))
	expect.Error(t, err, "does not vary")
	_, err = Search(network.Exact(func(x *Node) *Node { return ReduceSum(Log(x), -1) }), network.Tensor(tensors.FromFlatDataAndDimensions([]float32{1, 2, 3, 4}, 2, 2)), Settings{}, SignedPermutations(2))
	expect.Error(t, err, "not finite", "domain")
	_, err = Fractions(3, shear())
	expect.Error(t, err, "no fractions of a turn")
}

func TestPrinted(t *testing.T) {
	x := network.Tensor(networktest.Normal[float32](7, 500, 2))
	g := expect.OK(Search(network.Exact(fourth), x, Settings{Names: []string{"x", "y"}}, SignedPermutations(2)))(t)
	expect.Printed(t, []any{g, Settings{}, SignedPermutations(8), Candidates{}, Free})
	if text, _ := sheettest.Read(t, g.HTML(nil)); !strings.Contains(text, "D_4, of order 8, exact to rounding, among 7 candidates") {
		t.Error(text)
	}
	if len(g.Elements()) != 8 {
		t.Errorf("%d elements", len(g.Elements()))
	}
}

// If all candidates change f by little, none lies beyond the gap. A group that f breaks is not firm.
func TestNothingBeyondTheGap(t *testing.T) {
	for _, broken := range []float64{.02, .05, .1, .2} {
		f := network.Exact(func(x *Node) *Node {
			x1, x2 := Slice(x, AxisRange(), AxisElem(0)), Slice(x, AxisRange(), AxisElem(1))
			return Add(Square(x1), MulScalar(Square(x2), 1+broken))
		})
		g := expect.OK(Search(f, network.Tensor(stretched(2000, 1, 1)), Settings{}, Permutations(2)))(t)
		if g.Answer == liegg.Symmetric {
			t.Errorf("broken by %g: %v", broken, g)
		}
		t.Logf("broken by %g: %v", broken, g)
	}
}

// A group without another name than its order says that once.
func TestHeadSaysTheOrderOnce(t *testing.T) {
	for name, want := range map[string]string{unnamed(16): "group of order 16, exact to rounding", "D_8": "D_8, of order 16, exact to rounding"} {
		g := &Group{Name: name, Order: 16, Exact: true, Answer: liegg.Symmetric, Candidates: 5}
		if !strings.HasPrefix(g.Head(), want+", among") {
			t.Errorf("got %q, want %q", g.Head(), want)
		}
	}
}
