// Package fit fits generators to the finite transformations that a network respects.
package fit

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow/internal/motion"
	"github.com/liegg/lab/liegg/flow/internal/moved"
	"github.com/liegg/lab/liegg/lie"
)

// Problem is the least-squares problem of a refinement. Its unknowns are d orthonormal rows in
// whitened coordinates u ∈ R^r. The generator of coefficients W·u moves the data at the speed
// ‖u‖.
type Problem struct {
	On   *moved.Outputs
	Span *mat.Dense // d×r

	s            Settings
	whiten       *mat.Dense // W, K×r; without the null directions of the metric of speeds
	unwhiten     *mat.Dense // its left inverse, r×K
	speed        float64    // of the generators
	flows        []Flow     // the fixed set of flows to fit
	medianChange float64    // s², the median of ‖f(z) − f(x)‖²/2 at the start
}

// Settings says how generators are fitted, as Fit of package flow does.
type Settings struct {
	Reach        float64
	Flows, Steps int
	Seed         uint64
	Quiet        bool
}

// FlowsOf returns the number of flows that d generators are fitted to.
func (s Settings) FlowsOf(d int) int {
	if s.Flows > 0 {
		return s.Flows
	}
	return 8 * d
}

// New begins with the span of the given coefficients, d×K.
func New(on *moved.Outputs, coefficients *mat.Dense, s Settings) (*Problem, error) {
	f, err := WithoutFlows(on, coefficients, s)
	if err != nil {
		return nil, err
	}
	d, _ := f.Span.Dims()
	if f.flows, err = f.choose(s.FlowsOf(d), fittedFlows); err != nil {
		return nil, err
	}
	f.medianChange, err = f.usualChange()
	return f, err
}

// WithoutFlows returns a fit without flows.
func WithoutFlows(on *moved.Outputs, coefficients *mat.Dense, s Settings) (*Problem, error) {
	metric, err := on.Metric()
	if err != nil {
		return nil, err
	}
	f := &Problem{On: on, s: s}
	f.whiten, f.unwhiten, err = moved.Whitened(metric)
	if err != nil {
		return nil, err
	}
	if f.Span, err = orthonormalRows(coefficients, f.unwhiten); err != nil {
		return nil, err
	}
	f.speed = meanSpeed(f, coefficients, metric)
	return f, nil
}

// meanSpeed returns the harmonic mean of the speeds of the initial generators, each at
// lie.UnitSpeed. A shift with a trace of a rotation is a rotation about a distant point, whose
// speed is boundless: it must not decide the scale of the others.
func meanSpeed(f *Problem, start *mat.Dense, d *mat.SymDense) float64 {
	rows, _ := start.Dims()
	inverse := 0.0
	for i := range rows {
		h, _ := motion.Coefficients(f.On.Action, f.On.UnitSpeed(f.On.Action.Generator(start.RawRowView(i))))
		if v := moved.Speed(d, h); v > 0 {
			inverse += 1 / (v * float64(rows))
		}
	}
	if inverse == 0 {
		return 0
	}
	return 1 / inverse
}

// generator returns the generator that a flow follows.
func (f *Problem) generator(span *mat.Dense, q Flow) *mat.Dense {
	var u mat.VecDense
	u.MulVec(span.T(), mat.NewVecDense(len(q.c), q.c))
	return f.GeneratorAt(u.RawVector().Data)
}

// GeneratorAt returns the generator of whitened coordinates u.
func (f *Problem) GeneratorAt(u []float64) *mat.Dense {
	var h mat.VecDense
	h.MulVec(f.whiten, mat.NewVecDense(len(u), u))
	h.ScaleVec(f.speed, &h)
	return f.On.Action.Generator(h.RawVector().Data)
}

// AboutCentre returns a generator relative to the centre of the data.
func (f *Problem) AboutCentre(h *mat.Dense) *mat.Dense { return action.Local(f.On.Action, h) }

// AlgebraOf returns a span as matrices in some coordinates.
func (f *Problem) AlgebraOf(name string, span *mat.Dense, in func(h *mat.Dense) *mat.Dense) lie.Algebra {
	d, _ := span.Dims()
	generators := make([]*mat.Dense, d)
	for j := range generators {
		c := make([]float64, d)
		c[j] = 1
		generators[j] = in(f.generator(span, Flow{c: c}))
	}
	if action.IsHomogeneous(f.On.Action) {
		return lie.SpanAffine(name, generators...)
	}
	return lie.Span(name, generators...)
}

// Carried takes an algebra relative to the centre of the data to the coordinates of the
// inputs.
func (f *Problem) Carried(a lie.Algebra) (lie.Algebra, error) {
	q := action.Centring(f.On.Action)
	if q == nil {
		return a, nil
	}
	back, err := lie.Inverse(q)
	if err != nil {
		return a, err
	}
	there, err := a.Conjugate(back)
	if err == nil && there.Dim() < a.Dim() {
		err = liegg.ErrFarAway
	}
	return there.Renamed(a.Name()), err
}

// loss returns the mean of s²·log(1 + c/s²) over flows and samples, with c = ‖f(z) − f(x)‖²/2
// the change of a sample and s² the median change at the start. It is the negative
// log-likelihood of a Cauchy distribution. Samples whose answer changes much more than usual,
// for instance at the edge of the data, say little about directions and would dominate a
// plain mean.
func (f *Problem) loss(span *mat.Dense) (float64, error) {
	total := 0.0
	for _, q := range f.flows {
		change, err := f.On.Change(f.On.Exp(f.generator(span, q), q.t))
		if err != nil {
			return 0, err
		}
		for _, c := range change {
			total += f.medianChange * math.Log1p(c/f.medianChange)
		}
	}
	return total / float64(len(f.flows)*f.On.Held.Len()), nil
}

// usualChange returns the median change over flows and samples of the span, but at least the
// rounding of the outputs.
func (f *Problem) usualChange() (float64, error) {
	var all []float64
	for _, q := range f.flows {
		change, err := f.On.Change(f.On.Exp(f.generator(f.Span, q), q.t))
		if err != nil {
			return 0, err
		}
		all = append(all, change...)
	}
	slices.Sort(all)
	return max(all[len(all)/2], 1e-14*floats.Sum(f.On.Variance)/float64(f.On.Held.Len())), nil
}

// Changes returns the mean change over flows of a span, for each input of some outputs.
func (f *Problem) Changes(o *moved.Outputs, span *mat.Dense, flows []Flow) ([]float64, error) {
	total := make([]float64, o.Held.Len())
	for _, q := range flows {
		change, err := o.Change(o.Exp(f.generator(span, q), q.t))
		if err != nil {
			return nil, err
		}
		floats.AddScaled(total, 1/float64(len(flows)), change)
	}
	return total, nil
}
