package plotting

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
	"github.com/liegg/lab/plotting/internal/pixels"
)

// Pixels reads values, row by row, as a matrix of the given height and width,
// for Strip and Heatmap. It panics if their number is not height·width or
// either is below 1.
func Pixels[F float32 | float64](height, width int, values []F) *mat.Dense {
	if height < 1 || width < 1 || len(values) != height*width {
		panic(fmt.Sprintf("plotting: Pixels: %d values for height %d and width %d", len(values), height, width))
	}
	data := make([]float64, len(values))
	for i, v := range values {
		data[i] = float64(v)
	}
	return mat.NewDense(height, width, data)
}

const (
	stripColumns = 11
	imageSide    = 0.95 * vg.Inch
	captionRoom  = 0.22 * vg.Inch
)

// Strip draws images in a row, or in rows of eleven, each with its label
// beneath: an image moved along exp(tH), labelled "t = -1.0" and so on. Images
// are grey, or colour images of type RGB. All images and channels share one
// scale, dark for the smallest value and bright for the largest. Row 0 of an
// image is at its top. Nil labels draw none.
//
// Pixels with a NaN or infinite value take the warning colour, and a line above
// the strip counts these values. Strip panics if an image is nil or empty, if
// the channels of an image differ in size, or if labels are neither nil nor as
// many as the images.
func Strip(images []mat.Matrix, labels []string) *Layout {
	pictures, bad := newPictures("Strip", images, labels)
	l := &Layout{Columns: max(1, min(stripColumns, len(images)))}
	side := min(imageSide, (look.PageWidth-0.2*vg.Inch)/vg.Length(l.Columns)-layoutGap)
	for _, p := range pictures {
		p.side = side
		l.Figures = append(l.Figures, p)
	}
	if bad > 0 {
		l.warning = numbers.Count(bad, "pixel") + " NaN or infinite"
	}
	return l
}

// Pictures returns the images of a Strip as figures of their own, 1.3 inches
// wide or high, to be put beside others by Grid. They share the scale that they
// have in a Strip. Pixels with a NaN or infinite value take the warning colour.
// Pictures panics whenever Strip does.
func Pictures(images []mat.Matrix, labels []string) []Figure {
	pictures, _ := newPictures("Pictures", images, labels)
	figures := make([]Figure, len(images))
	for i, p := range pictures {
		rows, cols := p.m.Dims()
		p.side = vg.Length(max(rows, cols)*p.times()) * vg.Inch / pixels.DPI
		p.alone = true
		figures[i] = p
	}
	return figures
}

// newPictures returns pictures of one scale without a size, and the number of
// values that are NaN or infinite.
func newPictures(caller string, images []mat.Matrix, labels []string) (pictures []*picture, bad int) {
	if labels != nil && len(labels) != len(images) {
		panic(fmt.Sprintf("plotting: %s: %d labels for %d images", caller, len(labels), len(images)))
	}
	low, high := math.Inf(1), math.Inf(-1)
	for i, m := range images {
		if m == nil {
			panic(fmt.Sprintf("plotting: %s: images[%d] is nil", caller, i))
		}
		p := &picture{m: m, channels: channelsOf(i, m)}
		if labels != nil {
			p.label = labels[i]
		}
		pictures = append(pictures, p)
		for _, channel := range p.channels {
			rows, cols := numbers.Dims(caller, channel)
			l, h, b := numbers.FiniteRange(rows, cols, channel.At)
			low, high, bad = math.Min(low, l), math.Max(high, h), bad+b
		}
	}
	for _, p := range pictures {
		p.low, p.high = low, high
	}
	return pictures, bad
}

// A picture is one image with a label beneath it.
type picture struct {
	m         mat.Matrix
	channels  []mat.Matrix // one or three
	low, high float64
	side      vg.Length // length of the image's longer side
	label     string
	alone     bool // each pixel of the image has a whole number of dots, which takes less space
}

// Size returns the space for the image and its label.
func (p *picture) Size() (width, height vg.Length) {
	rows, cols := p.m.Dims()
	unit := p.side / vg.Length(max(rows, cols))
	return unit * vg.Length(cols), unit*vg.Length(rows) + p.captionRoom()
}

func (p *picture) captionRoom() vg.Length {
	if p.label == "" {
		return 0
	}
	return captionRoom
}

// Draw draws the image as large as dc allows, and the label below it.
func (p *picture) Draw(dc draw.Canvas) {
	rows, cols := p.m.Dims()
	room := draw.Crop(dc, 0, 0, p.captionRoom(), 0)
	unit := min(room.Size().X/vg.Length(cols), room.Size().Y/vg.Length(rows))
	half := vg.Point{X: unit * vg.Length(cols) / 2, Y: unit * vg.Length(rows) / 2}
	centre := room.Center()
	from := centre.Sub(half)
	if p.alone {
		from = vg.Point{X: pixels.Whole(from.X), Y: pixels.Whole(from.Y)}
	}
	dc.DrawImage(vg.Rectangle{Min: from, Max: from.Add(half).Add(half)}, p.image())
	if p.label != "" {
		sty := look.Text(look.NoteSize, look.Ink)
		sty.XAlign, sty.YAlign = draw.XCenter, draw.YTop
		dc.FillText(sty, vg.Point{X: centre.X, Y: centre.Y - half.Y - 2}, p.label)
	}
}

// image returns the pixels, each repeated, so that later scaling does not
// blur them.
func (p *picture) image() image.Image {
	rows, cols := p.m.Dims()
	times := p.times()
	img := image.NewNRGBA(image.Rect(0, 0, cols*times, rows*times))
	for y := range rows * times {
		for x := range cols * times {
			img.Set(x, y, p.colour(y/times, x/times))
		}
	}
	return img
}

// times is the number of dots for a side of a pixel.
func (p *picture) times() int { return max(1, 256/max(p.m.Dims())) }

// colour returns the colour of a pixel.
func (p *picture) colour(row, column int) color.Color {
	rgb := [3]uint8{}
	for c := range rgb {
		v := p.channels[c%len(p.channels)].At(row, column)
		switch {
		case !numbers.Finite(v):
			return look.Warning
		case p.high > p.low:
			rgb[c] = uint8(math.Round(255 * axes.LinearScale{}.Normalize(p.low, p.high, v)))
		default:
			rgb[c] = 0x80
		}
	}
	return color.NRGBA{rgb[0], rgb[1], rgb[2], 255}
}

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
