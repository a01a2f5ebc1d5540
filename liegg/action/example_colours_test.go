package action_test

import (
	"fmt"

	"github.com/liegg/lab/liegg/action"
)

// Colour images of PyTorch have their channels first. Photographs fill their frame, so that a
// turned one is best seen through a disc; drawings that were normalised by mean and std stay on
// their black paper, which has another value in each colour.
func ExampleChannelsFirst() {
	plane := action.ImageAffine(32, 32, action.ChannelsFirst(3))
	fmt.Println(plane.Check([]int{3, 32, 32}))
	fmt.Println(plane.Check([]int{32, 32, 3}))
	fmt.Println(plane.Framed(action.Disc))
	fmt.Println(plane.WithBackground(-2.5, -2, -1.5))
	// Output:
	// <nil>
	// action: inputs of shape [32 32 3] are not images with 3 channels first of 32×32 pixels: if they have 3 channels last, give the action action.ChannelsLast(3) after the size
	// affine maps of the plane on images of 32×32 pixels with 3 channels first, K = 6, seen through a disc, continued by reflection
	// affine maps of the plane on images of 32×32 pixels with 3 channels first, K = 6, on a background of [-2.5 -2 -1.5]
}
