package plotting

import (
	"slices"
	"testing"
)

func TestEstimates(t *testing.T) {
	got := Estimates([]float64{1, 2}, []float64{.5, 1}, []float64{1.5, 3})
	if want := []Estimate{{Value: 1, Lower: .5, Upper: 1.5}, {Value: 2, Lower: 1, Upper: 3}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("one end for two values does not panic")
		}
	}()
	Estimates([]float64{1, 2}, []float64{1}, []float64{1, 2})
}
