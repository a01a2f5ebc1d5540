package network

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network/internal/independence"
)

// A model whose samples see each other (batch normalisation in training mode, for
// instance) is refused, since gradients are taken of sums over the batch. So is one that
// sees how many samples are in its batch, since we choose that.

// width is the number of rows per sample for inputs of a shape. It builds the graph
// and compiles nothing. It takes down what tells the graph from others, too.
func (e *extraction) width(backend compute.Backend, shape shapes.Shape) (m int, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("network: the model cannot be run on inputs of shape %s: %w", shape, cause(err))
		}
	}()
	defer caught(&err)
	g := NewGraph(backend, "width")
	defer g.Finalize()
	m = e.y(e.network.Store.RootScope(), Parameter(g, "x", shape)).Shape().Dim(1)
	operators := fnv.New64a()
	for _, node := range g.Nodes() {
		fmt.Fprint(operators, node.Type(), " ")
	}
	e.model = modelKind{
		forward: closure(e.network.Forward), head: closure(e.head), store: e.network.Store, backend: backend,
		input: fmt.Sprint(shape.DType, shape.Dimensions[1:]), operators: operators.Sum64(),
	}
	return m, nil
}

// standAlone takes the gradient of one sample of the first chunk once more, in a batch of
// another size, behind others, and without their outputs: it must be what it was. So no
// output of another sample depends on its input, nor does its own gradient on the inputs of
// others, on its position, or on the size of the batch.
// A model that was found to be so once is not asked again.
func (e *extraction) standAlone(c chunk, z *tensors.Tensor, energies []float64) error {
	e.model.mode = e.mode
	if e.alone = e.alone || e.network.compiled.knowsAlone(e.model); e.alone {
		return nil
	}
	backend, err := e.network.backend()
	if err != nil {
		return err
	}
	exec, err := model.NewExec(backend, e.network.Store, e.energies)
	if err != nil {
		return err
	}
	defer exec.Finalize()
	floor := independence.Rounding * slices.Max(energies)
	for _, kept := range e.keptInTurn(c, energies) {
		told, err := independence.Same(energies[kept:kept+1], floor, c.X, func(x *tensors.Tensor) ([]float64, error) {
			again, err := independence.Among(exec, kept, x, z)
			if err != nil {
				return nil, fmt.Errorf("network: differentiating the model failed: %w", err)
			}
			defer finalize(again)
			company, err := dataset.Values(again)
			return company[max(0, len(company)-1):], err
		})
		if err != nil {
			return err
		}
		if told {
			break
		}
	}
	e.alone = true
	e.network.compiled.remember(e)
	return nil
}

// keptInTurn are the sample whose gradients are compared and, if rounding rules these, the
// one with the median gradient.
func (e *extraction) keptInTurn(c chunk, energies []float64) []int {
	first := e.kept(c, energies)
	order := make([]int, c.Count)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(energies[i], energies[j]) })
	if median := order[c.Count/2]; median != first {
		return []int{first, median}
	}
	return []int{first}
}

// energies are those that the program has, of a batch of any size.
func (e *extraction) energies(scope *model.Scope, x, z *Node) *Node {
	defer panicWithError()
	return ConvertDType(jacobianRows(e.mode, e.action, x, e.y(scope, x), z).energy, dtypes.Float64)
}

// kept is the sample whose gradients are compared: the first, whose gradient would hold
// what the others see of it, or the strongest if the first has too little of a gradient to
// tell.
func (e *extraction) kept(c chunk, energies []float64) int {
	if e.mode == CoordinateMode {
		return independence.Watched(c) // pushes forward: outputs count, as in outputsAlone
	}
	if strongest := floats.MaxIdx(energies[:c.Count]); energies[0] < 1e-3*energies[strongest] {
		return strongest
	}
	return 0
}
