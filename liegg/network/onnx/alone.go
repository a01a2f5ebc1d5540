package onnx

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/purego"
)

// standAlone returns an error if the output for a sample depends on the other
// samples of its batch. It runs the model on a few samples, and again with
// the first of them behind others. Models that take long to run or to compile
// are left to package network, which checks them whenever it judges.
func (m *converted) standAlone(backend compute.Backend) (err error) {
	defer recovered(&err)
	if len(m.Steps) > mostRun || !m.quick() {
		return nil
	}
	if backend.Name() != pureGo {
		if first, again, err := m.twiceInGo(); err == nil {
			return m.compare(first, again)
		}
	}
	first, again, err := m.twice(backend, m.store)
	if err != nil {
		return fmt.Errorf("the model was built, but cannot be run: %w", err)
	}
	return m.compare(first, again)
}

// mostRun is the largest number of operators of a model that is run when it
// is loaded. XLA takes half a minute to compile 4000 in a row.
const mostRun = 3000

// quickWork is the number of multiplications that the pure-Go backend does in
// about the time that XLA takes to compile a small model.
const quickWork = 1 << 27

// quick reports whether the pure-Go backend, which compiles instantly, runs the
// model in no time.
func (m *converted) quick() bool { return m.work <= quickWork }

// work returns an upper bound of the number of multiplications in a graph.
func work(g *Graph) (n float64) {
	for _, node := range g.Nodes() {
		if node.NumOutputs() != 1 {
			continue
		}
		each := 1.0
		if kind := node.Type(); kind == NodeTypeDotGeneral || kind == NodeTypeConvGeneral {
			each = float64(min(node.Inputs()[0].Shape().Size(), node.Inputs()[1].Shape().Size()))
		}
		n += each * float64(node.Shape().Size())
	}
	return n
}

func (m *converted) twiceInGo() (first, again []float64, err error) {
	err = m.inGo(func(backend compute.Backend, store *model.Store) (err error) {
		first, again, err = m.twice(backend, store)
		return err
	})
	return first, again, err
}

// inGo runs the model on a pure-Go backend, with variables of its own,
// because a tensor belongs to one backend.
func (m *converted) inGo(run func(backend compute.Backend, store *model.Store) error) (err error) {
	defer recovered(&err)
	backend, err := purego.New()
	if err != nil {
		return err
	}
	defer backend.Finalize()
	store := model.NewStore()
	defer store.Finalize()
	if err := m.onnx.VariablesToScope(store.RootScope()); err != nil {
		return err
	}
	return run(backend, store)
}

// twice returns the output for one sample, once before a few others and once
// behind others. The pure-Go backend uses a smaller batch for the latter; XLA
// would have to compile the model again for that.
func (m *converted) twice(backend compute.Backend, store *model.Store) (first, again []float64, err error) {
	exec, err := model.NewExec(backend, store, m.forward)
	if err != nil {
		return nil, nil, err
	}
	defer exec.Finalize()
	random := rand.New(rand.NewPCG(1, 2))
	one, others := m.input.Size(), samples-1
	x := m.random(random, samples, 1)
	if first, err = m.outputs(exec, x, samples); err != nil {
		return nil, nil, err
	}
	if backend.Name() == pureGo {
		others -= 2
	}
	again, err = m.outputs(exec, slices.Concat(m.random(random, others, 3), x[:one]), others+1)
	if err != nil {
		return nil, nil, err
	}
	row := len(first) / samples
	return first[:row], again[others*row:], nil
}

// random returns n samples: normal numbers for floats, 0 or 1 for integers
// and bools.
func (m *converted) random(random *rand.Rand, n int, scale float64) []float64 {
	x := make([]float64, n*m.input.Size())
	whole := m.whole()
	for i := range x {
		if x[i] = scale * random.NormFloat64(); whole != nil && whole[i%len(whole)] {
			x[i] = float64(random.IntN(2))
		}
	}
	return x
}

// whole reports which numbers of a packed sample are integers or bools; nil if
// samples are not packed.
func (m *converted) whole() (whole []bool) {
	if m.packing == nil {
		return nil
	}
	for _, f := range m.packing.Fields() {
		span := m.packing.Span(f.Name)
		whole = append(whole, slices.Repeat([]bool{!f.Shape.DType.IsFloat()}, span.To-span.From)...)
	}
	return whole
}

// outputs returns the outputs for a batch.
func (m *converted) outputs(exec *model.Exec, x []float64, batch int) ([]float64, error) {
	y, err := exec.Call(m.tensor(x, batch))
	if err != nil {
		return nil, err
	}
	return dataset.Values(y[0])
}

// tensor returns a batch of a few samples.
func (m *converted) tensor(x []float64, batch int) *tensors.Tensor {
	dims := append([]int{batch}, m.input.Dimensions...)
	if m.input.DType == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(x, dims...)
	}
	narrow := make([]float32, len(x))
	for i, v := range x {
		narrow[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(narrow, dims...)
}

// compare compares two results of one computation, which may differ by
// rounding.
func (m *converted) compare(a, b []float64) error {
	largest := 0.0
	for _, v := range a {
		if !math.IsInf(v, 0) {
			largest = max(largest, math.Abs(v))
		}
	}
	for i, v := range a {
		same := v == b[i] || math.IsNaN(v) && math.IsNaN(b[i])
		if !same && !(math.Abs(v-b[i]) <= 1e-5*largest) {
			return fmt.Errorf("the output %q for a sample depends on the other samples of its batch, so it has no derivative of its own: "+
				"export a model that treats each sample separately, with no sum, mean or softmax over the batch axis", m.output)
		}
	}
	return nil
}
