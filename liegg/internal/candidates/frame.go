package candidates

import (
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spaces"
	"github.com/liegg/lab/liegg/lie"
)

// Frame holds the coordinates in which spans of generators are compared and named: about
// the centre of the data, and white.
type Frame struct {
	Own, Given Space           // about the centre, and as they were given
	Centring   *mat.Dense      // nil for the origin
	Q          *mat.Dense      // to white coordinates; nil if the given coordinates are used
	Fields     bool            // the matrices represent vector fields: their brackets have no meaning
	moments    *spaces.Moments // nil if they are not known
}

// FrameOf finds the frame. In white coordinates the errors of a network have the same size
// in all directions. In mixed units, in contrast, a rotation looks like a shear, and far from
// the origin it looks like a translation. Whitens says that the data fill the space: otherwise no
// coordinates make them white.
func FrameOf(c Space, m *spaces.Moments, whitens bool) (f Frame, err error) {
	_, describes := c.(describer)
	f = Frame{Own: LocalOf(c), Given: c, Centring: CentringOf(c), Fields: describes && !AreHomogeneous(c), moments: m}
	if whitens {
		f.Q, err = m.Whitening(Span(c, "", nil).Size())
	}
	return f, err
}

// describer is liegg.Describer.
type describer interface {
	Describe(a lie.Algebra, tolerance float64) string
}

// White returns the candidates about the centre and in white coordinates.
func (f Frame) White() (Space, error) {
	if f.Q == nil {
		return f.Own, nil
	}
	back, err := lie.Inverse(f.Q)
	return Carried{Space: f.Own, Q: f.Q, Back: back}, err
}

// HardlyFelt returns the number of generators that move the data only along directions v to
// which the function hardly responds: the relative defect of motion along v exceeds the
// threshold, but not the bound.
func (f Frame) HardlyFelt(threshold, bound float64) int {
	if f.moments == nil || f.moments.Gradients == nil || bound <= threshold {
		return 0
	}
	_, felt, _, err := f.moments.GradientSpan(threshold)
	_, fewer, _, err2 := f.moments.GradientSpan(bound)
	_, seen, err3 := f.moments.DataSpan()
	if err != nil || err2 != nil || err3 != nil {
		return 0 // the decompositions have converged before
	}
	return (felt - fewer) * seen
}
