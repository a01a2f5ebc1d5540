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
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/network"
)

// Settings selects what is read of a file. The zero value serves for a file with one
// output.
type Settings struct {
	// Output is the name of the output, or of a layer, that the network computes. It may
	// be empty if the file has only one output.
	Output string
	// Budget is the size in bytes that the file may have, unpacked. 0 means 1 GiB, or the
	// value of the environment variable LIEGG_FILE_BUDGET, in bytes or as in 8GiB.
	Budget int64
}

// Load reads a file as a network from inputs [batch, input…] in float32 or float64 to
// outputs [batch, output…]. It computes in the type that the function was exported in,
// and rounds inputs to it. profile.Layers finds the layers that were exported.
//
// It returns file system errors, ErrMalformed, ErrVersion, ErrBudget, and errors for an
// output that the file does not have and for a backend that is not XLA. All of them name
// the file.
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
	if n.output, err = f.chosen(s.Output); err != nil {
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

// chosen is the index of an output or layer by name.
func (f *file) chosen(name string) (int, error) {
	var outputs, all []string
	for _, o := range f.Outputs {
		all = append(all, o.Name)
		if o.Kind == kindOutput {
			outputs = append(outputs, o.Name)
		}
	}
	if name == "" && len(outputs) == 1 {
		name = outputs[0]
	}
	if i := slices.Index(all, name); i >= 0 {
		return i, nil
	}
	if name == "" {
		return 0, fmt.Errorf("the file has the outputs %q: choose one with Settings.Output", outputs)
	}
	return 0, fmt.Errorf("the file has no output %q, but %q: choose one of them with Settings.Output", name, all)
}
