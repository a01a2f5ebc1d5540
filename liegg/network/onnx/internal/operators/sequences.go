package operators

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

func init() {
	own["RotaryEmbedding"] = rotaryEmbedding
	own["LinearAttention"] = linearAttention
	own["CausalConvWithState"] = causalConvolution
}

// rotaryEmbedding turns pairs of entries of each head by the angle of their position. Inputs are
// [batch, heads, steps, size], or [batch, steps, heads·size].
func rotaryEmbedding(o *operation) []*Node {
	x := o.input(0)
	flat := x.Rank() == 3
	if flat {
		x = TransposeAllAxes(heads(x, o.node.Integer("num_heads", 0)), 0, 2, 1, 3)
	}
	size := x.Shape().Dim(3)
	turned := size
	if n := o.node.Integer("rotary_embedding_dim", 0); n != 0 {
		turned = n
	}
	cos, sin := o.input(1), o.input(2)
	if o.has(3) {
		at := ExpandAxes(o.input(3), -1)
		cos, sin = Gather(cos, at), Gather(sin, at)
	}
	cos, sin = ExpandAxes(cos, 1), ExpandAxes(sin, 1) // the same for all heads
	rest := SliceAxis(x, 3, AxisRange(turned, size))
	x = SliceAxis(x, 3, AxisRange(0, turned))
	axis := 3 // along which the entries of a pair follow each other, in halves
	pairs := append(x.Shape().Dimensions[:3:3], 2, turned/2)
	if o.node.Integer("interleaved", 0) != 0 {
		axis, pairs = 4, append(x.Shape().Dimensions[:3:3], turned/2, 2)
	}
	cut := Reshape(x, pairs...)
	a, b := Squeeze(SliceAxis(cut, axis, AxisElem(0)), axis), Squeeze(SliceAxis(cut, axis, AxisElem(1)), axis)
	y := Stack([]*Node{Sub(Mul(cos, a), Mul(sin, b)), Add(Mul(sin, a), Mul(cos, b))}, axis)
	y = Reshape(y, x.Shape().Dimensions...)
	if turned < size {
		y = Concatenate([]*Node{y, rest}, 3)
	}
	if flat {
		y = Reshape(TransposeAllAxes(y, 0, 2, 1, 3), o.input(0).Shape().Dimensions...)
	}
	return []*Node{y}
}

// heads takes the heads of x [batch, steps, heads·size] apart, as [batch, steps, heads, size].
func heads(x *Node, n int) *Node {
	if n < 1 || x.Rank() != 3 || x.Shape().Dim(2)%n != 0 {
		panic(fmt.Errorf("inputs of shape %s are not of %d heads", x.Shape(), n))
	}
	return Reshape(x, x.Shape().Dim(0), x.Shape().Dim(1), n, x.Shape().Dim(2)/n)
}

// linearAttention updates a state S [batch, heads, keys, values] at each step, from a key k and a
// value v: S ← exp(decay)·S + k⊗v, where the update rule says so with the decay, and with β·(v − Sᵀk)
// in the place of v. Each query q reads scale·Sᵀq.
func linearAttention(o *operation) []*Node {
	n := o.node.Integer("kv_num_heads", 0)
	k, v := heads(o.input(1), n), heads(o.input(2), n)
	q := heads(o.input(0), o.node.Integer("q_num_heads", 0))
	batch, steps, keys := k.Shape().Dim(0), k.Shape().Dim(1), k.Shape().Dim(3)
	q = Reshape(q, batch, steps, n, -1, keys) // queries that read the same state
	scale := o.node.Float("scale", 0)
	if scale == 0 {
		scale = 1 / math.Sqrt(float64(keys))
	}
	decays, corrects := false, false
	switch rule := o.node.Word("update_rule", "gated_delta"); rule {
	case "linear":
	case "gated":
		decays = true
	case "delta":
		corrects = true
	case "gated_delta":
		decays, corrects = true, true
	default:
		panic(fmt.Errorf("its update_rule %q is unknown", rule))
	}
	state := Zeros(o.graph, shapes.Make(k.DType(), batch, n, keys, v.Shape().Dim(3)))
	if o.has(3) {
		state = o.input(3)
	}
	step := func(x *Node, t int) *Node { return Squeeze(SliceAxis(x, 1, AxisElem(t)), 1) }
	read := make([]*Node, steps)
	for t := range steps {
		key, value := step(k, t), step(v, t)
		if decays {
			state = Mul(state, ExpandAxes(step(Exp(heads(o.input(4), n)), t), -1))
		}
		if corrects {
			value = Mul(Sub(value, Einsum("bhkv,bhk->bhv", state, key)), ExpandAxes(step(o.input(5), t), -1))
		}
		state = Add(state, Mul(ExpandAxes(key, -1), ExpandAxes(value, 2)))
		read[t] = MulScalar(Einsum("bhgk,bhkv->bhgv", step(q, t), state), scale)
	}
	return []*Node{Reshape(Stack(read, 1), batch, steps, -1), state}
}

// causalConvolution convolves each channel of x [batch, channels, steps] with the steps before it,
// which begin with a state, zero if it is not given. It also returns the last steps, the next state.
func causalConvolution(o *operation) []*Node {
	x, w := o.input(0), o.input(1)
	channels, steps, size := x.Shape().Dim(1), x.Shape().Dim(2), w.Shape().Dim(2)
	before := Zeros(o.graph, shapes.Make(x.DType(), x.Shape().Dim(0), channels, size-1))
	if o.has(3) {
		before = o.input(3)
	}
	whole := x
	if size > 1 {
		whole = Concatenate([]*Node{before, x}, 2)
	}
	var y *Node
	for j := range size {
		term := Mul(SliceAxis(whole, 2, AxisRange(j, j+steps)), Reshape(SliceAxis(w, 2, AxisElem(j)), 1, channels, 1))
		if y == nil {
			y = term
		} else {
			y = Add(y, term)
		}
	}
	if o.has(2) {
		y = Add(y, Reshape(o.input(2), 1, channels, 1))
	}
	switch word := o.node.Word("activation", "none"); word {
	case "none":
	case "silu", "swish":
		y = Mul(y, Sigmoid(y))
	default:
		panic(fmt.Errorf("its activation %q is unknown", word))
	}
	return []*Node{y, SliceAxis(whole, 2, AxisRange(steps, steps+size-1))}
}
