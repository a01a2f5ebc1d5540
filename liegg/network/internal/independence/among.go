package independence

import (
	"errors"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/internal/tensor"
)

// Among runs a program on a batch of another size. Its last sample is sample kept of x. The others
// are other samples of x, changed, and have zeros in the other arguments z. If the model can only
// be built for the size of x, the batch has that size.
func Among(exec *model.Exec, kept int, x *tensors.Tensor, z ...*tensors.Tensor) (y *tensors.Tensor, err error) {
	batch := x.Shape().Dim(0)
	for _, size := range []int{otherSize(batch, kept), batch} {
		if y, err = inBatch(exec, kept, size, x, z); err == nil || batch == 1 {
			break
		}
	}
	return y, err
}

// Others returns the arguments that Among makes of x and z for a batch of the given size.
func Others(kept, size int, x, z *tensors.Tensor) (others, left *tensors.Tensor, err error) {
	if others, err = refilled(x, kept, size, 3, 1); err != nil {
		return nil, nil, err
	}
	left, err = refilled(z, kept, size, 0, 0)
	return others, left, err
}

func inBatch(exec *model.Exec, kept, size int, x *tensors.Tensor, z []*tensors.Tensor) (*tensors.Tensor, error) {
	others, err := refilled(x, kept, size, 3, 1)
	if err != nil {
		return nil, err
	}
	defer tensor.Finalize(others)
	arguments := []any{others}
	for _, z := range z {
		left, err := refilled(z, kept, size, 0, 0)
		if err != nil {
			return nil, err
		}
		defer tensor.Finalize(left)
		arguments = append(arguments, left)
	}
	y, err := exec.Call(arguments...)
	if err != nil {
		return nil, err
	}
	return y[0], nil
}

// otherSize returns a small size for a batch in which sample kept, now the last, has another
// position. It is even, for models that take samples in pairs.
func otherSize(batch, kept int) int {
	size := 4
	for size == batch || size-1 == kept {
		size += 2
	}
	return size
}

// refilled returns a batch of a given size that ends with sample kept of x. The samples before it
// are the samples that follow it in x, in reverse order, changed to by·x + plus.
func refilled(x *tensors.Tensor, kept, size int, by, plus float64) (*tensors.Tensor, error) {
	shape := x.Shape().Clone()
	shape.Dimensions[0] = size
	y := tensors.FromShape(shape)
	if x.DType() == dtypes.Float64 {
		return y, refill(x, y, kept, by, plus)
	}
	return y, refill(x, y, kept, float32(by), float32(plus))
}

func refill[T float32 | float64](x, y *tensors.Tensor, kept int, by, plus T) (err error) {
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
