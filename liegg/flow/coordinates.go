package flow

import (
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
)

// Flows are measured in the coordinates of network.Judge: translations are relative to the
// mean of the inputs, and vectors are in units of their spread in every direction. The units
// and the origin of single coordinates then do not matter, and no digits are lost to them.

// measuredBy is the number of inputs that determine the coordinates, the first ones, as in
// network.Judge.
const measuredBy = 64 * liegg.Blocks

// measure changes the action to these coordinates.
func (e *experiment) measure() error {
	x, err := e.held.First(measuredBy)
	if err != nil {
		return err
	}
	defer x.MustFinalizeAll()
	if e.mover, err = action.Whiten(e.mover, x); err != nil {
		return err
	}
	if e.field != nil {
		e.field = e.mover.(action.Integrable)
	}
	e.there, e.back = action.WhiteCoordinates(e.inputs())
	return nil
}

// local returns a generator in these coordinates, and with outputs in the units that they are
// compared in.
func (e *experiment) local(h *mat.Dense) *mat.Dense {
	pair, ok := e.pair()
	if !ok {
		return e.localInputs(h)
	}
	m, n := mat.DenseCopyOf(action.Local(pair, h)), sizeOf(pair.Inputs())
	m.Slice(0, n, 0, n).(*mat.Dense).Copy(e.localInputs(pair.Block(h, 0)))
	return m
}

func (e *experiment) localInputs(h *mat.Dense) *mat.Dense {
	if e.there == nil {
		return h
	}
	return product(e.there, h, e.back)
}

func product(a, b, c *mat.Dense) *mat.Dense {
	var p mat.Dense
	p.Product(a, b, c)
	return &p
}

// unitSpeed is lie.UnitSpeed in these coordinates. The block of the inputs decides, unless it is
// zero.
func (e *experiment) unitSpeed(h *mat.Dense) *mat.Dense {
	local := e.local(h)
	if pair, ok := e.pair(); ok && mat.Norm(pair.Block(local, 0), 2) > 0 {
		local = pair.Block(local, 0)
	}
	var scaled mat.Dense
	scaled.Scale(mat.Norm(lie.UnitSpeed(local), 2)/mat.Norm(local, 2), h)
	return &scaled
}

// expInputs returns exp(tH) of the inputs, computed in these coordinates. A rotation about a
// distant centre would otherwise be a difference of long translations, and in mixed units its
// matrix has entries of very different sizes.
func (e *experiment) expInputs(h *mat.Dense, t float64) *mat.Dense {
	if e.there == nil {
		return lie.Exp(h, t)
	}
	return product(e.back, lie.Exp(e.localInputs(h), t), e.there)
}
