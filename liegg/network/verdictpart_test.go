package network

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
)

// throughParts computes a verdict's parts, writes and reads them, and joins them in another order.
func throughParts(t *testing.T, n *Network, a action.Action, x *tensors.Tensor, s Settings, count int) Settings {
	t.Helper()
	var all []*VerdictPart
	for i := count; i >= 1; i-- {
		part := ok(JudgePart(n, a, Tensor(x), s, i, count))(t)
		var again VerdictPart
		done(t, again.UnmarshalBinary(ok(part.MarshalBinary())(t)))
		all = append(all, &again)
	}
	return ok(s.WithParts(all...))(t)
}

// figuresOf returns the figures of a verdict, with −1 for NaN.
func figuresOf(v *liegg.Verdict) (all []float64) {
	for _, e := range v.Defects {
		all = append(all, e.Value, e.Lower, e.Upper, e.Fitted, e.Variation)
	}
	for _, h := range v.Algebra.Basis() {
		all = append(all, h.RawMatrix().Data...)
	}
	for _, g := range v.Spectrum.BySingular {
		all = append(all, g.Singular, g.Defect)
	}
	for i, f := range all {
		if math.IsNaN(f) {
			all[i] = -1
		}
	}
	return all
}

// A verdict has the same bits in one process and in several parts: with rows and with Gram
// matrices, of one output and of many, with groups, forwards and backwards.
func TestPartsGiveTheSameVerdict(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	labels := make([]int, 1500)
	random := rand.New(rand.NewPCG(9, 9))
	for i := range labels {
		labels[i] = random.IntN(300)
	}
	single := Exact(func(x *Node) *Node { return ReduceSum(Square(x), -1) })
	for name, c := range map[string]struct {
		n *Network
		x *tensors.Tensor
		s Settings
	}{
		"rows":            {radials(3, 1, .2), normal(1, 1500, 3), Settings{}},
		"gram, one":       {single, normal32(1, 1500, 3), Settings{}},
		"gram, three":     {radials(3, 1, .2), normal32(1, 1500, 3), Settings{Head: CentredLogits}},
		"forward":         {radials(3, 1, .2), normal(1, 1500, 3), Settings{Mode: TangentMode}},
		"groups":          {single, normal(1, 1500, 3), Settings{Groups: GroupsBy(labels)}},
		"a last part":     {single, normal(1, 1501, 3), Settings{Batch: 100}},
		"more than work":  {single, normal(1, 300, 3), Settings{Batch: 150}},
		"blocks together": {single, normal32(1, 2500, 3), Settings{}},
	} {
		a := action.Linear(3, 1)
		want := ok(Judge(c.n, a, Tensor(c.x), c.s))(t)
		for _, count := range []int{1, 3} {
			got := ok(Judge(c.n, a, Tensor(c.x), throughParts(t, c.n, a, c.x, c.s, count)))(t)
			if got.Details() != want.Details() || !slices.Equal(figuresOf(got), figuresOf(want)) {
				t.Errorf("%s in %d parts:\n%s\nin one process:\n%s", name, count, got.Details(), want.Details())
			}
		}
	}
}

// Parts that do not belong together, or do not belong to the arguments of Judge, are errors.
func TestPartsThatDoNotFit(t *testing.T) {
	square := Exact(func(x *Node) *Node { return ReduceSum(Square(x), -1) })
	other := Exact(func(x *Node) *Node { return ReduceSum(Square(Square(x)), -1) })
	a, x := action.Linear(3, 1), normal(1, 600, 3)
	part := func(n *Network, x *tensors.Tensor, i, of int) *VerdictPart {
		return ok(JudgePart(n, a, Tensor(x), Settings{}, i, of))(t)
	}
	first, second := part(square, x, 1, 2), part(square, x, 2, 2)
	for words, given := range map[string][]*VerdictPart{
		"share 2 of 2 is in no part":  {first},
		"share 1 of 2 is there twice": {first, first},
		"do not belong together":      {first, part(other, x, 2, 2)},
		"share 1 of 3":                {second, part(square, x, 1, 3)},
	} {
		_, err := Settings{}.WithParts(given...)
		expect.Error(t, err, words)
	}
	s := ok(Settings{}.WithParts(second, first))(t)
	_, err := Judge(other, a, Tensor(x), s)
	expect.Error(t, err, "another network, action, setting")
	_, err = Judge(square, action.Affine(3, 1), Tensor(x), s)
	expect.Error(t, err, "another network, action, setting")
	y := ok(x.LocalClone())(t)
	tensors.MustMutableFlatData(y, func(v []float64) { v[1700] += 1e-9 })
	_, err = Judge(square, a, Tensor(y), s)
	expect.Error(t, err, "network: ") // its beginning sets scales: either is said

	data := ok(first.MarshalBinary())(t)
	data[len(data)/2]++
	for _, bad := range [][]byte{nil, data, data[:100]} {
		expect.Error(t, new(VerdictPart).UnmarshalBinary(bad), "compute it again")
	}
	nan := Exact(func(x *Node) *Node { return Sqrt(ReduceSum(x, -1)) })
	_, err = JudgePart(nan, a, Tensor(x), Settings{}, 1, 2)
	expect.Error(t, err, "NaN")
}

// Watch is called for all samples, and its error ends the work.
func TestWatch(t *testing.T) {
	n, a, x := Exact(func(x *Node) *Node { return ReduceSum(Square(x), -1) }), action.Linear(3, 1), normal(1, 600, 3)
	asks := map[string]func(Settings) error{
		"Judge":         func(s Settings) error { _, err := Judge(n, a, Tensor(x), s); return err },
		"JudgeByOutput": func(s Settings) error { _, err := JudgeByOutput(n, a, Tensor(x), s); return err },
		"JudgeByLabel":  func(s Settings) error { _, err := JudgeByLabel(n, a, Tensor(x), make([]int, 600), s); return err },
		"JudgePart":     func(s Settings) error { _, err := JudgePart(n, a, Tensor(x), s, 1, 1); return err },
	}
	for name, ask := range asks {
		last, calls := 0, 0
		done(t, ask(Settings{Watch: func(samples int) error {
			if samples <= last {
				t.Errorf("%s: %d samples after %d", name, samples, last)
			}
			last, calls = samples, calls+1
			return nil
		}}))
		if last != 600 || calls < 5 {
			t.Errorf("%s: told of %d samples in %d calls", name, last, calls)
		}
		stop := errors.New("stop")
		if err := ask(Settings{Watch: func(int) error { return stop }}); !errors.Is(err, stop) {
			t.Errorf("%s: error %v, want the error of Watch", name, err)
		}
	}
}

// The outputs up to a layer are its activations, even if the graph contains the network twice.
func TestUpTo(t *testing.T) {
	n := Exact(func(x *Node) *Node {
		h := Layer(Square(x), "squares")
		return ReduceSum(Layer(Mul(h, h), "fourths"), -1)
	})
	x := tensors.FromValue([][]float64{{2, 3}})
	expect.Near(t, "squares", tensors.MustCopyFlatData[float64](ok(n.UpTo("squares").Predict(x))(t)), []float64{4, 9}, 0)
	twice := Exact(func(x *Node) *Node {
		f := func(x *Node) *Node { return n.UpTo("fourths").Forward(nil, x) }
		return Sub(f(MulScalar(x, 2)), f(x))
	})
	expect.Near(t, "differences of fourths", tensors.MustCopyFlatData[float64](ok(twice.Predict(x))(t)), []float64{240, 1215}, 0)
	_, err := n.UpTo("fourth").Predict(x)
	expect.Error(t, err, `no layer "fourth"`, `nearest is "fourths"`)
	_, err = Exact(func(x *Node) *Node { return ConvertDType(x, dtypes.Float64) }).UpTo("hidden 1").Predict(x)
	expect.Error(t, err, "no layer of this network has a name")
}
