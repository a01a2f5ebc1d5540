package onnx

import (
	"encoding/binary"
	"math"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

func unary(op string) func(s *sketch) string {
	return func(s *sketch) string { return s.op(op, nil, s.x(1+s.IntN(4), 3)) }
}

func ofPositive(op string) func(s *sketch) string {
	return func(s *sketch) string { return s.op(op, nil, s.positive(s.x(1+s.IntN(4), 2))) }
}

// tuned gives attributes that are floats, or leaves them out.
func tuned(op string, names ...string) func(s *sketch) string {
	return func(s *sketch) string {
		a := attributes{}
		for _, name := range names {
			if s.IntN(3) > 0 {
				a[name] = .2 + s.Float64()
			}
		}
		return s.op(op, a, s.x(2, 3))
	}
}

func gelu(s *sketch) string {
	return s.op("Gelu", attributes{"approximate": []string{"none", "tanh"}[s.IntN(2)]}, s.x(2, 3))
}

// other is another function of x, or a constant, that is broadcast.
func (s *sketch) other(x string) string {
	switch s.IntN(3) {
	case 0:
		return s.normal(s.dims[len(s.dims)-1])
	case 1:
		return s.normal()
	default:
		return s.op("Sin", nil, x)
	}
}

func ofTwo(op string) func(s *sketch) string {
	return func(s *sketch) string {
		x := s.x(2, 3)
		if s.IntN(2) == 0 {
			return s.op(op, nil, s.other(x), x)
		}
		return s.op(op, nil, x, s.other(x))
	}
}

func several(op string) func(s *sketch) string {
	return func(s *sketch) string {
		x := s.x(2, 3)
		return s.op(op, nil, x, s.op("Sin", nil, x), s.other(x))
	}
}

func pow(s *sketch) string {
	x := s.x(2, 3)
	if s.IntN(3) == 0 {
		return s.op("Pow", nil, s.positive(x), s.other(x))
	}
	if n := s.IntN(4); s.IntN(2) == 0 {
		return s.op("Pow", nil, x, s.number(float64(n)))
	}
	return s.op("Pow", nil, s.positive(x), s.number([]float64{.5, -.5, -1, -2, 1.7}[s.IntN(5)]))
}

func condition(op string) func(s *sketch) string {
	return func(s *sketch) string {
		x := s.x(2, 3)
		return s.op("Where", nil, s.op(op, nil, x, s.other(x)), s.op("Sin", nil, x), s.op("Exp", nil, x))
	}
}

func logical(op string) func(s *sketch) string {
	return func(s *sketch) string {
		x := s.x(2, 3)
		both := s.op(op, nil, s.op("Less", nil, x, s.number(.5)), s.op("Greater", nil, x, s.number(-.5)))
		return s.op("Where", nil, both, s.op("Sin", nil, x), s.op("Exp", nil, x))
	}
}

// matMul multiplies by constants, and matrices of x with each other.
func matMul(s *sketch) string {
	switch s.IntN(4) {
	case 0:
		return s.op("MatMul", nil, s.x(4), s.normal(4, 2))
	case 1:
		return s.op("MatMul", nil, s.x(2, 3), s.normal(3, 2))
	case 2:
		return s.op("MatMul", nil, s.x(2, 3, 2), s.normal(2, 2, 2))
	default:
		x := s.x(2, 3)
		return s.op("MatMul", nil, s.op("Sin", nil, x), s.op("Transpose", attributes{"perm": []int{0, 2, 1}}, x))
	}
}

func gemm(s *sketch) string {
	transposed, w := s.IntN(2), []int{4, 2}
	if transposed == 1 {
		w = []int{2, 4}
	}
	return s.op("Gemm", attributes{"alpha": s.Float64() + .5, "beta": s.Float64() + .5, "transB": transposed}, s.x(4), s.normal(w...), s.normal(2))
}

// einsum has axes that agree in size, so that an order that is wrong shows in numbers.
func einsum(s *sketch) string {
	equation := []string{"bij,jik->bk", "bij,ijk->bk", "bij,kj->bik", "bij,jk->bki", "bij,kl->bijkl"}[s.IntN(5)]
	w := []int{2, 2, 2}
	if equation[4:8] == "kj->" || equation[4:8] == "jk->" || equation[4:8] == "kl->" {
		w = w[:2]
	}
	if s.IntN(3) == 0 {
		x := s.x(2, 2)
		return s.op("Einsum", attributes{"equation": "bij,bkj->bik"}, x, s.op("Sin", nil, x))
	}
	return s.op("Einsum", attributes{"equation": equation}, s.x(2, 2), s.normal(w...))
}

func conv(s *sketch) string {
	kernel := []int{1 + s.IntN(4), 1 + s.IntN(4)}
	a := attributes{"kernel_shape": kernel, "pads": s.several(4, 3), "group": 1 + s.IntN(2)}
	if s.IntN(2) == 0 {
		a["strides"] = []int{1 + s.IntN(3), 1 + s.IntN(3)}
	} else {
		a["dilations"] = []int{1 + s.IntN(2), 1 + s.IntN(2)}
	}
	group := a["group"].(int)
	return s.op("Conv", a, s.x(2, 7, 8), s.normal(4, 2/group, kernel[0], kernel[1]), s.normal(4))
}

// lstm takes the batch as its second axis.
func lstm(s *sketch) string {
	directions, word := 1, []string{"forward", "reverse", "bidirectional"}[s.IntN(3)]
	if word == "bidirectional" {
		directions = 2
	}
	x := s.op("Transpose", attributes{"perm": []int{1, 0, 2}}, s.x(3, 2))
	y := s.op("LSTM", attributes{"hidden_size": 2, "direction": word}, x, s.normal(directions, 8, 2), s.normal(directions, 8, 2), s.normal(directions, 16))
	return s.op("Transpose", attributes{"perm": []int{2, 0, 1, 3}}, y)
}

// window adds the shape of a pool, which is padded by less than it is wide.
func (s *sketch) window(a attributes) attributes {
	kernel := []int{1 + s.IntN(3), 1 + s.IntN(3)}
	a["kernel_shape"], a["strides"] = kernel, []int{1 + s.IntN(3), 1 + s.IntN(2)}
	a["pads"] = []int{s.IntN(kernel[0]), s.IntN(kernel[1]), s.IntN(kernel[0]), s.IntN(kernel[1])}
	return a
}

func alongAxis(op string) func(s *sketch) string {
	return func(s *sketch) string { return s.op(op, attributes{"axis": 1 + s.IntN(2)}, s.x(2, 3)) }
}

func reduction(op string) func(s *sketch) string {
	return func(s *sketch) string {
		return s.op(op, attributes{"axes": s.axes(), "keepdims": s.IntN(2)}, s.x(2, 3, 2))
	}
}

func reductionByInput(op string) func(s *sketch) string {
	return func(s *sketch) string {
		return s.op(op, attributes{"keepdims": s.IntN(2)}, s.x(2, 3, 2), s.ints(s.axes()...))
	}
}

// axes returns one or two axes of a sample, in any order, counted from either end.
func (s *sketch) axes() []int {
	axes := s.Perm(3)[:1+s.IntN(2)]
	for i := range axes {
		if axes[i]++; s.IntN(3) == 0 {
			axes[i] -= 4
		}
	}
	return axes
}

// batchSecond swaps the first two of three axes.
func (s *sketch) batchSecond(x string) string {
	return s.op("Transpose", attributes{"perm": []int{1, 0, 2}}, x)
}

// several are n numbers below most.
func (s *sketch) several(n, most int) []int {
	values := make([]int, n)
	for i := range values {
		values[i] = s.IntN(most)
	}
	return values
}

// double is x in float64, a constant of one number or more, made so small that it stays
// a factor of its row.
func (s *sketch) double(x string) string {
	y := s.op("Cast", attributes{"to": message.Float64Type}, x)
	return s.op("ReduceMean", attributes{"keepdims": 0}, y)
}

// scales returns the scales of Resize, for batch, channels and two axes.
func (s *sketch) scales(h, w float32) string {
	var raw []byte
	for _, v := range []float32{1, 1, h, w} {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return s.tensor(message.Float32Type, []int{4}, raw)
}
