package flow

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
)

// fit is the least-squares problem of a refinement. Its unknowns are d orthonormal rows in
// whitened coordinates u ∈ R^r. The generator of coefficients W·u moves the data at the speed
// ‖u‖.
type fit struct {
	e            *experiment
	whiten       *mat.Dense  // W, K×r; without the null directions of the metric of speeds
	unwhiten     *mat.Dense  // its left inverse, r×K
	span         *mat.Dense  // d×r
	speed        float64     // of the generators
	flows        []oneFlow   // the fixed set of flows to fit
	along        [][]float64 // unit vectors of the span whose flows were measured
	medianChange float64     // s², the median of ‖f(z) − f(x)‖²/2 at the start
}

// newFit begins with the span of the given coefficients, d×K.
func newFit(e *experiment, coefficients *mat.Dense) (*fit, error) {
	f, err := fitWithoutFlows(e, coefficients)
	if err != nil {
		return nil, err
	}
	d, _ := f.span.Dims()
	if f.flows, err = f.chooseFlows(e.s.flowsOf(d), fittedFlows); err != nil {
		return nil, err
	}
	f.medianChange, err = f.usualChange()
	return f, err
}

// fitWithoutFlows returns a fit without flows.
func fitWithoutFlows(e *experiment, coefficients *mat.Dense) (*fit, error) {
	metric, err := e.metric()
	if err != nil {
		return nil, err
	}
	f := &fit{e: e}
	f.whiten, f.unwhiten, err = whitened(metric)
	if err != nil {
		return nil, err
	}
	if f.span, err = orthonormalRows(coefficients, f.unwhiten); err != nil {
		return nil, err
	}
	f.speed = meanSpeed(f, coefficients, metric)
	return f, nil
}

// meanSpeed returns the harmonic mean of the speeds of the initial generators, each at
// lie.UnitSpeed. A shift with a trace of a rotation is a rotation about a distant point, whose
// speed is boundless: it must not decide the scale of the others.
func meanSpeed(f *fit, start *mat.Dense, d *mat.SymDense) float64 {
	rows, _ := start.Dims()
	inverse := 0.0
	for i := range rows {
		h, _ := coefficients(f.e.mover, f.e.unitSpeed(f.e.mover.Generator(start.RawRowView(i))))
		if v := speed(d, h); v > 0 {
			inverse += 1 / (v * float64(rows))
		}
	}
	if inverse == 0 {
		return 0
	}
	return 1 / inverse
}

// generator returns the generator that a flow follows.
func (f *fit) generator(span *mat.Dense, q oneFlow) *mat.Dense {
	var u mat.VecDense
	u.MulVec(span.T(), mat.NewVecDense(len(q.c), q.c))
	return f.generatorAt(u.RawVector().Data)
}

// generatorAt returns the generator of whitened coordinates u.
func (f *fit) generatorAt(u []float64) *mat.Dense {
	var h mat.VecDense
	h.MulVec(f.whiten, mat.NewVecDense(len(u), u))
	h.ScaleVec(f.speed, &h)
	return f.e.mover.Generator(h.RawVector().Data)
}

// aboutCentre returns a generator relative to the centre of the data.
func (f *fit) aboutCentre(h *mat.Dense) *mat.Dense { return action.Local(f.e.mover, h) }

// algebraOf returns a span as matrices in some coordinates.
func (f *fit) algebraOf(name string, span *mat.Dense, in func(h *mat.Dense) *mat.Dense) lie.Algebra {
	d, _ := span.Dims()
	generators := make([]*mat.Dense, d)
	for j := range generators {
		c := make([]float64, d)
		c[j] = 1
		generators[j] = in(f.generator(span, oneFlow{c: c}))
	}
	if action.IsHomogeneous(f.e.mover) {
		return lie.SpanAffine(name, generators...)
	}
	return lie.Span(name, generators...)
}

// carried takes an algebra relative to the centre of the data to the coordinates of the
// inputs.
func (f *fit) carried(a lie.Algebra) (lie.Algebra, error) {
	q := action.Centring(f.e.mover)
	if q == nil {
		return a, nil
	}
	back, err := lie.Inverse(q)
	if err != nil {
		return a, err
	}
	moved, err := a.Conjugate(back)
	if err == nil && moved.Dim() < a.Dim() {
		err = liegg.ErrFarAway
	}
	return moved.Renamed(a.Name()), err
}

// loss returns the mean of s²·log(1 + c/s²) over flows and samples, with c = ‖f(z) − f(x)‖²/2
// the change of a sample and s² the median change at the start. It is the negative
// log-likelihood of a Cauchy distribution. Samples whose answer changes much more than usual,
// for instance at the edge of the data, say little about directions and would dominate a
// plain mean.
func (f *fit) loss(span *mat.Dense) (float64, error) {
	total := 0.0
	for _, q := range f.flows {
		change, err := f.e.change(f.e.exp(f.generator(span, q), q.t))
		if err != nil {
			return 0, err
		}
		for _, c := range change {
			total += f.medianChange * math.Log1p(c/f.medianChange)
		}
	}
	return total / float64(len(f.flows)*f.e.held.Len()), nil
}

// usualChange returns the median change over flows and samples of the span, but at least the
// rounding of the outputs.
func (f *fit) usualChange() (float64, error) {
	var all []float64
	for _, q := range f.flows {
		change, err := f.e.change(f.e.exp(f.generator(f.span, q), q.t))
		if err != nil {
			return 0, err
		}
		all = append(all, change...)
	}
	slices.Sort(all)
	return max(all[len(all)/2], 1e-14*floats.Sum(f.e.variance)/float64(f.e.held.Len())), nil
}
