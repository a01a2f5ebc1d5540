package classification_test

import (
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/internal/examples"
)

// Results that do not depend on the size of a matrix are the same for all sizes, even if norms and
// products overflow float64.
func TestAnySizeOfMatrices(t *testing.T) {
	h := mat.NewDense(3, 3, []float64{.1, -.7, .3, .6, -.2, -.5, -.3, .5, .05})
	turn := lie.SO(3).Generator([]float64{.4, -.8, .2})
	affine := mat.NewDense(3, 3, []float64{.1, -.7, .3, .6, -.2, -.5, 0, 0, 0})
	metric := mat.NewDense(3, 3, []float64{.8, .12, .04, .12, -.4, .08, .04, .08, .2})
	frame := mat.NewDense(3, 3, []float64{.8, .12, .04, -.12, .4, .08, .04, .08, .2})
	so := lie.SO(3)
	conjugate := func(q *mat.Dense) []*mat.Dense {
		a, err := so.Conjugate(q)
		if err != nil {
			t.Error(err)
		}
		return a.Basis()
	}
	representatives := func(q *mat.Dense) (out []*mat.Dense) {
		list, err := group.ComponentRepresentatives(q)
		if err != nil {
			t.Error(err)
		}
		for _, c := range list {
			out = append(out, c.G)
		}
		return out
	}
	number := func(v float64) []*mat.Dense { return []*mat.Dense{mat.NewDense(1, 1, []float64{v})} }
	for name, f := range map[string]func(size float64) []*mat.Dense{
		"Span": func(s float64) []*mat.Dense {
			return lie.Span("", examples.Scaled(s, h), examples.Scaled(s, turn)).Basis()
		},
		"SpanAffine": func(s float64) []*mat.Dense { return lie.SpanAffine("", examples.Scaled(s, affine)).Basis() },
		"UnitSpeed":  func(s float64) []*mat.Dense { return []*mat.Dense{lie.UnitSpeed(examples.Scaled(s, h))} },
		"CompactOf": func(s float64) []*mat.Dense {
			c := group.CompactOf(examples.Scaled(s, turn), 1e-3)
			return append(number(float64(c.Period)), c.H)
		},
		"AngleTo": func(s float64) []*mat.Dense { return number(lie.AngleTo(examples.Scaled(s, h), so)) },
		"Bias":    func(s float64) []*mat.Dense { return number(lie.Bias(examples.Scaled(s, h)) / s) },
		"Project": func(s float64) []*mat.Dense {
			return []*mat.Dense{examples.Scaled(1/s, lie.Project(examples.Scaled(s, h), so))}
		},
		"FixedPoint": func(s float64) []*mat.Dense {
			x, ok := lie.FixedPoint(examples.Scaled(s, affine))
			if !ok {
				t.Errorf("no fixed point at size %g", s)
				return nil
			}
			return []*mat.Dense{mat.NewDense(2, 1, x)}
		},
		"ComponentRepresentatives": func(s float64) []*mat.Dense { return representatives(examples.Scaled(s, metric)) },
		"Conjugate":                func(s float64) []*mat.Dense { return conjugate(examples.Scaled(s, frame)) },
		"Exp":                      func(s float64) []*mat.Dense { return []*mat.Dense{lie.Exp(examples.Scaled(s, h), 1/s)} },
		"Orbit": func(s float64) []*mat.Dense {
			return []*mat.Dense{mat.NewDense(3, 1, lie.Orbit(examples.Scaled(s, h), []float64{1, 2, 3}, []float64{1 / s})[0])}
		},
		"Frame": func(s float64) []*mat.Dense {
			q, err := classification.Form{Q: examples.Scaled(s, metric), Symmetric: true, Signature: classification.Signature{Plus: 2, Minus: 1}}.Frame()
			if err != nil {
				t.Error(err)
				return nil
			}
			return []*mat.Dense{q}
		},
	} {
		want := f(1)
		for _, size := range []float64{1e-305, 1e-200, 1e200, 1e300, 1.7e308} {
			got := f(size)
			if len(got) != len(want) {
				t.Fatalf("%s at size %g: %d matrices, want %d", name, size, len(got), len(want))
			}
			for i := range want {
				var d mat.Dense
				d.Sub(got[i], want[i])
				if n := mat.Norm(&d, 2); !(n < 1e-10) {
					t.Errorf("%s at size %g: off by %g:\n%v\n%v", name, size, n, mat.Formatted(got[i]), mat.Formatted(want[i]))
				}
			}
		}
	}
	for _, size := range []float64{1e-305, 1.7e308} {
		if a, b := lie.Formula(h, false, 0), lie.Formula(examples.Scaled(size, h), false, 0); a != b {
			t.Errorf("at size %g the formula is %s, want %s", size, b, a)
		}
	}
}
