package dynamics

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/network"
)

// trajectories follows states along a Hamiltonian's flow ż = Ω∇H. It integrates by the Gauss
// method with two stages, which is symplectic and of order 4 (Hairer, Lubich, Wanner, "Geometric
// Numerical Integration", 2006, §II.1.3). The stages are found by fixed-point iteration.
type trajectories struct {
	step *network.Program
	held *network.Buffered // where the states are now
	size int               // 2n
	dt   float64
	box  *box // nil if trajectories may go anywhere

	left, unsettled []bool // trajectories that have ended
}

// unsettled is the change of a stage, in units of the largest coordinate, above which a step
// counts as too long.
const unsettled = 1e-6

// iterations is the number of fixed-point iterations of a step. Steps are so short that each
// lowers the error by a factor of ten at least.
const iterations = 12

// follow starts trajectories at states [N, 2n], which end where they leave a box, if there is one.
func follow(h *network.Network, head network.Head, states *tensors.Tensor, b *box, dt float64) (*trajectories, error) {
	held, err := network.Buffer(network.Tensor(states), 0)
	if err != nil {
		return nil, err
	}
	t := &trajectories{held: held, size: states.Shape().Dim(1), dt: dt, box: b, left: make([]bool, held.Len()), unsettled: make([]bool, held.Len())}
	t.step, err = h.NewProgram(head, held, func(f func(x *Node) *Node, z *Node, arguments []*Node) []*Node {
		next, change := gaussStep(HamiltonianField(f), z, ConvertDType(Reshape(arguments[0]), z.DType()))
		return []*Node{next, change}
	})
	if err != nil {
		held.Finalize()
		return nil, err
	}
	return t, nil
}

// HamiltonianField returns the field z ↦ (∂H/∂p, −∂H/∂q) of a function H of a batch [batch, 2n], as
// graph code. A Hamiltonian neural network is trained by fitting it to measured velocities.
func HamiltonianField(h func(z *Node) *Node) func(z *Node) *Node {
	return func(z *Node) *Node {
		q, p := halves(Gradient(ReduceAllSum(h(z)), z)[0])
		return Concatenate([]*Node{p, Neg(q)}, -1)
	}
}

// gaussStep returns the states after a time dt, and by how much the last iteration moved them.
func gaussStep(field func(z *Node) *Node, z, dt *Node) (next, change *Node) {
	root := math.Sqrt(3)
	a := [2][2]float64{{1. / 4, 1./4 - root/6}, {1./4 + root/6, 1. / 4}}
	batch := z.Shape().Dim(0)
	stages := [2]*Node{field(z), nil}
	stages[1] = stages[0]
	var last *Node
	for range iterations {
		var points [2]*Node
		for i := range points {
			points[i] = Add(z, Mul(dt, Add(MulScalar(stages[0], a[i][0]), MulScalar(stages[1], a[i][1]))))
		}
		v := field(Concatenate(points[:], 0))
		last = stages[0]
		stages = [2]*Node{Slice(v, AxisRange(0, batch)), Slice(v, AxisRange(batch))}
	}
	next = Add(z, Mul(dt, MulScalar(Add(stages[0], stages[1]), .5)))
	change = ReduceMax(Abs(Mul(dt, Sub(stages[0], last))), -1)
	settled := LogicalAnd(IsFinite(change), LogicalAll(IsFinite(next), -1))
	return Where(BroadcastToShape(ExpandAxes(settled, -1), shapes.Make(dtypes.Bool, z.Shape().Dimensions...)), next, z), Where(settled, change, MulScalar(OnesLike(change), 1e30))
}

// advance moves the states by one step, except for those that have ended: a trajectory ends
// before it leaves the box, and before a step that is too long for the integrator.
func (t *trajectories) advance() error {
	now, err := t.held.Values()
	if err != nil {
		return err
	}
	outputs, err := t.step.Run(t.held, mat.NewDense(1, 1, []float64{t.dt}))
	if err != nil {
		return err
	}
	next := outputs[0]
	for i, change := range outputs[1] {
		state := next[i*t.size : (i+1)*t.size]
		t.left[i] = t.left[i] || t.box != nil && !t.box.holds(state)
		t.unsettled[i] = t.unsettled[i] || change > unsettled*math.Max(1, floats.Norm(state, math.Inf(1)))
		if t.ended(i) {
			copy(state, now[i*t.size:(i+1)*t.size])
		}
	}
	moved, err := t.held.With(next)
	if err != nil {
		return err
	}
	t.held.Finalize()
	t.held = moved
	return nil
}

func (t *trajectories) ended(i int) bool { return t.left[i] || t.unsettled[i] }

func (t *trajectories) finalize() {
	t.step.Finalize()
	t.held.Finalize()
}

// path holds states at the start and at about a hundred later times, one time after the other,
// and says which of them are on a trajectory that has not ended.
type path struct {
	times   []float64
	states  *tensors.Tensor
	counts  []bool
	running []float64 // the number of trajectories that have not ended, at each time
}

func (t *trajectories) path(steps int) (p path, err error) {
	var values []float64
	every := max(1, steps/observed)
	for step := 0; ; step++ {
		if step%every == 0 {
			states, err := t.held.Values()
			if err != nil {
				return p, err
			}
			values, p.times = append(values, states...), append(p.times, float64(step)*t.dt)
			running := 0.
			for i := range t.left {
				p.counts = append(p.counts, !t.ended(i))
				if !t.ended(i) {
					running++
				}
			}
			p.running = append(p.running, running)
		}
		if step == steps {
			p.states = tensors.FromFlatDataAndDimensions(values, len(values)/t.size, t.size)
			return p, nil
		}
		if err := t.advance(); err != nil {
			return p, fmt.Errorf("dynamics: the trajectories cannot be followed beyond t = %.3g: %w", float64(step)*t.dt, err)
		}
	}
}

// box bounds the coordinates of states.
type box struct{ least, largest []float64 }

func boxOf(states *tensors.Tensor) (b box, err error) {
	values, err := tableOf(states)
	if err != nil {
		return b, err
	}
	_, columns := values.Dims()
	for i := range columns {
		column := mat.Col(nil, i, values)
		b.least, b.largest = append(b.least, slices.Min(column)), append(b.largest, slices.Max(column))
	}
	return b, nil
}

func (b box) holds(state []float64) bool {
	for i, v := range state {
		if !(b.least[i] <= v && v <= b.largest[i]) {
			return false
		}
	}
	return true
}

// timeUnit is timeUnitOf states along a Hamiltonian's flow.
func timeUnit(h *network.Network, head network.Head, states *tensors.Tensor) (float64, error) {
	v, err := velocitiesOf(h, head, states)
	if err != nil {
		return 0, err
	}
	z, err := tableOf(states)
	if err != nil {
		return 0, err
	}
	unit := timeUnitOf(z, v)
	if math.IsInf(unit, 1) {
		return 0, fmt.Errorf("dynamics: the Hamiltonian moves none of the states")
	}
	return unit, nil
}

// timeUnitOf returns the time in which the fastest coordinate of states z moves by its standard
// deviation over them, at its median speed; +Inf if none moves.
func timeUnitOf(z, v table) float64 {
	unit := math.Inf(1)
	_, columns := z.Dims()
	for i := range columns {
		spread := spreadOf(mat.Col(nil, i, z))
		speeds := mat.Col(nil, i, v)
		for k, speed := range speeds {
			speeds[k] = math.Abs(speed)
		}
		slices.Sort(speeds)
		if speed := speeds[len(speeds)/2]; speed > 0 && spread > 0 {
			unit = math.Min(unit, spread/speed)
		}
	}
	return unit
}
