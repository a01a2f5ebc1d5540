package network

import (
	"fmt"
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/devicefault"
	"github.com/liegg/lab/liegg/network/internal/extraction"
	"github.com/liegg/lab/liegg/network/internal/finite"
	"github.com/liegg/lab/liegg/network/internal/independence"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
)

// Program is graph code around a network, compiled once and run over inputs with
// different arguments: a network before and after a flow, for instance.
type Program struct {
	exec    *model.Exec
	network *Network
	code    func(scope *model.Scope, inputs []*Node) []*Node // code on x and the arguments
	bound   []mat.Matrix                                     // the first arguments
	kept    *keptProgram                                     // nil if the program is not one of Kept
}

// GraphFunc is the graph code of a Program. Its arguments are the network f with its head,
// which maps [batch, input…] to [batch, rows] and can be called any number of times; a batch
// x of inputs; and the program's arguments as float64 matrices. The first axis of its results
// is the batch. The samples of the batch must not affect each other.
type GraphFunc func(f func(x *Node) *Node, x *Node, arguments []*Node) []*Node

// NewProgram makes a program for inputs like those of held. The zero Head means the outputs.
// It returns the errors of the backend, and an error for a model that cannot run on such
// inputs or lets the samples of a batch affect each other, and for gradients that were Given.
func (n *Network) NewProgram(head Head, held *Buffered, code GraphFunc) (p *Program, err error) {
	defer caught(&err)
	if p, _, err = n.program(head, held, code, true); err != nil {
		return nil, err
	}
	p.exec, err = p.compile()
	return p, err
}

// program returns a program that is not compiled, and the kind of its network. If the program runs the
// network, samples must not affect each other: those of an MLP or a CNN do not.
func (n *Network) program(head Head, held *Buffered, code GraphFunc, runs bool) (p *Program, k extraction.Kind, err error) {
	if n == nil || n.Forward == nil || n.Store == nil {
		panic("network: n must be a network with a Forward function and a Store")
	}
	if n.given {
		return nil, k, fmt.Errorf("network: only the gradients at the given samples are known, so inputs cannot be moved: to follow finite flows, give the network itself")
	}
	e := extraction.Subject{Network: n.source(), Head: head}
	if k, err = extraction.KindOfValues(e.Network, head, held.chunks[0]); err != nil {
		return nil, k, err
	}
	if runs && !(n.model != nil && head.bySample()) {
		err = n.programs.once(k, func() error {
			backend, err := n.backend()
			if err == nil {
				_, err = independence.Probe(backend, e.Network.Store, e.Y, held.chunks[0])
			}
			return err
		})
	}
	return &Program{network: n, code: func(scope *model.Scope, inputs []*Node) []*Node {
		defer panicWithError()
		f := func(x *Node) *Node { return e.Y(scope, x) }
		return code(f, inputs[0], inputs[1:])
	}}, k, err
}

// compile makes the compiled program.
func (p *Program) compile() (*model.Exec, error) {
	backend, err := p.network.backend()
	if err != nil {
		return nil, err
	}
	return model.NewExec(backend, p.network.Store, p.code)
}

// Run runs the program over the inputs and returns its outputs, each sample by sample. The error is a *liegg.NotFiniteError if inputs or outputs
// are NaN or infinite; it holds the number of these samples and the first of them.
func (p *Program) Run(held *Buffered, arguments ...mat.Matrix) (outputs [][]float64, err error) {
	defer caught(&err)
	arguments = slices.Concat(p.bound, arguments)
	with := make([]any, 1, 1+len(arguments))
	matrices := make([]*tensors.Tensor, len(arguments))
	for i, a := range arguments {
		m := mat.DenseCopyOf(a)
		rows, columns := m.Dims()
		matrices[i] = tensors.FromFlatDataAndDimensions(m.RawMatrix().Data, rows, columns)
		defer finalize(matrices[i])
		with = append(with, matrices[i])
	}
	var bad finite.Census
	for _, c := range held.chunks {
		with[0] = c.X
		if outputs, err = p.append(outputs, c, with, &bad); err != nil {
			return nil, err
		}
	}
	if err := bad.Err(p.network.function(), p.code, matrices...); err != nil {
		return nil, err
	}
	return outputs, nil
}

// append runs a chunk and appends the results for its real samples. It counts the samples
// with results that are not finite.
func (p *Program) append(outputs [][]float64, c chunk, arguments []any, bad *finite.Census) ([][]float64, error) {
	results, err := p.exec.Call(arguments...)
	if err != nil {
		return nil, devicefault.Explained(fmt.Errorf("network: running the model failed: %w", panicCause(err)))
	}
	defer finalize(results...)
	if outputs == nil {
		outputs = make([][]float64, len(results))
	}
	spoilt := make([]float64, c.Count)
	for i, t := range results {
		values, err := dataset.Values(t)
		if err != nil {
			return nil, err
		}
		for s, finite := range finiteSamples(t)[:c.Count] {
			if !finite {
				spoilt[s] = math.NaN()
			}
		}
		width := len(values) / t.Shape().Dim(0)
		outputs[i] = append(outputs[i], values[:c.Count*width]...)
	}
	return outputs, bad.Add(c, spoilt, spoilt)
}

// Finalize frees the compiled program, or lets the network keep it. The program must not be used
// afterwards.
func (p *Program) Finalize() {
	switch {
	case p == nil || p.exec == nil:
	case p.kept != nil:
		p.network.programs.release(p.kept)
	default:
		p.exec.Finalize()
	}
	if p != nil {
		p.exec, p.kept = nil, nil
	}
}

// Rows builds the polarization rows J(x)·T(x) of outputs y [batch, m] with respect to x
// [batch, input…], as [batch, m, K], and ‖J_i‖²_F, [batch]. For many outputs ‖J_i‖²_F is an
// unbiased estimate from random probes, the same ones each time.
func Rows(a action.Action, x, y *Node) (rows, energy *Node) {
	j := jacobian.Shared(a, x, y)
	return j.Rows, j.Energy
}

// String says that it is a program: its graph has no name.
func (p *Program) String() string { return "compiled program around a network" }
