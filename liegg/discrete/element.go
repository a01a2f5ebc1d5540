package discrete

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spelling"
)

// element is a finite transformation of R^n: a signed permutation, or a matrix.
type element struct {
	to     []int16   // x_i moves to place |to[i]|−1, with the sign of to[i]; nil for a matrix
	matrix []float64 // n×n, row by row
	text   string    // of a matrix
}

func identity(n int) element {
	to := make([]int16, n)
	for i := range to {
		to[i] = int16(i + 1)
	}
	return element{to: to}
}

// apply writes g·x.
func (g element) apply(x, moved []float64) {
	if g.to != nil {
		for i, p := range g.to {
			if p > 0 {
				moved[p-1] = x[i]
			} else {
				moved[-p-1] = -x[i]
			}
		}
		return
	}
	for i := range moved {
		moved[i] = 0
		for j, v := range x {
			moved[i] += g.matrix[i*len(x)+j] * v
		}
	}
}

// times returns the product g·h, which applies h first.
func (g element) times(h element) element {
	if g.to != nil && h.to != nil {
		to := make([]int16, len(g.to))
		for i, p := range h.to {
			if p > 0 {
				to[i] = g.to[p-1]
			} else {
				to[i] = -g.to[-p-1]
			}
		}
		return element{to: to}
	}
	var m mat.Dense
	m.Mul(g.dense(), h.dense())
	return ofMatrix(&m, "")
}

// ofMatrix returns a matrix as an element: a signed permutation if it is one to 1e-9.
func ofMatrix(m *mat.Dense, text string) element {
	n, _ := m.Dims()
	to := make([]int16, n)
	for i := range n {
		for j := range n {
			v := m.At(i, j)
			switch r := math.Round(v); {
			case math.Abs(v-r) > 1e-9:
				return element{matrix: mat.DenseCopyOf(m).RawMatrix().Data, text: text}
			case r == 1 && to[j] == 0:
				to[j] = int16(i + 1)
			case r == -1 && to[j] == 0:
				to[j] = int16(-i - 1)
			case r != 0:
				return element{matrix: mat.DenseCopyOf(m).RawMatrix().Data, text: text}
			}
		}
	}
	return element{to: to}
}

// dense returns the matrix.
func (g element) dense() *mat.Dense {
	if g.to == nil {
		n := int(math.Sqrt(float64(len(g.matrix))))
		return mat.NewDense(n, n, g.matrix)
	}
	m := mat.NewDense(len(g.to), len(g.to), nil)
	for i, p := range g.to {
		if p > 0 {
			m.Set(int(p)-1, i, 1)
		} else {
			m.Set(int(-p)-1, i, -1)
		}
	}
	return m
}

// key is the same for elements that are equal to 1e-6.
func (g element) key() string {
	var b []byte
	for _, p := range g.to {
		b = append(b, byte(p>>8), byte(p))
	}
	for _, v := range g.matrix {
		r := int32(math.Round(v * 1e6 / 4)) // to some rounding errors
		b = append(b, byte(r>>24), byte(r>>16), byte(r>>8), byte(r))
	}
	return string(b)
}

func (g element) isIdentity() bool {
	for i, p := range g.to {
		if int(p) != i+1 {
			return false
		}
	}
	return g.to != nil
}

// name says where the coordinates go, such as "x₁ → −x₂, x₂ → x₁".
func (g element) name(names []string) string {
	if g.to == nil {
		return g.text
	}
	const most = 8
	var parts []string
	for i, p := range g.to {
		switch {
		case int(p) == i+1:
		case p > 0:
			parts = append(parts, names[i]+" → "+names[p-1])
		default:
			parts = append(parts, names[i]+" → −"+names[-p-1])
		}
	}
	if len(parts) > most {
		return strings.Join(parts[:most], ", ") + fmt.Sprintf(", … %d more", len(parts)-most)
	}
	return strings.Join(parts, ", ")
}

// coordinateNames returns x₁, x₂, ….
func coordinateNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = "x" + spelling.Subscript(i+1)
	}
	return names
}

// moves says which coordinates an element moves, or fills with others.
func (g element) moves() []bool {
	m := g.dense()
	n, _ := m.Dims()
	moved := make([]bool, n)
	for i := range n {
		for j := range n {
			if v := m.At(i, j); i == j && math.Abs(v-1) > 1e-9 || i != j && math.Abs(v) > 1e-9 {
				moved[i], moved[j] = true, true
			}
		}
	}
	return moved
}
