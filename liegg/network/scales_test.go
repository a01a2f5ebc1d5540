package network

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// lognormal returns samples of numbers exp(σz), z normal.
func lognormal(seed uint64, samples, numbers int, σ float64) *tensors.Tensor {
	random := rand.New(rand.NewPCG(seed, 0))
	x := make([]float64, samples*numbers)
	for i := range x {
		x[i] = math.Exp(σ * random.NormFloat64())
	}
	return tensors.FromFlatDataAndDimensions(x, samples, numbers)
}

// A few of many lognormal numbers determine the extent of the data, and on that scale logarithms hardly
// vary. By that measure all changes of scale of x and y are symmetries, but true symmetries of these
// functions are only those that preserve a product of powers or a length.
func TestDataOfManySizes(t *testing.T) {
	if testing.Short() {
		t.Skip("slow: it compiles dozens of programs")
	}
	log := func(x *Node, i int) *Node { return Log(axis(x, i)) }
	for _, c := range []struct {
		name  string
		f     func(x *Node) *Node
		truth int
	}{
		{"log x·log y", func(x *Node) *Node { return Mul(log(x, 0), log(x, 1)) }, 0},
		{"log² x + log² y", func(x *Node) *Node { return Add(Square(log(x, 0)), Square(log(x, 1))) }, 0},
		{"sin log x + cos log y", func(x *Node) *Node { return Add(Sin(log(x, 0)), Cos(log(x, 1))) }, 0},
		{"tanh log x·tanh log y", func(x *Node) *Node { return Mul(Tanh(log(x, 0)), Tanh(log(x, 1))) }, 0},
		{"log x y²", func(x *Node) *Node { return Add(log(x, 0), MulScalar(log(x, 1), 2)) }, 1},
		{"log ‖x‖", func(x *Node) *Node { return Log(ReduceSum(Square(x), -1)) }, 1},
	} {
		f := Exact(func(x *Node) *Node { return Reshape(c.f(x), -1, 1) })
		for _, σ := range []float64{1, 2.6} {
			for _, a := range []action.Action{action.Linear(2, 1), action.Affine(2, 1)} {
				v := ok(Judge(f, a, Tensor(lognormal(1, 4000, 2, σ)), Settings{}))(t)
				if v.Answer == liegg.Undetermined {
					if said := strings.Join(v.Reasons, "\n"); σ != 1 && !strings.Contains(said, "many sizes") {
						t.Errorf("%s, σ = %g, K = %d: the reason is not named:\n%v", c.name, σ, a.Dim(), v)
					}
					continue
				}
				if firm := v.Answer == liegg.None; firm != (c.truth == 0) || v.Dim != c.truth {
					t.Errorf("%s, σ = %g, K = %d: want %d generators, got\n%v", c.name, σ, a.Dim(), c.truth, v)
				}
			}
		}
	}
}

// Exact symmetries remain firm on such data.
func TestExactOnDataOfManySizes(t *testing.T) {
	f := Exact(func(x *Node) *Node { return Log(ReduceAndKeep(Square(x), ReduceSum, -1)) })
	for _, σ := range []float64{2, 2.6, 5} {
		v := ok(Judge(f, action.Linear(3, 1), Tensor(lognormal(2, 4000, 3, σ)), Settings{}))(t)
		if v.Answer != liegg.Symmetric || v.Name() != "so(3)" {
			t.Errorf("σ = %g: want so(3), got\n%v", σ, v)
		}
	}
}

// Far from the origin single precision rounds x by more than a wave length of sin ‖x‖. Then
// derivatives along rotations are zero to rounding, and it is unknown whether f varies.
func TestSteepToRounding(t *testing.T) {
	wave := Exact(func(x *Node) *Node { return Sin(Sqrt(ReduceAndKeep(Square(x), ReduceSum, -1))) })
	for _, far := range []float64{1e9, 1e12} {
		wide := gaussian(3, 2000, far, far, far)
		single := Tensor(asFloat32(wide))
		v := ok(Judge(wave, action.Linear(3, 1), single, Settings{}))(t)
		if v.Answer != liegg.Undetermined || !strings.Contains(strings.Join(v.Reasons, "\n"), "rounding") {
			t.Errorf("at %g in float32: want undetermined by rounding, got\n%v", far, v)
		}
		if v := ok(Judge(wave, action.Linear(3, 1), Tensor(wide), Settings{}))(t); v.Name() != "so(3)" {
			t.Errorf("at %g in float64: want so(3), got\n%v", far, v)
		}
	}
}

func asFloat32(x *tensors.Tensor) *tensors.Tensor {
	wide := tensors.MustCopyFlatData[float64](x)
	single := make([]float32, len(wide))
	for i, v := range wide {
		single[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(single, x.Shape().Dimensions...)
}

// independent returns samples of numbers of one distribution.
func independent(seed uint64, samples, numbers int, draw func(r *rand.Rand) float64) *tensors.Tensor {
	random := rand.New(rand.NewPCG(seed, 0))
	x := make([]float64, samples*numbers)
	for i := range x {
		x[i] = draw(random)
	}
	return tensors.FromFlatDataAndDimensions(x, samples, numbers)
}

// Functions that saturate at some samples and are steep at others: ρ of changes of scale is within
// the threshold, since the steep samples decide it, but f changes by its spread over the factors
// by which the data vary. Functions of a product of powers keep their symmetry.
func TestSaturatedOnDataOfManySizes(t *testing.T) {
	if testing.Short() {
		t.Skip("slow: it compiles dozens of programs")
	}
	hill := func(x *Node) *Node { return Div(x, AddScalar(x, 1)) }
	both := func(g func(x *Node) *Node, join func(x, y *Node) *Node) func(x *Node) *Node {
		return func(x *Node) *Node { return join(g(axis(x, 0)), g(axis(x, 1))) }
	}
	product := func(x *Node) *Node { return Mul(axis(x, 0), axis(x, 1)) }
	ofLognormal := func(σ float64) func(r *rand.Rand) float64 {
		return func(r *rand.Rand) float64 { return math.Exp(σ * r.NormFloat64()) }
	}
	weibull := func(r *rand.Rand) float64 { return math.Pow(r.ExpFloat64(), 1/.7) }
	pareto := func(r *rand.Rand) float64 { return math.Pow(1-r.Float64(), -1/1.5) }
	for i, c := range []struct {
		name  string
		f     func(x *Node) *Node
		draw  func(r *rand.Rand) float64
		truth int
	}{
		{"x/(1+x)·y/(1+y), lognormal", both(hill, Mul), ofLognormal(1), 0},
		{"x/(1+x)·y/(1+y), Pareto", both(hill, Mul), pareto, 0},
		{"x/(1+x):y/(1+y), lognormal", both(hill, Div), ofLognormal(1.5), 0},
		{"log(1+x)·log(1+y), lognormal", both(Log1P, Mul), ofLognormal(1.5), 0},
		{"tanh x/tanh y, Weibull", both(Tanh, Div), weibull, 0},
		{"xy/(1+xy), lognormal", func(x *Node) *Node { return hill(product(x)) }, ofLognormal(1), 1},
		{"log(1+xy), Pareto", func(x *Node) *Node { return Log1P(product(x)) }, pareto, 1},
	} {
		one := Exact(func(x *Node) *Node { return Reshape(c.f(x), -1, 1) })
		x := independent(7, 4000, 2, c.draw)
		verdicts := map[string]*liegg.Verdict{"": ok(Judge(one, action.Linear(2, 1), Tensor(x), Settings{}))(t)}
		if i == 0 { // the separate parts follow the same rule
			b := ok(JudgeByOutput(one, action.Linear(2, 1), Tensor(x), Settings{}))(t)
			l := ok(JudgeByLabel(one, action.Linear(2, 1), Tensor(x), make([]int, 4000), Settings{}))(t)
			verdicts[", all outputs"], verdicts[", the output"] = b.All, b.Parts[0].Verdict
			verdicts[", all labels"], verdicts[", the label"] = l.All, l.Parts[0].Verdict
		}
		for how, v := range verdicts {
			firm := v.Answer == liegg.Symmetric
			if firm != (c.truth > 0) || firm && v.Dim != c.truth {
				t.Errorf("%s%s: want %d generators, got\n%v", c.name, how, c.truth, v)
			}
		}
	}
}

// Samples spread over a stream have the right indices.
func TestNumbersOfTheOpening(t *testing.T) {
	const samples = 40_000
	values := make([]float64, samples)
	for i := range values {
		values[i] = float64(i)
	}
	x := tensors.FromFlatDataAndDimensions(values, samples, 1)
	for _, g := range []Groups{GroupsOf(7), GroupsOf(1)} {
		p := ok(peekFor(Tensor(x), device.Limits{}, Settings{Groups: g}))(t)
		for _, err := range p.Inputs {
			if err != nil {
				t.Fatal(err)
			}
		}
		some := ok(spreadOver(p))(t)
		numbers := some.Numbers(1000)
		for c, err := range stream.Sampled(some.X, 1000, nil, 1000) {
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range tensors.MustCopyFlatData[float64](c.X)[:c.Count] {
				if int(v) != numbers[c.First+i] {
					t.Fatalf("%v: sample %d is number %g of the stream, not %d", g, c.First+i, v, numbers[c.First+i])
				}
			}
		}
		if numbers[0] > samples/500 || numbers[999] < samples-samples/500 {
			t.Errorf("%v: samples %d to %d of %d", g, numbers[0], numbers[999], samples)
		}
		finalize(some.X)
		p.Close()
	}
}
