package linalg

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// Of S = CMMᵀC with M of the given rank and coordinates in any units, as many axes stand out
// as M has columns; they whiten S, span its range and turn back.
func TestAxes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 0))
	for _, n := range []int{1, 2, 6, 80} {
		for _, rank := range []int{n, (n + 1) / 2, 1} {
			for _, decades := range []float64{0, 3, 8} {
				name := fmt.Sprintf("n = %d, rank %d, units of %g decades", n, rank, decades)
				m := normal(r, n, rank)
				for i := range n {
					unit := math.Pow(10, decades*r.NormFloat64())
					for j := range rank {
						m.Set(i, j, unit*m.At(i, j))
					}
				}
				var s mat.SymDense
				s.SymOuterK(1, m)
				testAxes(t, name, &s, m)
			}
		}
	}
}

func testAxes(t *testing.T, name string, s *mat.SymDense, m *mat.Dense) {
	t.Helper()
	a, ok := AxesOf(s, 0)
	if !ok {
		t.Errorf("%s: no axes", name)
		return
	}
	n, rank := m.Dims()
	above := a.Above(Nothing)
	if len(a.Values) != n || len(above.Values) != rank {
		t.Errorf("%s: %d axes, %d above rounding", name, len(a.Values), len(above.Values))
		return
	}
	w, back := above.Whiten(), above.Unwhiten()
	var one, turned, again mat.Dense
	one.Product(w.T(), s, w)
	turned.Mul(back, w)
	for i := range rank {
		for j := range rank {
			if want := float64(max(0, 1-max(i-j, j-i))); math.Abs(one.At(i, j)-want) > 1e-6 || math.Abs(turned.At(i, j)-want) > 1e-9 {
				t.Errorf("%s: WᵀSW = %g, W⁺W = %g at %d, %d", name, one.At(i, j), turned.At(i, j), i, j)
				return
			}
		}
	}
	again.Mul(back.T(), back) // S itself, entry by entry in its own units
	for i := range n {
		for j := range n {
			if off := math.Abs(again.At(i, j) - s.At(i, j)); off > 1e-10*math.Sqrt(s.At(i, i)*s.At(j, j)) {
				t.Errorf("%s: S_%d%d is %g, made again %g", name, i, j, s.At(i, j), again.At(i, j))
				return
			}
		}
	}
}

// What is too small, zero or not finite is left out.
func TestAxesLeavesOut(t *testing.T) {
	s := mat.NewSymDense(3, []float64{4, 0, 0, 0, 1e-9, 0, 0, 0, 0})
	for floor, want := range map[float64]int{-1: 2, 0: 2, 1e-8: 1, 5: 0} {
		a, ok := AxesOf(s, floor)
		if above := a.Above(Nothing); !ok || len(above.Values) != want {
			t.Errorf("floor %g: %d axes, want %d", floor, len(above.Values), want)
		}
	}
	if none, _ := AxesOf(s, 5); none.Above(Nothing).Whiten() != nil || none.Unwhiten() != nil {
		t.Error("no axes whiten")
	}
	if all, _ := AxesOf(s, -1); len(all.Values) != 3 || all.Values[0] != 0 || all.Scale[2] != 1 {
		t.Errorf("with a negative floor: %v in units of %v", all.Values, all.Scale)
	}
	rounded := mat.NewSymDense(2, []float64{1, 1 + 1e-7, 1 + 1e-7, 1}) // λ = −1e-7, as float32 leaves it
	if a, _ := AxesOf(rounded, 0); len(a.Above(Nothing).Values) != 1 {
		t.Error("a negative value counts")
	}
	s.SetSym(0, 1, math.NaN())
	if _, ok := AxesOf(s, 0); ok {
		t.Error("NaN has axes")
	}
}
