package discrete

import (
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// at returns coordinate i as [batch].
func at(x *Node, i int) *Node {
	return Reshape(SliceAxis(x, -1, AxisRange(i, i+1)), x.Shape().Dim(0))
}

func power(x *Node, k int) *Node {
	p := x
	for range k - 1 {
		p = Mul(p, x)
	}
	return p
}

// fourth is Σ x_i⁴.
func fourth(x *Node) *Node { return ReduceSum(power(x, 4), -1) }

// elementary is the second elementary symmetric function plus the first.
func elementary(x *Node) *Node {
	sum := ReduceSum(x, -1)
	return Add(sum, Sub(Square(sum), ReduceSum(Square(x), -1)))
}

// harmonic is Re (x+iy)^m.
func harmonic(m int) func(x *Node) *Node {
	return func(x *Node) *Node { re, _ := complexPower(x, m); return re }
}

// chiral has the symmetry C_m, without mirrors.
func chiral(m int) func(x *Node) *Node {
	return func(x *Node) *Node {
		re, im := complexPower(x, m)
		return Add(Mul(re, im), Add(im, MulScalar(re, 2)))
	}
}

func complexPower(x *Node, m int) (re, im *Node) {
	a, b := at(x, 0), at(x, 1)
	re, im = a, b
	for range m - 1 {
		re, im = Sub(Mul(re, a), Mul(im, b)), Add(Mul(re, b), Mul(im, a))
	}
	return re, im
}

// ring couples neighbours of a ring, in one direction if it is chiral.
func ring(n int, oneWay bool) func(x *Node) *Node {
	return func(x *Node) *Node {
		var sum *Node
		for i := range n {
			a, b := at(x, i), at(x, (i+1)%n)
			term := Mul(a, b)
			if oneWay {
				term = Mul(Square(a), b)
			}
			if sum == nil {
				sum = term
			} else {
				sum = Add(sum, term)
			}
		}
		return sum
	}
}

// alternating is Π_{i<j} (x_i − x_j).
func alternating(n int) func(x *Node) *Node {
	return func(x *Node) *Node {
		product := OnesLike(at(x, 0))
		for i := range n {
			for j := range i {
				product = Mul(product, Sub(at(x, i), at(x, j)))
			}
		}
		return product
	}
}

// pairs is a potential of particles in the plane that depends on their distances.
func pairs(k int) func(x *Node) *Node {
	return func(x *Node) *Node {
		sum := ZerosLike(at(x, 0))
		for i := range k {
			for j := range i {
				d := Add(Square(Sub(at(x, 2*i), at(x, 2*j))), Square(Sub(at(x, 2*i+1), at(x, 2*j+1))))
				sum = Add(sum, Exp(MulScalar(d, -.5)))
			}
		}
		return sum
	}
}

func plain(x *Node) *Node { // no symmetry
	n := x.Shape().Dim(1)
	sum := ZerosLike(at(x, 0))
	for i := range n {
		sum = Add(sum, MulScalar(Sin(AddScalar(MulScalar(at(x, i), 1+.3*float64(i)), .4)), 1+.5*float64(i)))
	}
	return sum
}

func turns(t *testing.T, most int) Candidates {
	return expect.OK(Fractions(most, lie.SO(2).Basis()[0]))(t)
}

func TestSearch(t *testing.T) {
	for _, c := range []struct {
		what  string
		f     func(x *Node) *Node
		n     int
		among []Candidates
		name  string
		order float64
	}{
		{"x⁴ + y⁴", fourth, 2, []Candidates{SignedPermutations(2)}, "D_4", 8},
		{"Σ x⁴, 4 inputs", fourth, 4, []Candidates{SignedPermutations(4)}, "B_4", 384},
		{"Σ x⁴, 5 inputs", fourth, 5, []Candidates{SignedPermutations(5)}, "B_5", 3840},
		{"Σ x⁴, 6 inputs", fourth, 6, []Candidates{SignedPermutations(6)}, "B_6", 46080},
		{"xyz", func(x *Node) *Node { return Mul(at(x, 0), Mul(at(x, 1), at(x, 2))) }, 3, []Candidates{SignedPermutations(3)}, "W(D_3)", 24},
		{"xyzw", func(x *Node) *Node { return Mul(Mul(at(x, 0), at(x, 3)), Mul(at(x, 1), at(x, 2))) }, 4, []Candidates{SignedPermutations(4)}, "W(D_4)", 192},
		{"elementary, 4", elementary, 4, []Candidates{SignedPermutations(4)}, "S_4", 24},
		{"elementary, 6", elementary, 6, []Candidates{Permutations(6)}, "S_6", 720},
		{"elementary, 12", elementary, 12, []Candidates{Permutations(12)}, "S_12", 479001600},
		{"alternating, 4", alternating(4), 4, []Candidates{Permutations(4)}, "A_4", 12},
		{"ring of 5", ring(5, false), 5, []Candidates{Permutations(5)}, "D_5", 10},
		{"chiral ring of 5", ring(5, true), 5, []Candidates{Permutations(5)}, "C_5", 5},
		{"ring of 10", ring(10, false), 10, []Candidates{Permutations(10)}, "D_10", 20},
		{"chiral ring of 10", ring(10, true), 10, []Candidates{Permutations(10)}, "C_10", 10},
		{"cos 3θ, turns", harmonic(3), 2, []Candidates{turns(t, 12)}, "C_3", 3},
		{"cos 3θ", harmonic(3), 2, []Candidates{turns(t, 12), SignedPermutations(2)}, "D_3", 6},
		{"cos 5θ", harmonic(5), 2, []Candidates{turns(t, 12), SignedPermutations(2)}, "D_5", 10},
		{"chiral, 4", chiral(4), 2, []Candidates{turns(t, 12), SignedPermutations(2)}, "C_4", 4},
		{"chiral, 6", chiral(6), 2, []Candidates{turns(t, 12), SignedPermutations(2)}, "C_6", 6},
		{"four particles", pairs(4), 8, []Candidates{Blocks(4, 2)}, "S_4", 24},
		{"x²y² + z", func(x *Node) *Node { return Add(Square(Mul(at(x, 0), at(x, 1))), at(x, 2)) }, 3, []Candidates{SignedPermutations(3)}, "D_4", 8},
		{"x⁴+y⁴+z⁶+w⁶", func(x *Node) *Node {
			return Add(Add(power(at(x, 0), 4), power(at(x, 1), 4)), MulScalar(Add(power(at(x, 2), 6), power(at(x, 3), 6)), .3))
		}, 4, []Candidates{SignedPermutations(4)}, "D_4 × D_4", 64},
		{"x² + 3y²", func(x *Node) *Node { return Add(Square(at(x, 0)), MulScalar(Square(at(x, 1)), 3)) }, 2, []Candidates{SignedPermutations(2)}, "C_2 × C_2", 4},
		{"none", plain, 4, []Candidates{SignedPermutations(4)}, "trivial", 1},
	} {
		t.Run(c.what, func(t *testing.T) {
			if testing.Short() && c.n > 4 {
				t.Skip("slow")
			}
			x := networktest.Normal[float32](7, 1500, c.n)
			g := expect.OK(Search(network.Exact(c.f), network.Tensor(x), Settings{}, c.among...))(t)
			want := liegg.Symmetric
			if c.order == 1 {
				want = liegg.None
			}
			if g.Name != c.name || g.Order != c.order || g.Answer != want {
				t.Errorf("want %s of order %g: %v", c.name, c.order, g)
			}
			if want == liegg.Symmetric && !g.Exact && !strings.Contains(g.Head(), "within") {
				t.Error(g.Head())
			}
		})
	}
}
