package liegg

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Influence describes on how many samples the sums of a verdict depend.
//
// The relative defect ρ² = Σ‖J_iT_ih‖² / Σ‖J_i‖²‖T_ih‖² is a ratio of sums. Near a
// singularity, or if inputs have heavy tails, a handful of samples may dominate both sums,
// and any generator that suits these few looks like a symmetry. So all contributions of a
// sample are multiplied by a weight w_i ∈ (0, 1]. It is 1 for most samples, and smaller for
// a sample that would add many times more than a typical one. This does not change an exact
// symmetry: for any positive weights, Σ w_i‖J_iT_ih‖² = 0 if and only if J_iT_ih = 0 for every i.
type Influence struct {
	plain, bounded participation.Sum
	cut            int // samples whose weight is below 1
	leading        []lead
}

// lead is a sample that adds a large share.
type lead struct {
	sample int
	share  float64 // what it adds to the plain sums
}

// leaders is the number of samples that Influence remembers.
const leaders = 5

// Count takes a sample's number in the stream, its own contribution ‖J_i‖²_F‖T_i‖² to the
// sums without a weight, in any unit that is the same for all samples, and its weight in
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

// merge adds the samples that another influence has counted.
func (f *Influence) merge(other *Influence) {
	f.plain.Merge(other.plain)
	f.bounded.Merge(other.bounded)
	f.cut += other.cut
	f.keep(other.leading...)
}

// Effective returns the participation ratio n_eff = (Σ w_ip_i)²/Σ(w_ip_i)² of the weighted
// contributions p_i: the number of equal samples that would be as good.
func (f *Influence) Effective() float64 { return f.bounded.Ratio() }

// Plain returns n_eff without weights.
func (f *Influence) Plain() float64 { return f.plain.Ratio() }

// Leading returns the numbers of at most 5 samples that would add most, the largest first.
func (f *Influence) Leading() []int {
	numbers := make([]int, len(f.leading))
	for i, l := range f.leading {
		numbers[i] = l.sample
	}
	return numbers
}

// dominant returns the least number of samples that make up half of the unweighted sums, or 0 if
// it exceeds the number of samples that are remembered.
func (f *Influence) dominant() (count int) {
	half := 0.
	for i, l := range f.leading {
		if half += l.share / f.plain.Largest; half >= f.plain.Numbers/2 {
			return i + 1
		}
	}
	return 0
}

// enoughInfluence is the smallest number of effective samples for a firm verdict.
const enoughInfluence = 100

// doubt says that too few samples dominate the sums; "" if they do not.
func (f *Influence) doubt(samples int) string {
	if f == nil {
		return ""
	}
	effective := f.Effective()
	if effective >= enoughInfluence || samples < enoughInfluence { // too few samples are reported elsewhere
		return ""
	}
	if few := f.dominant(); few > 0 {
		return fmt.Sprintf("%d of %d samples %s half of the gradient or more (%s), and all samples together count for no more than %.0f equal ones",
			few, samples, spelling.Agree(few, "carries", "carry"), sampleNumbers(f.Leading()[:few]), effective)
	}
	return fmt.Sprintf("of %d samples so few have most of the gradient that all together count for no more than %.0f equal ones", samples, effective)
}

// ruled reports whether a few samples would dominate if their influence were not bounded.
func (f *Influence) ruled(samples int) bool {
	const few = 20
	return f.uneven() && f.Plain() < float64(samples)/few
}

// uneven reports whether the bound on influence at least doubles the number of samples that count.
func (f *Influence) uneven() bool { return f != nil && f.Effective() > 2*f.Plain() }

// String returns, for example, "a few samples have by far the largest gradients: without weights the
// answer would rest on n_eff = 3 samples, above all on number 4711. They are weighted so that none
// counts for much more than a typical one: n_eff = 2900".
func (f *Influence) String() string {
	if f == nil {
		return "samples without weights"
	}
	if f.Effective() < 2*f.Plain() || len(f.leading) == 0 {
		return fmt.Sprintf("the answer rests on n_eff = %.0f samples; %d of large influence have reduced weights", f.Effective(), f.cut)
	}
	return fmt.Sprintf("a few samples have by far the largest gradients: without weights the answer would rest on n_eff = %s samples, above all on %s. They are weighted so that none counts for much more than a typical one: n_eff = %.0f",
		spelling.TwoDigits(f.Plain()), sampleNumbers(f.Leading()[:1]), f.Effective())
}

func sampleNumbers(numbers []int) string {
	word := "number"
	if len(numbers) > 1 {
		word = "numbers"
	}
	return fmt.Sprintf("%s %s", word, spelling.List(numbers))
}
