package flow

import (
	"fmt"
	"math"
)

const (
	// closely is the number of samples that are followed with closer parameters, and closer says
	// by which factor.
	closely, closer = 64, 4
	// fewHidden is the share of them whose answers may change earlier than seen before: scores
	// that only touch 0 do, too.
	fewHidden = 1. / 16
)

// hiddenChanges follows some samples more closely, and returns a reason if the answers of many
// change and change back between the parameters of r. A range is interpolated within one step,
// so it is too long if the closer look ends more than one step earlier.
func (e *experiment) hiddenChanges(r *RangeResult, spread float64) (reasons []string, err error) {
	n := e.Held.Len()
	var some []int
	for i := range min(n, closely) {
		some = append(some, i*n/min(n, closely))
	}
	picked, err := e.Closer(some)
	if err != nil {
		return nil, err
	}
	near := &experiment{picked, e.s}
	near.s.Points, near.s.Quiet = closer*e.s.Points, true
	defer near.Finalize()
	close := &RangeResult{Hypothesis: r.Hypothesis, Answers: r.Answers, Limit: r.Limit}
	if err := near.ranges(close, spread); err != nil {
		return nil, err
	}
	hidden, earliest := 0, math.Inf(1)
	for k, i := range some {
		if first := min(close.Forward[k], close.Backward[k]); close.Forward[k] < r.Forward[i]-r.Step || close.Backward[k] < r.Backward[i]-r.Step {
			hidden, earliest = hidden+1, min(earliest, first)
		}
	}
	if float64(hidden) <= fewHidden*float64(len(some)) {
		return nil, nil
	}
	return []string{fmt.Sprintf("answers change and change back between the %d parameters: of %d samples followed %d times as closely, %d change theirs earlier, one at t = %.2g. So ranges are too long: give more Settings.Points",
		e.s.Points, len(some), closer, hidden, earliest)}, nil
}
