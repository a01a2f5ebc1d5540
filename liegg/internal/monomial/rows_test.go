package monomial_test

import (
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/network"
)

func TestMain(m *testing.M) { expect.MainInGo(m, network.BackendVariable) }

// Rows are what Power says, in the order of the list, with gaps and repeats in it.
func TestRows(t *testing.T) {
	backend := expect.OK(network.Backend())(t)
	x := [][]float64{{2, -1, .5}, {3, 1, 0}}
	for _, list := range [][][]int{{{0, 0}}, {{1, 0}}, {{0, 3}, {2, 2}, {0, 0}, {0, 3}}, monomial.List(2, 4)} {
		got := expect.OK(CallOnce(backend, func(points *Node) *Node { return monomial.Rows(points, list) }, x))(t).Value().([][]float64)
		for k, α := range list {
			for i := range x[0] {
				if want := monomial.Power([]float64{x[0][i], x[1][i]}, α); got[k][i] != want {
					t.Errorf("%v at point %d: %g, want %g", α, i, got[k][i], want)
				}
			}
		}
	}
}
