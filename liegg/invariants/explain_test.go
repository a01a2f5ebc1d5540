package invariants

import (
	"errors"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/internal/sheet/sheettest"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// invariant is sin(x·x) + x·y, and broken adds x₁.
func invariant(x *Node) *Node {
	a, b := SliceAxis(x, -1, AxisRange(0, 3)), SliceAxis(x, -1, AxisRange(3, 6))
	return Add(Sin(ReduceSum(Square(a), -1)), ReduceSum(Mul(a, b), -1))
}

func broken(x *Node) *Node {
	return Add(invariant(x), Reshape(SliceAxis(x, -1, AxisRange(0, 1)), x.Shape().Dim(0)))
}

func TestExplain(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	v := expect.OK(Of(lie.SO(3), 2, Settings{}))(t)
	x := networktest.Normal[float32](5, 6000, 6)
	s := ExplainSettings{Steps: 1000, Quiet: true}
	e := expect.OK(v.Explain(network.Exact(invariant), x, s))(t)
	t.Log(e)
	if e.Explained.Lower < .98 || e.Explained.Value < e.Raw.Value {
		t.Errorf("the invariants explain %v, all inputs %v", e.Explained, e.Raw)
	}
	e = expect.OK(v.Explain(network.Exact(broken), x, s))(t)
	t.Log(e)
	if e.Explained.Upper > .8 || e.Raw.Lower < .7 {
		t.Errorf("x₁ is no function of the invariants, but they explain %v, all inputs %v", e.Explained, e.Raw)
	}
}

func TestExplainRefuses(t *testing.T) {
	none := expect.OK(Of(lie.SL(3), 1, Settings{}))(t)
	x := networktest.Normal[float32](5, 100, 3)
	if _, err := none.Explain(network.Exact(func(x *Node) *Node { return ReduceSum(x, -1) }), x, ExplainSettings{}); !errors.Is(err, ErrConstant) {
		t.Error(err)
	}
	one := expect.OK(Of(lie.SO(3), 1, Settings{}))(t)
	_, err := one.Explain(network.Exact(func(x *Node) *Node { return MulScalar(ReduceSum(x, -1), 0) }), x, ExplainSettings{})
	expect.Error(t, err, "output 1 varies by 0")
	expect.Panic(t, "Explain: inputs", func() { one.Explain(nil, networktest.Normal[float32](5, 100, 4), ExplainSettings{}) })
}

func TestShown(t *testing.T) {
	v := expect.OK(Of(lie.SO(3), 2, Settings{}))(t)
	if text, _ := sheettest.Read(t, v.HTML(nil)); !strings.Contains(text, "f depends on x·x, x·y, y·y only") {
		t.Error(text)
	}
	sheettest.Read(t, (&Explanation{}).HTML(nil))
}

func TestPrinted(t *testing.T) {
	v := expect.OK(Of(lie.SO(3), 2, Settings{}))(t)
	expect.Printed(t, []any{v, v.Generators[0], Settings{}, ExplainSettings{}, Share{.998, .997, .999}, &Explanation{Explained: Share{.998, .997, .999}, Invariants: 3, Inputs: 6}})
}
