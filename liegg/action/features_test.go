package action

import (
	"testing"

	"gonum.org/v1/gonum/mat"
)

// Feature maps have the layout of the images that they are computed from, and the same generators.
func TestFeatures(t *testing.T) {
	for _, c := range []struct {
		image        Image
		input, shape []int
		want         string
		ok           bool
	}{
		{ImageAffine(28, 28), []int{28, 28}, []int{14, 14, 16}, "affine maps of the plane on images of 14×14 pixels with 16 channels last, K = 6", true},
		{ImageAffine(28, 28), []int{1, 28, 28}, []int{16, 14, 12}, "affine maps of the plane on images of 14×12 pixels with 16 channels first, K = 6", true},
		{ImageLinear(8, 8, ChannelsFirst(3)), []int{3, 8, 8}, []int{4, 8, 8}, "linear maps of the plane on images of 8×8 pixels with 4 channels first, K = 4", true},
		{ImageLinear(8, 8, ChannelsFirst(3)), []int{3, 8, 8}, []int{4, 2, 8}, "", false},
		{ImageLinear(8, 8), []int{8, 8}, []int{64}, "", false},
	} {
		got, ok := c.image.Features(c.input, c.shape)
		if ok != c.ok || ok && got.String() != c.want {
			t.Errorf("%v of %v: %v, %v", c.shape, c.image, got, ok)
		}
		h := make([]float64, c.image.Dim())
		if h[0], h[1] = 1, 2; ok && !mat.Equal(got.Generator(h), c.image.Generator(h)) {
			t.Errorf("%v has other generators than %v", got, c.image)
		}
	}
}
