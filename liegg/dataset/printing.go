package dataset

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/tensors"
)

// String returns, for example, `"O(5)": 10000 samples, X [10] Float32, Y [1]
// Float32`.
func (s Samples) String() string {
	if s.X == nil || s.Y == nil || s.X.Rank() < 1 {
		return fmt.Sprintf("%q: no samples", s.Name)
	}
	return fmt.Sprintf("%q: %d samples, X %s, Y %s", s.Name, s.X.Shape().Dim(0), one(s.X), one(s.Y))
}

// one returns the shape and type of a row of a tensor.
func one(t *tensors.Tensor) string {
	shape := t.Shape()
	return fmt.Sprintf("%v %s", shape.Dimensions[min(1, shape.Rank()):], shape.DType)
}

// String describes the samples and the batches.
func (b *Batches) String() string {
	return fmt.Sprintf("%v; in batches of %d by seed %d", b.samples, b.size, b.seed)
}

// String returns, for example, "60000 digits of 28×28 pixels".
func (d Digits) String() string {
	return fmt.Sprintf("%d digits of %d×%d pixels", len(d.Labels), d.Height, d.Width)
}

// String describes the digits and their rotations.
func (f *FreshRotations) String() string {
	angle := "by any angle"
	if f.most < math.Pi {
		angle = fmt.Sprintf("by up to ±%.3g radians", f.most)
	}
	return fmt.Sprintf("%v, turned %s, in batches of %d by seed %d", f.digits, angle, f.batch, f.seed)
}

// String returns, for example, "array of bytes, [60000 28 28]".
func (a IDX) String() string { return fmt.Sprintf("array of bytes, %v", a.Dims) }

// String lists the scales with three digits: "vectors of 5 numbers divided by
// [1 1.01], outputs less [0.2] divided by [3.1]".
func (z Standardisation) String() string {
	return fmt.Sprintf("vectors of %d numbers divided by %.3g, outputs less %.3g divided by %.3g", z.VectorSize, z.InputScale, z.OutputMean, z.OutputStd)
}

// String returns, for example, "plane of 28×28 pixels".
func (p Plane) String() string { return fmt.Sprintf("plane of %d×%d pixels", p.Height, p.Width) }
