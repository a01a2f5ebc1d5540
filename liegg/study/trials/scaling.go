package trials

import (
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/internal/participation"
)

// scaling brings the columns of data to mean 0 and deviation 1, as is usual before training.
// It subtracts the median, divides by the median distance from it, applies asinh if few
// samples dominate, and then standardises the result.
type scaling struct {
	heavy                      bool
	middle, size, mean, spread []float64
}

// fewRule is the smallest share of samples that must carry the squares of a column, by their
// participation ratio, for a column without asinh. For normal numbers the share is 1/3.
const fewRule = .1

// fitScaling measures n rows of numbers.
func fitScaling(values []float64, width int) (z scaling) {
	columns := make([][]float64, width)
	for j := range columns {
		for i := j; i < len(values); i += width {
			columns[j] = append(columns[j], values[i])
		}
		middle := median(columns[j])
		squares, away := make([]float64, len(columns[j])), make([]float64, len(columns[j]))
		for i, v := range columns[j] {
			away[i] = math.Abs(v - middle)
			squares[i] = away[i] * away[i]
		}
		z.middle, z.size = append(z.middle, middle), append(z.size, orOne(median(away)))
		z.heavy = z.heavy || participation.Ratio(squares) < fewRule*float64(len(squares))
	}
	for j, column := range columns {
		for i, v := range column {
			column[i] = z.bent((v - z.middle[j]) / z.size[j])
		}
		mean, spread := stat.PopMeanStdDev(column, nil)
		z.mean, z.spread = append(z.mean, mean), append(z.spread, orOne(spread))
	}
	return z
}

// straight is a scaling without asinh, which turns linear maps into others and makes a function of
// distances or products hard to learn. The size of columns with heavy tails is then by the median.
func (z scaling) straight() scaling {
	const normally = 1.4826 // of a normal number, by its median distance
	s := scaling{middle: z.middle, size: z.size}
	for range z.size {
		s.mean, s.spread = append(s.mean, 0), append(s.spread, normally)
	}
	return s
}

func median(values []float64) float64 {
	return stat.Quantile(.5, stat.Empirical, slices.Sorted(slices.Values(values)), nil)
}

func orOne(size float64) float64 {
	if size == 0 {
		return 1
	}
	return size
}

func (z scaling) bent(v float64) float64 {
	if z.heavy {
		return math.Asinh(v)
	}
	return v
}

// apply scales rows.
func (z scaling) apply(t *tensors.Tensor) *tensors.Tensor {
	values := tensors.MustCopyFlatData[float64](t)
	scaled := make([]float64, len(values))
	for i, v := range values {
		j := i % len(z.middle)
		scaled[i] = (z.bent((v-z.middle[j])/z.size[j]) - z.mean[j]) / z.spread[j]
	}
	return tensors.FromFlatDataAndDimensions(scaled, t.Shape().Dimensions...)
}

// graph is apply as graph code.
func (z scaling) graph(x *Node) *Node {
	x = Div(Sub(x, row(x, z.middle)), row(x, z.size))
	if z.heavy {
		far := Abs(x)
		x = Mul(Sign(x), Log1P(Add(far, Div(Square(far), OnePlus(Sqrt(OnePlus(Square(far))))))))
	}
	return Div(Sub(x, row(x, z.mean)), row(x, z.spread))
}

// undone is the inverse of graph.
func (z scaling) undone(y *Node) *Node {
	y = Add(Mul(y, row(y, z.spread)), row(y, z.mean))
	if z.heavy {
		y = MulScalar(Sub(Exp(y), Exp(Neg(y))), .5)
	}
	return Add(Mul(y, row(y, z.size)), row(y, z.middle))
}

// row embeds values as a [1, len] constant of like's graph and type.
func row(like *Node, values []float64) *Node { return nodes.Constant(like, values, 1, len(values)) }
