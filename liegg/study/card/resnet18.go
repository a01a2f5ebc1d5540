package card

import (
	"errors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx"
)

// resnet18 times the polarization rows of a network on images of 64×64 with three channels, for the
// six generators of affine maps of the plane: 500 images, or 8 if small.
func resnet18(s Settings, tell func(Result)) error {
	if s.ONNX == "" {
		return errors.New("card: resnet18 needs the file of the network")
	}
	net, err := onnx.Load(s.ONNX, onnx.Settings{})
	if err != nil {
		return err
	}
	x := normal(1, 1, map[bool]int{false: 500, true: 8}[s.Small], 3, 64, 64)
	r, err := timed("resnet18", s.Rounds, func() (string, error) {
		_, err := network.Polarize(net, action.ImageAffine(64, 64, action.ChannelsFirst(3)), network.Tensor(x), network.Settings{})
		return "", err
	})
	if err == nil {
		tell(r)
	}
	return err
}
