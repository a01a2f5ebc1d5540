package flow

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/flow/internal/sampling"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Influence says how many samples carry a relative defect. The participation ratio of terms
// v, n_eff = (Σv)²/Σv², is their number if all are equal, and 1 if one of them is the whole
// sum.
//
// If few samples carry ρ, each sample gets the weight
//
//	w_i = min(1, 10·m/b_i),   b_i = ‖J_i‖²‖A·x_i‖²,   m a typical value of b
//
// in both sums of ρ. A sample then adds at most 10·m to either. The same happens if few
// samples carry Σ‖A·x‖². The symmetries stay the same: all w_i are positive, so Σ
// w_i‖J_i·A·x_i‖² = 0 if and only if J_i·A·x_i = 0 for every sample.
type Influence struct {
	// Effective is n_eff of the denominator of ρ, Σ w‖J‖²‖A·x‖². Changing is n_eff of its
	// numerator, Σ w‖J·A·x‖², or 0 if nothing changes.
	Effective, Changing float64
	// Blocks is the smaller n_eff of both sums over the blocks of samples that the interval
	// is made of.
	Blocks float64
	// Plain is n_eff of the denominator without weights.
	Plain float64
	// Cut is the number of samples with a weight below 1, 0 if weights are not used.
	Cut int
	// Leading are the samples with the largest b, counted from 0, at most five. Share is
	// their share of Σb.
	Leading []int
	Share   float64
}

// What a verdict requires of the samples that carry its sums. For ordinary data the
// numerators are less even: at n_eff = 57 intervals still cover (see TestCoverageOfDefect).
const (
	enoughEffective = sampling.Enough
	enoughChanging  = 25
	enoughBlocks    = 10
	// enoughOfZero is enough if no sample changes at all.
	enoughOfZero = 20
	// fewOf: few samples carry ρ if n_eff is below N/fewOf or below enoughEffective. For
	// polynomials of degree three of normal data it is N/35.
	fewOf = 100
)

// carriedByFew reports whether few samples carry a sum.
func carriedByFew(effective float64, n int) bool {
	return effective < max(enoughEffective, float64(n)/fewOf)
}

// weigh measures the influence of samples, and bounds it if few samples dominate.
func (d *defects) weigh() {
	n := len(d.bound)
	leading := largestOf(d.bound, 5)
	d.influence = Influence{Plain: participation.Ratio(d.bound), Leading: leading}
	for _, i := range leading {
		d.influence.Share += d.bound[i] / floats.Sum(d.bound)
	}
	d.weight = slices.Repeat([]float64{1}, n)
	d.weighDown(d.bound)
	d.weighDown(d.motion)
	d.apply()
	d.influence.Effective, d.influence.Changing = participation.Ratio(d.bound), participation.Ratio(d.change)
	d.influence.Blocks = participation.Ratio(d.plan.Sums(d.bound))
	if !d.zero() {
		d.influence.Blocks = min(d.influence.Blocks, participation.Ratio(d.plan.Sums(d.change)))
	}
}

// weighDown reduces the weights of samples with a large quantity, if few samples carry its sum.
func (d *defects) weighDown(quantity []float64) {
	if !carriedByFew(participation.Ratio(quantity), len(quantity)) {
		return
	}
	most := participation.BoundedBy * participation.Typical(quantity)
	for i, q := range quantity {
		if q > most {
			d.weight[i] = min(d.weight[i], most/q)
		}
	}
}

// apply multiplies all sums by the weights.
func (d *defects) apply() {
	for _, w := range d.weight {
		if w < 1 {
			d.influence.Cut++
		}
	}
	for _, v := range [][]float64{d.change, d.bound, d.motion} {
		floats.Mul(v, d.weight)
	}
	for i := range d.each {
		d.each[i] *= d.weight[i/(len(d.each)/len(d.weight))]
	}
}

// zero reports whether the change is zero up to rounding.
func (d *defects) zero() bool {
	return floats.Sum(d.change) <= d.rounding*d.rounding*floats.Sum(d.bound)
}

// largestOf returns the indices of the largest elements of v, at most count, the largest
// first.
func largestOf(v []float64, count int) []int {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case v[i] > v[j]:
			return -1
		case v[i] < v[j]:
			return 1
		}
		return 0
	})
	return order[:min(count, len(order))]
}

// doubts returns the reasons why an interval over these samples decides nothing.
func (d *defects) doubts() (reasons []string) {
	i, n := d.influence, len(d.bound)-d.idle
	enough := enoughEffective
	if d.zero() {
		enough = enoughOfZero
	}
	switch {
	case n < enough:
		reasons = append(reasons, fmt.Sprintf("only %d samples have a gradient, %d are wanted", n, enough))
	case i.Effective < float64(enough):
		reasons = append(reasons, fmt.Sprintf("ρ rests on about %.2g of %d samples (%s), %d are wanted", i.Effective, n, i.leaders(), enough))
	case !d.zero() && i.Changing < enoughChanging:
		reasons = append(reasons, fmt.Sprintf("the change along it rests on about %.2g of %d samples, %d are wanted", i.Changing, n, enoughChanging))
	case !d.zero() && i.Blocks < enoughBlocks:
		reasons = append(reasons, fmt.Sprintf("about %.2g of the %d blocks of samples carry ρ, %d are wanted: give samples in random order, or more of them", i.Blocks, len(d.plan.Sums(d.bound)), enoughBlocks))
	}
	return reasons
}

// leaders names the leading samples.
func (i Influence) leaders() string {
	var numbers []string
	for _, k := range i.Leading {
		numbers = append(numbers, fmt.Sprint(k))
	}
	return fmt.Sprintf("samples %s carry %s", strings.Join(numbers, ", "), spelling.Percent(i.Share))
}

// String says how many samples count, and which have reduced weights.
func (i Influence) String() string {
	text := fmt.Sprintf("ρ rests on about %.3g samples", i.Effective)
	if i.Cut > 0 {
		text += fmt.Sprintf(": %d of large influence are weighted down (without weights %s of its denominator)", i.Cut, i.leaders())
	}
	return text
}
