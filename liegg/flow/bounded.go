package flow

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/internal/participation"
)

// bounded is the transform of outputs that replaces f if few samples carry Var f. It maps
// every output y to
//
//	φ(y) = u/√(1+u²),   u = (y − median)/spread,
//
// with the spread of participation.MedianAndSpread. φ is increasing, so φ(f(g·x)) = φ(f(x)) if and only if f(g·x) = f(x): φ∘f has the
// symmetries of f and no others.
type bounded struct {
	median, spread []float64
	wide           bool // outputs are only compressed; see compressed
}

// newBounded measures the median and spread of n samples of outputs.
func newBounded(outputs []float64, n int) *bounded {
	m := len(outputs) / n
	b := &bounded{median: make([]float64, m), spread: make([]float64, m)}
	own := make([]float64, n)
	for k := range m {
		for i := range own {
			own[i] = outputs[i*m+k]
		}
		b.median[k], b.spread[k] = participation.MedianAndSpread(own)
		if b.spread[k] == 0 {
			b.spread[k] = 1 // a constant output stays constant
		}
	}
	return b
}

// apply transforms outputs in place.
func (b *bounded) apply(outputs []float64) {
	m := len(b.median)
	for i, y := range outputs {
		u := (y - b.median[i%m]) / b.spread[i%m]
		if b.wide {
			outputs[i] = b.spread[i%m] * math.Asinh(u)
		} else {
			outputs[i] = u / math.Hypot(1, u)
		}
	}
}

// compressed returns the transform with spread·asinh(u) in place of φ, which still tells far values
// apart: it turns factors into differences.
func (b *bounded) compressed() *bounded { return &bounded{b.median, b.spread, true} }

// unit returns the spread of output o of n, squared, in units of a compressed value: of spread·asinh(u)
// if u changes by 1.
func (b *bounded) unit(o int, compressed float64) float64 {
	narrowed := b.spread[o] / math.Cosh(compressed/b.spread[o])
	return narrowed * narrowed
}

// slopes multiplies squares of derivatives of f by φ'² at outputs that have been transformed:
// φ' = (1 + u²)^(−3/2)/spread, with 1 + u² = 1/(1 − φ²).
func (b *bounded) slopes(squares, outputs []float64) {
	m := len(b.median)
	b.apply(outputs)
	for i, φ := range outputs {
		inner := max(0, 1-φ*φ)
		squares[i] *= inner * inner * inner / (b.spread[i%m] * b.spread[i%m])
	}
}

// steepest multiplies squares of derivatives of f by the largest φ'², 1/spread². If outputs move,
// the point at which φ is differentiated is not known.
func (b *bounded) steepest(squares []float64) {
	m := len(b.spread)
	for i := range squares {
		squares[i] /= b.spread[i%m] * b.spread[i%m]
	}
}

// variance is Σ spread² over outputs: a variance of f that does not depend on a few samples.
func (b *bounded) variance() float64 { return floats.Dot(b.spread, b.spread) }

// Few samples carry Var f if n_eff is below N/varianceCarriers.
const varianceCarriers = 20

// boundOutputs transforms outputs from now on, and also the ones measured before.
func (e *experiment) boundOutputs() {
	if e.bounded != nil {
		return
	}
	e.unbounded = slices.Clone(e.before)
	e.bounded = newBounded(e.before, e.held.Len())
	e.bounded.apply(e.before)
	e.variance = variances(e.before, e.held.Len())
}
