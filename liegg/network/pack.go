package network

import (
	"cmp"
	"fmt"
	"math"
	"reflect"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/dtypes/bfloat16"
	"github.com/gomlx/compute/dtypes/float16"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// Pack puts data, tensors [N, …] by name, into one tensor [N, numbers]. Other names in data are
// left alone. Floats are rounded to the type of their field. It returns an error if an input is
// missing or has another shape, if inputs differ in the number N of samples or have none, and for
// numbers that the type of their field cannot represent, such as 0.5 in a field of integers.
func (p *Packing) Pack(data map[string]*tensors.Tensor) (*tensors.Tensor, error) {
	n, err := p.samples(data)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, fmt.Errorf("network: the inputs have no samples")
	}
	if p.dtype == dtypes.Float64 {
		return packed[float64](p, data, n)
	}
	return packed[float32](p, data, n)
}

// packed lays out n samples in a type of floats.
func packed[T float32 | float64](p *Packing, data map[string]*tensors.Tensor, n int) (*tensors.Tensor, error) {
	all := make([]T, n*p.numbers)
	for i, f := range p.fields {
		var err error
		reading := data[f.Name].ConstFlatData(func(flat any) {
			if !copied(p, all, i, flat) {
				err = lay(p, all, i, reflect.ValueOf(flat))
			}
		})
		if err = cmp.Or(err, reading); err != nil {
			return nil, fmt.Errorf("network: the input %q: %w", f.Name, err)
		}
	}
	return tensors.FromFlatDataAndDimensions(all, n, p.numbers), nil
}

// copied writes the i-th field of all samples, if it has the type of the packed samples.
func copied[T float32 | float64](p *Packing, all []T, i int, flat any) bool {
	values, ok := flat.([]T)
	if !ok || p.fields[i].Shape.DType != p.dtype {
		return false
	}
	size := p.fields[i].Shape.Size()
	for at := 0; at*size < len(values); at++ {
		copy(all[at*p.numbers+p.spans[i].From:], values[at*size:(at+1)*size])
	}
	return true
}

// lay writes the i-th field of all samples, number by number.
func lay[T float32 | float64](p *Packing, all []T, i int, values reflect.Value) (err error) {
	span, to := p.spans[i], p.fields[i].Shape
	size := to.Size()
	for at := range values.Len() {
		sample := all[at/size*p.numbers:][span.From:span.To]
		if to.DType.IsInt() {
			err = layInteger(p, sample, at%size, size, to.DType, values.Index(at))
		} else {
			var f float64
			f, err = floatOf(values.Index(at), to.DType)
			sample[at%size] = T(f)
		}
		if err != nil {
			return fmt.Errorf("sample %d: %w", at/size, err)
		}
	}
	return nil
}

// layInteger writes the digits of an integer, the lowest first, each size numbers behind the
// one before. The last has the sign.
func layInteger[T float32 | float64](p *Packing, sample []T, at, size int, to dtypes.DType, v reflect.Value) error {
	bits, signed, err := integerOf(v, to)
	if err != nil {
		return err
	}
	width := p.digitBits()
	for digit := range p.digits(to) {
		low := bits >> (digit * width)
		if digit < p.digits(to)-1 {
			sample[digit*size+at] = T(low & (1<<width - 1))
		} else if signed {
			sample[digit*size+at] = T(int64(bits) >> (digit * width))
		} else {
			sample[digit*size+at] = T(low)
		}
	}
	return nil
}

// integerOf returns the bits of a number as a type of integers holds it.
func integerOf(v reflect.Value, to dtypes.DType) (bits uint64, signed bool, err error) {
	signed = !to.IsUnsigned()
	negative := false
	switch {
	case v.CanInt():
		bits, negative = uint64(v.Int()), v.Int() < 0
	case v.CanUint():
		bits = v.Uint()
	default:
		f, err := floatOf(v, dtypes.Float64)
		if err != nil {
			return 0, signed, err
		}
		if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			return 0, signed, fmt.Errorf("%g is not a whole number, as type %s needs", f, to)
		}
		bits, negative = uint64(int64(f)), f < 0
	}
	size := 8 * to.Size()
	fits := !negative && (size == 64 || bits>>size == 0)
	if signed {
		fits = negative && int64(bits) >= math.MinInt64>>(64-size) || !negative && bits <= math.MaxInt64>>(64-size)
	}
	if !fits {
		return 0, signed, fmt.Errorf("%v does not fit into type %s", v, to)
	}
	return bits, signed, nil
}

// floatOf returns a number as a type of floats, or bool, holds it.
func floatOf(v reflect.Value, to dtypes.DType) (f float64, err error) {
	switch {
	case v.Kind() == reflect.Bool:
		if v.Bool() {
			f = 1
		}
	case v.CanInt():
		f = float64(v.Int())
	case v.CanFloat():
		f = v.Float()
	default:
		switch half := v.Interface().(type) { // of kinds of uint16
		case float16.Float16:
			f = float64(half.Float32())
		case bfloat16.BFloat16:
			f = float64(half.Float32())
		default:
			if !v.CanUint() {
				return 0, fmt.Errorf("%v is no number", v)
			}
			f = float64(v.Uint())
		}
	}
	switch {
	case to == dtypes.Bool && f != 0 && f != 1:
		return 0, fmt.Errorf("%g is neither 0 nor 1, as type %s needs", f, to)
	case to == dtypes.Float16:
		f = float64(float16.FromFloat32(float32(f)).Float32())
	case to == dtypes.BFloat16:
		f = float64(bfloat16.FromFloat32(float32(f)).Float32())
	case to == dtypes.Float32:
		f = float64(float32(f))
	}
	return f, nil
}

// Unpack splits packed samples x [batch, numbers] into the inputs by name, each in its own type
// and shape, [batch, …]. Integers and bools have no gradients. It is graph code, and panics if x
// has another shape.
func (p *Packing) Unpack(x *Node) map[string]*Node {
	if x.Rank() != 2 || x.Shape().Dim(1) != p.numbers {
		panic(fmt.Errorf("network: samples of shape %v were not packed as %v", x.Shape().Dimensions[1:], p))
	}
	inputs := map[string]*Node{}
	for i, f := range p.fields {
		field := Slice(x, AxisRange(), AxisRange(p.spans[i].From, p.spans[i].To))
		switch t := f.Shape.DType; {
		case t == dtypes.Bool:
			field = NotEqual(Round(field), ZerosLike(field))
		case t.IsInt():
			field = StopGradient(p.integers(field, t))
		default:
			field = ConvertDType(field, t)
		}
		inputs[f.Name] = Reshape(field, append([]int{x.Shape().Dim(0)}, f.Shape.Dimensions...)...)
	}
	return inputs
}

// integers computes integers from their digits, [batch, size]. It tolerates changes of the digits
// by some units in the last place; see digitBits.
func (p *Packing) integers(digits *Node, t dtypes.DType) *Node {
	count := p.digits(t)
	size := digits.Shape().Dim(1) / count
	digits = Round(digits)
	var sum *Node
	for i := count - 1; i >= 0; i-- {
		digit := ConvertDType(Slice(digits, AxisRange(), AxisRange(i*size, (i+1)*size)), t)
		if sum == nil {
			sum = digit
		} else {
			sum = Add(MulScalar(sum, int64(1)<<p.digitBits()), digit)
		}
	}
	return sum
}
