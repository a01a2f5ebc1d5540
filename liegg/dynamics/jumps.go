package dynamics

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// Gradients do not see jumps, nor what a function does between the states. So if a verdict would be
// Symmetric, some states also follow the flows of the fields that were found, each a random
// combination of them, over one extent of the data. What the function changes by on the way is
// compared with the integral of the rate that its gradients give there.

const (
	followed = 256 // states
	flows    = 8   // combinations of the fields
	strides  = 10  // steps of the integrator
)

// doubtJumps makes a verdict on a function of one output undetermined if the function certainly
// changes along the fields that were found by more than its gradients account for: at any state,
// by a hundredth of its spread, if they hold to rounding; else by a fifth of it, in the root mean
// square. network.Judge asks for the same where matrices move inputs.
func doubtJumps(v *liegg.Verdict, n *network.Network, head network.Head, a action.Action, states *tensors.Tensor) error {
	if v.Answer != liegg.Symmetric || v.Spectrum.Outputs != 1 {
		return nil
	}
	weights := combinationsOf(v)
	if weights == nil {
		return nil
	}
	f, err := newFieldFlow(n, head, a, weights, states)
	if err != nil {
		return err
	}
	defer f.finalize()
	coarse, err := f.follow(strides)
	if err != nil {
		return err
	}
	fine, err := f.follow(2 * strides)
	if err != nil {
		return err
	}
	changes := f.unaccounted(coarse, fine)
	limit, most, changed := .2, math.Sqrt(floats.Dot(changes, changes)/float64(len(changes))), "changes by %.2g of its spread"
	if exact(v) {
		limit, most, changed = .01, floats.Max(changes), "changes by up to %.2g of its spread"
	}
	if most > limit {
		v.Doubt(fmt.Sprintf("gradients do not say how the function changes: along the flows of what was found it "+changed+" more than they account for. It jumps, or it varies between the states: give states there", most))
	}
	return nil
}

// exact reports whether all that a verdict has found holds to rounding.
func exact(v *liegg.Verdict) bool {
	for _, d := range v.Defects[:v.Dim] {
		if math.Max(d.Value, d.Fitted) > v.Spectrum.Resolution() {
			return false
		}
	}
	return true
}

// combinationsOf returns the coefficients of random combinations of the generators of a verdict, a
// row each, whose flows move a typical state over one extent of the data in the time 1; nil if they
// move nothing.
func combinationsOf(v *liegg.Verdict) *mat.Dense {
	k, _ := v.Coefficients().Dims()
	random, u := rand.New(rand.NewPCG(7, 0)), mat.NewDense(v.Dim, flows, nil)
	u.Apply(func(int, int, float64) float64 { return random.NormFloat64() }, u)
	generators := mat.DenseCopyOf(v.Coefficients().Slice(0, k, 0, v.Dim))
	if !v.ToOneExtent(generators) {
		return nil
	}
	var h mat.Dense
	h.Mul(generators, u)
	if !v.ToOneExtent(&h) {
		return nil
	}
	return mat.DenseCopyOf(h.T())
}

// fieldFlow moves states, each along one of several fields.
type fieldFlow struct {
	program *network.Program
	weights *mat.Dense // of the fields' candidates, one row for each state
	start   *network.Buffered
	box     box
	units   units
	noise   float64 // of the function's values, relative to them
}

// newFieldFlow starts at states from all over the given ones. State i follows the field with the
// coefficients weights[i mod flows].
func newFieldFlow(n *network.Network, head network.Head, a action.Action, weights *mat.Dense, states *tensors.Tensor) (f fieldFlow, err error) {
	held, err := network.Buffer(network.Tensor(states), 0)
	if err != nil {
		return f, err
	}
	defer held.Finalize()
	count := min(followed, held.Len())
	at, each := make([]int, count), mat.NewDense(count, a.Dim(), nil)
	for i := range at {
		at[i] = i * held.Len() / count
		each.SetRow(i, weights.RawRowView(i%flows))
	}
	f.weights = each
	if f.box, err = boxOf(states); err != nil {
		return f, err
	}
	values, err := rowsOf(states)
	if err != nil {
		return f, err
	}
	f.units, f.noise = deviations(values), 1e-11
	if states.DType() == dtypes.Float32 {
		f.noise = 1e-5
	}
	if f.start, err = held.Pick(at); err != nil {
		return f, err
	}
	f.program, err = n.NewProgram(head, f.start, func(h func(x *Node) *Node, z *Node, arguments []*Node) []*Node {
		value := Reshape(h(z), z.Shape().Dim(0))
		velocity := Einsum("bk,bki->bi", ConvertDType(arguments[0], z.DType()), a.Tangents(z))
		rate := ReduceSum(Mul(Gradient(ReduceAllSum(value), z)[0], velocity), -1)
		finite := LogicalAnd(LogicalAnd(IsFinite(value), IsFinite(rate)), LogicalAll(IsFinite(velocity), -1))
		return []*Node{orZero(velocity), orZero(value), orZero(rate), ConvertDType(finite, z.DType())}
	})
	return f, err
}

// orZero returns 0 instead of numbers that are not finite.
func orZero(x *Node) *Node { return Where(IsFinite(x), x, ZerosLike(x)) }

func (f fieldFlow) finalize() {
	f.program.Finalize()
	f.start.Finalize()
}

// moment is what is known of moving states at one time: their numbers, the field there, the function
// and its rate along the field, and 1 for each state at which all of these are finite.
type moment struct{ states, velocity, values, rates, finite []float64 }

func (f fieldFlow) at(states []float64) (m moment, err error) {
	held, err := f.start.With(states)
	if err != nil {
		return m, err
	}
	defer held.Finalize()
	outputs, err := f.program.Run(held, f.weights)
	if err != nil {
		return m, err
	}
	return moment{states, outputs[0], outputs[1], outputs[2], outputs[3]}, nil
}

// step returns the states after a time dt. States whose way is not finite stay, and no longer count.
func (f fieldFlow) step(from moment, dt float64) ([]float64, error) {
	next, err := rungeKutta(from.states, from.velocity, dt, func(z []float64) ([]float64, error) {
		f.keepFinite(z, from)
		on, err := f.at(z)
		if err != nil {
			return nil, err
		}
		floats.Mul(from.finite, on.finite)
		return on.velocity, nil
	})
	if err != nil {
		return nil, err
	}
	f.keepFinite(next, from)
	return next, nil
}

// keepFinite moves states that are not finite back to where they come from, and no longer counts
// them.
func (f fieldFlow) keepFinite(states []float64, from moment) {
	size := len(f.units)
	for i := range from.finite {
		at := states[i*size : (i+1)*size]
		if sum := floats.Sum(at); math.IsNaN(sum - sum) {
			copy(at, from.states[i*size:])
			from.finite[i] = 0
		}
	}
}

// passage is what a function does along fields, at the times 0, 1/n … 1: one row for each time, one
// column for each state.
type passage struct {
	states          [][]float64
	values, account [][]float64 // account is the integral of the absolute rate
	until           []int       // the number of times before a state leaves the data, or its field blows up
}

// follow follows the fields by so many steps.
func (f fieldFlow) follow(steps int) (p passage, err error) {
	states, err := f.start.Values()
	if err != nil {
		return p, err
	}
	count, dt := f.start.Len(), 1/float64(steps)
	p.until = make([]int, count)
	account, size, before := make([]float64, count), len(f.units), []float64(nil)
	for s := range steps + 1 {
		now, err := f.at(states)
		if err != nil {
			return p, err
		}
		if s < steps {
			if states, err = f.step(now, dt); err != nil {
				return p, err
			}
		}
		account = slices.Clone(account)
		for i, rate := range now.rates {
			if s > 0 {
				account[i] += dt / 2 * (math.Abs(before[i]) + math.Abs(rate))
			}
			if now.finite[i] == 1 && p.until[i] == s && f.box.holds(now.states[i*size:(i+1)*size]) {
				p.until[i] = s + 1
			}
		}
		before = now.rates
		p.states, p.values, p.account = append(p.states, now.states), append(p.values, now.values), append(p.account, account)
	}
	return p, nil
}

// accurate is the distance between the states of two passages, in units of the data, and settled
// the share of a change of the function, up to which they count as the same.
const accurate, settled = 1e-3, .25

// unaccounted returns, for each state, by how much of its spread the function changes beyond twice
// what its rates account for. The fine passage has steps of half the length. A change counts as far
// as both passages agree on it.
func (f fieldFlow) unaccounted(coarse, fine passage) []float64 {
	changes := make([]float64, len(fine.until))
	spread := spreadOf(append([]float64(nil), fine.values[0]...))
	for i := range changes {
		for s := 1; s < coarse.until[i] && 2*s < fine.until[i] && f.near(coarse.states[s], fine.states[2*s], i); s++ {
			start, end := fine.values[0][i], fine.values[2*s][i]
			change := math.Abs(end - start)
			excess := change - 2*fine.account[2*s][i] - f.noise*(math.Abs(start)+math.Abs(end))
			if excess > 0 && spread > 0 && math.Abs(coarse.values[s][i]-end) <= settled*change {
				changes[i] = math.Max(changes[i], excess/spread)
			}
		}
	}
	return changes
}

// near reports whether the i-th of two lists of states are near each other.
func (f fieldFlow) near(a, b []float64, i int) bool {
	for j, σ := range f.units {
		if k := i*len(f.units) + j; math.Abs(a[k]-b[k]) > accurate*σ {
			return false
		}
	}
	return true
}
