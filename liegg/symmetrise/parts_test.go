package symmetrise

import (
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
)

// Elements that do not fit one pass go through the network one group after the other.
func TestPartsOfAMean(t *testing.T) {
	random, values := rand.New(rand.NewPCG(1, 0)), make([]float64, 300)
	for i := range values {
		values[i] = random.NormFloat64()
	}
	x := tensors.FromFlatDataAndDimensions(values, 100, 3)
	a := action.Equivariant(action.Linear(3, 1), rep.Standard(3))
	g := expect.OK(Over(a, lie.SO(3), 0, group.HaarSettings{Degree: 3}))(t)
	f := network.Exact(func(x *Node) *Node { return Mul(x, AddScalar(Slice(x, AxisRange(), AxisRange(0, 1)), 1)) })
	mean := func() []float64 {
		return expect.OK(dataset.Values(expect.OK(expect.OK(Network(f, g, nil))(t).Predict(x))(t)))(t)
	}
	whole := mean()
	defer func(most int) { mostNumbers = most }(mostNumbers)
	mostNumbers = 7 * 300
	expect.Near(t, "f̄", mean(), whole, 1e-12)
}

func TestTogether(t *testing.T) {
	for _, c := range []struct{ n, numbers, want int }{
		{16, 100, 5242},    // all at once
		{16, 1 << 18, 2},   // what stays in a cache
		{16, 1 << 20, 1},   // one at a time
		{256, 1 << 18, 16}, // few parts
		{4096, 1 << 20, 8}, // what fits into memory
		{2, 1 << 30, 1},
	} {
		if got := together(c.n, c.numbers); got != c.want {
			t.Errorf("%d elements of %d numbers: %d together, want %d", c.n, c.numbers, got, c.want)
		}
	}
}
