package judge

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network"
)

// PyTorch's images have their channels first, [channels, height, width], but actions on grids
// expect them last. So such inputs are stored with the channels last, and transposed back for
// the network. All channels move together.

// channelsFirst reports whether inputs of a shape are images with several channels in front.
func channelsFirst(shape []int) bool {
	return len(shape) == 3 && 1 < shape[0] && shape[0] <= mostChannels && shape[2] > mostChannels
}

// forImages reports whether a flag moves images whose sizes are read from the input.
func forImages(terms []term) bool {
	return len(terms) == 1 && terms[0].kind.name == "image" && terms[0].sizes == nil
}

// channelsLast returns a shape with the channels last.
func channelsLast(shape []int) []int { return []int{shape[1], shape[2], shape[0]} }

// putChannelsLast stores the inputs with the channels last.
func (s *Subject) putChannelsLast() error {
	values, err := dataset.Values(s.x)
	if err != nil {
		return err
	}
	shape := s.Input()
	points := shape[1] * shape[2]
	moved := make([]float64, len(values))
	for i := range s.Len() {
		from, to := values[i*points*shape[0]:], moved[i*points*shape[0]:]
		for c := range shape[0] {
			for p := range points {
				to[p*shape[0]+c] = from[c*points+p]
			}
		}
	}
	x := tensors.FromFlatDataAndDimensions(moved, append([]int{s.Len()}, channelsLast(shape)...)...)
	inner := s.network
	s.network = &network.Network{Store: inner.Store, Backend: inner.Backend, Forward: func(scope *model.Scope, x *Node) *Node {
		return inner.Forward(scope, TransposeAllAxes(x, 0, 3, 1, 2))
	}}
	s.note = fmt.Sprintf("The inputs %v were taken for images with %d channels, which move together.", shape, shape[0])
	s.x, err = as(x, s.x.DType())
	return err
}
