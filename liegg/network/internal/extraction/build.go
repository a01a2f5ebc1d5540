package extraction

import (
	"fmt"
	"math/rand/v2"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/activity"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

func newProgram(n Network, a action.Action, first stream.Chunk, s Settings, verdict bool) (e *Program, err error) {
	defer graphpanic.Catch(&err)
	e, backend, err := prepared(n, a, first, s)
	if err != nil {
		return nil, err
	}
	e.rows = first.X.DType() == dtypes.Float64 && !s.Gram && a.Dim() <= rowsUpTo
	if e.verdict = verdict; verdict {
		if s.Together > 1 {
			e.block = s.Batch
		}
		e.scaled = equalised(a, e.outputs, s)
	} else if !e.rows && e.apart {
		e.there = new(staying)
	}
	return e, e.buildIn(backend, first, s.Mode)
}

// rowsUpTo is the largest number of candidates for which float64 rows go through a QR decomposition.
const rowsUpTo = 1000

// equalised reports whether verdicts scale outputs to one size.
func equalised(a action.Action, outputs int, s Settings) bool {
	_, covariant := a.(action.Equivariance)
	return !covariant && !s.BySize && outputs > 1
}

// buildIn builds the program in the given mode. AutoMode means the mode with the fewest passes,
// or ReverseMode if the program cannot be compiled in it.
func (e *Program) buildIn(backend compute.Backend, first stream.Chunk, mode jacobian.Mode) error {
	if mode != jacobian.AutoMode {
		return e.build(backend, first, mode)
	}
	fewest := e.fewestPasses(first.X.Size() / first.X.Shape().Dim(0))
	if err := e.build(backend, first, fewest); err == nil && e.compiles(first) {
		return nil
	}
	return e.build(backend, first, jacobian.ReverseMode)
}

// fewestPasses returns the mode with the fewest passes for inputs of so many numbers.
func (e *Program) fewestPasses(numbers int) jacobian.Mode {
	scales := 1
	if e.scaled {
		scales = 2 // as they are, and of one size
	}
	return jacobian.Choose(e.outputs, e.Action.Dim(), numbers, scales)
}

// prepared returns a Program that is not built. It checks that network and action fit the
// first samples.
func prepared(n Network, a action.Action, first stream.Chunk, s Settings) (*Program, compute.Backend, error) {
	if err := a.Check(first.X.Shape().Dimensions[1:]); err != nil {
		return nil, nil, err
	}
	backend, err := n.On()
	if err != nil {
		return nil, nil, err
	}
	e := &Program{Subject: Subject{n, a, s.Head}, mixed: s.Head != nil && s.Head.Given(), mode: s.Mode, activity: new(activity.Record), random: rand.New(rand.NewPCG(1, 0))}
	e.independent, e.apart = n.Alone && !e.mixed, !backend.HasSharedBuffers()
	if e.devices, err = device.Count(backend); err != nil {
		return nil, nil, err
	}
	if e.outputs, e.model, err = e.Trace(backend, first.X.Shape()); err != nil {
		return nil, nil, err
	}
	e.model.mode = s.Mode
	if c, ok := a.(action.Equivariance); ok && c.Outputs() != e.outputs {
		return nil, nil, fmt.Errorf("network: the action moves %d outputs, the model has %d: choose a representation that fits the outputs, or a head", c.Outputs(), e.outputs)
	}
	return e, backend, nil
}

func (e *Program) build(backend compute.Backend, first stream.Chunk, mode jacobian.Mode) (err error) {
	e.Finalize()
	e.mode = mode
	switch {
	case e.verdict:
		e.limits = unlimited(e.Action.Dim(), e.outputs)
	case e.there != nil:
		if err := e.measureSums(backend, first.X.Shape()); err != nil {
			return err
		}
	}
	if e.devices > 1 {
		e.exec, err = call.NewOnDevices(backend, e.Network.Store, e.code)
	} else {
		e.exec, err = model.NewExec(backend, e.Network.Store, e.code)
	}
	return err
}

// code is the graph code of the program.
func (e *Program) code(scope *model.Scope, inputs []*Node) []*Node {
	x, count, z := inputs[0], inputs[1], inputs[2]
	switch {
	case e.verdict:
		return e.verdictGraph(scope, x, count, z, inputs[3])
	case e.there != nil:
		return e.stayingGraph(scope, x, count, z, inputs[3])
	default:
		return e.graph(scope, x, count, z)
	}
}

// measureSums finds how many numbers the sums have, by building their graph without compiling it.
func (e *Program) measureSums(backend compute.Backend, batch shapes.Shape) (err error) {
	defer graphpanic.Catch(&err)
	g := NewGraph(backend, "sums")
	defer g.Finalize()
	x := Parameter(g, "x", batch)
	count := Parameter(g, "count", shapes.Make(dtypes.Int32))
	z := Parameter(g, "z", shapes.Make(dtypes.Float32, e.probesShape(batch.Dim(0))...))
	sums := e.bareSums(x, e.Y(e.Network.Store.RootScope(), x), count, z)
	e.there.gram, e.there.metric = sums[0].Shape().Size(), sums[1].Shape().Size()
	return nil
}

// compiles reports whether the program of a forward mode can be built. It cannot be built for
// models with operators that have neither a forward rule nor a second derivative.
func (e *Program) compiles(c stream.Chunk) bool {
	if e.mode == jacobian.ReverseMode {
		return true
	}
	z := e.Probes(c.X)
	defer tensor.Finalize(z)
	like := []shapes.Shape{c.X.Shape(), shapes.Make(dtypes.Int32), z.Shape()}
	if e.verdict {
		like = append(like, shapes.Make(dtypes.Float64, len(e.limits)))
	} else if e.there != nil {
		like = append(like, e.there.shape())
	}
	_, err := e.exec.Compile(like...)
	return err == nil
}
