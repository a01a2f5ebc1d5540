package spaces

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/failure"
	"github.com/liegg/lab/liegg/lie"
)

// nearlyWhite is the largest condition number of the change to white coordinates at which
// the given coordinates serve as well.
const nearlyWhite = 3

// Whitening returns the change of coordinates x ↦ q·x, for generators of the given size,
// after which the data have the same spread in all directions; for affine candidates about
// their mean. It is nil if they nearly have that already, or if the moments are missing.
func (m *Moments) Whitening(size int) (*mat.Dense, error) {
	if m == nil || m.Inner == nil || m.Gradients == nil || m.Data.SymmetricDim() != size {
		return nil, nil
	}
	n := m.Inner.SymmetricDim()
	root, err := inverseRoot(m.Inner, n)
	if err != nil {
		return nil, err
	}
	back := Lifted(root, size)
	for i := range n {
		if n < size { // x = R·x' + μ
			back.Set(i, n, m.Data.At(i, n)/m.Data.At(n, n))
		}
	}
	if mat.Cond(back, 2) <= nearlyWhite {
		return nil, nil
	}
	q, err := lie.Inverse(back)
	if err != nil {
		return nil, failure.ErrDecomposition
	}
	return q, nil
}

// Spread returns the standard deviations of the n coordinates of the data, 1 for those that
// do not vary. It is nil if the moments do not contain them.
func (m *Moments) Spread(n int) []float64 {
	if m == nil || m.Gradients == nil || m.Data.SymmetricDim() != n+1 {
		return nil
	}
	s, count := slices.Repeat([]float64{1}, n), m.Data.At(n, n)
	for i := range s {
		mean := m.Data.At(i, n) / count
		if variance := m.Data.At(i, i)/count - mean*mean; variance > 0 {
			s[i] = math.Sqrt(variance)
		}
	}
	return s
}
