package network

import (
	"fmt"
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// Numbers beside a one-hot vector, or beside shares that add up to one, lie in a plane that does not
// contain the origin. The algebra is the one that acts on that plane: of |n|² + w·s, with weights w of
// the shares s, it moves n as an isometry and w·s to make up for it.
func TestNumbersBesideASimplex(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	names := map[int]string{2: "se(2)", 3: "se(3)", 4: "se(4)"}
	for seed := range uint64(1) {
		for numbers := 1; numbers <= 4; numbers++ {
			for classes := 2; classes <= 4; classes++ {
				for _, oneHot := range []bool{true, false} {
					r := rand.New(rand.NewPCG(seed, uint64(10*numbers+classes)))
					x, w := besideSimplex(r, numbers, classes, oneHot), make([]float64, classes)
					for i := range w {
						w[i] = 2*float64(i) + .1*r.NormFloat64()
					}
					n := func(x *Node) *Node { return ReduceSum(Square(Slice(x, AxisRange(), AxisRange(0, numbers))), -1) }
					u := func(x *Node) *Node {
						return ReduceSum(Mul(Slice(x, AxisRange(), AxisRangeToEnd(numbers)), Const(x.Graph(), [][]float64{w})), -1)
					}
					judge := func(f func(x *Node) *Node) *liegg.Verdict {
						column := func(x *Node) *Node { return ExpandDims(f(x), -1) }
						return ok(Judge(Exact(column), action.Affine(numbers+classes, 1), Tensor(x), Settings{}))(t)
					}
					what := fmt.Sprintf("%d numbers, %d classes, one-hot %v, draw %d", numbers, classes, oneHot, seed)
					v := judge(func(x *Node) *Node { return Add(n(x), u(x)) })
					if dim := numbers * (numbers + 1) / 2; v.Answer != liegg.Symmetric || v.Dim != dim || v.Name() != names[numbers] && numbers > 1 {
						t.Errorf("a sum, %s: want %d generators, %s:\n%v", what, dim, names[numbers], v)
					}
					v = judge(func(x *Node) *Node { return Add(n(x), Cos(MulScalar(u(x), 4))) })
					if dim := numbers * (numbers - 1) / 2; v.Answer == liegg.Symmetric && (v.Dim != dim || v.Name() != fmt.Sprintf("so(%d)", numbers)) {
						t.Errorf("a wave, %s: want so(%[2]d) or nothing firm:\n%[3]v", what, numbers, v)
					}
				}
			}
		}
	}
}

// besideSimplex returns samples of numbers followed by a one-hot vector of classes, or by shares.
func besideSimplex(r *rand.Rand, numbers, classes int, oneHot bool) *tensors.Tensor {
	const samples = 1500
	values := make([]float64, 0, samples*(numbers+classes))
	for range samples {
		for range numbers {
			values = append(values, r.NormFloat64())
		}
		s, sum := make([]float64, classes), 0.
		if oneHot {
			s[r.IntN(classes)], sum = 1, 1
		} else {
			for i := range s {
				s[i] = r.ExpFloat64()
				sum += s[i]
			}
		}
		for i := range s {
			values = append(values, s[i]/sum)
		}
	}
	return tensors.FromFlatDataAndDimensions(values, samples, numbers+classes)
}
