package dynamics

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/network"
)

// motion is the flow of the Euler–Lagrange equations of L(q, q̇),
//
//	∂²L/∂q̇² q̈ = ∂L/∂q − ∂²L/∂q̇∂q q̇.
type motion struct {
	program *network.Program
	start   *network.Buffered
	dtype   dtypes.DType
	n       int     // positions
	most    float64 // condition number of ∂²L/∂q̇² that rounding allows
}

// LagrangianField returns the accelerations q̈ [batch, n] of a function L of a batch [batch, 2n] of
// positions and velocities, as graph code. A Lagrangian neural network is trained by fitting them to
// measured accelerations (Cranmer et al., "Lagrangian Neural Networks", 2020). Elimination takes no
// pivots, so ∂²L/∂q̇² must be far from singular, as near ½‖q̇‖².
func LagrangianField(l func(z *Node) *Node) func(z *Node) *Node {
	return func(z *Node) *Node {
		gradient := Gradient(ReduceAllSum(l(z)), z)[0]
		slope, _ := halves(gradient)
		_, v := halves(z)
		n := v.Shape().Dim(1)
		rows := make([]*Node, n) // of ∂²L/∂q̇², each with the force behind it
		for i := range rows {
			momentum := Gradient(ReduceAllSum(SliceAxis(gradient, -1, AxisElem(n+i))), z)[0]
			along, hessian := halves(momentum)
			force := Sub(SliceAxis(slope, -1, AxisElem(i)), ReduceAndKeep(Mul(along, v), ReduceSum, -1))
			rows[i] = Concatenate([]*Node{hessian, force}, -1)
		}
		for i := range rows {
			rows[i] = Div(rows[i], SliceAxis(rows[i], -1, AxisElem(i)))
			for j := range rows {
				if j != i {
					rows[j] = Sub(rows[j], Mul(SliceAxis(rows[j], -1, AxisElem(i)), rows[i]))
				}
			}
		}
		for i, row := range rows {
			rows[i] = SliceAxis(row, -1, AxisElem(n))
		}
		return Concatenate(rows, -1)
	}
}

// newMotion starts at states [N, 2n], positions first.
func newMotion(f *network.Network, head network.Head, states *tensors.Tensor) (m motion, err error) {
	m.dtype, m.n, m.most = states.DType(), states.Shape().Dim(1)/2, 1e12
	if m.dtype == dtypes.Float32 {
		m.most = 1e6
	}
	if m.start, err = network.Buffer(network.Tensor(states), 0); err != nil {
		return m, err
	}
	m.program, err = f.NewProgram(head, m.start, func(l func(x *Node) *Node, z *Node, _ []*Node) []*Node {
		gradient := Gradient(ReduceAllSum(l(z)), z)[0]
		results := []*Node{gradient}
		for i := range m.n {
			results = append(results, Gradient(ReduceAllSum(SliceAxis(gradient, -1, AxisElem(m.n+i))), z)[0])
		}
		return results
	})
	if err != nil {
		m.start.Finalize()
	}
	return m, err
}

func (m motion) finalize() {
	m.program.Finalize()
	m.start.Finalize()
}

// derivatives returns ∂L at as many states as the motion started with, [2n] for each, and then the
// derivatives of each ∂L/∂q̇_i.
func (m motion) derivatives(states []float64) ([][]float64, error) {
	held, err := m.start.With(states)
	if err != nil {
		return nil, err
	}
	defer held.Finalize()
	return m.program.Run(held)
}

// field returns the velocities (q̇, q̈) of states. The error says where ∂²L/∂q̇² is singular.
func (m motion) field(states []float64) ([]float64, error) {
	d, err := m.derivatives(states)
	if err != nil {
		return nil, err
	}
	n, velocity := m.n, make([]float64, len(states))
	hessian, force := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
	for at := 0; at < len(states); at += 2 * n {
		speeds := states[at+n : at+2*n]
		for i := range n {
			row := d[1+i][at : at+2*n]
			hessian.SetRow(i, row[n:])
			force.SetVec(i, d[0][at+i]-floats.Dot(row[:n], speeds))
		}
		var lu mat.LU
		lu.Factorize(hessian)
		if κ := lu.Cond(); !(κ < m.most) {
			return nil, fmt.Errorf("dynamics: ∂²L/∂q̇² is singular at the state %.3g (condition number %.1g), so L does not say how it accelerates: give another Lagrangian, or states elsewhere", states[at:at+2*n], κ)
		}
		if err := lu.SolveVecTo(mat.NewVecDense(n, velocity[at+n:at+2*n]), false, force); err != nil {
			return nil, fmt.Errorf("dynamics: ∂²L/∂q̇² at the state %.3g: %w", states[at:at+2*n], err)
		}
		copy(velocity[at:], speeds)
	}
	return velocity, nil
}

// Accelerations returns the accelerations q̈ of states [N, 2n], positions first, by the Euler–Lagrange
// equations of L(q, q̇): a row for each state. It returns the errors of running f, and an error that
// names a state at which ∂²L/∂q̇² is singular.
func Accelerations(f *network.Network, head network.Head, states *tensors.Tensor) (*mat.Dense, error) {
	m, err := newMotion(f, head, states)
	if err != nil {
		return nil, err
	}
	defer m.finalize()
	z, err := m.start.Values()
	if err != nil {
		return nil, err
	}
	v, err := m.field(z)
	if err != nil {
		return nil, err
	}
	return mat.DenseCopyOf(mat.NewDense(len(v)/2/m.n, 2*m.n, v).Slice(0, len(v)/2/m.n, m.n, 2*m.n)), nil
}

// path follows the states for some steps by the classical Runge–Kutta method of order 4, one step of
// length dt against two of half the length. A trajectory ends before a step in which the two differ
// by more than unsettled, and before it leaves the box.
func (m motion) path(steps int, dt float64, b box) (p path, left, late []bool, err error) {
	z, err := m.start.Values()
	if err != nil {
		return p, nil, nil, err
	}
	var values []float64
	count, every, size := m.start.Len(), max(1, steps/observed), 2*m.n
	left, late = make([]bool, count), make([]bool, count)
	for step := 0; ; step++ {
		if step%every == 0 {
			values, p.times = append(values, z...), append(p.times, float64(step)*dt)
			running := 0.
			for i := range left {
				counts := !left[i] && !late[i]
				if p.counts = append(p.counts, counts); counts {
					running++
				}
			}
			p.running = append(p.running, running)
		}
		if step == steps {
			p.states = ofType(m.dtype, values, size)
			return p, left, late, nil
		}
		next, coarse, err := m.twice(z, dt)
		if err != nil {
			return p, nil, nil, fmt.Errorf("dynamics: the trajectories cannot be followed beyond t = %.3g: %w", float64(step)*dt, err)
		}
		for i := range left {
			now, then := z[i*size:(i+1)*size], next[i*size:(i+1)*size]
			late[i] = late[i] || !(floats.Distance(then, coarse[i*size:(i+1)*size], math.Inf(1)) <= unsettled*math.Max(1, floats.Norm(then, math.Inf(1))))
			if left[i] = left[i] || !late[i] && !b.holds(then); left[i] || late[i] {
				copy(then, now)
			}
		}
		z = next
	}
}

// twice returns the states after two steps of dt/2, and after one of dt.
func (m motion) twice(z []float64, dt float64) (fine, coarse []float64, err error) {
	v, err := m.field(z)
	if err != nil {
		return nil, nil, err
	}
	if coarse, err = rungeKutta(z, v, dt, m.field); err != nil {
		return nil, nil, err
	}
	if fine, err = rungeKutta(z, v, dt/2, m.field); err != nil {
		return nil, nil, err
	}
	if v, err = m.field(fine); err != nil {
		return nil, nil, err
	}
	fine, err = rungeKutta(fine, v, dt/2, m.field)
	return fine, coarse, err
}

// Charges returns the charges ∂L/∂q̇·ξ − F of the symmetries without a Scale, in their order, at
// states [N, 2n]: a row for each state. It returns the errors of running f. It panics if all
// symmetries have a Scale.
func (s *LagrangianSymmetries) Charges(f *network.Network, head network.Head, states *tensors.Tensor) (*mat.Dense, error) {
	return chargesOf(f, head, s.withCharge(), states)
}

// withCharge returns the symmetries under which L is invariant up to dF/dt.
func (s *LagrangianSymmetries) withCharge() []LagrangianSymmetry {
	return slices.DeleteFunc(slices.Clone(s.Fields), func(field LagrangianSymmetry) bool { return field.Scale != 0 })
}

func chargesOf(f *network.Network, head network.Head, fields []LagrangianSymmetry, states *tensors.Tensor) (*mat.Dense, error) {
	if len(fields) == 0 {
		panic("dynamics: no symmetry of the Lagrangian has a charge")
	}
	held, err := network.Buffer(network.Tensor(states), 0)
	if err != nil {
		return nil, err
	}
	defer held.Finalize()
	p, err := f.NewProgram(head, held, func(l func(x *Node) *Node, z *Node, _ []*Node) []*Node {
		return []*Node{charges(fields, Gradient(ReduceAllSum(l(z)), z)[0], z)}
	})
	if err != nil {
		return nil, err
	}
	defer p.Finalize()
	values, err := p.Run(held)
	if err != nil {
		return nil, err
	}
	return mat.NewDense(held.Len(), len(fields), values[0]), nil
}

// charges builds ∂L/∂q̇·ξ − F from the gradients of L at states, [batch, fields].
func charges(fields []LagrangianSymmetry, gradient, z *Node) *Node {
	q, _ := halves(z)
	_, momenta := halves(gradient)
	moving, gauges := make([]Quantity, len(fields)), make([]Quantity, len(fields))
	for i, s := range fields {
		moving[i], gauges[i] = s.field, s.gauge
	}
	all := combine(moving, Concatenate([]*Node{q, momenta}, -1)) // p·ξ(q) at p = ∂L/∂q̇
	if fields[0].gauge.library.Dim() > 0 {
		all = Sub(all, combine(gauges, q))
	}
	return all
}

// Follow measures how far the charges drift along the trajectories of L from the first states, as
// Follow does for a Hamiltonian. Random are the charges of random ξ and F. Step is a twentieth of the
// time unit if it is 0. Follow returns the errors of running f, and an error if ∂²L/∂q̇² is singular
// on the way. It panics if no symmetry has a charge, or if a setting is negative.
func (s *LagrangianSymmetries) Follow(f *network.Network, states *tensors.Tensor, d DriftSettings) (*Drift, error) {
	if d.Trajectories < 0 || d.Steps < 0 || d.Step < 0 {
		panic(fmt.Sprintf("dynamics: Follow: settings must not be negative, got %+v", d))
	}
	fields := s.withCharge()
	if len(fields) == 0 {
		panic("dynamics: no symmetry of the Lagrangian has a charge")
	}
	reference, err := first(states, most)
	if err != nil {
		return nil, err
	}
	defer reference.FinalizeAll()
	step, err := lagrangianStep(f, d, reference)
	if err != nil {
		return nil, err
	}
	start, err := first(states, cmp.Or(d.Trajectories, 64))
	if err != nil {
		return nil, err
	}
	defer start.FinalizeAll()
	b, err := boxOf(states)
	if err != nil {
		return nil, err
	}
	m, err := newMotion(f, d.Head, start)
	if err != nil {
		return nil, err
	}
	defer m.finalize()
	steps := cmp.Or(d.Steps, usualSteps)
	p, left, late, err := m.path(steps, step, b)
	if err != nil {
		return nil, err
	}
	defer p.states.FinalizeAll()
	drift := &Drift{Time: float64(steps) * step, Trajectories: start.Shape().Dim(0), Left: count(left), Unsettled: count(late), step: step}
	for _, field := range fields {
		drift.formulas = append(drift.formulas, "charge of "+field.Formula(readable))
	}
	all := append(slices.Clone(fields), randomSymmetries(fields[0], d.Seed)...)
	return drift, drift.along(p, reference, func(z *tensors.Tensor) (table, error) { return chargesOf(f, d.Head, all, z) })
}

// lagrangianStep returns the length of a step.
func lagrangianStep(f *network.Network, d DriftSettings, states *tensors.Tensor) (float64, error) {
	if d.Step > 0 {
		return d.Step, nil
	}
	accelerations, err := Accelerations(f, d.Head, states)
	if err != nil {
		return 0, err
	}
	z, err := tableOf(states)
	if err != nil {
		return 0, err
	}
	rows, n := accelerations.Dims()
	var v mat.Dense
	v.Augment(z.Slice(0, rows, n, 2*n), accelerations)
	unit := timeUnitOf(z, &v)
	if math.IsInf(unit, 1) {
		return 0, fmt.Errorf("dynamics: the Lagrangian moves none of the states")
	}
	return unit / 20, nil
}

// randomSymmetries returns fields and functions with normal coefficients, in the libraries of one.
func randomSymmetries(like LagrangianSymmetry, seed uint64) []LagrangianSymmetry {
	rng, random := rand.New(rand.NewPCG(seed, 0)), make([]LagrangianSymmetry, 32)
	normal := func(l Library) Quantity {
		q := Quantity{l, make([]float64, l.Dim())}
		for k := range q.coefficients {
			q.coefficients[k] = rng.NormFloat64()
		}
		return q
	}
	for i := range random {
		random[i] = LagrangianSymmetry{field: normal(like.field.library), gauge: normal(like.gauge.library)}
	}
	return random
}
