// Package jax makes a network.Network from a JAX function, with every operator that XLA
// has: sorts, scans, while loops, Fourier transforms, linear algebra.
//
// liegg_export.py in this folder writes the function into a file, from plain JAX, flax,
// equinox or e3nn-jax:
//
//	import liegg_export
//	liegg_export.save("net.jaxnet", f, x)   # f: [batch, input…] to [batch, output…]
//
// and in Go
//
//	net, err := jax.Load("net.jaxnet", jax.Settings{})
//	verdict, err := network.Judge(net, action.Linear(5, 2), inputs, network.Settings{})
//
// The file holds JAX's own programs of f(x), of J·v and of Jᵀ·u, with J = ∂f/∂x, in
// StableHLO. They stand in the graph of the network as functions that are called, so that
// all that works on a network works on this one: verdicts, flows, refinement, heads,
// layers. No derivative of f is GoMLX's.
//
// A function of several inputs for each sample, such as positions, species and a mask, is
// exported with a dictionary of them. Its network is one of packed samples:
//
//	net, err := jax.Load("net.jaxnet", jax.Settings{Outputs: []string{"energy", "forces"}})
//	x, err := net.Packing().Pack(data) // tensors [N, …] by name
//	moves, err := net.Packing().Moving(network.Move{Action: action.Affine(3, 5), Inputs: []string{"positions"}})
//
// The programs are for a fixed number of samples. Other batches are filled up by
// repeating their first sample, or cut and run one after the other.
//
// Where JAX has no reverse mode, as for while loops, Jᵀ·u takes a pass forward for each
// coordinate of the input. Second derivatives by x are not in the file: asking for them
// is an error. The weights are fixed: they have no gradient.
//
// The networks run on XLA, not on GoMLX's own backend. The programs are for any device; only
// CPUs were tried.
package jax

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/network"
)

// Settings selects what is read of a file. The zero value serves for a file with one
// output.
type Settings struct {
	// Input is the name of the input that the network is a function of, if Fixed holds the
	// others. It may be empty.
	Input string
	// Inputs are the names of the inputs that vary from sample to sample: the network is
	// then one of packed samples, and its Packing says how to pack them. nil stands for
	// all inputs that are not in Fixed.
	Inputs []string
	// Output is the name of the output, or of a layer, that the network computes. It may
	// be empty if the file has only one output.
	Output string
	// Outputs are the names of several outputs or layers that the network gives in one row,
	// one after the other, such as an energy and forces. Give their representations in the
	// same order to action.Equivariant, by rep.Direct. Output must be empty.
	Outputs []string
	// Fixed holds the values of the inputs that do not vary, by name. Each is for one
	// sample, without the axis of the batch, and is used for all samples.
	Fixed map[string]*tensors.Tensor
	// Budget is the size in bytes that the file may have, unpacked. 0 means 1 GiB, or the
	// value of the environment variable LIEGG_FILE_BUDGET, in bytes or as in 8GiB.
	Budget int64
}

// Load reads a file as a network from inputs [batch, input…] in float32 or float64 to
// outputs [batch, output…], or from packed samples if several inputs vary. It computes in the
// type that the function was exported in, and rounds inputs to it. profile.Layers finds the
// layers that were exported.
//
// It returns file system errors, ErrMalformed, ErrVersion, ErrBudget, and errors for inputs
// and outputs that the file does not have, for values of Fixed that do not fit, and for a
// backend that is not XLA. All of them name the file.
func Load(path string, s Settings) (*network.Network, error) {
	n, err := load(path, s)
	if err != nil {
		return nil, fmt.Errorf("jax: %s: %w", path, err)
	}
	return n, nil
}

func load(path string, s Settings) (*network.Network, error) {
	backend, err := network.Backend()
	if err != nil {
		return nil, err
	}
	if err := mustBeXLA(backend); err != nil {
		return nil, err
	}
	budget, err := bounded.Budget(s.Budget)
	if err != nil {
		return nil, err
	}
	f, err := read(path, budget)
	if err != nil {
		return nil, err
	}
	n := &jaxNetwork{file: f}
	if err := n.chooseInputs(s); err != nil {
		return nil, err
	}
	if err := n.chooseOutputs(s); err != nil {
		return nil, err
	}
	store := model.NewStore()
	for i, w := range f.weights {
		v, err := store.RootScope().In(scope).CreateVariable(fmt.Sprint(i), w)
		if err != nil {
			return nil, err
		}
		v.SetTrainable(false)
	}
	if n.packing != nil {
		return n.packing.Network(store, n.packed), nil
	}
	return &network.Network{Forward: n.forward, Store: store}, nil
}

// scope is where the weights are in the network's Store.
const scope = "jax"

func mustBeXLA(b compute.Backend) error {
	if b.Name() != "xla" {
		return fmt.Errorf("networks from JAX are programs for XLA, and the backend is %q: run `go run ./kernel prepare xla`, or set %s", b.Name(), network.BackendVariable)
	}
	return nil
}
