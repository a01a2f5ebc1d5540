package dataset

import (
	"errors"
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/tensors"
)

// ErrStandardise is wrapped by errors of [FitStandardisation] for samples
// that do not determine a scale.
var ErrStandardise = errors.New("samples cannot be standardised")

// Standardisation scales samples of c vectors of Rⁿ to unit size without
// breaking a symmetry that moves all vectors by one matrix. Each input vector
// is divided by one scalar, so that its components have root mean square 1
// over all samples and components. Each output is shifted and scaled to mean
// 0 and standard deviation 1.
//
// Dividing vectors by scalars commutes with every matrix. The outputs are
// standardised one by one, which suits invariant functions, but not outputs
// that rotate with the input. Fit it to the training samples and apply it to
// all. Its fields round-trip through JSON.
type Standardisation struct {
	// VectorSize is n, the number of components of a vector.
	VectorSize int
	// InputScale holds the c root mean squares, one per vector, in units of
	// the input.
	InputScale []float64
	// OutputMean and OutputStd hold the mean and the (population) standard
	// deviation of each output.
	OutputMean, OutputStd []float64
}

// FitStandardisation measures the scales of samples with X [N, c·n] and Y [N,
// out], both float32 or float64, where n = vectorSize. It returns an error
// that wraps [ErrStandardise] and says where if a number is NaN or infinite,
// or if a vector is always zero or an output constant. It panics on other
// shapes and types.
func FitStandardisation(s Samples, vectorSize int) (Standardisation, error) {
	in, out := regressionSizes(s)
	if vectorSize < 1 || in%vectorSize != 0 {
		panic(fmt.Sprintf("dataset: FitStandardisation: vectorSize %d does not divide %d inputs", vectorSize, in))
	}
	x, y := floats(s.X), floats(s.Y)
	z := Standardisation{
		VectorSize: vectorSize,
		InputScale: vectorRMS(x, in, vectorSize),
		OutputMean: make([]float64, out),
		OutputStd:  make([]float64, out),
	}
	for k := range out {
		z.OutputMean[k], z.OutputStd[k] = meanStd(y, out, k)
	}
	if err := errors.Join(finite("input", x, in), finite("output", y, out)); err != nil {
		return Standardisation{}, fmt.Errorf("dataset: samples %q: %w", s.Name, err)
	}
	if err := z.usable(); err != nil {
		return Standardisation{}, fmt.Errorf("dataset: samples %q: %w", s.Name, err)
	}
	return z, nil
}

// Apply returns standardised copies of samples, of the same types. It panics
// if their sizes differ from those of the fit.
func (z Standardisation) Apply(s Samples) Samples {
	in, out := regressionSizes(s)
	z.check(in, out)
	x := mapped(s.X, in, func(v float64, j int) float64 { return v / z.InputScale[j/z.VectorSize] })
	y := mapped(s.Y, out, func(v float64, k int) float64 { return (v - z.OutputMean[k]) / z.OutputStd[k] })
	return Samples{Name: s.Name, X: x, Y: y}
}

// Restore returns standardised outputs y [N, out], such as a network's
// predictions, in their original units.
func (z Standardisation) Restore(y *tensors.Tensor) *tensors.Tensor {
	out := y.Shape().Dim(-1)
	z.check(len(z.InputScale)*z.VectorSize, out)
	return mapped(y, out, func(v float64, k int) float64 { return v*z.OutputStd[k] + z.OutputMean[k] })
}

func (z Standardisation) check(in, out int) {
	if in != len(z.InputScale)*z.VectorSize || out != len(z.OutputMean) || out != len(z.OutputStd) {
		panic(fmt.Sprintf("dataset: standardisation of %d vectors of %d and %d outputs, but samples have %d inputs and %d outputs",
			len(z.InputScale), z.VectorSize, len(z.OutputMean), in, out))
	}
}

// regressionSizes returns in and out of X [N, in] and Y [N, out], and panics on other ranks.
func regressionSizes(s Samples) (in, out int) {
	s.Len()
	if s.X.Rank() != 2 || s.Y.Rank() != 2 {
		panic(fmt.Sprintf("dataset: samples %q: a standardisation takes X [N, c·n] and Y [N, out], not %s and %s",
			s.Name, s.X.Shape(), s.Y.Shape()))
	}
	return s.X.Shape().Dimensions[1], s.Y.Shape().Dimensions[1]
}

// vectorRMS returns the root mean square of the components of each vector of n over the rows of x, in numbers each.
func vectorRMS(x []float64, in, n int) []float64 {
	sums := make([]float64, in/n)
	for i, v := range x {
		sums[i%in/n] += v * v
	}
	for c, sum := range sums {
		sums[c] = math.Sqrt(sum * float64(len(sums)) / float64(len(x)))
	}
	return sums
}

// meanStd returns the mean and population standard deviation of column k of the rows of y, out numbers each.
func meanStd(y []float64, out, k int) (mean, std float64) {
	n := float64(len(y) / out)
	for i := k; i < len(y); i += out {
		mean += y[i] / n
	}
	for i := k; i < len(y); i += out {
		std += (y[i] - mean) * (y[i] - mean) / n
	}
	return mean, math.Sqrt(std)
}

func finite(what string, values []float64, width int) error {
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%w: %s %d of sample %d is %g; leave that sample out", ErrStandardise, what, i%width, i/width, v)
		}
	}
	return nil
}

// usable returns an error for the first vector or output whose scale cannot
// be divided by.
func (z Standardisation) usable() error {
	for c, scale := range z.InputScale {
		if !(scale > 0) || math.IsInf(scale, 0) {
			return fmt.Errorf("%w: input vector %d has the scale %g; leave it out or change its unit", ErrStandardise, c, scale)
		}
	}
	for k, scale := range z.OutputStd {
		// The deviation of a constant column is a rounding error of its mean.
		if !(scale > 1e-12*math.Abs(z.OutputMean[k])) || math.IsInf(scale, 0) {
			return fmt.Errorf("%w: output %d varies by %g around %g; leave it out or change its unit",
				ErrStandardise, k, scale, z.OutputMean[k])
		}
	}
	return nil
}
