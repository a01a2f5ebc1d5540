package dataset

import (
	"fmt"
	"math"
)

// Blur returns the digits convolved with a Gaussian of standard deviation
// sigma in pixels, cut off at 4σ and normalised; the paper uses 1.5. Beyond
// its edges the image is continued as its mirror image (… b a | a b c …), so
// that the blur keeps the sum of the pixels. (The authors use scikit-image's
// gaussian, which is also cut off at 4σ but repeats the edge pixel, … a a | a
// b c …; the two agree if a digit's margin is empty.) Blur panics unless
// sigma ≥ 0; 0 copies.
func (d Digits) Blur(sigma float64) Digits {
	if !(sigma >= 0) || math.IsInf(sigma, 0) {
		panic(fmt.Sprintf("dataset: Blur: sigma = %g pixels", sigma))
	}
	n, size := d.Len(), d.Height*d.Width
	horizontal, vertical := mirroredGaussian(d.Width, sigma), mirroredGaussian(d.Height, sigma)
	blurred := d.blank()
	parallel(n, func(from, to int) {
		half := make([]float32, size)
		for i := from; i < to; i++ {
			convolveRows(half, d.Image(i), horizontal, d.Width)
			convolveColumns(blurred.Image(i), half, vertical, d.Width)
		}
	})
	return blurred
}

// taps holds the non-zero weights of one row of a banded matrix, starting at
// column first.
type taps struct {
	first   int
	weights []float32
}

// mirroredGaussian returns the n×n matrix that convolves n values with a Gaussian, mirrored at both ends.
func mirroredGaussian(n int, sigma float64) []taps {
	radius := int(math.Ceil(4 * sigma))
	kernel := make([]float64, 2*radius+1)
	sum := 0.
	for k := range kernel {
		if u := float64(k - radius); u != 0 { // at σ = 0 only the centre remains
			kernel[k] = math.Exp(-u * u / (2 * sigma * sigma))
		} else {
			kernel[k] = 1
		}
		sum += kernel[k]
	}
	matrix := make([]taps, n)
	for i := range matrix {
		row := make([]float64, n)
		for k, weight := range kernel {
			row[mirror(i+k-radius, n)] += weight / sum
		}
		matrix[i] = trim(row)
	}
	return matrix
}

// mirror folds an index into 0…n−1: −1 becomes 0, n becomes n−1.
func mirror(i, n int) int {
	i = ((i % (2 * n)) + 2*n) % (2 * n)
	return min(i, 2*n-1-i)
}

// trim cuts a row to the range from its first to its last weight.
func trim(row []float64) taps {
	first, last := 0, len(row)-1
	for row[first] == 0 {
		first++
	}
	for row[last] == 0 {
		last--
	}
	t := taps{first: first}
	for _, weight := range row[first : last+1] {
		t.weights = append(t.weights, float32(weight))
	}
	return t
}

func convolveRows(dst, src []float32, matrix []taps, width int) {
	for start := 0; start < len(src); start += width {
		for i, t := range matrix {
			var sum float32
			for k, v := range src[start+t.first:][:len(t.weights)] {
				sum += t.weights[k] * v
			}
			dst[start+i] = sum
		}
	}
}

func convolveColumns(dst, src []float32, matrix []taps, width int) {
	for i, t := range matrix {
		row := dst[i*width : (i+1)*width]
		for k, weight := range t.weights {
			for j, v := range src[(t.first+k)*width:][:len(row)] {
				row[j] += weight * v
			}
		}
	}
}
