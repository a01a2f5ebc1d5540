package flow

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/flow/internal/doubt"
)

// secondScale measures what a generator does over one extent of the data.
func (e *experiment) secondScale(r *Result, d defects) {
	extent := e.Extent()
	motion := floats.ScaleTo(make([]float64, len(d.motion)), e.Spread()/extent/extent, d.motion)
	r.Variation = e.ratios([][]float64{d.change}, motion)[0].root()
	r.Extent = extent / math.Sqrt(floats.Sum(d.motion)/floats.Sum(d.weight))
}

// finite is the change along the flow of a generator up to one extent of the data.
type finite struct {
	each []float64 // change of each output at the end
	jump doubt.Jump
	few  string // the samples that break it, in words; "" if none do
}

// upToExtent measures the largest Δ along the flow up to one extent of the data, or to where
// it leaves them.
func (e *experiment) upToExtent(r *Result, d defects) (f finite, err error) {
	const points = 3
	r.Followed = min(r.Extent, e.Limit(r.H, r.Extent))
	changes, ts := make([][]float64, points), make([]float64, points)
	for i := range changes {
		ts[i] = r.Followed * float64(i+1) / points
		if f.each, err = e.ChangesBothWays(r.H, ts[i]); err != nil {
			return f, err
		}
		changes[i] = e.PerSample(f.each)
	}
	found := e.Plan.Ratios(changes, e.Variance)
	for i, δ := range found {
		if i == 0 || δ.Upper > r.Finite.Upper {
			r.Finite = Interval(δ)
		}
	}
	if f.jump, err = doubt.JumpAlong(e.Outputs, r.H, ts, found); err != nil {
		return f, err
	}
	few, err := doubt.MinorityAt(e.Outputs, r.H, r.Followed, d.zero(), lostAt*e.s.Tolerance)
	if few != nil {
		f.few = few.Breaks("it", e.Plan, r.Finite.Upper)
	}
	return f, err
}
