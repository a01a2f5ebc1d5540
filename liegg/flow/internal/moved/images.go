package moved

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// outputImages are the output images f(x) with a program that moves them.
type outputImages struct {
	held  *network.Buffered
	moves *network.Program // (y, g) ↦ g·y
}

// seeImages compares output images as they are: pixels have one unit, and a function of single pixels
// would not move as the images do.
func (o *Outputs) seeImages() {
	if _, ok := o.Action.(action.ImageToImage); ok {
		o.s.BySize, o.s.AsTheyAre = true, true
	}
}

// holdImages keeps the output images, to be moved.
func (o *Outputs) holdImages() error {
	images, ok := o.Action.(action.ImageToImage)
	if !ok {
		return nil
	}
	n := o.Held.Len()
	y := tensors.FromFlatDataAndDimensions(o.Before, n, len(o.Before)/n)
	held, err := network.Buffer(network.Tensor(y), o.s.Batch)
	if err != nil {
		return err
	}
	o.images = &outputImages{held: held}
	still := network.Exact(func(y *Node) *Node { return y })
	still.Backend = o.network.Backend
	o.images.moves, err = still.NewProgram(network.Head{}, held, func(_ func(*Node) *Node, y *Node, arguments []*Node) []*Node {
		return []*Node{images.OutputsSeen(images.OutputsMoved(y, arguments[0]))}
	})
	return err
}

// moved returns g·f(x).
func (o *outputImages) moved(g *mat.Dense) ([]float64, error) {
	outputs, err := o.moves.Run(o.held, g)
	if err != nil {
		return nil, err
	}
	return outputs[0], nil
}

func (o *outputImages) finalize() {
	if o != nil {
		o.moves.Finalize()
		o.held.Finalize()
	}
}

// AreImages reports whether outputs are images that move.
func (o *Outputs) AreImages() bool { return o.images != nil }
