package vjp_test

import (
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/layers/activation"
	"github.com/gomlx/gomlx/ml/layers/attention"
	"github.com/gomlx/gomlx/ml/nn"

	"github.com/liegg/lab/liegg/internal/vjp/vjptest"
)

// functions lists functions of GoMLX that consist of several operators, or that a backend computes as
// one.
var functions = map[string]struct {
	f    func(xs []*Node) *Node
	dims [][]int
}{
	"Softmax":          {func(xs []*Node) *Node { return Softmax(xs[0], -1) }, [][]int{{2, 3}}},
	"Softmax of two":   {func(xs []*Node) *Node { return Softmax(xs[0], 1, 2) }, [][]int{{2, 3, 2}}},
	"LogSoftmax":       {func(xs []*Node) *Node { return LogSoftmax(xs[0], 0) }, [][]int{{2, 3}}},
	"MaskedSoftmax":    {func(xs []*Node) *Node { return MaskedSoftmax(xs[0], mask(xs[0]), -1) }, [][]int{{2, 4}}},
	"MaskedReduceMean": {func(xs []*Node) *Node { return MaskedReduceMean(xs[0], mask(xs[0]), -1) }, [][]int{{2, 4}}},
	"MaskedReduceMax":  {func(xs []*Node) *Node { return MaskedReduceMax(xs[0], mask(xs[0]), -1) }, [][]int{{2, 4}}},
	"Softplus":         {func(xs []*Node) *Node { return Softplus(xs[0]) }, [][]int{{5}}},
	"LogAddExp":        {func(xs []*Node) *Node { return LogAddExp(xs[0], xs[1]) }, [][]int{{5}, {5}}},
	"L1Norm":           {func(xs []*Node) *Node { return L1Norm(xs[0], -1) }, [][]int{{2, 3}}},
	"L2Norm":           {func(xs []*Node) *Node { return L2Norm(xs[0], -1) }, [][]int{{2, 3}}},
	"L2Normalize":      {func(xs []*Node) *Node { return L2Normalize(xs[0], -1) }, [][]int{{2, 3}}},
	"CosineSimilarity": {func(xs []*Node) *Node { return CosineSimilarity(xs[0], xs[1], -1) }, [][]int{{2, 3}, {2, 3}}},
	"CrossCosine":      {func(xs []*Node) *Node { return CrossCosineSimilarity(xs[0], xs[1], -1, 1) }, [][]int{{2, 3, 4}, {2, 5, 4}}},
	"ReduceVariance":   {func(xs []*Node) *Node { return ReduceVariance(xs[0], -1) }, [][]int{{2, 3}}},
	"ReduceSkewness":   {func(xs []*Node) *Node { return ReduceSkewness(xs[0], -1) }, [][]int{{2, 4}}},
	"CumSum":           {func(xs []*Node) *Node { return CumSum(xs[0], 1) }, [][]int{{2, 4, 2}}},
	"Shift":            {func(xs []*Node) *Node { return Shift(xs[0], 1, ShiftDirRight, 2) }, [][]int{{2, 4, 2}}},
	"ShiftLeft":        {func(xs []*Node) *Node { return ShiftLeft(xs[0], 1, 0) }, [][]int{{2, 4}}},
	"GrowLeft":         {func(xs []*Node) *Node { return GrowLeft(xs[0], 1, 2, .5) }, [][]int{{2, 4}}},
	"Differences":      {func(xs []*Node) *Node { return ConsecutiveDifference(xs[0], 1, true) }, [][]int{{2, 4}}},
	"LowerTriangular":  {func(xs []*Node) *Node { return TakeLowerTriangular(xs[0], 0) }, [][]int{{2, 3, 3}}},
	"Split":            {func(xs []*Node) *Node { return Mul(Split(xs[0], 1, 2)[0], Split(xs[0], 1, 2)[1]) }, [][]int{{2, 4}}},
	"Stack":            {func(xs []*Node) *Node { return Stack(xs, 1) }, [][]int{{2, 4}, {2, 4}}},
	"Clip":             {func(xs []*Node) *Node { return ClipScalar(xs[0], -.5, .6) }, [][]int{{2, 4}}},
	"MatMul":           {func(xs []*Node) *Node { return MatMul(xs[0], xs[1]) }, [][]int{{2, 1, 3, 2}, {4, 2, 3}}},
	"Bilinear":         {func(xs []*Node) *Node { return Interpolate(xs[0], 1, 7, 9, 2).Bilinear().Done() }, [][]int{{1, 4, 4, 2}}},
	"Nearest":          {func(xs []*Node) *Node { return Interpolate(xs[0], 1, 8, 6, 2).Nearest().Done() }, [][]int{{1, 4, 4, 2}}},
	"MeanPool":         {func(xs []*Node) *Node { return MeanPool(xs[0]).Window(3).Strides(2).PadSame().Done() }, [][]int{{1, 5, 6, 2}}},
	"MaxPool":          {func(xs []*Node) *Node { return MaxPool(xs[0]).Window(3).Strides(2).PadSame().Done() }, [][]int{{1, 5, 6, 2}}},
	"ConcatPool":       {func(xs []*Node) *Node { return ConcatPool(xs[0]).Window(2).Done() }, [][]int{{1, 4, 6, 2}}},
	"Convolve":         {func(xs []*Node) *Node { return Convolve(xs[0], xs[1]).Strides(2).PadSame().Done() }, [][]int{{1, 5, 6, 2}, {2, 4, 2, 3}}},
	"Depthwise":        {func(xs []*Node) *Node { return Convolve(xs[0], xs[1]).ChannelGroupCount(3).Done() }, [][]int{{1, 5, 6, 3}, {2, 3, 1, 3}}},
	"Gelu":             {func(xs []*Node) *Node { return activation.Gelu(xs[0]) }, [][]int{{2, 3}}},
	"Swish":            {func(xs []*Node) *Node { return activation.Swish(xs[0]) }, [][]int{{2, 3}}},
	"SwiGLU":           {func(xs []*Node) *Node { return activation.SwiGLU(xs[0]) }, [][]int{{2, 4}}},
	"Selu":             {func(xs []*Node) *Node { return activation.Selu(xs[0]) }, [][]int{{2, 3}}},
	"LeakyRelu":        {func(xs []*Node) *Node { return activation.LeakyRelu(xs[0]) }, [][]int{{2, 3}}},
	"HardSwish":        {func(xs []*Node) *Node { return activation.HardSwish(xs[0]) }, [][]int{{2, 3}}},
	"SoftCap":          {func(xs []*Node) *Node { return nn.SoftCap(xs[0], 2) }, [][]int{{2, 3}}},
	"Dense": {func(xs []*Node) *Node {
		return nn.Dense(xs[0], xs[1], xs[2], compute.DenseLayoutInputOutputs, activation.TypeGelu)
	}, [][]int{{2, 3}, {3, 4}, {4}}},
	"LayerNorm": {func(xs []*Node) *Node { return nn.LayerNorm(xs[0], []int{-1}, 1e-3, xs[1], xs[2], nil) }, [][]int{{2, 3, 4}, {4}, {4}}},
	"QKVProjection": {func(xs []*Node) *Node {
		q, k, v := attention.QKVProjection(xs[0], xs[1], xs[2], xs[3], xs[4], 2, 2)
		return Add(Mul(q, k), v)
	}, [][]int{{3, 4}, {4, 6}, {2}, {2}, {2}}},
	"attention": {func(xs []*Node) *Node {
		y, _ := attention.Core(xs[0], xs[1], xs[2], attention.LayoutBHSD, attention.CoreOptions{Scale: .7})
		return y
	}, [][]int{{2, 2, 3, 4}, {2, 2, 3, 4}, {2, 2, 3, 4}}},
	"attention with a bias": {func(xs []*Node) *Node {
		y, _ := attention.Core(xs[0], Sin(xs[0]), Cos(xs[0]), attention.LayoutBHSD, attention.CoreOptions{Scale: .7, AttentionBias: xs[1]})
		return y
	}, [][]int{{2, 2, 3, 4}, {2, 2, 3, 3}}},
	"attention by its bias": {func(xs []*Node) *Node {
		c := OnesLike(xs[0])
		y, _ := attention.Core(c, c, Const(xs[0].Graph(), [][][][]float64{{{{1, 2}, {3, 4}, {5, 6}}}}), attention.LayoutBHSD, attention.CoreOptions{Scale: .7, AttentionBias: xs[1]})
		return Add(y, ReduceAllSum(xs[0]))
	}, [][]int{{1, 1, 3, 2}, {1, 1, 3, 3}}},
}

// mask is true for all but one of the last axis.
func mask(x *Node) *Node {
	return LessThan(Iota(x.Graph(), x.Shape(), -1), Scalar(x.Graph(), x.DType(), x.Shape().Dim(-1)-1))
}

func TestFunctionsOfGoMLX(t *testing.T) {
	for name, c := range functions {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(3, 0))
			var xs []*tensors.Tensor
			for _, d := range c.dims {
				xs = append(xs, vjptest.Normal(rng, d...))
			}
			err := vjptest.Check(goBackend(t), func(xs []*Node) []*Node {
				y := c.f(xs)
				return []*Node{y, Mul(y, y)}
			}, xs...)
			if err != nil {
				t.Error(firstLine(err))
			}
		})
	}
}
