package dynamics

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
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
	step  *network.Program
	start *network.Buffered
	box   box
	units units
	noise float64 // of the function's values, relative to them
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
	at, each := make([]int, count), make([][]float64, count)
	for i := range at {
		at[i], each[i] = i*held.Len()/count, weights.RawRowView(i%flows)
	}
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
	f.step, err = n.NewProgram(head, f.start, func(h func(x *Node) *Node, z *Node, arguments []*Node) []*Node {
		field := func(z *Node) *Node {
			return Einsum("bk,bki->bi", ConvertDType(Const(z.Graph(), each), z.DType()), a.Tangents(z))
		}
		return rungeKutta(h, field, z, ConvertDType(Reshape(arguments[0]), z.DType()))
	})
	return f, err
}

func (f fieldFlow) finalize() {
	f.step.Finalize()
	f.start.Finalize()
}

// rungeKutta returns the states after a time dt along a field, by the classical method of order 4,
// the values of h at z, its rates along the field there, and 1 where all of these are finite.
func rungeKutta(h, field func(z *Node) *Node, z, dt *Node) []*Node {
	value := Reshape(h(z), z.Shape().Dim(0))
	first := field(z)
	rate := ReduceSum(Mul(Gradient(ReduceAllSum(value), z)[0], first), -1)
	second := field(Add(z, Mul(MulScalar(dt, .5), first)))
	third := field(Add(z, Mul(MulScalar(dt, .5), second)))
	fourth := field(Add(z, Mul(dt, third)))
	slope := Add(Add(first, fourth), MulScalar(Add(second, third), 2))
	next := Add(z, Mul(MulScalar(dt, 1./6), slope))
	finite := LogicalAnd(LogicalAnd(IsFinite(value), IsFinite(rate)), LogicalAll(IsFinite(next), -1))
	all := BroadcastToShape(ExpandAxes(finite, -1), shapes.Make(dtypes.Bool, z.Shape().Dimensions...))
	return []*Node{Where(all, next, z), Where(finite, value, ZerosLike(value)), Where(finite, rate, ZerosLike(rate)), ConvertDType(finite, z.DType())}
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
	count, dt := f.start.Len(), 1/float64(steps)
	p.until = make([]int, count)
	size := len(f.units)
	held := f.start
	var before []float64
	for s := range steps + 1 {
		now, err := held.Values()
		if err != nil {
			return p, err
		}
		outputs, err := f.step.Run(held, mat.NewDense(1, 1, []float64{dt}))
		if held != f.start {
			held.Finalize()
		}
		if err != nil {
			return p, err
		}
		account := make([]float64, count)
		for i, rate := range outputs[2] {
			if s > 0 {
				account[i] = p.account[s-1][i] + dt/2*(math.Abs(before[i])+math.Abs(rate))
			}
			if outputs[3][i] == 1 && p.until[i] == s && f.box.holds(now[i*size:(i+1)*size]) {
				p.until[i] = s + 1
			}
		}
		before = outputs[2]
		p.states, p.values, p.account = append(p.states, now), append(p.values, outputs[1]), append(p.account, account)
		if s == steps {
			break
		}
		if held, err = f.start.With(outputs[0]); err != nil {
			return p, err
		}
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
