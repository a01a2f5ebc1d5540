package liegg

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/liegg/lab/liegg/internal/participation"
)

// Influence says on how many samples the sums of a verdict rest.
//
// The relative defect ρ² = Σ‖J_iT_ih‖² / Σ‖J_i‖²‖T_ih‖² is a ratio of sums. Near a
// singularity, or where inputs have heavy tails, a handful of samples may carry both, and
// any generator that suits these few looks like a symmetry. So each sample has a weight
// w_i ∈ (0, 1], with which all that it adds is multiplied: it is 1 for most samples, and
// smaller where a sample would add many times more than a typical one. An exact symmetry
// does not change by this: Σ w_i‖J_iT_ih‖² = 0 if and only if J_iT_ih = 0 for every i,
// whatever the positive weights.
type Influence struct {
	plain, bounded participation.Sum
	cut            int // samples whose weight is below 1
	leading        []lead
}

// lead is a sample that adds much.
type lead struct {
	sample int
	share  float64 // what it adds to the plain sums
}

// leaders is the number of samples that Influence remembers.
const leaders = 5

// Count counts a sample by its number in the stream, what it would add to the sums by
// itself, ‖J_i‖²_F‖T_i‖², in any unit that is the same for all samples, and its weight in
// (0, 1].
func (f *Influence) Count(sample int, adds, weight float64) {
	f.plain.Add(adds)
	f.bounded.Add(adds * weight)
	if weight < 1 {
		f.cut++
	}
	if len(f.leading) < leaders || adds > f.leading[len(f.leading)-1].share {
		f.keep(lead{sample, adds})
	}
}

func (f *Influence) keep(leading ...lead) {
	f.leading = append(f.leading, leading...)
	slices.SortStableFunc(f.leading, func(a, b lead) int { return cmp.Compare(b.share, a.share) })
	f.leading = f.leading[:min(leaders, len(f.leading))]
}

// merge adds what another one has counted.
func (f *Influence) merge(other *Influence) {
	f.plain.Merge(other.plain)
	f.bounded.Merge(other.bounded)
	f.cut += other.cut
	f.keep(other.leading...)
}

// Effective is the participation ratio n_eff = (Σ w_ip_i)²/Σ(w_ip_i)² of what samples add
// with their weights: the number of equal samples that would be as good.
func (f *Influence) Effective() float64 { return f.bounded.Ratio() }

// Plain is n_eff without weights.
func (f *Influence) Plain() float64 { return f.plain.Ratio() }

// Leading are the numbers of the samples that would add most, the first one first, 5 at most.
func (f *Influence) Leading() []int {
	numbers := make([]int, len(f.leading))
	for i, l := range f.leading {
		numbers[i] = l.sample
	}
	return numbers
}

// rule says which few samples would carry half of the sums by themselves; their number is
// 0 if it takes more than are remembered.
func (f *Influence) rule() (few int) {
	half := 0.
	for i, l := range f.leading {
		if half += l.share / f.plain.Largest; half >= f.plain.Numbers/2 {
			return i + 1
		}
	}
	return 0
}

// enoughInfluence is the number of effective samples from which on a verdict may be firm.
const enoughInfluence = 100

// doubt says why too few samples rule; "" if they do not.
func (f *Influence) doubt(samples int) string {
	if f == nil {
		return ""
	}
	effective := f.Effective()
	if effective >= enoughInfluence || samples < enoughInfluence { // too few samples are told of elsewhere
		return ""
	}
	if few := f.rule(); few > 0 {
		return fmt.Sprintf("%d of %d samples carry half of the gradient or more (%s), and all of them count as no more than %.0f",
			few, samples, sampleNumbers(f.Leading()[:few]), effective)
	}
	return fmt.Sprintf("of %d samples so few have most of the gradient that all of them count as no more than %.0f", samples, effective)
}

// ruled says that few samples would rule if their influence was not bounded.
func (f *Influence) ruled(samples int) bool {
	const few = 20
	return f != nil && f.Plain() < float64(samples)/few && f.Effective() > 2*f.Plain()
}

// String is such as "a few samples have by far the largest gradients (without bounds all
// would count as no more than 3; number 4711 the most): no sample counts for much more than
// a typical one, and all of them for 2900".
func (f *Influence) String() string {
	if f == nil {
		return "samples without weights"
	}
	if f.Effective() < 2*f.Plain() || len(f.leading) == 0 {
		return fmt.Sprintf("the samples count for n_eff = %.0f; %d of them for less than they would by themselves", f.Effective(), f.cut)
	}
	return fmt.Sprintf("a few samples have by far the largest gradients (by themselves all would count for %.2g, %s most): none counts for much more than a typical one, and all for %.0f",
		f.Plain(), sampleNumbers(f.Leading()[:1]), f.Effective())
}
