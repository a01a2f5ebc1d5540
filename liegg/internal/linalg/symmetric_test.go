package linalg

import (
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestSymmetricPartIsTheSymmetricOne(t *testing.T) {
	got := SymmetricPart(mat.NewDense(2, 2, []float64{1, 2, 6, -3}))
	if want := mat.NewSymDense(2, []float64{1, 4, 4, -3}); !mat.Equal(got, want) {
		t.Errorf("got %v, want %v", mat.Formatted(got), mat.Formatted(want))
	}
}
