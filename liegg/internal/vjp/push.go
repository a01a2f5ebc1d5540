package vjp

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/nodes"
)

// Push is forward mode: it takes K tangents of each of xs, [K, shape of x], to tangents of ys, [K,
// shape of y]. Each operator is built once for all K, with the operands of ys themselves, so a
// program of K tangents compiles about as fast as one of a single tangent.
//
// Operators without a rule of their own go by their VJP: u ↦ Jᵀu is linear, and its VJP is
// v ↦ J·v. They are built K times. ok is false if an operator has neither, or several outputs.
// Push panics where Gradients does: at closures, at numbers that were rounded to integers, and
// at a second derivative of a node that has only one.
func Push(xs, tangents, ys []*Node) (pushed []*Node, ok bool) {
	p := &pusher{k: tangents[0].Shape().Dim(0), tangents: map[*Node]*Node{}, rounded: map[*Node]bool{}}
	for i, x := range xs {
		p.tangents[x] = tangents[i]
	}
	for _, node := range between(xs, ys) {
		if !p.visit(node) {
			return nil, false
		}
	}
	pushed = make([]*Node, len(ys))
	for i, y := range ys {
		if pushed[i] = p.tangents[y]; pushed[i] == nil {
			pushed[i] = p.zeros(y)
		}
	}
	return pushed, true
}

// between returns the nodes that ys need and that were built after the first of xs, in the
// order in which they were built.
func between(xs, ys []*Node) (nodes []*Node) {
	first := slices.MinFunc(xs, byId)
	seen := map[*Node]bool{}
	var visit func(node *Node)
	visit = func(node *Node) {
		if seen[node] || node.Id() <= first.Id() || node.StopGradient() || slices.Contains(xs, node) {
			return
		}
		seen[node] = true
		nodes = append(nodes, node)
		for _, input := range node.Inputs() {
			visit(input)
		}
	}
	for _, y := range ys {
		visit(y)
	}
	slices.SortFunc(nodes, byId)
	return nodes
}

func byId(a, b *Node) int { return cmp.Compare(a.Id(), b.Id()) }

// pusher holds tangents, [K, shape of the node] each. Nodes that are not in it have none: they
// do not depend on x, or only by steps.
type pusher struct {
	k        int
	tangents map[*Node]*Node
	rounded  map[*Node]bool // integers that floats with a tangent were rounded to
}

// tangentRule returns the tangent of a node from the tangents of its inputs, at least one of which
// is not nil. It returns nil to leave the node to its VJP.
type tangentRule func(p *pusher, node *Node, ts []*Node) *Node

// visit enters the tangent of a node.
func (p *pusher) visit(node *Node) (ok bool) {
	if name, ok := closures[node.Type()]; ok {
		panic(fmt.Errorf("no gradient is defined for %s, whose closures may use the input: write it with Where", name))
	}
	ts := make([]*Node, len(node.Inputs()))
	moves := false
	for i, input := range node.Inputs() {
		ts[i] = p.tangents[input]
		moves = moves || ts[i] != nil
	}
	if node.NumOutputs() != 1 {
		return !moves
	}
	if kind := node.DType(); !kind.IsFloat() && !kind.IsComplex() {
		p.rounded[node] = moves && node.Type() == NodeTypeConvertDType || kind.IsInt() && slices.ContainsFunc(node.Inputs(), p.isRounded)
		return true
	}
	if node.Type() == NodeTypeConvertDType && p.rounded[node.Inputs()[0]] {
		panic(noRounding(node.Inputs()[0]))
	}
	if !moves {
		return true
	}
	var t *Node
	if r := tangentRules[node.Type()]; r != nil && node.CustomGradient() == nil {
		t = r(p, node, ts)
	}
	if t == nil {
		t = p.byVJP(node, ts)
	}
	p.tangents[node] = t
	return t != nil
}

func (p *pusher) isRounded(node *Node) bool { return p.rounded[node] }

// byVJP pushes tangents one by one, as derivatives of u ↦ Jᵀu by u.
func (p *pusher) byVJP(node *Node, ts []*Node) *Node {
	pull := node.CustomGradient()
	if pull == nil {
		pull = VJPRegistration[node.Type()]
	}
	if pull == nil {
		return nil
	}
	if once := Once[node.Type()]; once != nil && slices.ContainsFunc(once(node), func(input *Node) bool { return p.tangents[input] != nil }) {
		panic(fmt.Errorf("no second derivative is defined for %s", node))
	}
	u := Identity(ZerosLike(node)) // of its own: GoMLX shares scalars
	pulled := pull(node, []*Node{u}, shapes.Make(node.DType()))
	all := make([]*Node, p.k)
	for k := range all {
		var sum *Node
		for i, t := range ts {
			if t != nil && pulled[i] != nil {
				sum = nodes.Plus(sum, innerProduct(pulled[i], Squeeze(Slice(t, AxisElem(k)), 0)))
			}
		}
		if sum == nil {
			return p.zeros(node)
		}
		all[k] = Gradients(sum, u)[0]
	}
	return Stack(all, 0)
}

// innerProduct returns the inner product of real vectors; complex numbers count as pairs.
func innerProduct(a, b *Node) *Node {
	if a.DType().IsComplex() {
		return Add(innerProduct(Real(a), Real(b)), innerProduct(Imag(a), Imag(b)))
	}
	return ReduceAllSum(Mul(a, b))
}

// dims is [K, shape of the node].
func (p *pusher) dims(node *Node) []int {
	return append([]int{p.k}, node.Shape().Dimensions...)
}

func (p *pusher) zeros(node *Node) *Node {
	return Zeros(node.Graph(), shapes.Make(node.DType(), p.dims(node)...))
}

// wide brings the tangent of a scalar to the rank of the node that it is broadcast to.
func (p *pusher) wide(t, node *Node) *Node {
	if t.Rank() > 1 || node.IsScalar() {
		return t
	}
	return Reshape(t, append([]int{p.k}, slices.Repeat([]int{1}, node.Rank())...)...)
}

// full broadcasts the tangent of an input to the shape of the node.
func (p *pusher) full(t, node *Node) *Node {
	return BroadcastToDims(p.wide(t, node), p.dims(node)...)
}

// shared is an operand, to be combined with tangents: [1, shape], or a scalar.
func shared(x *Node) *Node {
	if x.IsScalar() {
		return x
	}
	return ExpandAxes(x, 0)
}

// shifted are axes behind the one of the tangents.
func shifted(axes []int) []int {
	result := make([]int, len(axes))
	for i, axis := range axes {
		result[i] = axis + 1
	}
	return result
}
