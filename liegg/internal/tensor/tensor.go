// Package tensor checks and frees tensors of samples, and takes parts of their values.
package tensor

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
)

// Finalize frees tensors. Those that are nil, or were freed before, are left alone.
func Finalize(ts ...*tensors.Tensor) {
	for _, t := range ts {
		if t != nil && t.Ok() {
			_ = t.FinalizeAll() // nothing is lost but memory
		}
	}
}

// CheckInputs returns an error unless x holds inputs [samples, input…] that a network can
// be differentiated at.
func CheckInputs(x *tensors.Tensor) error {
	if x == nil || !x.Ok() {
		return fmt.Errorf("network: the data hold a tensor that is nil or was freed")
	}
	if t := x.DType(); t != dtypes.Float32 && t != dtypes.Float64 {
		return fmt.Errorf("network: inputs of type %s cannot be differentiated: convert them to float32 or float64", t)
	}
	if x.Rank() == 0 {
		return fmt.Errorf("network: inputs need the shape [samples, input…], got a scalar")
	}
	return nil
}

// AllFinite returns a *liegg.NotFiniteError that counts the samples of t that hold NaN or
// Inf, or nil. Tensors of other types than float32 and float64 are not looked at.
func AllFinite(t *tensors.Tensor, what string) error {
	count, first := 0, 0
	finite := FiniteSamples(t)
	for i, ok := range finite {
		if ok {
			continue
		}
		if count++; count == 1 {
			first = i
		}
	}
	if count == 0 {
		return nil
	}
	return &liegg.NotFiniteError{Sample: first, What: what, Count: count, Of: len(finite)}
}

// FiniteSamples says for each sample of t, along its first axis, whether it is free of
// NaN and Inf.
func FiniteSamples(t *tensors.Tensor) []bool {
	if t.Rank() == 0 {
		return nil
	}
	finite := make([]bool, t.Shape().Dim(0))
	for i := range finite {
		finite[i] = true
	}
	if t.Size() == 0 {
		return finite
	}
	err := t.ConstFlatData(func(flat any) {
		switch values := flat.(type) {
		case []float32:
			mark(finite, values)
		case []float64:
			mark(finite, values)
		}
	})
	if err != nil {
		return nil // it was freed, which whoever uses it says
	}
	return finite
}

func mark[T float32 | float64](finite []bool, values []T) {
	sample := len(values) / len(finite)
	for i := range finite {
		finite[i] = !slices.ContainsFunc(values[i*sample:(i+1)*sample], func(v T) bool { return v-v != 0 }) // NaN for NaN and ±Inf
	}
}

// CopyOf is a variable's value, free of a backend.
func CopyOf(v *model.Variable) (*tensors.Tensor, error) {
	value, err := v.Value()
	if err != nil {
		return nil, err
	}
	return value.LocalClone()
}

// CopiedTo returns a copy of t in the memory of one of a backend's devices, straight from another device
// if t lies on one. The backend must not share its memory with the program.
func CopiedTo(t *tensors.Tensor, backend compute.Backend, device compute.DeviceNum) (*tensors.Tensor, error) {
	lies, err := t.Device()
	if err == nil && lies != device {
		buffer, err := t.Buffer(backend, lies)
		if err != nil {
			return nil, err
		}
		copied, err := buffer.CopyToDevice(device)
		if err != nil {
			return nil, err
		}
		return tensors.FromBuffer(copied)
	}
	var copied *tensors.Tensor
	if inner := t.ConstBytes(func(data []byte) { copied, err = tensors.FromRaw(backend, device, t.Shape(), data) }); inner != nil {
		return nil, inner
	}
	return copied, err
}

// Nth is the i-th of parts of equal size.
func Nth[T any](all []T, i, parts int) []T {
	size := len(all) / parts
	return all[i*size : (i+1)*size]
}

// Column returns number j of each row of a matrix of the given width, whose values stand row by row:
// one output of every sample, for instance.
func Column(values []float64, j, width int) []float64 {
	column := make([]float64, len(values)/width)
	for i := range column {
		column[i] = values[i*width+j]
	}
	return column
}

// Of returns a tensor of float32 or float64.
func Of(values []float64, dtype dtypes.DType, dims ...int) *tensors.Tensor {
	if dtype == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(values, dims...)
	}
	narrow := make([]float32, len(values))
	for i, v := range values {
		narrow[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(narrow, dims...)
}
