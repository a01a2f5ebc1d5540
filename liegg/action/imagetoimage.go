package action

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
)

// ImageToImage moves input images and output images by the same maps of the plane, for networks
// that map images to images, such as a segmentation: f(g·x) = g·f(x). It acts on inputs as its Image
// does. Package flow follows its finite maps (Along, Test, TestMap, TestRange); package network does
// not judge it.
type ImageToImage struct {
	Image
	outputs Image
}

// Onto returns the action in by which images move, together with the one by which the images move
// that a network computes from them. Their sizes and channels may differ. It panics unless both
// are linear, or both affine.
func Onto(in, outputs Image) ImageToImage {
	if in.affine != outputs.affine {
		panic("action: Onto: one action is linear and the other one affine: take ImageLinear or ImageAffine for both")
	}
	return ImageToImage{in, outputs}
}

// Outputs returns the number of numbers in an output image.
func (m ImageToImage) Outputs() int { return m.outputs.lattice.Size() }

// Units returns one unit that all outputs have in common.
func (m ImageToImage) Units() []int { return []int{m.Outputs()} }

// OutputsMoved returns the outputs y [batch, m] moved by the matrix g.
func (m ImageToImage) OutputsMoved(y, g *Node) *Node { return m.outputs.Moved(m.checked(y), g) }

// OutputVelocities returns the velocities A_k·y of outputs y [batch, m], as [batch, m, K].
func (m ImageToImage) OutputVelocities(y *Node) *Node {
	return TransposeAllAxes(m.outputs.Tangents(m.checked(y)), 0, 2, 1)
}

// OutputsSeen returns what is seen of outputs y [batch, m] through the window of their frame.
func (m ImageToImage) OutputsSeen(y *Node) *Node {
	if window := m.outputs.Window(); window != nil {
		return window(m.checked(y))
	}
	return m.checked(y)
}

func (m ImageToImage) checked(y *Node) *Node {
	if size := y.Shape().Dim(1); y.Rank() != 2 || size != m.Outputs() {
		panic(fmt.Errorf("action: the action moves output images of %d numbers, the network has %d outputs", m.Outputs(), size))
	}
	return y
}

// String describes both actions.
func (m ImageToImage) String() string { return fmt.Sprintf("%v; outputs: %v", m.Image, m.outputs) }
