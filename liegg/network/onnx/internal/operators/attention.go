package operators

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

func init() { own["Attention"] = attention }

// offsetsSince is the operator set from which on causal masks count keys from the
// first of the past. Before, files disagree about it.
const offsetsSince = 25

// attention is scaled dot-product attention of queries to keys and values
// [batch, heads, positions, size], or [batch, positions, heads·size]. It returns
// the output, all keys and values including the past ones, and the scores or
// probabilities that qk_matmul_output_mode asks for.
func attention(o *operation) []*Node {
	joined := o.input(0).Rank() == 3
	q, k, v := o.heads(0, "q_num_heads"), o.heads(1, "kv_num_heads"), o.heads(2, "kv_num_heads")
	if o.has(4) != o.has(5) || o.has(4) && o.has(6) {
		panic(fmt.Errorf("it needs past keys and past values together, and without nonpad_kv_seqlen"))
	}
	if o.has(4) {
		k, v = Concatenate([]*Node{o.input(4), k}, 2), Concatenate([]*Node{o.input(5), v}, 2)
	}
	group := q.Shape().Dim(1) / k.Shape().Dim(1)
	size := float64(q.Shape().Dim(3))
	raw := MulScalar(Einsum("bhqd,bhkd->bhqk", q, repeatedHeads(k, group)), o.node.Float("scale", 1/math.Sqrt(size)))
	capped := raw
	if limit := o.node.Float("softcap", 0); limit > 0 {
		capped = MulScalar(Tanh(DivScalar(raw, limit)), limit)
	}
	bias, allowed := o.attentionMask(capped)
	scores := Add(capped, bias)
	shares := o.maskedSoftmax(scores, allowed)
	y := Einsum("bhqk,bhkd->bhqd", shares, repeatedHeads(v, group))
	if joined {
		y = TransposeAllAxes(y, 0, 2, 1, 3)
		y = Reshape(y, y.Shape().Dim(0), y.Shape().Dim(1), -1)
	}
	masked := Where(allowed, scores, infinite(scores))
	modes := []*Node{raw, capped, masked, shares}
	mode := o.node.Integer("qk_matmul_output_mode", 0)
	if mode < 0 || mode >= len(modes) {
		panic(fmt.Errorf("its qk_matmul_output_mode is %d, which must be 0 to 3", mode))
	}
	return []*Node{y, k, v, modes[mode]}
}

// heads returns an input as [batch, heads, positions, size].
func (o *operation) heads(i int, attribute string) *Node {
	x := o.input(i)
	if x.Rank() == 4 {
		return x
	}
	n := o.node.Integer(attribute, 0)
	if x.Rank() != 3 || n < 1 || x.Shape().Dim(2)%n != 0 {
		panic(fmt.Errorf("its input %d of shape %v does not have %d heads (%s)", i, x.Shape().Dimensions, n, attribute))
	}
	return TransposeAllAxes(Reshape(x, x.Shape().Dim(0), x.Shape().Dim(1), n, -1), 0, 2, 1, 3)
}

// repeatedHeads gives each of n queries in a row the same head of x [batch,
// heads, positions, size].
func repeatedHeads(x *Node, n int) *Node {
	if n == 1 {
		return x
	}
	d := x.Shape().Dimensions
	return Reshape(BroadcastToDims(ExpandAxes(x, 2), d[0], d[1], n, d[2], d[3]), d[0], d[1]*n, d[2], d[3])
}

// attentionMask returns what is added to scores [batch, heads, queries, keys],
// and which keys each query may see, in the same shape.
func (o *operation) attentionMask(scores *Node) (bias, allowed *Node) {
	g, dims := scores.Graph(), scores.Shape().Dimensions
	bias = ZerosLike(scores)
	allowed = Equal(bias, bias)
	if o.has(3) {
		mask := o.additiveMask(scores, dims[3])
		seen := GreaterThan(mask, infinite(mask))
		bias, allowed = widened(Where(seen, mask, ZerosLike(mask)), dims), widened(seen, dims)
	}
	query := Iota(g, shapes.Make(dtypes.Int32, 1, 1, dims[2], 1), 2)
	key := Iota(g, shapes.Make(dtypes.Int32, 1, 1, 1, dims[3]), 3)
	restrict := func(condition *Node) { allowed = And(allowed, widened(condition, dims)) }
	var valid *Node
	if o.has(6) {
		valid = Reshape(ConvertDType(o.input(6), dtypes.Int32), -1, 1, 1, 1)
		restrict(LessThan(key, valid))
	}
	causal, left, right := o.node.Integer("is_causal", 0) != 0, o.node.Integer("left_window_size", -1), o.node.Integer("right_window_size", -1)
	if !causal && left < 0 && right < 0 {
		return bias, allowed
	}
	switch {
	case o.file.Opset < offsetsSince && (o.has(4) || o.has(6)):
		panic(fmt.Errorf("operator set %d does not say how is_causal counts past keys: export with set %d", o.file.Opset, offsetsSince))
	case o.has(4):
		query = AddScalar(query, o.input(4).Shape().Dim(2))
	case o.has(6):
		query = Add(query, AddScalar(valid, -dims[2]))
	}
	back := Sub(query, key)
	if causal {
		restrict(GreaterOrEqual(back, ZerosLike(back)))
	}
	if left >= 0 {
		restrict(LessOrEqual(back, MulScalar(OnesLike(back), left)))
	}
	if right >= 0 {
		restrict(GreaterOrEqual(back, MulScalar(OnesLike(back), -right)))
	}
	return bias, allowed
}

// additiveMask returns the mask as numbers to add, −∞ for keys that are not to
// be seen. Keys beyond its end are not.
func (o *operation) additiveMask(scores *Node, keys int) *Node {
	mask := o.input(3)
	if mask.DType() == dtypes.Bool {
		zeros := ZerosLike(ConvertDType(mask, scores.DType()))
		mask = Where(mask, zeros, infinite(zeros))
	}
	last := mask.Rank() - 1
	n := mask.Shape().Dim(last)
	if n == 1 && keys > 1 {
		panic(fmt.Errorf("its mask of shape %v could be for one key or for all: write out its last axis", mask.Shape().Dimensions))
	}
	if n < keys {
		around := make([]PadAxis, mask.Rank())
		around[last] = PadAxis{End: keys - n}
		mask = Pad(mask, Scalar(mask.Graph(), mask.DType(), math.Inf(-1)), around...)
	}
	return mask
}

// infinite is −∞ in the shape of x.
func infinite(x *Node) *Node {
	return BroadcastToDims(Scalar(x.Graph(), x.DType(), math.Inf(-1)), x.Shape().Dimensions...)
}

// maskedSoftmax is the softmax over the allowed entries of the last axis. The
// others get 0, also if they are all.
func (o *operation) maskedSoftmax(x, allowed *Node) *Node {
	given := x.DType()
	if code := o.node.Integer("softmax_precision", 0); code != 0 {
		precision, ok := message.Types[int32(code)]
		if !ok || precision != dtypes.Float32 && precision != dtypes.Float64 {
			panic(fmt.Errorf("its softmax_precision %d is not float32 (1) or float64 (11)", code))
		}
		x = ConvertDType(x, precision)
	}
	const lowest = -1e30 // finite, so that no derivative is NaN
	x = Where(allowed, x, MulScalar(OnesLike(x), lowest))
	largest := StopGradient(ReduceAndKeep(x, ReduceMax, -1))
	e := Exp(Sub(x, largest))
	e = Where(allowed, e, ZerosLike(e))
	sum := ReduceAndKeep(e, ReduceSum, -1) // at least 1, unless no entry is allowed
	return ConvertDType(Div(e, MaxScalar(sum, .5)), given)
}
