package profile

import (
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
)

// orbits are the activations of a network along the orbits of samples.
type orbits struct {
	network *network.Network
	mover   action.Mover
	rule    *group.HaarRule
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
func (l *orbitSums) add(rule *group.HaarRule, at func(node int) []float64) {
	h := mat.NewDense(len(rule.Nodes), l.width, nil)
	for i, node := range rule.Nodes {
		floats.AddScaled(l.mean, node.Weight, at(i))
		floats.AddScaled(h.RawRowView(i), math.Sqrt(node.Weight), at(i))
	}
	l.gram.SymRankK(l.gram, 1, h)
	l.samples++
}

// content returns the shares of the parts.
func (l *orbitSums) content(parts []rep.Isotypic) LayerContent {
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
