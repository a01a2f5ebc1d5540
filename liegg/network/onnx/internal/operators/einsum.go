package operators

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

func init() { own["Einsum"] = sumOfProducts }

// term is a tensor whose axes have letters.
type term struct {
	x    *Node
	axes []rune
}

func (t term) has(letter rune) bool { return slices.Contains(t.axes, letter) }

// at returns the axes with the given letters.
func (t term) at(letters []rune) []int {
	axes := make([]int, len(letters))
	for i, letter := range letters {
		axes[i] = slices.Index(t.axes, letter)
	}
	return axes
}

// sumOfProducts multiplies and sums any number of inputs, as numpy.einsum does.
func sumOfProducts(o *operation) []*Node {
	terms, output := parseEinsum(o)
	for i := range terms {
		terms[i] = terms[i].diagonal()
	}
	for len(terms) > 1 {
		i, j := cheapest(terms, output)
		rest := slices.Delete(slices.Delete(slices.Clone(terms), j, j+1), i, i+1)
		terms = append(rest, contract(terms[i], terms[j], needed(rest, output)))
	}
	t := terms[0].summed(output)
	if len(t.axes) != len(output) {
		panic(fmt.Errorf("its output has an axis that no input has"))
	}
	if len(output) < 2 {
		return []*Node{t.x}
	}
	return []*Node{TransposeAllAxes(t.x, t.at(output)...)}
}

// parseEinsum reads the equation. Letters of an ellipsis are numbers of their
// axes, counted from the last.
func parseEinsum(o *operation) (terms []term, output []rune) {
	equation := strings.ReplaceAll(o.node.Word("equation", ""), " ", "")
	left, right, arrow := strings.Cut(equation, "->")
	words := strings.Split(left, ",")
	if len(words) != o.inputs() {
		panic(fmt.Errorf("its equation %q has %d terms for %d inputs", equation, len(words), o.inputs()))
	}
	most := 0
	for i, word := range words {
		t := term{x: o.input(i)}
		open := t.x.Rank() - len(strings.ReplaceAll(word, "...", ""))
		if open < 0 || open > 0 && !strings.Contains(word, "...") {
			panic(fmt.Errorf("the term %q of its equation does not fit an input with %d axes", word, t.x.Rank()))
		}
		t.axes = spelled(word, open)
		most = max(most, open)
		terms = append(terms, t)
	}
	if arrow {
		output = spelled(right, most)
	} else {
		output = implied(strings.ReplaceAll(left, ",", ""), most)
	}
	return withoutBroadcast(terms), output
}

// spelled returns the letters of a term whose ellipsis stands for so many
// axes.
func spelled(word string, open int) (axes []rune) {
	before, after, ok := strings.Cut(word, "...")
	axes = []rune(before)
	for i := range open {
		if ok {
			axes = append(axes, rune(open-i))
		}
	}
	return append(axes, []rune(after)...)
}

// implied returns the letters of an output that is not given: the letters
// of the ellipsis, and the ones that occur once, in alphabetical order.
func implied(left string, open int) []rune {
	letters := []rune(strings.ReplaceAll(left, ".", ""))
	output := spelled("...", open)
	slices.Sort(letters)
	for _, letter := range letters {
		if strings.Count(left, string(letter)) == 1 {
			output = append(output, letter)
		}
	}
	return output
}

// withoutBroadcast removes axes of size 1 for which another term has a larger
// size.
func withoutBroadcast(terms []term) []term {
	size := map[rune]int{}
	for _, t := range terms {
		for axis, letter := range t.axes {
			size[letter] = max(size[letter], t.x.Shape().Dim(axis))
		}
	}
	for i, t := range terms {
		var kept term
		var dims []int
		for axis, letter := range t.axes {
			if n := t.x.Shape().Dim(axis); n == size[letter] {
				kept.axes, dims = append(kept.axes, letter), append(dims, n)
			} else if n != 1 {
				panic(fmt.Errorf("its equation gives one letter to axes of the sizes %d and %d", n, size[letter]))
			}
		}
		kept.x = Reshape(t.x, dims...)
		terms[i] = kept
	}
	return terms
}

// diagonal leaves one axis of those with the same letter.
func (t term) diagonal() term {
	for axis := 0; axis < len(t.axes); axis++ {
		first := slices.Index(t.axes, t.axes[axis])
		if first == axis {
			continue
		}
		shape := t.x.Shape().Clone()
		shape.DType = dtypes.Int32
		same := Equal(Iota(t.x.Graph(), shape, first), Iota(t.x.Graph(), shape, axis))
		t.x = ReduceSum(Where(same, t.x, ZerosLike(t.x)), axis)
		t.axes = slices.Delete(slices.Clone(t.axes), axis, axis+1)
		axis--
	}
	return t
}

// summed sums over the axes whose letters are not kept.
func (t term) summed(kept []rune) term {
	var axes []int
	for axis, letter := range t.axes {
		if !slices.Contains(kept, letter) {
			axes = append(axes, axis)
		}
	}
	if len(axes) == 0 {
		return t
	}
	return term{ReduceSum(t.x, axes...), slices.DeleteFunc(slices.Clone(t.axes), func(letter rune) bool { return !slices.Contains(kept, letter) })}
}

// needed returns the letters of the output and of the terms.
func needed(terms []term, output []rune) []rune {
	letters := slices.Clone(output)
	for _, t := range terms {
		letters = append(letters, t.axes...)
	}
	return letters
}

// cheapest returns the two terms whose product is smallest.
func cheapest(terms []term, output []rune) (i, j int) {
	least := -1
	for a := range terms {
		for b := a + 1; b < len(terms); b++ {
			rest := slices.Delete(slices.Delete(slices.Clone(terms), b, b+1), a, a+1)
			kept := needed(rest, output)
			size, seen := 1, map[rune]bool{}
			for _, t := range []term{terms[a], terms[b]} {
				for axis, letter := range t.axes {
					if !seen[letter] && slices.Contains(kept, letter) {
						size *= t.x.Shape().Dim(axis)
					}
					seen[letter] = true
				}
			}
			if least < 0 || size < least {
				least, i, j = size, a, b
			}
		}
	}
	return i, j
}

// contract multiplies two terms and sums over the letters that are not kept.
func contract(a, b term, kept []rune) term {
	a, b = a.summed(slices.Concat(kept, b.axes)), b.summed(slices.Concat(kept, a.axes))
	var both, gone, axes []rune
	for _, letter := range a.axes {
		switch {
		case b.has(letter) && slices.Contains(kept, letter):
			both = append(both, letter)
		case b.has(letter):
			gone = append(gone, letter)
		}
	}
	axes = slices.Clone(both)
	for _, t := range []term{a, b} {
		for _, letter := range t.axes {
			if !slices.Contains(both, letter) && !slices.Contains(gone, letter) {
				axes = append(axes, letter)
			}
		}
	}
	return term{DotGeneral(a.x, a.at(gone), a.at(both), b.x, b.at(gone), b.at(both)), axes}
}
