package doubt

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/flow/internal/moved"
	"github.com/liegg/lab/liegg/flow/internal/sampling"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// The answers of a few samples that lie together, such as a cluster of 1 % far from the others, hardly
// show in Δ: their share is small, and if outputs are bounded, all that is far from the median counts
// the same. So what f changes by is also looked at where it changes most, in units of how f varies
// there: at a sample and its nearest neighbours, Δ is the mean of ‖f(g·x) − f(x)‖²/2 over the variance
// of f at these samples, or over the variance by quartiles of f at all samples if that is larger.
// Outputs are compressed to spread·asinh(u) first, with u as for moved.Bounded: between far values, the
// factor counts.
const (
	mostPlaces   = 64 // samples around which it looks: those that change most
	timesMost    = 10 // smallest Δ there, in units of Δ of most samples
	shareOfMost  = .9 // share of the samples that are most: those that change least
	fewestBroken = 3  // neighbourhoods in which Δ must be so large
	gap          = 3  // factor below a minority within which few samples lie; see apart
	rarely       = 4  // times as few as above, for a level that was chosen
)

// Generators that hold to rounding by gradients may change f at no sample. If flows do change it, f is
// another function where there are no samples, or few. Rounding does not change values by these shares of
// their spread, in float64 and in float32.
const unrounded, unroundedSingle = 1e-4, .1

// Minority are samples at which f changes, although it hardly does at most others.
type Minority struct {
	Share float64 // of all samples, about

	samples []int   // that were looked at, ascending
	δ       float64 // median of the lower bounds of Δ in their neighbourhoods, or of Δ if exact
	exact   bool    // gradients hold to rounding
}

// Breaks says which samples break what, at most six of them, if Δ over all is at most so much. The
// plan knows the numbers of the samples.
func (m Minority) Breaks(what string, p sampling.Plan, all float64) string {
	const most = 6
	var names []string
	for _, i := range m.samples[:min(most, len(m.samples))] {
		names = append(names, fmt.Sprint(p.Number(i)))
	}
	if len(m.samples) > most {
		names = append(names, "…")
	}
	some := fmt.Sprintf("samples %s (about %s of all) break %s", strings.Join(names, ", "), spelling.Percent(m.Share), what)
	if m.exact {
		return fmt.Sprintf("%s: there Δ = %.2g in units of the variance of f, although by gradients nothing changes but for rounding. f is another function elsewhere", some, m.δ)
	}
	return fmt.Sprintf("%s: there Δ ≥ %.2g in units of the variance of f among neighbours, over all samples Δ ≤ %.2g", some, m.δ, all)
}

// MinorityAt looks for a minority at t of a flow. exact says that by gradients nothing changes along it
// but for rounding, and least is the smallest Δ that counts otherwise.
func MinorityAt(o *moved.Outputs, h *mat.Dense, t float64, exact bool, least float64) (*Minority, error) {
	return MinorityIn(o, func() ([]float64, error) { return o.ChangesBothWays(h, t) }, exact, least, nil)
}

// MinorityIn looks for samples at which f changes by much more than at most others. It returns nil if
// there are too few. changes measures the change of each output of each sample, of compressed outputs. exact
// and least are as for MinorityAt, and out as for moved.Outputs.Parts. Images are compared as they are.
func MinorityIn(o *moved.Outputs, changes func() ([]float64, error), exact bool, least float64, out *mat.Dense) (found *Minority, err error) {
	err = o.WhileCompressed(func(own *moved.Bounded) error {
		each, err := changes()
		if err != nil {
			return err
		}
		width := len(each) / o.Held.Len()
		parts := o.Parts(width, out)
		if parts == nil {
			parts = []moved.Together{make(moved.Together, width)}
			for k := range width {
				parts[0][k] = k
			}
		}
		for _, some := range parts {
			m, err := lookAt(o, some, each, own).minority(exact, least)
			if err != nil {
				return err
			}
			if m != nil && (found == nil || m.Share > found.Share) {
				found = m
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// look holds what is looked at of some outputs: their compressed values, how much they change at each
// sample, and the variance by quartiles there.
type look struct {
	*moved.Outputs
	values         [][]float64 // of each output
	change, spread []float64
}

// lookAt returns what is looked at of some outputs, given the change of each.
func lookAt(o *moved.Outputs, some moved.Together, each []float64, b *moved.Bounded) look {
	n := o.Held.Len()
	l := look{Outputs: o, change: some.Of(each, n), spread: make([]float64, n)}
	for _, k := range some {
		values := tensor.Column(o.Before, k, len(each)/n)
		for i, v := range values {
			if o.AreImages() {
				v = 0
			}
			l.spread[i] += b.Unit(k, v)
		}
		l.values = append(l.values, values)
	}
	return l
}

// ascending returns Δ of every sample, in units of the variance by quartiles, the smallest first.
func (l look) ascending() []float64 {
	Δ := floats.DivTo(make([]float64, len(l.change)), l.change, l.spread)
	slices.Sort(Δ)
	return Δ
}

// minority looks for samples among which Δ exceeds what it is at most samples or, if exact, at which
// it exceeds rounding.
func (l look) minority(exact bool, least float64) (*Minority, error) {
	if exact {
		return l.changedAtAll()
	}
	Δ := l.ascending()
	limit := math.Max(least, timesMost*stat.Mean(Δ[:max(1, int(shareOfMost*float64(len(Δ))))], nil))
	level, ok := apart(Δ, limit)
	if !ok {
		return nil, nil
	}
	most, err := l.changedMost(level)
	if err != nil || len(most) < fewestBroken {
		return nil, err
	}
	looked := most[:min(len(most), mostPlaces)]
	near, err := l.Neighbours()
	if err != nil {
		return nil, err
	}
	var m Minority
	var δs []float64
	for _, i := range looked {
		if δ := l.among(near.Of(i)); δ > limit {
			m.samples, δs = append(m.samples, i), append(δs, δ)
		}
	}
	if len(m.samples) < fewestBroken {
		return nil, nil
	}
	slices.Sort(m.samples)
	slices.Sort(δs)
	m.Share = float64(len(m.samples)) / float64(len(looked)) * float64(len(most)) / float64(len(l.change))
	m.δ = δs[len(δs)/2]
	return &m, nil
}

// apart returns the level above which the largest of ascending Δ belong to a minority, at least the limit.
// ok is false if they are the end of a tail that falls off evenly, as it does for a network that has
// learned a symmetry approximately: there the mean of Δ tells how well. Below a minority there is a gap,
// a factor within which fewer samples lie than above it. The tail of all other samples may reach beyond
// the limit, so the gap is looked for at higher levels, too. Of these, one may have few samples below it by
// chance, so a quarter as many as above are too many there.
func apart(Δ []float64, limit float64) (level float64, ok bool) {
	above := func(level float64) int {
		return len(Δ) - sort.Search(len(Δ), func(i int) bool { return Δ[i] > level })
	}
	all := above(limit)
	if above(limit/gap) < 2*all {
		return limit, true
	}
	for n := all; n >= fewestBroken; n-- {
		if level := Δ[len(Δ)-n] / gap; rarely*(above(level)-n) < n {
			return math.Max(limit, level), true
		}
	}
	return 0, false
}

// changedAtAll looks for samples that rounding does not explain.
func (l look) changedAtAll() (*Minority, error) {
	least := unrounded
	if l.Epsilon > 0x1p-50 {
		least = unroundedSingle
	}
	changed, err := l.changedMost(least * least / 2)
	if err != nil || len(changed) < fewestBroken {
		return nil, err
	}
	middle := changed[len(changed)/2]
	δ := l.change[middle] / l.spread[middle]
	slices.Sort(changed)
	return &Minority{float64(len(changed)) / float64(len(l.change)), changed, δ, true}, nil
}

// changedMost returns the samples whose Δ, in units of the variance by quartiles, exceeds a limit and
// what rounding may change, those with the largest first.
func (l look) changedMost(limit float64) (samples []int, err error) {
	const rounding = 1e4 // squares of changes by rounding
	for i, c := range l.change {
		if c > limit*l.spread[i] {
			samples = append(samples, i)
		}
	}
	if len(samples) < fewestBroken {
		return nil, nil
	}
	blurs, err := l.Blurs()
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
