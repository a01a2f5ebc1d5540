package network

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// A model whose samples see each other (batch normalisation in training mode, for
// instance) is refused, since gradients are taken of sums over the batch. So is one that
// sees how many samples are in its batch, since we choose that.

var errSeeEachOther = errors.New("network: the output for a sample depends on the other samples of its batch, or on their number: evaluate batch normalisation with its running averages, so that each sample stands alone")

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
	floor := tiny * slices.Max(energies)
	for _, kept := range e.keptInTurn(c, energies) {
		told, err := sameInCompany(energies[kept:kept+1], floor, c.x, func(x *tensors.Tensor) ([]float64, error) {
			again, err := inCompany(exec, kept, x, z)
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

// sameInCompany compares numbers of a sample with those that again finds for it in other
// company, and returns errSeeEachOther where they differ by more than rounding. Far away or
// for steep functions, rounding may change them by much: then they differ among inputs x
// that differ by rounding alone, and told is false, as nothing can be told from that sample.
func sameInCompany(alone []float64, floor float64, x *tensors.Tensor, again func(x *tensors.Tensor) ([]float64, error)) (told bool, err error) {
	company, err := again(x)
	if err != nil {
		return false, err
	}
	if alike(alone, company, math.Max(floor, tiny*largest(company))) {
		return true, nil
	}
	low, high := slices.Clone(company), slices.Clone(company)
	for _, units := range []float64{1, -1, 2, -2, 4, -4, 8, -8} {
		nudged, err := nudged(x, units)
		if err != nil {
			return false, err
		}
		values, err := again(nudged)
		finalize(nudged)
		if err != nil {
			return false, err
		}
		for i, v := range values {
			low[i], high[i] = min(low[i], v), max(high[i], v)
		}
	}
	for i, v := range alone {
		if spread := high[i] - low[i]; v < low[i]-spread || v > high[i]+spread {
			return false, errSeeEachOther
		}
	}
	return false, nil
}

// nudged is x with all numbers changed by some units in their last place.
func nudged(x *tensors.Tensor, units float64) (*tensors.Tensor, error) {
	y, err := x.LocalClone()
	if err != nil {
		return nil, err
	}
	if y.DType() == dtypes.Float64 {
		return y, tensors.MutableFlatData(y, func(v []float64) { stretch(v, 1+units*0x1p-52) })
	}
	return y, tensors.MutableFlatData(y, func(v []float32) { stretch(v, float32(1+units*0x1p-23)) })
}

func stretch[T float32 | float64](values []T, by T) {
	for i := range values {
		values[i] *= by
	}
}

// keptInTurn are the sample whose gradients are compared and, if rounding rules these, the
// one with the median gradient.
func (e *extraction) keptInTurn(c chunk, energies []float64) []int {
	first := e.kept(c, energies)
	order := make([]int, c.count)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(energies[i], energies[j]) })
	if median := order[c.count/2]; median != first {
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
		return watched(c) // pushes forward: outputs count, as in outputsAlone
	}
	if strongest := floats.MaxIdx(energies[:c.count]); energies[0] < 1e-3*energies[strongest] {
		return strongest
	}
	return 0
}

// watched is the sample whose outputs are compared. It is not the first of many, as that
// fills up chunks, and would meet itself.
func watched(c chunk) int {
	if c.count < 2 || c.x.Shape().Dim(0) < 3 {
		return 0
	}
	return 1
}

// inCompany runs a program of a batch x in another batch, in which all samples but the last
// are changed. The last is the sample kept. Of what else the program takes, z, the others
// have zeros. The other batch has another size. Models that can be built for one size only
// are given that.
func inCompany(exec *model.Exec, kept int, x *tensors.Tensor, z ...*tensors.Tensor) (y *tensors.Tensor, err error) {
	batch := x.Shape().Dim(0)
	for _, size := range []int{otherSize(batch, kept), batch} {
		if y, err = inBatch(exec, kept, size, x, z); err == nil || batch == 1 {
			break
		}
	}
	return y, err
}

func inBatch(exec *model.Exec, kept, size int, x *tensors.Tensor, z []*tensors.Tensor) (*tensors.Tensor, error) {
	crowd, err := crowded(x, kept, size, 3, 1)
	if err != nil {
		return nil, err
	}
	defer finalize(crowd)
	arguments := []any{crowd}
	for _, z := range z {
		left, err := crowded(z, kept, size, 0, 0)
		if err != nil {
			return nil, err
		}
		defer finalize(left)
		arguments = append(arguments, left)
	}
	y, err := exec.Call(arguments...)
	if err != nil {
		return nil, err
	}
	return y[0], nil
}

// otherSize is a small size for a batch in which the sample kept, now the last, has another
// place. It is even, for models that take samples in pairs.
func otherSize(batch, kept int) int {
	size := 4
	for size == batch || size-1 == kept {
		size += 2
	}
	return size
}

// crowded is a batch of a size that ends with one sample of x. Before it come those behind
// it in x, in reverse order, changed to by·x + plus.
func crowded(x *tensors.Tensor, kept, size int, by, plus float64) (*tensors.Tensor, error) {
	shape := x.Shape().Clone()
	shape.Dimensions[0] = size
	y := tensors.FromShape(shape)
	if x.DType() == dtypes.Float64 {
		return y, crowd(x, y, kept, by, plus)
	}
	return y, crowd(x, y, kept, float32(by), float32(plus))
}

func crowd[T float32 | float64](x, y *tensors.Tensor, kept int, by, plus T) (err error) {
	batch, size := x.Shape().Dim(0), y.Shape().Dim(0)
	fill := func(from, to []T) {
		n := len(from) / batch
		for place := range size {
			i := (kept + size - 1 - place) % batch
			row := to[place*n : (place+1)*n]
			copy(row, from[i*n:])
			if place < size-1 {
				move(row, by, plus)
			}
		}
	}
	reading := tensors.ConstFlatData(x, func(from []T) {
		err = tensors.MutableFlatData(y, func(to []T) { fill(from, to) })
	})
	return errors.Join(reading, err)
}

func move[T float32 | float64](values []T, by, plus T) {
	for i := range values {
		values[i] = by*values[i] + plus
	}
}

// outputsAlone runs a program from x to outputs once more on one sample of its first
// chunk, in a batch of another size, behind others: its outputs y must stay.
func outputsAlone(exec *model.Exec, c chunk, y *tensors.Tensor) error {
	kept := watched(c)
	before, err := dataset.Values(y)
	if err != nil { // no float32 or float64
		again, err := inCompany(exec, kept, c.x)
		if err != nil {
			return fmt.Errorf("network: running the model failed: %w", cause(err))
		}
		defer finalize(again)
		if same, err := alikeRows(y, kept, again); err != nil || !same {
			return cmp.Or(err, errSeeEachOther)
		}
		return nil
	}
	before = tensor.Nth(before, kept, y.Shape().Dim(0))
	_, err = sameInCompany(before, tiny*largest(before), c.x, func(x *tensors.Tensor) ([]float64, error) {
		again, err := inCompany(exec, kept, x)
		if err != nil {
			return nil, fmt.Errorf("network: running the model failed: %w", cause(err))
		}
		defer finalize(again)
		after, err := dataset.Values(again)
		if err != nil {
			return nil, err
		}
		size := again.Shape().Dim(0)
		return tensor.Nth(after, size-1, size), nil
	})
	return err
}

// alikeRows compares a row of outputs with the last one of others, exactly.
func alikeRows(y *tensors.Tensor, kept int, other *tensors.Tensor) (same bool, err error) {
	batch, size := y.Shape().Dim(0), other.Shape().Dim(0)
	var first []byte
	err = errors.Join(
		y.ConstBytes(func(data []byte) { first = slices.Clone(tensor.Nth(data, kept, batch)) }),
		other.ConstBytes(func(data []byte) { same = bytes.Equal(first, tensor.Nth(data, size-1, size)) }))
	return same, err
}

// largest is the largest finite magnitude among numbers.
func largest(lists ...[]float64) (size float64) {
	for _, v := range slices.Concat(lists...) {
		if !notFinite(v) {
			size = max(size, math.Abs(v))
		}
	}
	return size
}

// tiny is the part of a number that its rounding may be.
const tiny = 1e-6

// alike compares numbers of samples alone and in other company, but those below a floor.
func alike(alone, company []float64, floor float64) bool {
	for i := range alone {
		if math.Abs(alone[i]-company[i]) > 1e-3*(math.Abs(alone[i])+math.Abs(company[i])+floor) {
			return false
		}
	}
	return true
}

// probe runs the model on a few samples alone and beside others, for programs that
// do not tell by themselves whether samples see each other, and returns the number
// of rows per sample.
func (e *extraction) probe(backend compute.Backend, c chunk) (outputs int, err error) {
	exec, err := model.NewExec(backend, e.network.Store, func(scope *model.Scope, x *Node) []*Node {
		size := x.Shape().Dim(0)
		few := Slice(x, AxisRange(0, min(2, size)))
		others := AddScalar(MulScalar(Slice(x, AxisRange(max(0, size-2))), 3), 1)
		return []*Node{e.y(scope, few), amongOthers(few, others, func(x *Node) *Node { return e.y(scope, x) })}
	})
	if err != nil {
		return 0, err
	}
	defer exec.Finalize()
	var alone []float64
	again := func(x *tensors.Tensor) (company []float64, err error) {
		y, err := exec.Call(x)
		if err != nil {
			return nil, fmt.Errorf("network: the model cannot be run on inputs of shape %s: %w", x.Shape(), cause(err))
		}
		defer finalize(y...)
		if alone == nil {
			if alone, err = dataset.Values(y[0]); err != nil {
				return nil, fmt.Errorf("network: the model's outputs: %w", err)
			}
			outputs = y[0].Shape().Dim(1)
		}
		return dataset.Values(y[1])
	}
	if _, err := again(c.x); err != nil {
		return 0, err
	}
	_, err = sameInCompany(alone, tiny, c.x, again)
	return outputs, err
}

// amongOthers is f of a few samples, each of them between others, in reverse order.
func amongOthers(few, others *Node, f func(x *Node) *Node) *Node {
	n, apart := few.Shape().Dim(0), others.Shape().Dim(0)
	crowd := []*Node{others}
	for i := range n {
		crowd = append(crowd, Slice(few, AxisElem(n-1-i)), others)
	}
	y := f(Concatenate(append(crowd, others), 0)) // one more, so that few do not mirror each other
	own := make([]*Node, n)
	for i := range n {
		own[n-1-i] = Slice(y, AxisElem(apart+i*(apart+1)))
	}
	return Concatenate(own, 0)
}
