package network

import (
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
)

// clusters are centres with samples around each, in order or shuffled.
func clusters(seed uint64, centres, each int, size float64, shuffled bool) *tensors.Tensor {
	random := rand.New(rand.NewPCG(seed, 0))
	x := make([][3]float64, 0, centres*each)
	for range centres {
		c := [3]float64{random.NormFloat64(), random.NormFloat64(), random.NormFloat64()}
		for range each {
			x = append(x, [3]float64{c[0] + size*random.NormFloat64(), c[1] + size*random.NormFloat64(), c[2] + size*random.NormFloat64()})
		}
	}
	if shuffled {
		random.Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
	}
	flat := make([]float64, 0, 3*len(x))
	for _, v := range x {
		flat = append(flat, v[:]...)
	}
	return tensors.FromFlatDataAndDimensions(flat, len(x), 3)
}

// Samples around a few centres decide nothing, in any order. Unless groups are given, the verdict says
// how many independent places it found.
func TestClusteredSamples(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, shuffled := range []bool{false, true} {
		for seed := range uint64(2) {
			v := ok(Judge(Exact(groundtruth.Broken(.1).Graph), action.Linear(3, 1), Tensor(clusters(seed, 40, 250, .05, shuffled)), Settings{}))(t)
			if v.Answer != liegg.Undetermined || v.Dependence.Places < 15 || v.Dependence.Places > 120 ||
				!strings.Contains(v.String(), "independent places") || !strings.Contains(v.String(), "1 generator is exact to rounding") || !strings.Contains(v.String(), "network.Settings.Groups") {
				t.Errorf("40 clusters, shuffled: %v: %+v\n%v", shuffled, v.Dependence, v)
			}
		}
	}
}

// Independent samples raise no doubt.
func TestIndependentSamples(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for seed := range uint64(2) {
		v := ok(Judge(Exact(groundtruth.Broken(.1).Graph), action.Linear(3, 1), Tensor(normal(seed, 10_000, 3)), Settings{}))(t)
		if v.Answer != liegg.Symmetric || v.Dim != 1 || v.Dependence.Places != 0 {
			t.Errorf("%+v\n%v", v.Dependence, v)
		}
	}
}

// A few places suffice for an exact symmetry.
func TestExactOnClusters(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	norm := Exact(func(x *Node) *Node { return ReduceSum(Square(x), -1) })
	for seed := range uint64(2) {
		x := Tensor(clusters(seed, 40, 250, .05, true))
		for _, g := range []Groups{{}, GroupsOf(1)} {
			v := ok(Judge(norm, action.Linear(3, 1), x, Settings{Groups: g}))(t)
			if v.Answer != liegg.Symmetric || v.Name() != "so(3)" {
				t.Errorf("%v: got\n%v", g, v)
			}
		}
		if v := ok(Judge(norm, action.Linear(3, 1), Tensor(clusters(seed, 40, 250, .05, false)), Settings{Groups: GroupsOf(250)}))(t); v.Name() != "so(3)" {
			t.Errorf("40 groups: got\n%v", v)
		}
	}
}

// Buffered inputs are looked at like a stream, and groups are counted.
func TestDependenceOfHeldInputs(t *testing.T) {
	held := ok(Buffer(Tensor(clusters(1, 40, 250, .05, true)), 0))(t)
	defer held.Finalize()
	if d := ok(held.Dependence(Groups{}, action.Linear(3, 1)))(t); !d.Near || d.Places < 30 || d.Places > 60 || d.Samples != 10_000 || len(d.Doubts()) != 1 {
		t.Errorf("40 clusters: %+v", d)
	}
	if d := ok(held.Dependence(GroupsOf(50), action.Linear(3, 1)))(t); d.Places != 200 || !d.Given || len(d.Doubts()) != 0 {
		t.Errorf("200 groups: %+v", d)
	}
	if _, err := held.Dependence(GroupsBy([]int{1, 2}), action.Linear(3, 1)); err == nil {
		t.Error("two labels for 10000 samples are taken")
	}
}
