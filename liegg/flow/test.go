package flow

import (
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// Result is what a test says of a generator that was named beforehand.
type Result struct {
	Hypothesis
	// Defect is the relative defect ρ(H) = √(Σ‖J_i T_i h‖² / Σ‖J_i‖²_F ‖T_i h‖²) in
	// [0, 1], with its interval for fixed H.
	Defect Interval
	// Margin is Settings.Margin, and Verdict what the interval says about it:
	// Invariant if ρ is certainly within, Broken if it is certainly beyond.
	Margin  float64
	Verdict Verdict
	// Curve is the finite flow.
	Curve *Curve
	// Samples is the number of inputs; Idle of them have (nearly) no gradient and say
	// nothing.
	Samples, Idle int
}

// String is the verdict, the defect and the curve.
func (r *Result) String() string {
	return fmt.Sprintf("%s: %s: ρ = %v (95 %%), N = %d, %d without a gradient\n%v",
		r.Name, describe(r.Verdict, r.Margin), r.Defect, r.Samples, r.Idle, r.Curve)
}

func describe(v Verdict, margin float64) string {
	switch v {
	case Invariant:
		return fmt.Sprintf("invariant within %.2g %%", 100*margin)
	case Broken:
		return fmt.Sprintf("broken by more than %.2g %%", 100*margin)
	}
	return fmt.Sprintf("undetermined at %.2g %%", 100*margin)
}

// Test asks whether the network is invariant under a generator that was chosen
// without looking at it: its relative defect with an interval, a verdict of
// equivalence, and the finite flow. An n×n generator serves an affine action as
// [H 0; 0 0]. Inputs are kept in memory.
//
// Errors are those of Along, and liegg.ErrVanishingGradients. It panics where the
// generator is none of the action's or the action is no action.Mover.
func Test(n *network.Network, a action.Action, h Hypothesis, inputs network.Inputs, s Settings) (*Result, error) {
	s = s.withDefaults()
	matrix, coefficients := newAlgebra(a).fitting(h.H)
	e, err := hold(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer e.finalize()
	r := &Result{Hypothesis: Hypothesis{h.Name, matrix}, Margin: s.Margin}
	if err := e.judgeDefect(r, coefficients); err != nil {
		return nil, err
	}
	r.Curve, err = e.along(matrix, coefficients)
	return r, err
}

func (e *experiment) judgeDefect(r *Result, coefficients []float64) error {
	p, err := e.defectProgram()
	if err != nil {
		return err
	}
	defer p.Finalize()
	d, err := e.defects(p, coefficients)
	if err != nil {
		return err
	}
	r.Defect = ratios([][]float64{d.change}, d.bound, e.s)[0].root()
	r.Verdict = judge(r.Defect, r.Margin)
	r.Samples, r.Idle = e.held.Len(), d.idle
	return nil
}

// defects are ‖J_i T_i h‖² and ‖J_i‖²_F ‖T_i h‖² of each sample, whose sums make
// the relative defect ρ².
type defects struct {
	change, bound []float64
	idle          int
}

func (e *experiment) defectProgram() (*network.Program, error) {
	return e.network.NewProgram(e.s.Head, e.held, func(f func(*Node) *Node, x *Node, arguments []*Node) []*Node {
		one := oneGenerator{e.mover, velocityOf(e.mover, x, arguments[0])}
		rows, energy := network.Rows(one, x, f(x))
		return []*Node{sumPerSample(Square(rows)), Mul(energy, sumPerSample(Square(one.velocity))), energy}
	})
}

func (e *experiment) defects(p *network.Program, coefficients []float64) (defects, error) {
	outputs, err := p.Run(e.held, mat.NewDense(1, len(coefficients), coefficients))
	if err != nil {
		return defects{}, err
	}
	d := defects{change: outputs[0], bound: outputs[1]}
	energy := outputs[2]
	mean := floats.Sum(energy) / float64(len(energy))
	for _, v := range energy {
		if v <= 1e-12*mean {
			d.idle++
		}
	}
	if d.idle == len(energy) {
		return d, fmt.Errorf("%w (%d samples)", liegg.ErrVanishingGradients, len(energy))
	}
	if floats.Sum(d.bound) == 0 {
		return d, liegg.ErrUnmoved
	}
	return d, nil
}

// oneGenerator is the action of a single generator of another action, by its
// velocity at the inputs of a program.
type oneGenerator struct {
	action.Action
	velocity *Node
}

// velocityOf is Σ_k h_k A_k·x for coefficients h [1, K], of x's shape.
func velocityOf(a action.Action, x, h *Node) *Node {
	batch := x.Shape().Dim(0)
	all := Reshape(a.Tangents(x), batch, a.Dim(), x.Shape().Size()/batch)
	return Reshape(Einsum("bkp,ok->bp", all, ConvertDType(h, x.DType())), x.Shape().Dimensions...)
}

// Dim is 1.
func (o oneGenerator) Dim() int { return 1 }

// Tangents returns the velocity.
func (o oneGenerator) Tangents(*Node) *Node { return ExpandAxes(o.velocity, 1) }

// Contract pairs g with the velocity.
func (o oneGenerator) Contract(_, g *Node) *Node {
	return Reshape(sumPerSample(Mul(g, o.velocity)), g.Shape().Dim(0), 1)
}

// sumPerSample sums all axes but the first.
func sumPerSample(x *Node) *Node {
	batch := x.Shape().Dim(0)
	return ReduceSum(Reshape(x, batch, x.Shape().Size()/batch), -1)
}

// MapResult is what a test says of a finite transformation that was named
// beforehand.
type MapResult struct {
	Map
	// Delta is Δ(g) = E‖f(g·x) − f(x)‖²/(2·Var f) with its interval.
	Delta Interval
	// Change is √Δ, the root mean square change of the output relative to that
	// between unrelated inputs, which the margin is about.
	Change Interval
	// Outside is the share of the data that g carries out of their range.
	Outside float64
	// Margin is Settings.Margin, and Verdict what the interval of Change says of it.
	// It is Undetermined where Outside is larger than Settings.Outside.
	Margin  float64
	Verdict Verdict
	Samples int
}

// String is the verdict with Δ.
func (r *MapResult) String() string {
	text := fmt.Sprintf("%s: %s: change √Δ = %v (95 %%), Δ = %.2g, N = %d", r.Name, describe(r.Verdict, r.Margin), r.Change, r.Delta.Value, r.Samples)
	if r.Outside > .1 {
		text += fmt.Sprintf("; it carries %.0f %% of the data out of their range", 100*r.Outside)
	}
	return text
}

// TestMap asks whether the network is invariant under a finite transformation g of
// the action: a reflection, a permutation, any matrix. An n×n matrix serves an
// affine action as [g 0; 0 1]. Errors are those of Along; it panics where g is of
// another size or the action is no action.Mover.
func TestMap(n *network.Network, a action.Action, g Map, inputs network.Inputs, s Settings) (*MapResult, error) {
	s = s.withDefaults()
	matrix := fittingMap(a, g.G)
	e, err := hold(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer e.finalize()
	change, err := e.change(matrix)
	if err != nil {
		return nil, err
	}
	r := &MapResult{Map: Map{g.Name, matrix}, Margin: s.Margin, Samples: e.held.Len(), Outside: e.outside(matrix)}
	r.Delta = ratios([][]float64{change}, e.variance, s)[0]
	r.Change = r.Delta.root()
	if r.Outside <= s.Outside {
		r.Verdict = judge(r.Change, s.Margin)
	}
	return r, nil
}

func fittingMap(a action.Action, g *mat.Dense) *mat.Dense {
	if g == nil {
		panic("flow: g is nil")
	}
	rows, columns := g.Dims()
	size := newAlgebra(a).size
	if rows != columns || rows != size && rows != size-1 {
		panic(fmt.Sprintf("flow: g must be a %d×%d matrix, got %d×%d", size, size, rows, columns))
	}
	m := identity(size)
	m.Slice(0, rows, 0, columns).(*mat.Dense).Copy(g)
	if determinant := mat.Det(m); determinant == 0 || math.IsNaN(determinant) || math.IsInf(determinant, 0) {
		panic("flow: g is singular or not finite")
	}
	return m
}
