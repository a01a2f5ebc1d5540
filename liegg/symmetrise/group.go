package symmetrise

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// ErrNotClosed: maps that do not make a group of a size that can be averaged over.
var ErrNotClosed = errors.New("symmetrise: the maps make no finite group that can be averaged over")

// Group is a compact group of transformations of inputs, and of outputs, as elements with weights
// that stand for its Haar measure.
type Group struct {
	action  action.Action
	name    string
	nodes   []node
	rule    *lie.HaarRule // of the connected part; nil if the group is finite
	angle   float64       // the error of its algebra
	size    int           // of the finite part
	cut     bool          // elements are a range of a flow, and make no group
	normals []*mat.Dense  // generators of the connected part, as they move inputs
}

// node is an element: g moves inputs, and out outputs; a nil out leaves them. Nodes of one draw
// differ by elements of the finite part alone.
type node struct {
	weight float64
	g, out *mat.Dense
	draw   int
}

// Over returns the connected group of a compact algebra of generators of the action, for means
// over it. The action is one of inputs by matrices (action.Mover), or an action.Equivariance, whose
// generators also say how outputs move. angle is the error of the algebra in radians, as in
// liegg.Verdict.AngleError.
//
// It returns lie.ErrNotCompact and the other errors of lie.Haar, and an error if the nearest closed
// algebra is none of the action's. It panics unless the action moves inputs by matrices, and the
// algebra holds such matrices.
func Over(a action.Action, algebra lie.Algebra, angle float64, s lie.HaarSettings) (*Group, error) {
	mustMove("Over", a)
	if n := action.GeneratorSize(a); algebra.Size() != n || algebra.Dim() == 0 {
		panic(fmt.Sprintf("symmetrise: Over: the algebra must hold %d×%d matrices, got %v", n, n, algebra))
	}
	rule, err := lie.Haar(algebra, angle, s)
	if err != nil {
		return nil, err
	}
	closed := rule.Algebra.Basis()
	if _, off, err := action.Coefficients(a, closed...); err != nil || floats.Norm(off, math.Inf(1)) > 1e-6 {
		return nil, fmt.Errorf("symmetrise: the nearest closed algebra to %s is none of the action's generators: refine the algebra, or restrict the action to a compact one", algebra.Name())
	}
	group := &Group{action: a, name: algebra.Name(), rule: rule, angle: angle, size: 1}
	for _, h := range closed {
		group.normals = append(group.normals, inputBlock(a, h))
	}
	for i, n := range rule.Nodes {
		own := nodeOf(a, n)
		own.draw = i
		group.nodes = append(group.nodes, own)
	}
	return group, nil
}

// nodeOf is an element of the group by how it moves inputs and outputs.
func nodeOf(a action.Action, n lie.HaarNode) node {
	g := n.Element()
	pair, ok := a.(action.Equivariance)
	if !ok {
		return node{weight: n.Weight, g: g}
	}
	own := node{weight: n.Weight, g: pair.Block(g, 0), out: linalg.Identity(pair.Outputs())}
	if !pair.Free() {
		own.out = pair.OutputMap(g)
		return own
	}
	for _, f := range n.Factors {
		own.out = product(own.out, lie.Exp(pair.OutputGenerator(f), 1))
	}
	return own
}

// OverMaps returns the finite group that maps generate, such as a reflection or a turn by 90°. Map.Out says how a map moves outputs, in their own units; if it is nil, outputs move by the
// representation of an action.Equivariant, and for an action of inputs alone they stay.
//
// It returns ErrNotClosed if products of the maps do not close within 1000 elements. It panics
// without maps, and if one does not fit: see flow.TestMap.
func OverMaps(a action.Action, maps ...flow.Map) (*Group, error) {
	mustMove("OverMaps", a)
	trivial := node{weight: 1, g: linalg.Identity(action.GeneratorSize(action.InputsOf(a)))}
	if pair, ok := a.(action.Equivariance); ok {
		trivial.out = linalg.Identity(pair.Outputs())
	}
	return (&Group{action: a, name: "", nodes: []node{trivial}, size: 1}).With(maps...)
}

// OverRange returns count elements exp(th), |t| ≤ reach, in equal steps and of equal weight: what is
// left of a mean over a group that is not compact, such as scalings, shears or boosts, over which
// Over cannot average. They make no group, so a mean over them is less broken than the network but
// not symmetric. h is a generator of the action, and diag(A, B, …) for an action.Covariant. It panics
// unless the action moves inputs by matrices, h has the size of its generators, reach is positive and
// count at least 2.
func OverRange(a action.Action, h *mat.Dense, reach float64, count int) *Group {
	mustMove("OverRange", a)
	if rows, columns := h.Dims(); rows != action.GeneratorSize(a) || columns != rows {
		panic(fmt.Sprintf("symmetrise: OverRange: the generator must be a %d×%d matrix, got %d×%d", action.GeneratorSize(a), action.GeneratorSize(a), rows, columns))
	}
	if !(reach > 0) || math.IsInf(reach, 0) || count < 2 {
		panic(fmt.Sprintf("symmetrise: OverRange: reach must be positive and count at least 2, got %v and %d", reach, count))
	}
	g := &Group{action: a, name: fmt.Sprintf("exp(tA), |t| ≤ %g", reach), size: count, cut: true}
	for i := range count {
		var step mat.Dense
		step.Scale(reach*(2*float64(i)/float64(count-1)-1), h)
		g.nodes = append(g.nodes, nodeOf(a, lie.HaarNode{Weight: 1 / float64(count), Factors: []*mat.Dense{&step}}))
	}
	return g
}

// With returns the group that maps make together with this one, such as O(3) of SO(3) and a
// reflection. The maps must take generators to generators of the group, g·H·g⁻¹. It returns an
// error if they do not, and the errors of OverMaps; panics are those of OverMaps.
func (g *Group) With(maps ...flow.Map) (*Group, error) {
	if len(maps) == 0 {
		panic("symmetrise: no maps are given")
	}
	own := make([]node, len(maps))
	larger := *g
	for i, m := range maps {
		own[i] = g.fitted(m)
		if !g.normalisedBy(own[i].g) {
			return nil, fmt.Errorf("symmetrise: %s does not take the generators of %s to such generators, so that both make no group with the same connected part: leave it out, or find the algebra that it belongs to", m.Name, g.name)
		}
		if larger.name != "" {
			larger.name += " and "
		}
		larger.name += m.Name
	}
	finite, err := closure(own)
	if err != nil {
		return nil, err
	}
	larger.nodes, larger.size = nil, g.size*len(finite)
	for _, x := range g.nodes {
		for _, y := range finite {
			larger.nodes = append(larger.nodes, x.times(y))
		}
	}
	return &larger, nil
}

// mostElements is the largest finite group.
const mostElements = 1000

// closure are the elements of the group that maps make, of equal weight.
func closure(maps []node) ([]node, error) {
	all := []node{maps[0].identity()}
	for done := 0; done < len(all); done++ {
		for _, m := range maps {
			next := all[done].times(m)
			if !contains(all, next) {
				all = append(all, next)
			}
			if len(all) > mostElements {
				return nil, fmt.Errorf("%w: products of %d of them are still growing at %d elements: give maps that return, g^k = 1", ErrNotClosed, len(maps), mostElements)
			}
		}
	}
	for i := range all {
		all[i].weight = 1 / float64(len(all))
	}
	return all, nil
}

func contains(all []node, x node) bool {
	for _, y := range all {
		if mat.EqualApprox(x.g, y.g, 1e-6) && (x.out == nil || mat.EqualApprox(x.out, y.out, 1e-6)) {
			return true
		}
	}
	return false
}

func (n node) identity() node {
	one := node{weight: 1, g: linalg.Identity(n.g.RawMatrix().Rows)}
	if n.out != nil {
		one.out = linalg.Identity(n.out.RawMatrix().Rows)
	}
	return one
}

func (n node) times(m node) node {
	p := node{weight: n.weight * m.weight, g: product(n.g, m.g), draw: n.draw}
	if n.out != nil {
		p.out = product(n.out, m.out)
	}
	return p
}

// back is ρ(g)⁻¹.
func (n node) back() (*mat.Dense, error) {
	inverse, err := lie.Inverse(n.out)
	if err != nil {
		return nil, fmt.Errorf("symmetrise: an element of the group moves outputs by a singular matrix: %w", err)
	}
	return inverse, nil
}

// mostOutside is the share of the data that elements may carry out of their range.
const mostOutside = .1

// outside is the share of inputs that elements carry out of their range on average; 0 if the
// action does not know. It returns an error if the action does not fit the inputs.
func (g *Group) outside(held *network.Buffered) (share float64, err error) {
	a := action.InputsOf(g.action)
	if err := a.Check(held.Input()); err != nil {
		return 0, err
	}
	ranger, ok := a.(action.Ranger)
	if !ok {
		return 0, nil
	}
	values, err := held.Values()
	if err != nil || floats.HasNaN(values) { // a program says where
		return 0, err
	}
	const enough = 2000
	width := len(values) / held.Len()
	outside := ranger.Range(values[:min(held.Len(), enough)*width])
	for _, x := range g.nodes {
		share += x.weight * outside(x.g)
	}
	return share, nil
}

func (g *Group) tooFar(outside float64, how string) error {
	return fmt.Errorf("%w (%.0f %% of them on average over %v; %s)", ErrOutside, 100*outside, g, how)
}

// fitted is a map in the sizes of the action.
func (g *Group) fitted(m flow.Map) node {
	n := action.GeneratorSize(action.InputsOf(g.action))
	rows, columns := m.G.Dims()
	if rows != columns || rows != n && !(rows == n-1 && action.IsHomogeneous(action.InputsOf(g.action))) {
		panic(fmt.Sprintf("symmetrise: %s must be a %d×%d matrix, got %d×%d", m.Name, n, n, rows, columns))
	}
	own := node{weight: 1, g: linalg.Identity(n), out: m.Out}
	own.g.Slice(0, rows, 0, rows).(*mat.Dense).Copy(m.G)
	pair, ok := g.action.(action.Equivariance)
	switch {
	case !ok && m.Out != nil:
		panic(fmt.Sprintf("symmetrise: %s moves outputs, which the action leaves as they are: use action.Equivariant or action.Covariant", m.Name))
	case !ok:
		return own
	case m.Out == nil && pair.Free():
		panic(fmt.Sprintf("symmetrise: %s says not how outputs move: give Map.Out, such as flow.TestMap finds", m.Name))
	case m.Out == nil:
		own.out = pair.OutputMap(own.g)
	}
	if rows, columns := own.out.Dims(); rows != pair.Outputs() || columns != rows {
		panic(fmt.Sprintf("symmetrise: %s must move outputs by a %d×%d matrix, got %d×%d", m.Name, pair.Outputs(), pair.Outputs(), rows, columns))
	}
	return own
}

// normalisedBy reports whether g·H·g⁻¹ is in the span of the generators for each H of them.
func (g *Group) normalisedBy(m *mat.Dense) bool {
	if len(g.normals) == 0 {
		return true
	}
	inverse, err := lie.Inverse(m)
	if err != nil {
		return false
	}
	algebra := lie.Span("", g.normals...)
	for _, h := range g.normals {
		moved := product(product(m, h), inverse)
		if norm := mat.Norm(moved, 2); norm > 0 && lie.AngleTo(moved, algebra) > .01+2*g.rule.Moved {
			return false
		}
	}
	return true
}

// Len returns the number of elements that a mean is taken over.
func (g *Group) Len() int { return len(g.nodes) }

// Random reports whether these are random.
func (g *Group) Random() bool { return g.rule != nil && g.rule.Random() }

// String says what is averaged over.
func (g *Group) String() string {
	switch {
	case g.cut:
		return fmt.Sprintf("%d elements of %s", g.size, g.name)
	case g.rule == nil:
		return fmt.Sprintf("the finite group of %d elements made by %s", g.size, g.name)
	case g.size > 1:
		return fmt.Sprintf("%v, times %d elements (%s)", g.rule, g.size, g.name)
	}
	return g.rule.String()
}

func mustMove(what string, a action.Action) {
	if a == nil {
		panic(fmt.Sprintf("symmetrise: %s: the action a is nil", what))
	}
	if _, ok := a.(action.ImageToImage); ok {
		panic(fmt.Sprintf("symmetrise: %s: means of output images are not made: follow finite flows, as flow.Test does", what))
	}
	if _, ok := action.InputsOf(a).(action.Mover); !ok {
		panic(fmt.Sprintf("symmetrise: %s: a must be an action.Mover, which moves inputs by matrices; %T has no method Moved", what, action.InputsOf(a)))
	}
}

func inputBlock(a action.Action, h *mat.Dense) *mat.Dense {
	if pair, ok := a.(action.Equivariance); ok {
		return pair.Block(h, 0)
	}
	return h
}

func product(a, b *mat.Dense) *mat.Dense {
	var p mat.Dense
	p.Mul(a, b)
	return &p
}
