package action

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action/orbits"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/lie"
)

// Group moves one input x, flattened, by exp(t·Σ_k h_k A_k), and returns it
// as a new slice.
type Group func(h []float64, t float64, x []float64) []float64

// Agrees checks an action against its group. It returns nil if, at the inputs
// x, for every generator and for a random combination of all,
//
//	Σ_k h_k A_k·x = d/dt exp(t·Σ_k h_k A_k)·x  at t = 0,
//
// with the derivative by central differences (t = ±1e-5) and to 1e-4 of the
// largest velocity; if Contract, Gram and Metric, as far as the action has
// them, agree with Tangents to 1e-9; and if Generator is linear, with
// independent matrices. The error says which of these fails, and for which
// generator.
//
// A nil group means Moved, with lie.Exp of the generators, if the action is a
// Mover, and the orbits of its fields if it is Integrable. x has shape [N,
// input…] in float64. Grids should hold smooth samples that fade out towards
// the border, because there is no agreement at an edge. network.Backend
// provides a backend. Agrees panics if group is nil and a is neither a Mover
// nor Integrable.
func Agrees(backend compute.Backend, a Action, x *tensors.Tensor, group Group) error {
	_, moves := a.(Mover)
	field, flows := a.(Integrable)
	if group == nil && !moves && !flows {
		panic(fmt.Sprintf("action: Agrees: group is nil, and %T has no method Moved or Velocity to take its place", a))
	}
	if x.Rank() < 1 || x.DType() != dtypes.Float64 {
		return fmt.Errorf("action: inputs must be float64 of shape [N, input…], got %s", x.Shape())
	}
	if err := a.Check(x.Shape().Dimensions[1:]); err != nil {
		return err
	}
	c := agreement{backend: backend, action: a, x: x, rng: rand.New(rand.NewPCG(1, 0))}
	if group == nil && flows {
		group = orbitsOf(field)
	}
	c.carried = c.byGroup(group)
	if group == nil {
		moved, err := c.compiled(func(x []*Node) *Node { return a.(Mover).Moved(x[0], x[1]) })
		if err != nil {
			return err
		}
		defer moved.Finalize()
		c.carried = c.byMoved(moved)
	}
	for _, check := range []func() error{c.generators, c.fastWays, c.velocities} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// agreement is the state of Agrees.
type agreement struct {
	backend compute.Backend
	action  Action
	x       *tensors.Tensor
	rng     *rand.Rand

	carried func(h []float64, t float64) ([]float64, error) // moves the inputs by a time t
}

// compiled returns graph code ready to run.
func (c agreement) compiled(f func(x []*Node) *Node) (*Exec, error) {
	return NewExec(c.backend, func(x []*Node) *Node {
		defer panicWithError()
		return f(x)
	})
}

// call runs graph code once and returns its result as float64.
func (c agreement) call(f func(x []*Node) *Node, inputs ...any) ([]float64, error) {
	exec, err := c.compiled(f)
	if err != nil {
		return nil, err
	}
	defer exec.Finalize()
	return c.run(exec, inputs...)
}

func (c agreement) run(exec *Exec, inputs ...any) ([]float64, error) {
	out, err := exec.Call(inputs...)
	if err != nil {
		return nil, fmt.Errorf("action: the graph code of %T fails: %w", c.action, err)
	}
	return dataset.Values(out[0])
}

// panicWithError converts any panic to a panic with an error. GoMLX recovers
// from those, but keeps a lock forever after others.
func panicWithError() {
	switch r := recover().(type) {
	case nil:
	case error:
		panic(r)
	default:
		panic(fmt.Errorf("%v", r))
	}
}

// normal draws n numbers from N(0,1).
func (c agreement) normal(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = c.rng.NormFloat64()
	}
	return v
}

// generators checks that Generator is linear with independent matrices.
func (c agreement) generators() error {
	h := c.normal(c.action.Dim())
	whole := localGenerator(c.action, h)
	rows, columns := whole.Dims()
	if rows != columns {
		return fmt.Errorf("action: Generator of %T gives a %d×%d matrix: it must be square", c.action, rows, columns)
	}
	all := mat.NewDense(len(h), rows*columns, nil)
	sum := mat.NewDense(rows, columns, nil)
	for k, m := range localBasis(c.action) {
		var part mat.Dense
		part.Scale(h[k], m)
		sum.Add(sum, &part)
		all.SetRow(k, mat.DenseCopyOf(m).RawMatrix().Data)
	}
	if !mat.EqualApprox(sum, whole, 1e-9) {
		return fmt.Errorf("action: Generator of %T is not linear: a combination of coefficients does not give the same combination of the matrices", c.action)
	}
	var svd mat.SVD
	if svd.Factorize(all, mat.SVDNone); svd.Rank(1e-10) < len(h) {
		return fmt.Errorf("action: the %d matrices of Generator of %T are not linearly independent: give each generator a matrix of its own", len(h), c.action)
	}
	return nil
}

// fastWays checks Contract, Gram and Metric against Tangents.
func (c agreement) fastWays() error {
	n := c.x.Shape().Dim(0)
	g := tensors.FromFlatDataAndDimensions(c.normal(c.x.Size()), c.x.Shape().Dimensions...)
	w := make([]float64, n)
	for i := range w {
		w[i] = 1 + c.rng.Float64()
	}
	if err := c.same("Contract", func(a Action, x, g *Node) *Node { return Contract(a, x, g) }, g); err != nil {
		return err
	}
	if err := c.same("Gram", gramOfTwo, g); err != nil {
		return err
	}
	if innerOf(c.action) != nil { // not measured by Tangents
		return nil
	}
	return c.same("Metric", func(a Action, x, w *Node) *Node { return Metric(a, x, w) }, tensors.FromFlatDataAndDimensions(w, n))
}

// gramOfTwo returns Gram of the gradient g and a second one.
func gramOfTwo(a Action, x, g *Node) *Node {
	gradients := []*Node{g, Mul(g, Add(x, g))}
	if gram := Gram(a, x, gradients); gram != nil {
		return gram
	}
	rows := Concatenate([]*Node{Contract(a, x, gradients[0]), Contract(a, x, gradients[1])}, 0)
	return Einsum("rk,rl->kl", rows, rows)
}

// same compares a fast method with the general one.
func (c agreement) same(what string, way func(a Action, x, other *Node) *Node, other *tensors.Tensor) error {
	run := func(a Action) ([]float64, error) {
		return c.call(func(x []*Node) *Node { return way(a, x[0], x[1]) }, c.x, other)
	}
	fast, err := run(c.action)
	if err != nil {
		return err
	}
	general, err := run(struct{ Action }{c.action})
	if err != nil {
		return err
	}
	if off := distance(fast, general); !(off <= 1e-9) {
		return fmt.Errorf("action: %s of %T differs from the result by Tangents, by %.2g of the largest number", what, c.action, off)
	}
	return nil
}

// velocities checks Tangents against the group.
func (c agreement) velocities() error {
	tangents, err := c.call(func(x []*Node) *Node { return c.action.Tangents(x[0]) }, c.x)
	if err != nil {
		return err
	}
	k := c.action.Dim()
	if len(tangents) != k*c.x.Size() {
		return fmt.Errorf("action: Tangents of %T gives %d numbers for inputs of shape %s: want the shape [batch, %d, input…]", c.action, len(tangents), c.x.Shape(), k)
	}
	combinations := [][]float64{c.normal(k)}
	for i := range k {
		combinations = append(combinations, make([]float64, k))
		combinations[i+1][i] = 1
	}
	for i, h := range combinations {
		name := fmt.Sprintf("generator %d", i-1)
		if i == 0 {
			name = "a combination of all generators"
		}
		if err := c.velocity(name, h, tangents); err != nil {
			return err
		}
	}
	return nil
}

func (c agreement) velocity(name string, h, tangents []float64) error {
	const step = 1e-5
	plus, err := c.carried(h, step)
	if err != nil {
		return err
	}
	minus, err := c.carried(h, -step)
	if err != nil {
		return err
	}
	floats.Sub(plus, minus)
	floats.Scale(1/(2*step), plus)
	if off := distance(c.combined(h, tangents), plus); !(off <= 1e-4) {
		return fmt.Errorf("action: the velocity of %s of %T disagrees with its group: they differ by %.2g of the largest velocity; check the sign, the order of coefficients and that Tangents moves x, not the coordinates", name, c.action, off)
	}
	return nil
}

// combined returns Σ_k h_k A_k·x.
func (c agreement) combined(h, tangents []float64) []float64 {
	n := c.x.Shape().Dim(0)
	size := c.x.Size() / n
	sum := make([]float64, c.x.Size())
	for i := range n {
		for k, v := range h {
			from := (i*len(h) + k) * size
			floats.AddScaled(sum[i*size:(i+1)*size], v, tangents[from:from+size])
		}
	}
	return sum
}

// byMoved moves the inputs by Moved.
func (c agreement) byMoved(moved *Exec) func(h []float64, t float64) ([]float64, error) {
	return func(h []float64, t float64) ([]float64, error) {
		g := lie.Exp(c.action.Generator(h), t)
		n, _ := g.Dims()
		return c.run(moved, c.x, tensors.FromFlatDataAndDimensions(g.RawMatrix().Data, n, n))
	}
}

// orbitsOf returns the group of a field, without a range that would end its
// orbits.
func orbitsOf(a Integrable) Group {
	return func(h []float64, t float64, x []float64) []float64 {
		o := orbits.New(a.Velocity(h), x, len(x), func([]float64) float64 { return 0 })
		o.Advance(t)
		return o.Inputs()
	}
}

// byGroup moves the inputs one by one.
func (c agreement) byGroup(group Group) func(h []float64, t float64) ([]float64, error) {
	return func(h []float64, t float64) ([]float64, error) {
		values, err := dataset.Values(c.x)
		if err != nil {
			return nil, err
		}
		size := len(values) / c.x.Shape().Dim(0)
		var moved []float64
		for input := range slices.Chunk(values, size) {
			x := group(h, t, slices.Clone(input))
			if len(x) != size {
				return nil, fmt.Errorf("action: the group mapped an input of %d numbers to %d", size, len(x))
			}
			moved = append(moved, x...)
		}
		return moved, nil
	}
}

// distance returns the largest difference relative to the largest number.
func distance(a, b []float64) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	largest := max(floats.Norm(a, math.Inf(1)), floats.Norm(b, math.Inf(1)))
	if largest == 0 {
		return 0
	}
	return floats.Distance(a, b, math.Inf(1)) / largest
}
