package onnx

import (
	"math/rand/v2"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
)

// If only the shape of what is computed is used, the exporter lost a part. PyTorch's older one
// writes e3nn's Gate like this. A hidden tensor may be used by its shape alone, if the outputs of
// the file use its numbers.
func TestLostParts(t *testing.T) {
	draw := func(used bool) (path, hidden string) {
		s := newSketch(t, rand.New(rand.NewPCG(1, 0)), 17)
		h := s.op("MatMul", nil, s.x(3), s.normal(3, 3))
		zeros := s.op("Expand", nil, s.number(0), s.op("Shape", nil, h))
		hidden = s.op("Add", nil, zeros, s.op("Sin", nil, "x"))
		y := s.op("Exp", nil, hidden)
		if used {
			y = s.op("Add", nil, y, h)
		}
		return s.write(t, y), hidden
	}
	lost, _ := draw(false)
	_, err := Load(lost, Settings{})
	expect.Error(t, err, "part of the network is missing", "MatMul", "dynamo=True")
	whole, hidden := draw(true)
	expect.OK(Load(whole, Settings{}))(t)
	expect.OK(Load(whole, Settings{Output: hidden}))(t)
}
