package moved

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// Bounded is the transform of outputs that replaces f if few samples carry Var f. It maps
// every output y to
//
//	φ(y) = u/√(1+u²),   u = (y − median)/spread,
//
// with the spread of participation.MedianAndSpread. φ is increasing, so φ(f(g·x)) = φ(f(x)) if and only if f(g·x) = f(x): φ∘f has the
// symmetries of f and no others.
type Bounded struct {
	median, spread []float64
	wide           bool // outputs are only compressed; see compressed
}

// newBounded measures the median and spread of n samples of outputs.
func newBounded(outputs []float64, n int) *Bounded {
	m := len(outputs) / n
	b := &Bounded{median: make([]float64, m), spread: make([]float64, m)}
	for k := range m {
		b.median[k], b.spread[k] = participation.MedianAndSpread(tensor.Column(outputs, k, m))
		if b.spread[k] == 0 {
			b.spread[k] = 1 // a constant output stays constant
		}
	}
	return b
}

// Apply transforms outputs in place.
func (b *Bounded) Apply(outputs []float64) {
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
func (b *Bounded) compressed() *Bounded { return &Bounded{b.median, b.spread, true} }

// Unit returns the spread of output o of n, squared, in units of a compressed value: of spread·asinh(u)
// if u changes by 1.
func (b *Bounded) Unit(o int, compressed float64) float64 {
	narrowed := b.spread[o] / math.Cosh(compressed/b.spread[o])
	return narrowed * narrowed
}

// slopes multiplies squares of derivatives of f by φ'² at outputs that have been transformed:
// φ' = (1 + u²)^(−3/2)/spread, with 1 + u² = 1/(1 − φ²).
func (b *Bounded) slopes(squares, outputs []float64) {
	m := len(b.median)
	b.Apply(outputs)
	for i, φ := range outputs {
		inner := max(0, 1-φ*φ)
		squares[i] *= inner * inner * inner / (b.spread[i%m] * b.spread[i%m])
	}
}

// steepest multiplies squares of derivatives of f by the largest φ'², 1/spread². If outputs move,
// the point at which φ is differentiated is not known.
func (b *Bounded) steepest(squares []float64) {
	m := len(b.spread)
	for i := range squares {
		squares[i] /= b.spread[i%m] * b.spread[i%m]
	}
}

// variance is Σ spread² over outputs: a variance of f that does not depend on a few samples.
func (b *Bounded) variance() float64 { return floats.Dot(b.spread, b.spread) }

// Few samples carry Var f if n_eff is below N/varianceCarriers.
const varianceCarriers = 20

// Bound transforms outputs from now on, and also the ones measured before.
func (o *Outputs) Bound() {
	if o.bounded != nil {
		return
	}
	o.unbounded = slices.Clone(o.Before)
	o.bounded = newBounded(o.Before, o.Held.Len())
	o.bounded.Apply(o.Before)
	o.Variance = Variances(o.Before, o.Held.Len())
}

// Bounded reports whether outputs are transformed.
func (o *Outputs) Bounded() bool { return o.bounded != nil }

// Spread is the variance of f, or one that does not depend on a few samples if outputs are
// transformed.
func (o *Outputs) Spread() float64 {
	if o.bounded != nil {
		return o.bounded.variance()
	}
	return floats.Sum(o.Variance) / float64(o.Held.Len())
}

// WhileCompressed calls ask, during which outputs are compressed by a transform of their own. Images are
// compared as they are.
func (o *Outputs) WhileCompressed(ask func(own *Bounded) error) error {
	b, before, unbounded := o.bounded, o.Before, o.unbounded
	defer func() { o.bounded, o.Before, o.unbounded = b, before, unbounded }()
	plain := o.plainBefore()
	own := newBounded(plain, o.Held.Len())
	if o.images == nil {
		o.bounded, o.unbounded, o.Before = own.compressed(), plain, slices.Clone(plain)
		o.bounded.Apply(o.Before)
	}
	return ask(own)
}
