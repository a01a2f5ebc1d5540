package network

import (
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
)

// Halves of an odd number of samples share batches, and so their programs. Parts of them and other
// values stay in these batches. What fills batches up shows in no result.
func TestAlike(t *testing.T) {
	all := ok(Buffer(Tensor(normal(1, 101, 4)), 0))(t)
	first, second, apart := ok(all.Part(0, 50))(t), ok(all.Part(50, 101))(t), ok(all.Part(0, 50))(t)
	if err := Alike(first, second); err != nil {
		t.Fatal(err)
	}
	picked := ok(second.Pick(rand.New(rand.NewPCG(1, 0)).Perm(51)[:48]))(t)
	for name, h := range map[string]*Buffered{
		"first": first, "second": second, "part": ok(second.Part(1, 51))(t), "picked": picked, "with": ok(first.With(ok(first.Values())(t)))(t),
	} {
		if h.batch() != 51 {
			t.Errorf("%s is in batches of %d, want 51", name, h.batch())
		}
	}
	if few := ok(second.Part(0, 40))(t); few.batch() != 40 {
		t.Errorf("40 samples are in batches of %d", few.batch())
	}
	n := Exact(func(x *Node) *Node { return Concatenate([]*Node{Sin(x), Square(x)}, -1) })
	for h, want := range map[*Buffered]*Buffered{first: apart, second: ok(all.Part(50, 101))(t)} {
		p := ok(n.NewProgram(Outputs, h, scaled))(t)
		got, is := ok(p.Run(h, number(2)))(t), ok(p.Run(want, number(2)))(t)
		if len(got[0]) != 8*h.Len() {
			t.Errorf("%d results of %d samples", len(got[0]), h.Len())
		}
		expect.Near(t, "outputs", got[0], is[0], 1e-14)
		expect.Near(t, "moved", got[1], is[1], 0)
		p.Finalize()
		expect.Near(t, "sizes", scalesOf(t, n, h).Gradients, scalesOf(t, n, want).Gradients, 1e-13)
	}
}

// Inputs of which much would be padding stay as they are.
func TestNotAlike(t *testing.T) {
	x := Tensor(normal(1, 90, 4))
	all := ok(Buffer(x, 0))(t)
	for _, at := range []int{30, 45} {
		first, second := ok(all.Part(0, at))(t), ok(all.Part(at, 90))(t)
		if err := Alike(first, second); err != nil {
			t.Fatal(err)
		}
		if first.batch() != at || second.batch() != 90-at {
			t.Errorf("%d and %d samples are in batches of %d and %d", at, 90-at, first.batch(), second.batch())
		}
	}
}

func scalesOf(t *testing.T, n *Network, h *Buffered) *liegg.OutputScales {
	t.Helper()
	return ok(OutputScales(n, action.Linear(4, 1), h, Settings{}))(t)
}
