package motion

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

// whiten changes the action to these coordinates.
func (m *Mover) whiten() error {
	x, err := m.Held.First(measuredBy)
	if err != nil {
		return err
	}
	defer x.MustFinalizeAll()
	if m.Action, err = action.Whiten(m.Action, x); err != nil {
		return err
	}
	if m.Field != nil {
		m.Field = m.Action.(action.Integrable)
	}
	m.there, m.back = action.WhiteCoordinates(m.Inputs())
	return nil
}

// Local returns a generator in these coordinates, and with outputs in the units that they are
// compared in.
func (m *Mover) Local(h *mat.Dense) *mat.Dense {
	pair, ok := m.Pair()
	if !ok {
		return m.localInputs(h)
	}
	all, n := mat.DenseCopyOf(action.Local(pair, h)), action.GeneratorSize(pair.Inputs())
	all.Slice(0, n, 0, n).(*mat.Dense).Copy(m.localInputs(pair.Block(h, 0)))
	return all
}

func (m *Mover) localInputs(h *mat.Dense) *mat.Dense {
	if m.there == nil {
		return h
	}
	return product(m.there, h, m.back)
}

func product(a, b, c *mat.Dense) *mat.Dense {
	var p mat.Dense
	p.Product(a, b, c)
	return &p
}

// UnitSpeed is lie.UnitSpeed in these coordinates. The block of the inputs decides, unless it is
// zero.
func (m *Mover) UnitSpeed(h *mat.Dense) *mat.Dense {
	local := m.Local(h)
	if pair, ok := m.Pair(); ok && mat.Norm(pair.Block(local, 0), 2) > 0 {
		local = pair.Block(local, 0)
	}
	var scaled mat.Dense
	scaled.Scale(mat.Norm(lie.UnitSpeed(local), 2)/mat.Norm(local, 2), h)
	return &scaled
}

// expInputs returns exp(tH) of the inputs, computed in these coordinates. A rotation about a
// distant centre would otherwise be a difference of long translations, and in mixed units its
// matrix has entries of very different sizes.
func (m *Mover) expInputs(h *mat.Dense, t float64) *mat.Dense {
	if m.there == nil {
		return lie.Exp(h, t)
	}
	return product(m.back, lie.Exp(m.localInputs(h), t), m.there)
}
