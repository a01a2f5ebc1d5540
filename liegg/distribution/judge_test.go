package distribution

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/sheet/sheettest"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// stretched draws normal points with a spread of its own for each coordinate, around a centre.
func stretched(seed uint64, n int, centre float64, spreads ...float64) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(seed, 0))
	x := make([]float64, n*len(spreads))
	for i := range x {
		x[i] = centre + spreads[i%len(spreads)]*rng.NormFloat64()
	}
	return tensors.FromFlatDataAndDimensions(x, n, len(spreads))
}

// spokes draws points of which each lies on one of a few spokes, a distribution with a discrete
// symmetry alone.
func spokes(n, count int) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(4, 0))
	var x []float64
	for range n {
		θ := 2*math.Pi*float64(rng.IntN(count))/float64(count) + .3/float64(count)*rng.NormFloat64()
		r := 1 + .2*rng.NormFloat64()
		x = append(x, r*math.Cos(θ), r*math.Sin(θ))
	}
	return tensors.FromFlatDataAndDimensions(x, n, 2)
}

// lattice draws points of a square lattice in a disc.
func lattice(n int) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(4, 0))
	var x []float64
	for len(x) < 2*n {
		if a, b := float64(rng.IntN(61)-30), float64(rng.IntN(61)-30); math.Hypot(a, b) <= 30 {
			x = append(x, a, b)
		}
	}
	return tensors.FromFlatDataAndDimensions(x, n, 2)
}

// cauchy draws points at Cauchy distances in random directions.
func cauchy(n int) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(4, 0))
	var x []float64
	for range n {
		r, θ := math.Tan(math.Pi*(rng.Float64()-.5)), 2*math.Pi*rng.Float64()
		x = append(x, r*math.Cos(θ), r*math.Sin(θ))
	}
	return tensors.FromFlatDataAndDimensions(x, n, 2)
}

func TestJudge(t *testing.T) {
	turn := lie.SO(3).Basis()[0] // of the first two coordinates
	scaling := lie.Scaling(3).Basis()[0]
	for _, c := range []struct {
		what string
		x    *tensors.Tensor
		a    action.Action
		h    *mat.Dense
		of   network.Groups
		want flow.Verdict
	}{
		{"isotropic", stretched(1, 8000, 0, 1, 1, 1), action.Linear(3, 1), turn, network.Groups{}, flow.Invariant},
		{"scaled isotropic", stretched(1, 4000, 0, 1, 1, 1), action.Linear(3, 1), scaling, network.Groups{}, flow.Broken},
		{"stretched", stretched(1, 4000, 0, 2, 1, 1), action.Linear(3, 1), turn, network.Groups{}, flow.Broken},
		{"round in two of three", stretched(2, 8000, 0, 1, 1, 3), action.Linear(3, 1), turn, network.Groups{}, flow.Invariant},
		{"away from the centre", stretched(3, 2000, 5, 1, 1, 1), action.Linear(3, 1), turn, network.Groups{}, flow.Broken},
		{"spokes", spokes(3000, 3), action.Linear(2, 1), lie.SO(2).Basis()[0], network.Groups{}, flow.Broken},
		{"close spokes", spokes(4000, 12), action.Linear(2, 1), lie.SO(2).Basis()[0], network.GroupsOf(1), flow.Broken},
		// they could be as many clusters of dependent samples
		{"close spokes, not said to be independent", spokes(4000, 12), action.Linear(2, 1), lie.SO(2).Basis()[0], network.Groups{}, flow.Undetermined},
		{"few", stretched(1, 200, 0, 1, 1, 1), action.Linear(3, 1), turn, network.Groups{}, flow.Undetermined},
	} {
		if testing.Short() && c.x.Shape().Dimensions[0] > 2000 {
			continue // slow
		}
		r := expect.OK(Judge(c.x, c.a, c.h, Settings{Quiet: true, Steps: 250, Hidden: []int{24, 24}, Margin: .03, Groups: c.of}))(t)
		t.Logf("%s: %v", c.what, r)
		if r.Verdict != c.want || (r.Warning() != "") != (c.want == flow.Broken) {
			t.Errorf("%s: want %v: %v", c.what, c.want, r)
		}
	}
}

// clusters draws points around centres that are distributed isotropically, and the centre of each.
func clusters(centres, each int) (*tensors.Tensor, []int) {
	rng := rand.New(rand.NewPCG(6, 0))
	var x []float64
	var of []int
	for c := range centres {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		for range each {
			x, of = append(x, a+.05*rng.NormFloat64(), b+.05*rng.NormFloat64()), append(of, c)
		}
	}
	return tensors.FromFlatDataAndDimensions(x, len(of), 2), of
}

// Samples that depend on each other are fewer than they seem. Groups say so, and few groups are told.
// Without groups dependent samples are noticed, and equal ones form groups.
func TestGroups(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	few, fewOf := clusters(40, 100)
	many, manyOf := clusters(2000, 4)
	small := stretched(1, 300, 0, 1, 1)
	values := expect.OK(dataset.Values(small))(t)
	copies := tensors.FromFlatDataAndDimensions(slices.Concat(slices.Repeat([][]float64{values}, 20)...), 6000, 2)
	for _, c := range []struct {
		what   string
		x      *tensors.Tensor
		groups network.Groups
		want   flow.Verdict
		reason string
	}{
		{"few", few, network.GroupsBy(fewOf), flow.Undetermined, "40 groups are too few"},
		{"few, not told", few, network.Groups{}, flow.Undetermined, "give groups"},
		{"many", many, network.GroupsBy(manyOf), flow.Invariant, ""},
		{"copies", copies, network.Groups{}, flow.Undetermined, "95 % of the samples equal others"},
		{"a lattice", lattice(4000), network.Groups{}, flow.Undetermined, "lattice"},
		{"heavy tails", cauchy(8000), network.GroupsOf(1), flow.Invariant, ""},
	} {
		r := expect.OK(Judge(c.x, action.Linear(2, 1), lie.SO(2).Basis()[0], Settings{Quiet: true, Steps: 250, Hidden: []int{24, 24}, Margin: .04, Groups: c.groups}))(t)
		t.Logf("%s: %v", c.what, r)
		if r.Verdict != c.want || !strings.Contains(strings.Join(r.Reasons, " "), c.reason) {
			t.Errorf("%s: want %v: %v", c.what, c.want, r)
		}
	}
	_, err := Judge(many, action.Linear(2, 1), lie.SO(2).Basis()[0], Settings{Groups: network.GroupsBy(fewOf)})
	expect.Error(t, err, "4000 labels")
	_, err = Judge(few, action.Linear(2, 1), lie.SO(2).Basis()[0], Settings{Groups: network.GroupsOf(4000)})
	expect.Error(t, err, "cannot be halved")
}

// Upright digits stand in an orientation of their own, turned ones do not.
func TestDigits(t *testing.T) {
	if testing.Short() {
		t.Skip("trains classifiers of digits")
	}
	train, _, err := dataset.MNIST()
	if err != nil {
		t.Fatal(err)
	}
	upright := train.Subset(0, 8000).Blur(1.5)
	turned := upright.Rotated(rand.New(rand.NewPCG(1, 0)))
	for what, c := range map[string]struct {
		x    dataset.Digits
		want flow.Verdict
	}{"upright": {upright.Subset(0, 2000), flow.Broken}, "turned": {turned, flow.Invariant}} {
		x := c.x.Samples(what).X
		r := expect.OK(Judge(x, action.ImageLinear(28, 28), lie.SO(2).Basis()[0], Settings{Quiet: true, Steps: 200, Hidden: []int{16}, Margin: .04}))(t)
		t.Logf("%s: %v", what, r)
		if r.Verdict != c.want {
			t.Errorf("%s: want %v: %v", what, c.want, r)
		}
	}
}

func TestMisuse(t *testing.T) {
	x, a, h := stretched(1, 200, 0, 1, 1), action.Linear(2, 1), lie.SO(2).Basis()[0]
	expect.Panic(t, "Judge: h", func() { Judge(x, a, lie.SO(3).Basis()[0], Settings{}) })
	expect.Panic(t, "Margin", func() { Judge(x, a, h, Settings{Margin: .7}) })
	_, err := Judge(stretched(1, 50, 0, 1, 1), a, h, Settings{})
	expect.Error(t, err, "50 samples are too few", "at least 100")
	_, err = Judge(stretched(1, 200, 0, 1, 1, 1), a, h, Settings{})
	expect.Error(t, err, "numbers")
	_, err = Judge(stretched(1, 200, math.Inf(1), 1, 1), a, h, Settings{})
	expect.Error(t, err, "input")
}

func TestPrinted(t *testing.T) {
	r := &Result{Accuracy: Accuracy{.93, .92, .94}, Control: Accuracy{.8, .78, .82}, Formula: "x₁∂₂ − x₂∂₁", Reach: math.Pi, Margin: .02, Samples: 8000, Floor: Accuracy{.5, .5, .5}}
	r.decide()
	expect.Printed(t, []any{r, Settings{}, r.Accuracy})
	if text, _ := sheettest.Read(t, r.HTML(nil)); !strings.Contains(text, "not symmetric") {
		t.Error(text)
	}
}

// A generator of Rⁿ means the same for linear and for affine actions.
func TestJudgeTakesLinearGeneratorsOfAffineActions(t *testing.T) {
	x, turn := stretched(1, 400, 0, 2, 1), lie.SO(2).Basis()[0]
	var results []*Result
	for _, h := range []*mat.Dense{turn, action.Whole(action.Affine(2, 1), turn)} {
		results = append(results, expect.OK(Judge(x, action.Affine(2, 1), h, Settings{Steps: 50, Quiet: true}))(t))
	}
	if a, b := results[0], results[1]; a.Formula != "x₁∂₂ − x₂∂₁" || a.String() != b.String() {
		t.Errorf("got\n%v\nand\n%v", a, b)
	}
}
