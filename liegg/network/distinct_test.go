package network

import (
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
)

// Six points count as six samples, no matter how often they are repeated.
func TestRepeatedSamples(t *testing.T) {
	six := ok(dataset.Values(gaussian(1, 6, 1, 1, 1)))(t)
	repeated := tensors.FromFlatDataAndDimensions(slices.Repeat(six, 500), 3000, 3)
	net := Exact(func(x *Node) *Node { return Add(Sin(axis(x, 0)), Mul(axis(x, 1), Exp(axis(x, 2)))) })
	v := ok(Judge(net, action.Linear(3, 1), Tensor(repeated), Settings{Rule: liegg.Rule{Threshold: 1e-6}}))(t)
	if v.Answer != liegg.Undetermined || v.Repeats != 2994 || !strings.Contains(v.String(), "only 6 samples are distinct, the other 2994 repeat them") {
		t.Errorf("six points 500 times: got\n%v", v)
	}
	x := gaussian(7, 3000, ones(4)...)
	tensors.MustMutableFlatData(x, func(v []float64) { copy(v[4*2000:], v[:4*1000]) })
	v = ok(Judge(inUnits([]float64{1}, radius), action.Linear(4, 1), Tensor(x), Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Repeats != 1000 {
		t.Errorf("a third of the samples given twice: got\n%v", v)
	}
}
