package profile

import (
	"cmp"
	"errors"
	"fmt"
	"math"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/internal/function"
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
	Irreps []rep.Irrep
	// Layers are the layers, the outputs last.
	Layers []LayerContent
	// Change is the largest change of a share if the rule is of one degree more, on some of the
	// samples. A larger one than about .01 says that layers have so much of spins above the degree
	// that these count as others: ask for a larger ContentSettings.Degree. It is NaN if that rule
	// would have too many elements.
	Change float64
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
// one for each irreducible representation of the group (rep.Isotypic), and the share of a part is its
// share of the variance E∫‖h(g·x) − mean‖² dg. A layer of invariants has all of it at spin 0, and a
// layer of vectors at spin 1. It needs no matrices by which the layer moves.
//
// The algebra is one of so(2) or so(3), of generators of the action, such as network.Judge has found;
// angle is its error in radians.
//
// Content returns the errors of group.Haar and rep.Isotypic, and errors of the inputs and the
// model. It panics unless the action is an action.Mover and the algebra holds its generators.
func Content(n *network.Network, a action.Action, algebra lie.Algebra, angle float64, inputs network.Inputs, s ContentSettings) (*Contents, error) {
	mustBeUsable(n, a, inputs, network.Settings{})
	if n.Times() > 1 {
		return nil, function.NoLayers(n.Times())
	}
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
	held, err := network.Buffer(inputs, 0)
	if err != nil {
		return nil, err
	}
	defer held.Finalize()
	if err := a.Check(held.Input()); err != nil {
		return nil, err
	}
	along := func(degree, samples int) (*Contents, error) {
		rule, err := group.Haar(algebra, angle, group.HaarSettings{Degree: degree})
		if err != nil {
			return nil, err
		}
		o := &orbits{network: n.Through(a), mover: mover, rule: rule, head: s.Head}
		return o.contents(held, min(samples, held.Len()), s.Largest)
	}
	c, err := along(degree, s.Samples)
	if err != nil {
		return nil, err
	}
	same, err := along(degree, min(s.Samples, checked))
	if err != nil {
		return nil, err
	}
	finer, err := along(degree+1, min(s.Samples, checked))
	switch {
	case errors.Is(err, rep.ErrNoIrreps): // it has too many elements
		c.Change = math.NaN()
	case err != nil:
		return nil, err
	default:
		c.Change = same.change(finer)
	}
	return c, nil
}

// checked is the number of samples on which a rule is compared with a finer one.
const checked = 20

// contents measures the contents of all layers at the first samples.
func (o *orbits) contents(held *network.Buffered, samples int, largest float64) (*Contents, error) {
	parts, err := rep.IsotypicParts(o.rule, largest)
	if err != nil {
		return nil, err
	}
	if err := o.gather(held, samples); err != nil {
		return nil, err
	}
	c := &Contents{Over: o.rule.String(), Samples: samples}
	for _, p := range parts {
		c.Irreps = append(c.Irreps, p.Irrep)
	}
	for _, l := range o.layers {
		c.Layers = append(c.Layers, l.content(parts))
	}
	return c, nil
}

// change returns the largest difference between shares.
func (c *Contents) change(other *Contents) (most float64) {
	for k, l := range c.Layers {
		for i, share := range l.Shares {
			if off := math.Abs(share - other.Layers[k].Shares[i]); off > most { // never NaN
				most = off
			}
		}
	}
	return most
}
