package npy

import (
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	expect.Printed(t, []any{Of(make([]float64, 6000), 2000, 3), Array{Dims: []int{2}, Float32: []float32{1, 2}}, &Reader{Dims: []int{3}}, Budget(1 << 20)})
}
