package flow_test

import (
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
)

// diagonal is a form of plus and minus signs.
func diagonal(v ...float64) classification.Form {
	form := classification.Form{Q: mat.NewDense(len(v), len(v), nil), Symmetric: true}
	for i, x := range v {
		form.Q.Set(i, i, x)
		if x > 0 {
			form.Signature.Plus++
		} else {
			form.Signature.Minus++
		}
	}
	return form
}

// triple is the volume det[x₁ x₂ x₃] of three vectors of R³: SL(3) and so SO(3), but
// no reflection.
func triple(x *Node) *Node {
	at := func(i int) *Node { return Slice(x, AxisRange(), AxisRange(i, i+1)) }
	minor := func(a, b, c, d int) *Node { return Sub(Mul(at(a), at(d)), Mul(at(b), at(c))) }
	return Add(Sub(Mul(at(0), minor(4, 5, 7, 8)), Mul(at(1), minor(3, 5, 6, 8))), Mul(at(2), minor(3, 4, 6, 7)))
}

func TestComponents(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	three := groundtruth.Case{Vectors: 3, Size: 3, Sigma: 1, Graph: triple}
	conjugate := groundtruth.ConjugateSO3()
	for _, c := range []struct {
		on   groundtruth.Case
		form classification.Form
		want string
	}{
		{groundtruth.SO5(), diagonal(1, 1, 1, 1, 1), "O(5)"},
		{groundtruth.SO5(), diagonal(-1, -1, -1, -1, -1), "O(5)"},
		{three, diagonal(2, 2, 2), "SO(3)"},
		{conjugate, diagonal(1, 4, 9), "O(3)"},
		{groundtruth.SO13(), diagonal(1, -1, -1, -1), "O(1,3)"},
		{groundtruth.SL2(), diagonal(1, -1), "SO(1,1)"},
		{groundtruth.SE3(), diagonal(1, 1, 1), "O(3)"},
		{groundtruth.SP4(), classification.InvariantForms(lie.Sp(2), 0)[0], "Sp(4,R)"}, // sin turns with the sign of the form
	} {
		r := ok(flow.TestComponents(inGo(c.on.Graph), c.on.Action(), c.form, drawn(c.on, 500), flow.Settings{}))(t)
		if r.Group() != c.want || !strings.Contains(r.String(), c.want) {
			t.Errorf("%s: want %s, got %v", c.on.Name, c.want, r)
		}
	}
}

func TestDegenerateFormHasNoComponents(t *testing.T) {
	c := groundtruth.SO5()
	_, err := flow.TestComponents(inGo(c.Graph), action.Linear(5, 2), diagonal(1, 1, 1, 1, 0), drawn(c, 9), flow.Settings{})
	if err == nil || !strings.Contains(err.Error(), "degenerate") {
		t.Errorf("a degenerate form: %v", err)
	}
}

// Several maps at once get the answers that each gets alone.
func TestMaps(t *testing.T) {
	on := groundtruth.SO5()
	mirror, stretch := linalg.Identity(5), linalg.Identity(5)
	mirror.Set(0, 0, -1)
	stretch.Set(0, 0, 1.2)
	maps := []flow.Map{{Name: "mirror", G: mirror}, {Name: "stretch", G: stretch}}
	all := ok(flow.TestMaps(inGo(on.Graph), on.Action(), maps, drawn(on, 500), flow.Settings{}))(t)
	for i, want := range []flow.Verdict{flow.Invariant, flow.Broken} {
		alone := ok(flow.TestMap(inGo(on.Graph), on.Action(), maps[i], drawn(on, 500), flow.Settings{}))(t)
		if all[i].Verdict != want || all[i].String() != alone.String() {
			t.Errorf("want %v: %v; alone: %v", want, all[i], alone)
		}
	}
}
