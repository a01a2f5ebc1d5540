package dataset

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestNormal(t *testing.T) {
	x := Normal(rand.New(rand.NewPCG(1, 0)), 20_000, 2, 3)
	if !slices.Equal(x.Shape().Dimensions, []int{20_000, 2, 3}) {
		t.Fatal(x.Shape())
	}
	var sum, squares, fourth float64
	for _, v := range tensors.MustCopyFlatData[float64](x) {
		sum, squares, fourth = sum+v, squares+v*v, fourth+v*v*v*v
	}
	n := float64(x.Size())
	for _, moment := range [][2]float64{{sum / n, 0}, {squares / n, 1}, {fourth / n, 3}} {
		if math.Abs(moment[0]-moment[1]) > .15 {
			t.Errorf("a moment is %.3f, want %g", moment[0], moment[1])
		}
	}
	expect.Panic(t, "Normal", func() { Normal(rand.New(rand.NewPCG(1, 0)), 10, 0) })
}
