package dataset

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/sheet"
)

// HTML returns the samples as HTML, for plotting.Show: their shapes and ranges, and the first ones,
// as pictures if they are images [H, W]. draw makes the HTML of a picture; it may be nil.
func (s Samples) HTML(draw sheet.Draw) string {
	page := sheet.New(draw, s.String())
	if s.X == nil || s.Y == nil || s.X.Rank() < 1 || s.Y.Rank() < 1 {
		return page.HTML()
	}
	page.Picture(s, "the first images with their targets")
	what := "inputs X and targets Y"
	if s.X.Shape().Dim(0) > mostRead {
		what += fmt.Sprintf(", ranges of the first %d", mostRead)
	}
	page.Table(what, []string{"", "shape of one", "type", "smallest", "mean", "largest"},
		[][]string{rangeRow("X", s.X), rangeRow("Y", s.Y)})
	return page.HTML()
}

// mostRead is the number of samples whose ranges are shown.
const mostRead = 2000

func rangeRow(name string, t *tensors.Tensor) []string {
	row := []string{name, fmt.Sprint(t.Shape().Dimensions[1:]), t.DType().String(), "–", "–", "–"}
	values := valuesOf(Rows(t, 0, min(mostRead, t.Shape().Dim(0))))
	if len(values) == 0 {
		return row
	}
	low, high, sum := math.Inf(1), math.Inf(-1), 0.
	for _, v := range values {
		low, high, sum = math.Min(low, v), math.Max(high, v), sum+v
	}
	for i, v := range []float64{low, sum / float64(len(values)), high} {
		row[3+i] = fmt.Sprintf("%.3g", v)
	}
	return row
}

// valuesOf returns the values of a tensor of floats or labels; nil if there are none.
func valuesOf(t *tensors.Tensor) []float64 {
	if t.DType() != dtypes.Int32 {
		values, err := Values(t)
		if err != nil {
			return nil
		}
		return values
	}
	var values []float64
	for _, label := range tensors.MustCopyFlatData[int32](t) {
		values = append(values, float64(label))
	}
	return values
}

// Images returns the first samples as images, labelled by their targets, for plotting.Show. It
// returns nil unless the inputs are [N, H, W] or have one channel.
func (s Samples) Images() (images []mat.Matrix, labels []string) {
	const most, least = 11, 5 // images, and pixels of a side
	if s.X == nil || s.Y == nil {
		return nil, nil
	}
	var shape []int
	for i, d := range s.X.Shape().Dimensions {
		if i == 0 || d != 1 {
			shape = append(shape, d)
		}
	}
	if len(shape) != 3 || shape[0] == 0 || shape[1] < least || shape[2] < least {
		return nil, nil
	}
	n, pixels := min(most, shape[0]), shape[1]*shape[2]
	values, err := Values(Rows(s.X, 0, n))
	if err != nil {
		return nil, nil
	}
	targets := valuesOf(Rows(s.Y, 0, n))
	for i := range n {
		images = append(images, mat.NewDense(shape[1], shape[2], values[i*pixels:(i+1)*pixels]))
		label := ""
		if len(targets) == n {
			label = fmt.Sprintf("%.3g", targets[i])
		}
		labels = append(labels, label)
	}
	return images, labels
}
