package dynamics

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/quantile"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/network"
)

// Drift says how far quantities change along trajectories of a Hamiltonian. The drift of a
// quantity Q is
//
//	√( E (Q(z(t)) − Q(z(0)))² / 2 ) / σ_Q
//
// over the trajectories and the times up to Time: 0 for a conserved quantity and about 1 for
// one that forgets where it started. σ_Q is its spread over the states, half of the range of the
// middle 68 %.
type Drift struct {
	// Of are the drifts of the quantities.
	Of []float64
	// Random is the median drift of random combinations of the library's functions, with
	// normal coefficients for functions scaled to variance 1.
	Random float64
	// Time is the time of the trajectories, and Trajectories their number.
	Time         float64
	Trajectories int
	// Times are the times at which trajectories are looked at, the start first. Course are the
	// drifts at each of these times, one slice for each quantity, and RandomCourse is the median
	// for random combinations.
	Times        []float64
	Course       [][]float64
	RandomCourse []float64
	// Left is the number of trajectories that left the box that the states fill, where a learned
	// Hamiltonian may be anything, and Unsettled the number of those that came to where a step
	// is too long for the integrator, as near a collision. They count until then.
	Left, Unsettled int

	step     float64
	formulas []string
}

// DriftSettings says how trajectories are followed. The zero value is ready for use.
type DriftSettings struct {
	// Head is the part of the network that is the energy. The zero value means its output.
	Head network.Head
	// Trajectories is the number of states that start; 0 means 64.
	Trajectories int
	// Steps is the number of steps; 0 means 500.
	Steps int
	// Step is the time of one step. 0 means a tenth of the time in which the fastest
	// coordinate moves by its standard deviation over the states.
	Step float64
	// Seed draws the random combinations.
	Seed uint64
}

// String lists the fields.
func (s DriftSettings) String() string {
	return fmt.Sprintf("head %v, trajectories %d, steps %d, step %g, seed %d", s.Head, s.Trajectories, s.Steps, s.Step, s.Seed)
}

// Follow follows trajectories of the Hamiltonian h from the first of the states [N, 2n], and
// measures how well quantities are conserved along them. It is a check of what Conserved has
// found that uses no derivative of the quantities. It returns the errors of running h, and an
// error if the trajectories blow up or the steps are too long. It panics without quantities, and
// if a setting is negative.
func Follow(h *network.Network, quantities []Quantity, states *tensors.Tensor, s DriftSettings) (*Drift, error) {
	if len(quantities) == 0 {
		panic("dynamics: Follow: no quantities")
	}
	if s.Trajectories < 0 || s.Steps < 0 || s.Step < 0 {
		panic(fmt.Sprintf("dynamics: Follow: settings must not be negative, got %+v", s))
	}
	if err := quantities[0].library.check(states.Shape().Dimensions[1:]); err != nil {
		return nil, err
	}
	s.Trajectories, s.Steps = cmp.Or(s.Trajectories, 64), cmp.Or(s.Steps, usualSteps)
	if s.Step == 0 {
		unit, err := timeUnit(h, s.Head, states)
		if err != nil {
			return nil, err
		}
		s.Step = unit / 10
	}
	return measure(h, quantities, states, s)
}

// Trajectories follows states [N, 2n] along the flow of the Hamiltonian h, by Steps of the length
// Step, and returns a matrix for each: a row for the state at the start and at each of about a hundred
// later times, up to where a step is too long for the integrator, as near a collision. It returns
// the errors of running h, and panics unless Step is positive and Steps is not negative.
func Trajectories(h *network.Network, states *tensors.Tensor, s DriftSettings) ([]*mat.Dense, error) {
	if s.Step <= 0 || s.Steps < 0 {
		panic(fmt.Sprintf("dynamics: Trajectories: Step must be positive and Steps not negative, got %v", s))
	}
	t, err := follow(h, s.Head, states, nil, s.Step)
	if err != nil {
		return nil, err
	}
	defer t.finalize()
	p, err := t.path(cmp.Or(s.Steps, usualSteps))
	if err != nil {
		return nil, err
	}
	all, err := tableOf(p.states)
	if err != nil {
		return nil, err
	}
	defer p.states.FinalizeAll()
	n := states.Shape().Dim(0)
	each := make([]*mat.Dense, n)
	for i := range each {
		var rows []float64
		for k := i; k < len(p.counts) && p.counts[k]; k += n {
			rows = append(rows, all.RawRowView(k)...)
		}
		each[i] = mat.NewDense(len(rows)/t.size, t.size, rows)
	}
	return each, nil
}

// usualSteps is the number of steps unless it is set.
const usualSteps = 500

// observed is the number of times at which trajectories are looked at.
const observed = 100

func measure(h *network.Network, quantities []Quantity, states *tensors.Tensor, s DriftSettings) (*Drift, error) {
	reference, err := first(states, most)
	if err != nil {
		return nil, err
	}
	defer reference.FinalizeAll()
	start, err := first(states, s.Trajectories)
	if err != nil {
		return nil, err
	}
	defer start.FinalizeAll()
	b, err := boxOf(states)
	if err != nil {
		return nil, err
	}
	t, err := follow(h, s.Head, start, &b, s.Step)
	if err != nil {
		return nil, err
	}
	defer t.finalize()
	p, err := t.path(s.Steps)
	if err != nil {
		return nil, err
	}
	defer p.states.FinalizeAll()
	d := &Drift{Time: float64(s.Steps) * s.Step, Trajectories: start.Shape().Dim(0), step: s.Step}
	for _, q := range quantities {
		d.formulas = append(d.formulas, q.Formula(readable))
	}
	d.Left, d.Unsettled = count(t.left), count(t.unsettled)
	random, err := randomQuantities(quantities[0].library, reference, s.Seed)
	if err != nil {
		return nil, err
	}
	all := append(slices.Clone(quantities), random...)
	return d, d.along(p, reference, func(z *tensors.Tensor) (table, error) {
		return evaluate(z, func(z *Node) *Node { return combine(all, z) })
	})
}

// along sets the drifts along a path from the values of the quantities, and of random ones behind
// them.
func (d *Drift) along(p path, reference *tensors.Tensor, values func(states *tensors.Tensor) (table, error)) error {
	spread, err := values(reference)
	if err != nil {
		return err
	}
	course, err := values(p.states)
	if err != nil {
		return err
	}
	d.Times = p.times
	d.take(d.changes(course, spread, p), p)
	return nil
}

// take sets the drifts from the mean square changes of the quantities, and of random ones behind
// them, at each time.
func (d *Drift) take(changes [][]float64, p path) {
	whole, course := make([]float64, len(changes)), make([][]float64, len(changes))
	total := floats.Sum(p.running)
	for i, of := range changes {
		for t, change := range of {
			whole[i] += change * p.running[t] / total
			course[i] = append(course[i], math.Sqrt(change))
		}
		whole[i] = math.Sqrt(whole[i])
	}
	n := len(d.formulas)
	d.Of, d.Course = whole[:n], course[:n]
	d.Random = median(whole[n:])
	for t := range p.times {
		var others []float64
		for _, of := range course[n:] {
			others = append(others, of[t])
		}
		d.RandomCourse = append(d.RandomCourse, median(others))
	}
}

func median(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))
	return values[len(values)/2]
}

// randomQuantities returns random combinations of a library's functions, each scaled to variance
// 1 over the states.
func randomQuantities(l Library, states *tensors.Tensor, seed uint64) ([]Quantity, error) {
	const count = 32
	values, err := evaluate(states, l.values)
	if err != nil {
		return nil, err
	}
	σ, rng := deviations(values), rand.New(rand.NewPCG(seed, 0))
	random := make([]Quantity, count)
	for i := range random {
		random[i] = Quantity{l, make([]float64, l.Dim())}
	}
	for k := range l.Dim() {
		for _, q := range random {
			q.coefficients[k] = rng.NormFloat64() / σ[k]
		}
	}
	return random, nil
}

// changes returns E (Q(z(t)) − Q(z(0)))² / 2σ_Q² for each quantity at each time of a path, over the
// trajectories that have not ended. It is 0 if all have. σ_Q is for the values in spread.
func (d *Drift) changes(along, spread table, p path) [][]float64 {
	_, quantities := along.Dims()
	changes := make([][]float64, quantities)
	for i := range changes {
		changes[i] = make([]float64, len(p.times))
		σ := spreadOf(mat.Col(nil, i, spread))
		for s, counts := range p.counts {
			if t := s / d.Trajectories; counts {
				change := (along.At(s, i) - along.At(s%d.Trajectories, i)) / σ
				changes[i][t] += change * change / 2 / p.running[t]
			}
		}
	}
	return changes
}

// spreadOf returns half of the range of the middle 68 % of values, the standard deviation of
// normal ones, which few states near a singularity do not change.
func spreadOf(values []float64) float64 {
	return (quantile.Empirical(.84, values) - quantile.Empirical(.16, values)) / 2
}

func count(which []bool) int {
	n := 0
	for _, is := range which {
		if is {
			n++
		}
	}
	return n
}

// String lists the drifts beside the drift of random functions.
func (d *Drift) String() string {
	var b strings.Builder
	for i, formula := range d.formulas {
		fmt.Fprintf(&b, "%.2g  %s\n", d.Of[i], formula)
	}
	fmt.Fprintf(&b, "%.2g  random functions, for comparison\n", d.Random)
	fmt.Fprintf(&b, "√(E ΔQ² / 2) / σ_Q along %s up to t = %.3g", spelling.Count(d.Trajectories, "trajectory"), d.Time)
	if d.Left > 0 {
		fmt.Fprintf(&b, "; %d left the range of the data and count until then", d.Left)
	}
	if d.Unsettled > 0 {
		fmt.Fprintf(&b, "; %d came to where a step of %.2g is too long and count until then", d.Unsettled, d.step)
	}
	return b.String()
}
