package discrete

import (
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/network"
)

// each applies a function of one input and of the sum of all to every input.
func each(x *Node) *Node {
	sum := ReduceAndKeep(Square(x), ReduceSum, -1)
	return Mul(x, Add(Square(x), sum))
}

func concatenated(parts ...*Node) *Node {
	for i, p := range parts {
		parts[i] = InsertAxes(p, -1)
	}
	return Concatenate(parts, -1)
}

// forces are minus the gradients of pair potentials of four particles in the plane, and of a spring that
// holds the first.
func forces(spring float64) func(x *Node) *Node {
	return func(x *Node) *Node {
		first := SliceAxis(x, -1, AxisRange(0, 2))
		potential := Add(ReduceAllSum(pairs(4)(x)), MulScalar(ReduceAllSum(Square(first)), spring))
		return Neg(Gradient(potential, x)[0])
	}
}

func TestOutputsMove(t *testing.T) {
	energies := func(x *Node) *Node { return concatenated(power(at(x, 0), 3), power(at(x, 1), 3), power(at(x, 2), 3)) }
	// R turns by half the angle of x: its square turns as x does.
	double := func(x *Node) *Node {
		re, im := complexPower(x, 2)
		re5, im5 := complexPower(x, 5) // r⁵e^{5iθ} moves as e^{2iθ} under thirds of a turn
		return concatenated(Add(re, MulScalar(re5, .1)), Add(im, MulScalar(im5, .1)))
	}
	for _, c := range []struct {
		what    string
		f       func(x *Node) *Node
		n       int
		outputs Outputs
		among   []Candidates
		name    string
	}{
		{"x(x²+s)", each, 3, Same, []Candidates{SignedPermutations(3)}, "B_3"},
		{"x(x²+s), invariant", each, 3, Stay, []Candidates{SignedPermutations(3)}, "trivial"},
		{"x(x²+s), any matrix", each, 3, Free, []Candidates{SignedPermutations(3)}, "B_3"},
		{"forces", forces(0), 8, Same, []Candidates{Blocks(4, 2)}, "S_4"},
		{"forces with one held", forces(1), 8, Same, []Candidates{Blocks(4, 2)}, "S_3"},
		{"an output for each input", energies, 3, Same, []Candidates{Permutations(3)}, "S_3"},
		{"half the angle", double, 2, Free, []Candidates{turns(t, 8)}, "C_3"},
		{"none", func(x *Node) *Node { return concatenated(plain(x), Square(plain(x)), at(x, 1)) }, 3, Free, []Candidates{SignedPermutations(3)}, "trivial"},
		{"none, same", func(x *Node) *Node { return concatenated(plain(x), Square(plain(x)), at(x, 1)) }, 3, Same, []Candidates{SignedPermutations(3)}, "trivial"},
	} {
		t.Run(c.what, func(t *testing.T) {
			x := network.Tensor(networktest.Normal[float32](7, 1500, c.n))
			g := expect.OK(Search(network.Exact(c.f), x, Settings{Outputs: c.outputs}, c.among...))(t)
			want := liegg.Symmetric
			if c.name == "trivial" {
				want = liegg.None
			}
			if g.Name != c.name || g.Answer != want {
				t.Errorf("want %s: %v", c.name, g)
			}
		})
	}
}

// Networks of random weights, with as many outputs as inputs, have no symmetry.
func TestNoFalseGroupsOfOutputs(t *testing.T) {
	x := networktest.Normal[float32](8, 800, 3)
	for seed := range uint64(10) {
		net := expect.OK(network.New(network.MLP{Hidden: []int{16, 16}, Outputs: 3, Bias: true}, networktest.Normal[float32](8, 1, 3).Shape(), seed))(t)
		for _, o := range []Outputs{Same, Free} {
			g := expect.OK(Search(net, network.Tensor(x), Settings{Outputs: o}, SignedPermutations(3)))(t)
			if g.Answer == liegg.Symmetric || g.Answer == liegg.Approximate {
				t.Errorf("seed %d, outputs %v: %v", seed, o, g)
			}
		}
	}
}

func TestOutputsThatCannotMove(t *testing.T) {
	x := network.Tensor(networktest.Normal[float32](7, 200, 3))
	_, err := Search(network.Exact(plain), x, Settings{Outputs: Same}, SignedPermutations(3))
	expect.Error(t, err, "1 outputs for 3 inputs", "as many outputs as inputs")
	_, err = Search(network.Exact(func(x *Node) *Node { return Concatenate([]*Node{x, x, x, x, x, x, x, x, x, x}, -1) }), x, Settings{Outputs: Free}, SignedPermutations(3))
	expect.Error(t, err, "too few", "240")
	g := expect.OK(Search(network.Exact(each), x, Settings{Outputs: Same}, SignedPermutations(3)))(t)
	if !strings.Contains(g.Head(), "with outputs that move as the inputs do, among 47") {
		t.Error(g)
	}
	if text := (Settings{Outputs: Free}).String(); !strings.Contains(text, "Outputs free") {
		t.Error(text)
	}
}
