package invariants

import (
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/monomial"
)

// label names inner products and determinants of the vectors; "" for other polynomials.
func (s Settings) label(p *Polynomial, n, c int) string {
	degrees := make([]int, c) // in each vector
	for i, power := range p.exponents[0] {
		degrees[i/n] += power
	}
	var vectors []int
	for v, d := range degrees {
		for range d {
			vectors = append(vectors, v)
		}
	}
	switch {
	case n > 1 && len(vectors) == 2 && p.resembles(inner(vectors[0], vectors[1], n, c)):
		return s.Vectors[vectors[0]] + "·" + s.Vectors[vectors[1]]
	case n > 1 && n <= 4 && len(vectors) == n && p.resembles(determinant(vectors, n, c)):
		names := make([]string, n)
		for k, v := range vectors {
			names[k] = s.Vectors[v]
		}
		return "det(" + strings.Join(names, ", ") + ")"
	}
	return ""
}

// inner returns Σ_i u_i v_i of two vectors.
func inner(u, v, n, c int) terms {
	t := terms{}
	for i := range n {
		α := make([]int, n*c)
		α[u*n+i]++
		α[v*n+i]++
		t[monomial.Key(α)] = 1
	}
	return t
}

// determinant returns the determinant of n vectors of Rⁿ.
func determinant(vectors []int, n, c int) terms {
	t := terms{}
	eachPermutation(n, func(of []int) {
		α := make([]int, n*c)
		matrix := mat.NewDense(n, n, nil)
		for k, v := range vectors {
			α[v*n+of[k]]++
			matrix.Set(of[k], k, 1)
		}
		t[monomial.Key(α)] += math.Round(mat.Det(matrix))
	})
	return t
}

// eachPermutation visits the permutations of 0 … n−1.
func eachPermutation(n int, visit func(of []int)) {
	of, used := make([]int, 0, n), make([]bool, n)
	var extend func()
	extend = func() {
		if len(of) == n {
			visit(of)
			return
		}
		for i := range n {
			if !used[i] {
				used[i], of = true, append(of, i)
				extend()
				used[i], of = false, of[:len(of)-1]
			}
		}
	}
	extend()
}

// resembles reports whether p is a multiple of t, within the error of p.
func (p *Polynomial) resembles(t terms) bool {
	own := p.terms()
	var pp, pt, tt float64
	for key, v := range own {
		pp += v * v
		pt += v * t[key]
	}
	for _, w := range t {
		tt += w * w
	}
	if tt == 0 {
		return false
	}
	sin2 := 1 - pt*pt/(pp*tt)
	return sin2 <= p.tolerance*p.tolerance+1e-12
}
