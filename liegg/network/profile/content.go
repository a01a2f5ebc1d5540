package profile

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// ContentSettings says what is measured. The zero value of each field means its default.
type ContentSettings struct {
	// Head is applied to the outputs first; the zero value leaves them as they are.
	Head network.Head
	// Largest is the largest spin or frequency that is told; the default is 4.
	Largest float64
	// Degree is the degree of the polynomials of the group's elements that the rule averages
	// exactly. Spins up to half of it are told apart exactly. The default is 4·Largest for
	// rotations of the plane, and 2·Largest in space.
	Degree int
	// Samples is the number of samples that are looked at, the first ones; the default is 200.
	Samples int
}

// Contents says what the layers of a network transform as under a compact group.
type Contents struct {
	// Irreps are the irreducible representations that are told.
	Irreps []lie.Irrep
	// Layers are the layers, the outputs last.
	Layers []LayerContent
	// Over says what group elements were used, and Samples on how many samples.
	Over    string
	Samples int
}

// LayerContent is the content of one layer.
type LayerContent struct {
	// Name is the name of the layer, and Width its number of activations.
	Name  string
	Width int
	// Shares are the shares of the variance over samples and their orbits that transform by each
	// of Contents.Irreps, and Rest is what is left: larger spins. They add up to 1. All are NaN
	// if the layer does not vary.
	Shares []float64
	Rest   float64
}

// Content finds which irreducible representations the activations of each layer belong to, as
// functions on the orbits of the samples. For a function h of the inputs, g ↦ h(g·x) is a sum of parts,
// one for each irreducible representation of the group (lie.Isotypic), and the share of a part is its
// share of the variance E∫‖h(g·x) − mean‖² dg. A layer of invariants has all of it at spin 0, and a
// layer of vectors at spin 1. It needs no matrices by which the layer moves.
//
// The algebra is one of so(2) or so(3), of generators of the action, such as network.Judge has found;
// angle is its error in radians.
//
// Content returns the errors of lie.Haar and lie.Isotypic, and those of the inputs and the
// model. It panics unless the action is an action.Mover and the algebra holds its generators.
func Content(n *network.Network, a action.Action, algebra lie.Algebra, angle float64, inputs network.Inputs, s ContentSettings) (*Contents, error) {
	mustBeUsable(n, a, inputs, network.Settings{})
	a = action.InputsOf(a)
	mover, ok := a.(action.Mover)
	if size := action.GeneratorSize(a); !ok || algebra.Size() != size {
		panic(fmt.Sprintf("profile: Content: the action must be an action.Mover with generators of the algebra's size %d, got %T of size %d", algebra.Size(), a, size))
	}
	s.Largest, s.Samples = cmp.Or(s.Largest, 4), cmp.Or(s.Samples, 200)
	degree := cmp.Or(s.Degree, int(math.Ceil(s.Largest))*map[bool]int{true: 4, false: 2}[algebra.Dim() == 1])
	if !(s.Largest > 0) || s.Samples < 1 || degree < 1 {
		panic(fmt.Sprintf("profile: ContentSettings must not be negative, got %v", s))
	}
	rule, err := lie.Haar(algebra, angle, lie.HaarSettings{Degree: degree})
	if err != nil {
		return nil, err
	}
	parts, err := rule.Isotypic(s.Largest)
	if err != nil {
		return nil, err
	}
	held, err := network.Buffer(inputs, 0)
	if err != nil {
		return nil, err
	}
	defer held.Finalize()
	if err := a.Check(held.Input()); err != nil {
		return nil, err
	}
	o := &orbits{network: n.Through(a), mover: mover, rule: rule, head: s.Head}
	samples := min(s.Samples, held.Len())
	if err := o.gather(held, samples); err != nil {
		return nil, err
	}
	c := &Contents{Over: rule.String(), Samples: samples}
	for _, p := range parts {
		c.Irreps = append(c.Irreps, p.Irrep)
	}
	for _, l := range o.layers {
		c.Layers = append(c.Layers, l.content(parts))
	}
	return c, nil
}

// orbits are the activations of a network along the orbits of samples.
type orbits struct {
	network *network.Network
	mover   action.Mover
	rule    *lie.HaarRule
	head    network.Head
	layers  []*orbitSums
}

// orbitSums are the sums of a layer: Σ_x √(w_i w_k)⟨h(g_i x), h(g_k x)⟩ over samples, and the mean of h.
type orbitSums struct {
	name    string
	width   int
	samples int
	gram    *mat.SymDense
	mean    []float64
}

// atOnce is the number of activations of all nodes that are held in memory.
const atOnce = 1 << 24

// gather runs the network over the orbits of the first samples, some of them at a time.
func (o *orbits) gather(held *network.Buffered, samples int) error {
	p, err := o.network.NewProgram(o.head, held, func(f func(x *Node) *Node, x *Node, arguments []*Node) (flat []*Node) {
		layers, y := nodesOf(f, o.mover.Moved(x, arguments[0]))
		o.layers = nil
		for _, l := range layers {
			flat = append(flat, Reshape(l.H, x.Shape().Dim(0), -1))
			o.layers = append(o.layers, &orbitSums{name: l.Name, width: flat[len(flat)-1].Shape().Dim(1)})
		}
		o.layers = append(o.layers, &orbitSums{name: "output", width: y.Shape().Dim(1)})
		return append(flat, y)
	})
	if err != nil {
		return err
	}
	defer p.Finalize()
	first, err := held.Part(0, 1)
	if err != nil {
		return err
	}
	defer first.Finalize()
	if _, err := p.Run(first, o.rule.Nodes[0].Element()); err != nil { // builds the layers
		return err
	}
	layers, widest := o.layers, 0
	for _, l := range layers {
		l.gram, l.mean = mat.NewSymDense(len(o.rule.Nodes), nil), make([]float64, l.width)
		widest += l.width
	}
	size := max(1, min(samples, atOnce/(widest*len(o.rule.Nodes))))
	for from := 0; from < samples; from += size {
		if err := o.add(p, layers, held, from, min(from+size, samples)); err != nil {
			return err
		}
	}
	o.layers = layers
	return nil
}

// add adds some samples.
func (o *orbits) add(p *network.Program, layers []*orbitSums, held *network.Buffered, from, to int) error {
	part, err := held.Part(from, to)
	if err != nil {
		return err
	}
	defer part.Finalize()
	var along [][][]float64 // of each node and layer
	for _, node := range o.rule.Nodes {
		values, err := p.Run(part, node.Element())
		if err != nil {
			return err
		}
		along = append(along, values)
	}
	for k, l := range layers {
		for i := range to - from {
			l.add(o.rule, func(node int) []float64 { return along[node][k][i*l.width : (i+1)*l.width] })
		}
	}
	return nil
}

// add adds one sample, given the activations at each node.
func (l *orbitSums) add(rule *lie.HaarRule, at func(node int) []float64) {
	h := mat.NewDense(len(rule.Nodes), l.width, nil)
	for i, node := range rule.Nodes {
		floats.AddScaled(l.mean, node.Weight, at(i))
		floats.AddScaled(h.RawRowView(i), math.Sqrt(node.Weight), at(i))
	}
	l.gram.SymRankK(l.gram, 1, h)
	l.samples++
}

// content returns the shares of the parts.
func (l *orbitSums) content(parts []lie.Isotypic) LayerContent {
	c := LayerContent{Name: l.name, Width: l.width, Shares: make([]float64, len(parts)), Rest: 1}
	constant := floats.Dot(l.mean, l.mean) / float64(l.samples)
	whole := mat.Trace(l.gram) - constant
	if !(whole > 1e-12*mat.Trace(l.gram)) { // a layer that does not vary
		return LayerContent{Name: l.name, Width: l.width, Shares: slices.Repeat([]float64{math.NaN()}, len(parts)), Rest: math.NaN()}
	}
	for i, p := range parts {
		sum := 0.0
		for r := range p.Kernel.SymmetricDim() {
			for s := range p.Kernel.SymmetricDim() {
				sum += p.Kernel.At(r, s) * l.gram.At(r, s)
			}
		}
		if p.Irrep.Spin == 0 {
			sum -= constant
		}
		c.Shares[i] = max(0, sum/whole)
		c.Rest -= c.Shares[i]
	}
	c.Rest = max(0, c.Rest)
	return c
}

// Names returns the names of the layers.
func (c *Contents) Names() []string {
	names := make([]string, len(c.Layers))
	for i, l := range c.Layers {
		names[i] = l.Name
	}
	return names
}

// Shares returns the shares of the variance that transform by number i of Irreps, by layer.
func (c *Contents) Shares(i int) []float64 {
	shares := make([]float64, len(c.Layers))
	for k, l := range c.Layers {
		shares[k] = l.Shares[i]
	}
	return shares
}

// String returns the shares as a table, in percent.
func (c *Contents) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "share of the variance by irreducible representation, over %s; N = %d\n", c.Over, c.Samples)
	wide := len("layer")
	for _, l := range c.Layers {
		wide = max(wide, len([]rune(l.Name)))
	}
	fmt.Fprintf(&b, "%-*s  %6s", wide, "layer", "width")
	for _, irrep := range c.Irreps {
		fmt.Fprintf(&b, "  %7v", irrep)
	}
	fmt.Fprintf(&b, "  %7s\n", "rest")
	for _, l := range c.Layers {
		fmt.Fprintf(&b, "%-*s  %6d", wide, l.Name, l.Width)
		for _, share := range append(slices.Clone(l.Shares), l.Rest) {
			if math.IsNaN(share) {
				fmt.Fprintf(&b, "  %7s", "–")
			} else {
				fmt.Fprintf(&b, "  %5.1f %%", 100*share)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// String returns the shares.
func (l LayerContent) String() string {
	return fmt.Sprintf("%s, width %d: shares %.3g, rest %.3g", l.Name, l.Width, l.Shares, l.Rest)
}

// String lists the fields.
func (s ContentSettings) String() string {
	return fmt.Sprintf("Head: %s; Largest %g, Degree %d, Samples %d", s.Head, s.Largest, s.Degree, s.Samples)
}
