package network_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// Colour photographs in PyTorch's layout, [3, 16, 16], fill their frame. Through a disc, a rotation
// brings in nothing from outside, so a mean over the frame is invariant under rotations.
func ExampleJudge_colours() {
	const n, size = 400, 16
	rng := rand.New(rand.NewPCG(2022, 0))
	photographs := make([]float32, n*3*size*size)
	for channel := range n * 3 {
		for range 4 { // waves
			kx, ky, phase, height := float64(rng.IntN(5)-2), float64(rng.IntN(5)-2), 2*math.Pi*rng.Float64(), rng.NormFloat64()
			for p := range size * size {
				angle := 2*math.Pi*(kx*float64(p%size)+ky*float64(p/size))/size + phase
				photographs[channel*size*size+p] += float32(height * math.Cos(angle))
			}
		}
	}
	redness := network.Exact(func(x *Node) *Node { // mean of red·(red − green)
		red, green := Slice(x, AxisRange(), AxisElem(0)), Slice(x, AxisRange(), AxisElem(1))
		return ReduceMean(Mul(red, Sub(red, green)), 1, 2, 3)
	})
	plane := action.ImageAffine(size, size, action.ChannelsFirst(3)).Framed(action.Disc)
	x := network.Tensor(tensors.FromFlatDataAndDimensions(photographs, n, 3, size, size))
	v := must.M1(network.Judge(redness, plane, x, network.Settings{}))
	fmt.Println(v.Answer, v.Dim, v.Name())
	fmt.Println(v.Frame)
	// Output:
	// symmetric 1 so(2)
	// seen through a disc, continued by reflection
}
