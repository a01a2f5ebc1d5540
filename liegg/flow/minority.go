package flow

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// The answers of a few samples that lie together, such as a cluster of 1 % far from the others, hardly
// show in Δ: their share is small, and if outputs are bounded, all that is far from the median counts
// the same. So what f changes by is also looked at where it changes most, in units of how f varies
// there: at a sample and its nearest neighbours, Δ is the mean of ‖f(g·x) − f(x)‖²/2 over the variance
// of f at these samples, or over the variance by quartiles of f at all samples if that is larger.
const (
	neighbourhood = 4  // samples, the one itself among them
	mostPlaces    = 64 // samples around which it looks: those that change most
	timesAll      = 10 // smallest Δ there, in units of Δ of all samples
	fewestBroken  = 3  // neighbourhoods in which Δ must be so large
)

// minority are samples at which f changes although it hardly does at most.
type minority struct {
	samples []int   // that were looked at, ascending
	share   float64 // of all samples, about
	δ       float64 // median of the lower bounds of Δ in their neighbourhoods
}

// breaks says which samples break what, at most six of them, if Δ over all is at most so much. numbers
// are the numbers of the samples, if they have others.
func (m minority) breaks(what string, numbers []int, all float64) string {
	const most = 6
	var names []string
	for _, i := range m.samples[:min(most, len(m.samples))] {
		if numbers != nil {
			i = numbers[i]
		}
		names = append(names, fmt.Sprint(i))
	}
	if len(m.samples) > most {
		names = append(names, "…")
	}
	return fmt.Sprintf("samples %s (about %s of all) break %s: there Δ ≥ %.2g in units of the variance of f among neighbours, over all samples Δ ≤ %.2g",
		strings.Join(names, ", "), spelling.Percent(m.share), what, m.δ, all)
}

// minorityAt looks for a minority at t of a flow along which Δ over all samples is at most so much.
func (e *experiment) minorityAt(h *mat.Dense, t, all float64) (*minority, error) {
	return e.minorityIn(func() ([]float64, error) { return e.changesBothWays(h, t) }, all, nil)
}

// minorityIn looks for samples at which f changes by much more than Δ over all. It returns nil if there
// are too few. changes measures the change of each output of each sample, of f as it is, without the
// transform of boundOutputs. out is as for parts.
func (e *experiment) minorityIn(changes func() ([]float64, error), all float64, out *mat.Dense) (found *minority, err error) {
	if e.bounded != nil {
		b, before := e.bounded, e.before
		e.bounded, e.before = nil, e.unbounded
		defer func() { e.bounded, e.before = b, before }()
	}
	each, err := changes()
	if err != nil {
		return nil, err
	}
	limit := math.Max(lostAt*e.s.Tolerance, timesAll*all)
	width := len(each) / e.held.Len()
	parts := e.parts(width, out)
	if parts == nil {
		parts = []together{make(together, width)}
		for o := range width {
			parts[0][o] = o
		}
	}
	for _, some := range parts {
		m, err := e.minorityOf(some, some.of(each, e.held.Len()), limit)
		if err != nil {
			return nil, err
		}
		if m != nil && (found == nil || m.share > found.share) {
			found = m
		}
	}
	return found, nil
}

// minorityOf looks at some outputs, given their change at each sample.
func (e *experiment) minorityOf(some together, change []float64, limit float64) (*minority, error) {
	spread := 0.
	for _, o := range some {
		_, s := participation.MedianAndSpread(outputOf(e.before, o, len(e.before)/len(change)))
		spread += s * s
	}
	most, err := e.changedMost(change, limit*spread)
	if err != nil || len(most) < fewestBroken {
		return nil, err
	}
	looked := most[:min(len(most), mostPlaces)]
	near, err := e.neighboursOf()
	if err != nil {
		return nil, err
	}
	var m minority
	var δs []float64
	for _, i := range looked {
		if δ := e.changeAmong(some, near.of(i), change, spread); δ > limit {
			m.samples, δs = append(m.samples, i), append(δs, δ)
		}
	}
	if len(m.samples) < fewestBroken {
		return nil, nil
	}
	slices.Sort(m.samples)
	slices.Sort(δs)
	m.share = float64(len(m.samples)) / float64(len(looked)) * float64(len(most)) / float64(len(change))
	m.δ = δs[len(δs)/2]
	return &m, nil
}

// changedMost returns the samples that change by more than a limit, and by more than rounding may
// change them, those that change most first.
func (e *experiment) changedMost(change []float64, limit float64) (samples []int, err error) {
	const rounding = 1e4 // squares of changes by rounding
	for i, c := range change {
		if c > limit {
			samples = append(samples, i)
		}
	}
	if len(samples) < fewestBroken {
		return nil, nil
	}
	blurs, err := e.blurs()
	if err != nil {
		return nil, err
	}
	samples = slices.DeleteFunc(samples, func(i int) bool { return change[i] <= rounding*blurs[i] })
	slices.SortStableFunc(samples, func(i, j int) int { return cmp.Compare(change[j], change[i]) })
	return samples, nil
}

// changeAmong returns the lower bound of Δ of some outputs among samples: two standard errors below
// the mean.
func (e *experiment) changeAmong(some together, samples []int, change []float64, spread float64) float64 {
	width := len(e.before) / len(change)
	var own []float64
	for _, i := range samples {
		own = append(own, change[i])
	}
	variance := 0.
	for _, o := range some {
		var y []float64
		for _, i := range samples {
			y = append(y, e.before[i*width+o])
		}
		variance += stat.Variance(y, nil)
	}
	mean, deviation := stat.MeanStdDev(own, nil)
	return (mean - 2*stat.StdErr(deviation, float64(len(own)))) / max(variance, spread)
}

// neighbours finds the samples that are nearest to others, and remembers them.
type neighbours struct {
	values []float64 // of the samples; in units of their standard deviations, but for pixels
	count  int       // of samples
	known  map[int][]int
}

// neighboursOf prepares a search among samples.
func (e *experiment) neighboursOf() (*neighbours, error) {
	if e.near != nil {
		return e.near, nil
	}
	values, err := e.held.Values()
	if err != nil {
		return nil, err
	}
	near := &neighbours{values, e.held.Len(), map[int][]int{}}
	if width := len(values) / near.count; !action.Resamples(e.inputs()) {
		for j := range width {
			if s := stat.PopStdDev(outputOf(values, j, width), nil); s > 0 {
				for i := j; i < len(values); i += width {
					values[i] /= s
				}
			}
		}
	}
	e.near = near
	return near, nil
}

// of returns the samples that are nearest to sample i, itself among them.
func (n *neighbours) of(i int) []int {
	if near, ok := n.known[i]; ok {
		return near
	}
	width := len(n.values) / n.count
	own := n.values[i*width : (i+1)*width]
	squares, order := make([]float64, n.count), make([]int, n.count)
	for j := range squares {
		for k, v := range n.values[j*width : (j+1)*width] {
			squares[j] += (v - own[k]) * (v - own[k])
		}
	}
	floats.Argsort(squares, order)
	n.known[i] = slices.Clone(order[:min(n.count, neighbourhood)])
	return n.known[i]
}
