package network

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/lie/rep"
)

// alike reports whether estimates differ by rounding alone, as if sums were taken in another order.
func alike(a, b liegg.Estimate) bool {
	near := func(x, y float64) bool { return math.Abs(x-y) <= 1e-9*math.Abs(y)+1e-12 }
	return near(a.Value, b.Value) && near(a.Lower, b.Lower) && near(a.Upper, b.Upper) && near(a.Fitted, b.Fitted)
}

// Of four outputs, one keeps only a rotation, and one is constant. Both are reported, and the verdict
// on all outputs is the verdict of Judge.
func TestJudgeByOutput(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	n := onXLA(t, Exact(func(x *Node) *Node {
		three := radials(3, 1, .2).Forward(nil, x)
		return Concatenate([]*Node{three, OnesLike(Slice(three, AxisRange(), AxisElem(0)))}, -1)
	}))
	x := gaussian(3, 3000, ones(3)...)
	b := ok(JudgeByOutput(n, action.Linear(3, 1), Tensor(x), Settings{}))(t)
	v := ok(Judge(n, action.Linear(3, 1), Tensor(x), Settings{}))(t)
	if b.All.Dim != v.Dim || math.Abs(b.All.Threshold-v.Threshold) > 1e-9 || !slices.EqualFunc(b.All.Defects, v.Defects, alike) {
		t.Errorf("all outputs together: got\n%v, and by Judge\n%v", b.All, v)
	}
	for i, want := range []string{"so(3)", "so(2)", "so(3)"} {
		if p := b.Parts[i]; p.Verdict == nil || p.Verdict.Name() != want || p.Samples != 3000 || !(p.Effective > 500) {
			t.Errorf("output %d has %+v, want %s", i+1, p, want)
		}
	}
	if p := b.Parts[3]; p.Verdict != nil || !strings.Contains(p.Reason, "gradient") {
		t.Errorf("a constant output: %+v", p)
	}
	if text := b.String(); b.Dim != 3 || !slices.Equal(b.Broken, []int{1}) || !strings.Contains(text, "4       –") {
		t.Errorf("broken are %v, want output 2:\n%s", b.Broken, text)
	}
}

// shells returns ‖x‖², which is broken on the second of three shells, and the shell of each sample.
func shells(samples int, epsilon float64) (n *Network, x *tensors.Tensor, labels []string) {
	const first, second = 1.5, 4. // squares of radii
	n = Exact(func(x *Node) *Node {
		square := ReduceSum(Square(x), -1)
		within := LogicalAnd(GreaterThan(square, Scalar(x.Graph(), x.DType(), first)), LessThan(square, Scalar(x.Graph(), x.DType(), second)))
		return Where(within, Reshape(groundtruth.Broken(epsilon).Graph(x), x.Shape().Dim(0)), Sin(square))
	})
	x = gaussian(5, samples, ones(3)...)
	tensors.MustConstFlatData(x, func(v []float64) {
		for point := range slices.Chunk(v, 3) {
			switch square := point[0]*point[0] + point[1]*point[1] + point[2]*point[2]; {
			case square <= first:
				labels = append(labels, "0: inner")
			case square < second:
				labels = append(labels, "1: middle")
			default:
				labels = append(labels, "2: outer")
			}
		}
	})
	return n, x, labels
}

// If one class breaks a symmetry that the others have, it is named, even if all classes together are
// within the threshold. A class with a single sample has a Reason.
func TestJudgeByLabel(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	n, x, labels := shells(6000, .1)
	labels[17] = "7: single"
	b := ok(JudgeByLabel(n, action.Linear(3, 1), Tensor(x), labels, Settings{}))(t)
	if len(b.Parts) != 4 || b.Parts[1].Name != "1: middle" || !slices.Equal(b.Broken, []int{1}) {
		t.Fatalf("the middle shell is not named:\n%v", b)
	}
	for _, p := range b.Parts[:3] {
		if p.Verdict == nil || p.Answer() != liegg.Symmetric || p.Verdict.Dim != 3 || p.Samples < 1000 {
			t.Errorf("%s has %+v, want 3 generators:\n%v", p.Name, p, b)
		}
	}
	if p := b.Parts[3]; p.Verdict != nil || p.Samples != 1 || !strings.Contains(p.Reason, "1 sample is too few") {
		t.Errorf("a label of one sample: %+v", p)
	}
	for _, words := range []string{"label 1: middle breaks the symmetry: ρ = 0.", "undetermined: 1 sample is too few"} {
		if !strings.Contains(b.String(), words) {
			t.Errorf("%q is not said:\n%v", words, b)
		}
	}
	want := ok(Judge(n, action.Linear(3, 1), Tensor(x), Settings{}))(t)
	if ratio := b.All.Defects[3].Value / want.Defects[3].Value; ratio < .9 || ratio > 1.1 {
		t.Errorf("all labels together: got\n%v, and by Judge\n%v", b.All, want)
	}
}

// Groups are kept whole, and few groups in a label make its verdict undetermined.
func TestJudgeByLabelOfGroups(t *testing.T) {
	n, x, _ := shells(3000, .1)
	labels := make([]int, 3000)
	for i := range labels {
		if i >= 2700 {
			labels[i] = 5
		}
	}
	b := ok(JudgeByLabel(n, action.Linear(3, 1), Tensor(x), labels, Settings{Groups: GroupsOf(20), Rule: liegg.Rule{Threshold: 1e-6}}))(t)
	if d := b.All.Dependence; d.Places != 150 || b.Parts[0].Verdict.Dependence.Places != 135 || b.Parts[1].Verdict.Dependence.Places != 15 {
		t.Errorf("150 groups, of them 15 in label 5: got %+v, %+v, %+v", d, b.Parts[0].Verdict.Dependence, b.Parts[1].Verdict.Dependence)
	}
}

func TestBadBreakdowns(t *testing.T) {
	n, x, labels := shells(600, .1)
	a := action.Linear(3, 1)
	for words, labels := range map[string][]string{
		"no labels: give one":           nil,
		"500 labels for more samples":   labels[:500],
		"700 labels for 600 samples: g": slices.Concat(labels, labels[:100]),
	} {
		if _, err := JudgeByLabel(n, a, Tensor(x), labels, Settings{}); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("want %q, got %v", words, err)
		}
	}
	e := action.Equivariant(a, rep.Standard(3))
	if _, err := JudgeByOutput(n, e, Tensor(x), Settings{}); err == nil || !strings.Contains(err.Error(), "moves the outputs together") {
		t.Errorf("an equivariance by output: %v", err)
	}
	empty := func(func(*tensors.Tensor, error) bool) {}
	if _, err := JudgeByOutput(n, a, empty, Settings{}); !errors.Is(err, liegg.ErrNoSamples) {
		t.Errorf("no inputs: %v", err)
	}
	if _, err := JudgeByLabel(n, a, empty, labels, Settings{}); !errors.Is(err, liegg.ErrNoSamples) {
		t.Errorf("no inputs: %v", err)
	}
}
