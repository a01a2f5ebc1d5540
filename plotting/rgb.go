package plotting

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// RGB is a colour image for Strip: its red, green and blue pixels, three
// matrices of one size. As a matrix it is grey, the mean of the three.
type RGB struct{ Red, Green, Blue mat.Matrix }

// ChannelsFirst reads values of shape [3, height, width], row by row, as a
// colour image. It panics if their number is not 3·height·width, or if height
// or width is below 1.
func ChannelsFirst[F float32 | float64](height, width int, values []F) RGB {
	return channelImages("ChannelsFirst", height, width, values, func(channel, pixel int) int { return channel*height*width + pixel })
}

// ChannelsLast is ChannelsFirst for values of shape [height, width, 3].
func ChannelsLast[F float32 | float64](height, width int, values []F) RGB {
	return channelImages("ChannelsLast", height, width, values, func(channel, pixel int) int { return 3*pixel + channel })
}

// colours reads values of which at gives the place.
func channelImages[F float32 | float64](caller string, height, width int, values []F, at func(channel, pixel int) int) RGB {
	if height < 1 || width < 1 || len(values) != 3*height*width {
		panic(fmt.Sprintf("plotting: %s: %d values for height %d, width %d and 3 channels", caller, len(values), height, width))
	}
	var channels [3]*mat.Dense
	for c := range channels {
		data := make([]float64, height*width)
		for p := range data {
			data[p] = float64(values[at(c, p)])
		}
		channels[c] = mat.NewDense(height, width, data)
	}
	return RGB{channels[0], channels[1], channels[2]}
}

// Dims returns the height and the width.
func (c RGB) Dims() (rows, cols int) { return c.Red.Dims() }

// At returns the mean of the three channels.
func (c RGB) At(i, j int) float64 {
	return (c.Red.At(i, j) + c.Green.At(i, j) + c.Blue.At(i, j)) / 3
}

// T returns the image reflected in its diagonal.
func (c RGB) T() mat.Matrix { return RGB{c.Red.T(), c.Green.T(), c.Blue.T()} }

// String returns the size.
func (c RGB) String() string {
	if c.Red == nil {
		return "no colour image"
	}
	rows, cols := c.Dims()
	return fmt.Sprintf("colour image of %d×%d pixels: plotting.Strip draws it", rows, cols)
}

// channelsOf returns the channels of images[i], which must have one size: one
// of a grey image, three of an RGB.
func channelsOf(i int, image mat.Matrix) []mat.Matrix {
	c, ok := image.(RGB)
	if !ok {
		return []mat.Matrix{image}
	}
	channels := []mat.Matrix{c.Red, c.Green, c.Blue}
	for _, m := range channels {
		if m == nil {
			panic(fmt.Sprintf("plotting: Strip: images[%d] lacks a channel", i))
		}
		rows, cols := m.Dims()
		if r, k := channels[0].Dims(); rows != r || cols != k {
			panic(fmt.Sprintf("plotting: Strip: images[%d] has channels of %d×%d and %d×%d pixels", i, r, k, rows, cols))
		}
	}
	return channels
}
