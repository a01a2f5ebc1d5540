package operators

import (
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/network/onnx/internal/folding"
)

func init() {
	own["DFT"] = fourier
	own["STFT"] = shortTimeFourier
}

// fourier is the discrete Fourier transform along an axis of x [..., 1 or 2],
// real or complex numbers. It is a product with matrices of cosines and
// sines, which all backends can differentiate.
func fourier(o *operation) []*Node {
	x := o.input(0)
	axis := o.node.Integer("axis", 1)
	if o.file.Opset >= 20 {
		axis = -2
		if o.has(2) {
			axis = o.integers(2)[0]
		}
	}
	axis = folding.FromFirst(axis, x.Rank())
	n, inverse, oneSided := x.Shape().Dim(axis), o.node.Integer("inverse", 0) != 0, o.node.Integer("onesided", 0) != 0
	if inverse && oneSided {
		n = 2 * (n - 1)
	}
	if o.has(1) {
		n = o.integers(1)[0]
	}
	if axis == x.Rank()-1 || n < 1 || n*n > maxMatrix {
		panic(fmt.Errorf("a transform of %d numbers along axis %d is not supported", n, axis))
	}
	if inverse && oneSided {
		x = mirrored(x, axis, n)
	}
	y := transformed(resized(x, axis, n), axis, n, inverse)
	switch {
	case oneSided && inverse:
		y = SliceAxis(y, -1, AxisElem(0))
	case oneSided:
		y = SliceAxis(y, axis, AxisRange(0, n/2+1))
	}
	return []*Node{y}
}

// resized cuts an axis to n elements, or adds zeros.
func resized(x *Node, axis, n int) *Node {
	have := x.Shape().Dim(axis)
	if n <= have {
		return cropped(x, axis, 0, have-n)
	}
	around := make([]PadAxis, x.Rank())
	around[axis] = PadAxis{End: n - have}
	return Pad(x, ScalarZero(x.Graph(), x.DType()), around...)
}

// mirrored adds the second half of the transform of n real numbers: the
// conjugates of the first.
func mirrored(x *Node, axis, n int) *Node {
	x = resized(x, axis, n/2+1)
	more := n - (n/2 + 1)
	if more == 0 {
		return x
	}
	conjugate := Concatenate([]*Node{SliceAxis(x, -1, AxisElem(0)), Neg(SliceAxis(x, -1, AxisElem(1)))}, -1)
	return Concatenate([]*Node{x, Reverse(SliceAxis(conjugate, axis, AxisRange(1, 1+more)), axis)}, axis)
}

// transformed returns the transform of n numbers along an axis, [..., 2].
func transformed(x *Node, axis, n int, inverse bool) *Node {
	cosines, sines := make([]float64, n*n), make([]float64, n*n)
	scale := 1.
	if inverse {
		scale = -1
	}
	for i := range n {
		for k := range n {
			sin, cos := math.Sincos(2 * math.Pi * float64(i*k%n) / float64(n))
			cosines[i*n+k], sines[i*n+k] = cos, scale*sin
		}
	}
	times := func(y *Node, matrix []float64) *Node {
		return alongAxisOf(y, Reshape(ConstAs(x, matrix), n, n), axis)
	}
	real := SliceAxis(x, -1, AxisElem(0))
	re, im := times(real, cosines), Neg(times(real, sines))
	if x.Shape().Dim(-1) == 2 { // (a + ib)·(cos − i·sin)
		imaginary := SliceAxis(x, -1, AxisElem(1))
		re, im = Add(re, times(imaginary, sines)), Add(im, times(imaginary, cosines))
	}
	y := Concatenate([]*Node{re, im}, -1)
	if inverse {
		y = MulScalar(y, 1/float64(n))
	}
	return y
}

// alongAxisOf multiplies an axis of x by a matrix [outputs, size].
func alongAxisOf(x, matrix *Node, axis int) *Node {
	y := DotGeneral(x, []int{axis}, nil, matrix, []int{1}, nil) // the new axis is the last one
	order := make([]int, x.Rank())
	for i := range order {
		order[i] = i
		if i > axis {
			order[i]--
		}
	}
	order[axis] = x.Rank() - 1
	return TransposeAllAxes(y, order...)
}

// shortTimeFourier transforms windows of a signal [batch, length, 1 or 2] to
// [batch, windows, frequencies, 2].
func shortTimeFourier(o *operation) []*Node {
	x, step := o.input(0), o.integers(1)[0]
	if x.Rank() == 2 {
		x = InsertAxes(x, -1)
	}
	n := 0
	if o.has(2) {
		n = o.input(2).Shape().Size()
	}
	if o.has(3) {
		n = o.integers(3)[0]
	}
	length := x.Shape().Dim(1)
	if n < 1 || n > length || step < 1 || n*n > maxMatrix {
		panic(fmt.Errorf("windows of %d in steps of %d are not supported for a signal of %d", n, step, length))
	}
	var windows []*Node
	for at := 0; at+n <= length; at += step {
		windows = append(windows, SliceAxis(x, 1, AxisRange(at, at+n)))
	}
	frames := Stack(windows, 1) // [batch, windows, n, 1 or 2]
	if o.has(2) {
		frames = Mul(frames, Reshape(o.input(2), 1, 1, n, 1))
	}
	y := transformed(frames, 2, n, false)
	if o.node.Integer("onesided", 1) != 0 && x.Shape().Dim(-1) == 1 {
		y = SliceAxis(y, 2, AxisRange(0, n/2+1))
	}
	return []*Node{y}
}
