package operators

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
)

func init() { own["Col2Im"] = columnsToImage }

// columnsToImage adds up blocks [batch, channels·places, blocks] where they lie in an image, as
// PyTorch's fold does: it is the transpose of taking all blocks out of an image.
func columnsToImage(o *operation) []*Node {
	x, image, block := o.input(0), o.integers(1), o.integers(2)
	n := len(image)
	strides, dilations := o.perAxis("strides", n, 1), o.perAxis("dilations", n, 1)
	pads := o.perAxis("pads", 2*n, 0)
	if len(block) != n {
		panic(fmt.Errorf("it has blocks of shape %v in an image of shape %v", block, image))
	}
	whole, counts, places, blocks := make([]int, n), make([]int, n), 1, 1
	for i := range n {
		whole[i] = image[i] + pads[i] + pads[n+i]
		counts[i] = (whole[i]-dilations[i]*(block[i]-1)-1)/strides[i] + 1
		places, blocks = places*block[i], blocks*counts[i]
	}
	if x.Rank() != 3 || x.Shape().Dim(1)%places != 0 || x.Shape().Dim(2) != blocks {
		panic(fmt.Errorf("its input has the shape %v, for %d blocks of %d places", x.Shape().Dimensions, blocks, places))
	}
	batch, channels := x.Shape().Dim(0), x.Shape().Dim(1)/places
	x = Reshape(x, slices.Concat([]int{batch, channels, places}, counts)...)
	var sum *Node
	for place := range places {
		around := make([]PadAxis, n+2)
		for i, rest := n-1, place; i >= 0; i-- {
			from := rest % block[i] * dilations[i]
			rest /= block[i]
			around[2+i] = PadAxis{Start: from, End: whole[i] - from - (counts[i]-1)*strides[i] - 1, Interior: strides[i] - 1}
		}
		part := Squeeze(Slice(x, AxisRange(), AxisRange(), AxisElem(place)), 2)
		if part = Pad(part, ScalarZero(x.Graph(), x.DType()), around...); sum != nil {
			part = Add(sum, part)
		}
		sum = part
	}
	within := []SliceAxisSpec{AxisRange(), AxisRange()}
	for i := range n {
		within = append(within, AxisRange(pads[i], pads[i]+image[i]))
	}
	return []*Node{Slice(sum, within...)}
}
