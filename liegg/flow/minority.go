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
	"github.com/liegg/lab/liegg/internal/spelling"
)

// The answers of a few samples that lie together, such as a cluster of 1 % far from the others, hardly
// show in Δ: their share is small, and if outputs are bounded, all that is far from the median counts
// the same. So what f changes by is also looked at where it changes most, in units of how f varies
// there: at a sample and its nearest neighbours, Δ is the mean of ‖f(g·x) − f(x)‖²/2 over the variance
// of f at these samples, or over the variance by quartiles of f at all samples if that is larger.
// Outputs are compressed to spread·asinh(u) first, with u as for bounded: between far values, the
// factor counts.
const (
	neighbourhood = 4  // samples, the one itself among them
	mostPlaces    = 64 // samples around which it looks: those that change most
	timesMost     = 10 // smallest Δ there, in units of Δ of most samples
	shareOfMost   = .9 // share of the samples that are most: those that change least
	fewestBroken  = 3  // neighbourhoods in which Δ must be so large
)

// Generators that hold to rounding by gradients may change f at no sample. If flows do change it, f is
// another function where there are no samples, or few. Rounding does not change values by these shares of
// their spread, in float64 and in float32.
const unrounded, unroundedSingle = 1e-4, .1

// minority are samples at which f changes, although it hardly does at most others.
type minority struct {
	samples []int   // that were looked at, ascending
	share   float64 // of all samples, about
	δ       float64 // median of the lower bounds of Δ in their neighbourhoods, or of Δ if exact
	exact   bool    // gradients hold to rounding
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
	some := fmt.Sprintf("samples %s (about %s of all) break %s", strings.Join(names, ", "), spelling.Percent(m.share), what)
	if m.exact {
		return fmt.Sprintf("%s: there Δ = %.2g in units of the variance of f, although by gradients nothing changes but for rounding. f is another function elsewhere", some, m.δ)
	}
	return fmt.Sprintf("%s: there Δ ≥ %.2g in units of the variance of f among neighbours, over all samples Δ ≤ %.2g", some, m.δ, all)
}

// minorityAt looks for a minority at t of a flow. exact says that by gradients nothing changes along it
// but for rounding.
func (e *experiment) minorityAt(h *mat.Dense, t float64, exact bool) (*minority, error) {
	return e.minorityIn(func() ([]float64, error) { return e.changesBothWays(h, t) }, exact, nil)
}

// minorityIn looks for samples at which f changes by much more than at most others. It returns nil if
// there are too few. changes measures the change of each output of each sample, of compressed outputs. exact is
// as for minorityAt, and out as for parts. Images are compared as they are.
func (e *experiment) minorityIn(changes func() ([]float64, error), exact bool, out *mat.Dense) (found *minority, err error) {
	b, before, unbounded := e.bounded, e.before, e.unbounded
	defer func() { e.bounded, e.before, e.unbounded = b, before, unbounded }()
	plain := e.plainBefore()
	own := newBounded(plain, e.held.Len())
	if e.images == nil {
		e.bounded, e.unbounded, e.before = own.compressed(), plain, slices.Clone(plain)
		e.bounded.apply(e.before)
	}
	each, err := changes()
	if err != nil {
		return nil, err
	}
	width := len(each) / e.held.Len()
	parts := e.parts(width, out)
	if parts == nil {
		parts = []together{make(together, width)}
		for o := range width {
			parts[0][o] = o
		}
	}
	for _, some := range parts {
		m, err := e.minorityOf(e.look(some, each, own), exact)
		if err != nil {
			return nil, err
		}
		if m != nil && (found == nil || m.share > found.share) {
			found = m
		}
	}
	return found, nil
}

// look holds what is looked at of some outputs: their compressed values, how much they change at each
// sample, and the variance by quartiles there.
type look struct {
	values         [][]float64 // of each output
	change, spread []float64
}

// look returns what is looked at of some outputs, given the change of each.
func (e *experiment) look(some together, each []float64, b *bounded) look {
	n := e.held.Len()
	l := look{change: some.of(each, n), spread: make([]float64, n)}
	for _, o := range some {
		values := outputOf(e.before, o, len(each)/n)
		for i, v := range values {
			if e.images != nil {
				v = 0
			}
			l.spread[i] += b.unit(o, v)
		}
		l.values = append(l.values, values)
	}
	return l
}

// atMost returns the mean Δ of most samples, in units of the variance by quartiles.
func (l look) atMost() float64 {
	Δ := slices.Clone(l.change)
	floats.Div(Δ, l.spread)
	slices.Sort(Δ)
	return stat.Mean(Δ[:max(1, int(shareOfMost*float64(len(Δ))))], nil)
}

// minorityOf looks for samples among which Δ exceeds what it is at most samples or, if exact, at which
// it exceeds rounding.
func (e *experiment) minorityOf(l look, exact bool) (*minority, error) {
	if exact {
		return e.changedAtAll(l)
	}
	limit := math.Max(lostAt*e.s.Tolerance, timesMost*l.atMost())
	most, err := e.changedMost(l, limit)
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
		if δ := l.among(near.of(i)); δ > limit {
			m.samples, δs = append(m.samples, i), append(δs, δ)
		}
	}
	if len(m.samples) < fewestBroken {
		return nil, nil
	}
	slices.Sort(m.samples)
	slices.Sort(δs)
	m.share = float64(len(m.samples)) / float64(len(looked)) * float64(len(most)) / float64(len(l.change))
	m.δ = δs[len(δs)/2]
	return &m, nil
}

// changedAtAll looks for samples that rounding does not explain.
func (e *experiment) changedAtAll(l look) (*minority, error) {
	least := unrounded
	if e.epsilon > 0x1p-50 {
		least = unroundedSingle
	}
	changed, err := e.changedMost(l, least*least/2)
	if err != nil || len(changed) < fewestBroken {
		return nil, err
	}
	middle := changed[len(changed)/2]
	δ := l.change[middle] / l.spread[middle]
	slices.Sort(changed)
	return &minority{changed, float64(len(changed)) / float64(len(l.change)), δ, true}, nil
}

// changedMost returns the samples whose Δ, in units of the variance by quartiles, exceeds a limit and
// what rounding may change, those with the largest first.
func (e *experiment) changedMost(l look, limit float64) (samples []int, err error) {
	const rounding = 1e4 // squares of changes by rounding
	for i, c := range l.change {
		if c > limit*l.spread[i] {
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
	samples = slices.DeleteFunc(samples, func(i int) bool { return l.change[i] <= rounding*blurs[i] })
	slices.SortStableFunc(samples, func(i, j int) int {
		return cmp.Compare(l.change[j]/l.spread[j], l.change[i]/l.spread[i])
	})
	return samples, nil
}

// among returns the lower bound of Δ among samples: two standard errors below the mean.
func (l look) among(samples []int) float64 {
	at := func(values []float64) (some []float64) {
		for _, i := range samples {
			some = append(some, values[i])
		}
		return some
	}
	variance := 0.
	for _, y := range l.values {
		variance += stat.Variance(at(y), nil)
	}
	mean, deviation := stat.MeanStdDev(at(l.change), nil)
	return (mean - 2*stat.StdErr(deviation, float64(len(samples)))) / math.Max(variance, stat.Mean(at(l.spread), nil))
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
