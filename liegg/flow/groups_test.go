package flow_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/network"
)

// clustered are groups of samples of R³ about centres, one group after the other.
func clustered(seed uint64, groups, each int) network.Inputs {
	rng := rand.New(rand.NewPCG(seed, 0))
	var values []float64
	for range groups {
		centre := []float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}
		for i := range 3 * each {
			values = append(values, centre[i%3]+.05*rng.NormFloat64())
		}
	}
	return network.Tensor(tensors.FromFlatDataAndDimensions(values, groups*each, 3))
}

// Samples that depend on each other say nothing firm without groups, or in few of them,
// unless nothing changes at all. The true ρ of the rotation is .0805.
func TestFlowsOfGroups(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	n := inGo(groundtruth.Broken(.1).Graph)
	broken, exact := flow.Rotation(3, 0, 1), flow.Rotation(3, 1, 2)
	for _, c := range []struct {
		name   string
		groups network.Groups
		count  int
		h      flow.Hypothesis
		want   flow.Verdict
		says   string
	}{
		{"none given", network.Groups{}, 40, broken, flow.Undetermined, "independent places"},
		{"few", network.GroupsOf(25), 40, broken, flow.Undetermined, "40 groups are too few"},
		{"enough", network.GroupsOf(5), 400, broken, flow.Broken, ""},
		{"none given, exact", network.Groups{}, 40, exact, flow.Invariant, ""},
	} {
		s := quick
		s.Groups = c.groups
		r := ok(flow.Test(n, action.Linear(3, 1), c.h, clustered(3, c.count, map[int]int{40: 25, 400: 5}[c.count]), s))(t)
		if r.Verdict != c.want || !strings.Contains(r.String(), c.says) {
			t.Errorf("%s: want %v, got\n%v", c.name, c.want, r)
		}
	}
	if _, err := flow.Test(n, action.Linear(3, 1), broken, clustered(3, 40, 25), flow.Settings{Groups: network.GroupsBy([]int{1, 2})}); err == nil || !strings.Contains(err.Error(), "2 labels") {
		t.Errorf("two labels for 1000 samples: %v", err)
	}
	s := quick
	s.Groups = network.GroupsOf(5)
	j := ok(flow.Judge(n, action.Linear(3, 1), clustered(4, 400, 5), s))(t)
	if !j.Verdict.Dependence.Given || j.Verdict.Dependence.Places != 400 || j.Confirmed() == nil {
		t.Errorf("400 groups: got\n%v", j)
	}
}

// Copies are not new samples.
func TestFlowsOfRepeatedSamples(t *testing.T) {
	few := normal(47, 50, 3)
	values := tensors.MustCopyFlatData[float64](few)
	var all []float64
	for range 30 {
		all = append(all, values...)
	}
	x := network.Tensor(tensors.FromFlatDataAndDimensions(all, 1500, 3))
	broken := inGo(groundtruth.Broken(.1).Graph)
	if r := ok(flow.Test(broken, action.Linear(3, 1), flow.Rotation(3, 0, 1), x, quick))(t); r.Verdict != flow.Undetermined || !strings.Contains(r.String(), "repeat others") {
		t.Errorf("50 samples, 30 times each: got\n%v", r)
	}
	length := inGo(func(x *Node) *Node { return squared(x) })
	if r := ok(flow.Test(length, action.Linear(3, 1), flow.Rotation(3, 0, 1), x, quick))(t); r.Verdict != flow.Invariant {
		t.Errorf("an exact symmetry: got\n%v", r)
	}
}

// Far from the origin a scaling is a translation nearly, and a rotation about the origin too.
func TestLinearMapsFarAway(t *testing.T) {
	n := inGo(func(x *Node) *Node { return Sin(MulScalar(Sub(coordinateOf(x, 0), coordinateOf(x, 1)), .01)) })
	r := ok(flow.Test(n, action.Linear(3, 1), flow.Scaling(3), inUnits(1000, [3]float64{100, 100, 100}, [3]float64{1e5, 1e5, 1e5}), quick))(t)
	if r.Verdict != flow.Undetermined || !strings.Contains(r.String(), "as a translation would") {
		t.Errorf("got\n%v", r)
	}
}
