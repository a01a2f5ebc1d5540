package discrete

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
)

// Candidates is a finite set of transformations among which symmetries are sought.
type Candidates struct {
	about    string
	n        int
	list     func() []element
	complete bool // list has all of them
	signed   bool // they change signs
	blocks   int  // of size numbers each, which are permuted; 0 if none
	size     int
}

// Largest sizes of sets that are tried one by one: 6 for signed permutations, of which there are
// 2⁶·6! = 46 080, and 8 for permutations, of which there are 40 320.
const (
	mostSigned   = 6
	mostPermuted = 8
)

// SignedPermutations are the 2ⁿ·n! signed permutations of n inputs, the hyperoctahedral group. For
// n > 6 they are not tried one by one: the search takes changes of one or two signs and of all, swaps
// with and without signs, and what Permutations takes. It panics unless 1 ≤ n ≤ 64.
func SignedPermutations(n int) Candidates {
	c := Permutations(n)
	c.signed = true
	c.about = fmt.Sprintf("signed permutations of %s", spelling.Count(n, "input"))
	if c.complete = n <= mostSigned; c.complete {
		c.list = func() []element { return allSigned(n) }
		return c
	}
	steps := c.list
	c.list = func() []element { return append(steps(), signs(n)...) }
	return c
}

// Permutations are the n! permutations of n inputs. For n > 8 they are not tried one by one: the
// search takes swaps, cycles of three, shifts, the reversal, and permutations that keep the changes
// Δ by all swaps, a graph with coloured edges, which every symmetry of function and data keeps.
// It panics unless 1 ≤ n ≤ 64.
func Permutations(n int) Candidates { return Blocks(n, 1) }

// Blocks are the permutations of blocks of inputs, such as particles with size coordinates each,
// one block after the other. See Permutations. It panics unless 1 ≤ blocks ≤ 64 and size ≥ 1.
func Blocks(blocks, size int) Candidates {
	if blocks < 1 || blocks > 64 || size < 1 {
		panic(fmt.Sprintf("discrete: want 1 to 64 blocks or inputs, and a size of at least 1, got %d and %d", blocks, size))
	}
	c := Candidates{about: fmt.Sprintf("permutations of %s", spelling.Count(blocks, "input")), n: blocks * size, blocks: blocks, size: size, complete: blocks <= mostPermuted}
	if size > 1 {
		c.about = fmt.Sprintf("permutations of %s of %s", spelling.Count(blocks, "block"), spelling.Count(size, "input"))
	}
	c.list = func() (all []element) {
		if c.complete {
			eachPermutation(blocks, func(to []int) { all = append(all, permutation(to, size)) })
			return all
		}
		for _, to := range steps(blocks) {
			all = append(all, permutation(to, size))
		}
		return all
	}
	return c
}

// Fractions are turns exp(2π·a/m·H) by fractions of whole turns, for m = 2 … most, of each
// generator, and the products of turns of several generators with one m, as long as there are at
// most 10 000 of these. Each generator must be compact with a period, as group.Compact says of those
// of a found algebra; Fractions returns an error otherwise. It panics unless 2 ≤ most ≤ 60, without
// generators, and if their sizes differ.
func Fractions(most int, generators ...*mat.Dense) (Candidates, error) {
	if most < 2 || most > 60 || len(generators) == 0 {
		panic(fmt.Sprintf("discrete: Fractions: want 2 ≤ most ≤ 60 and generators, got %d and %d", most, len(generators)))
	}
	n, _ := generators[0].Dims()
	var turns []*mat.Dense
	for i, h := range generators {
		if rows, columns := h.Dims(); rows != n || columns != n {
			panic(fmt.Sprintf("discrete: Fractions: generator %d is %d×%d, the first %d×%d", i+1, rows, columns, n, n))
		}
		c := group.CompactOf(h, 1e-6)
		if c.Turn() == nil {
			return Candidates{}, fmt.Errorf("discrete: generator %d has no fractions of a turn: %s", i+1, c.Reason)
		}
		turns = append(turns, c.Turn())
	}
	c := Candidates{about: fmt.Sprintf("turns by 2π/m, m ≤ %d, of %s", most, spelling.Count(len(turns), "generator")), n: n, complete: true}
	c.list = func() (all []element) {
		for m := 2; m <= most; m++ {
			all = append(all, fractions(m, turns)...)
		}
		return all
	}
	return c, nil
}

// fractions lists the products of turns by a_k/m.
func fractions(m int, turns []*mat.Dense) (all []element) {
	const most = 10_000
	n, _ := turns[0].Dims()
	product := math.Pow(float64(m), float64(len(turns))) <= most
	var extend func(k int, g *mat.Dense, text string)
	extend = func(k int, g *mat.Dense, text string) {
		if k == len(turns) {
			all = append(all, ofMatrix(g, text))
			return
		}
		for a := range m {
			if a > 0 && text != "" && !product {
				break
			}
			if a == 0 {
				extend(k+1, g, text)
				continue
			}
			var moved mat.Dense
			moved.Mul(g, lie.Exp(turns[k], 2*math.Pi*float64(a)/float64(m)))
			turn := fmt.Sprintf("turn by 2π·%d/%d along %s", a, m, lie.Formula(turns[k], false, 0))
			if text != "" {
				turn = text + ", " + turn
			}
			extend(k+1, &moved, turn)
		}
	}
	extend(0, mat.DenseCopyOf(mat.NewDiagDense(n, ones(n))), "")
	return all
}

func ones(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = 1
	}
	return v
}

// permutation returns a permutation of blocks.
func permutation(to []int, size int) element {
	g := element{to: make([]int16, len(to)*size)}
	for b, p := range to {
		for k := range size {
			g.to[b*size+k] = int16(p*size + k + 1)
		}
	}
	return g
}

// allSigned lists the signed permutations of n inputs.
func allSigned(n int) (all []element) {
	eachPermutation(n, func(to []int) {
		for signs := range 1 << n {
			g := permutation(to, 1)
			for i := range g.to {
				if signs>>i&1 == 1 {
					g.to[i] = -g.to[i]
				}
			}
			all = append(all, g)
		}
	})
	return all
}

// signs lists changes of one or two signs and of all, and swaps with signs.
func signs(n int) (all []element) {
	whole := identity(n)
	for i := range n {
		whole.to[i] *= -1
		one := identity(n)
		one.to[i] *= -1
		all = append(all, one)
		for j := range i {
			two := identity(n)
			two.to[i], two.to[j] = -two.to[i], -two.to[j]
			turn, swap := identity(n), identity(n)
			turn.to[i], turn.to[j] = int16(j+1), int16(-i-1)
			swap.to[i], swap.to[j] = int16(-j-1), int16(-i-1)
			all = append(all, two, turn, swap)
		}
	}
	return append(all, whole)
}

// steps lists the swaps, cycles of three, shifts, and reversals of k things.
func steps(k int) (all [][]int) {
	still := func() []int {
		to := make([]int, k)
		for i := range to {
			to[i] = i
		}
		return to
	}
	for i := range k {
		for j := range i {
			swap := still()
			swap[i], swap[j] = j, i
			all = append(all, swap)
			for l := range j {
				one, other := still(), still()
				one[i], one[j], one[l] = j, l, i
				other[i], other[l], other[j] = l, j, i
				all = append(all, one, other)
			}
		}
		shift, reversal := still(), still()
		for j := range k {
			shift[j], reversal[j] = (j+i)%k, (k-1-j+i)%k
		}
		all = append(all, shift, reversal)
	}
	return all
}

// eachPermutation visits the permutations of 0 … n−1, in the order of words.
func eachPermutation(n int, visit func(to []int)) {
	extendPermutations(n, func([]int) bool { return true }, func(to []int) bool { visit(to); return true })
}

// extendPermutations visits permutations whose beginnings are all admitted, until visit returns
// false.
func extendPermutations(n int, admitted func(beginning []int) bool, visit func(to []int) bool) {
	to, used := make([]int, 0, n), make([]bool, n)
	var extend func() bool
	extend = func() bool {
		if len(to) == n {
			return visit(to)
		}
		for i := range n {
			if used[i] {
				continue
			}
			used[i], to = true, append(to, i)
			goOn := !admitted(to) || extend()
			used[i], to = false, to[:len(to)-1]
			if !goOn {
				return false
			}
		}
		return true
	}
	extend()
}

// String says what the candidates are.
func (c Candidates) String() string {
	if c.about == "" {
		return "no candidates"
	}
	if !c.complete {
		return c.about + ", not all of them"
	}
	return c.about
}
