package linalg

import "gonum.org/v1/gonum/mat"

// Pairs numbers the pairs of n numbers without regard to their order: At[i·n+j] = At[j·n+i].
type Pairs struct {
	N  int
	At []int32
}

// PairedGram is the Gram matrix Σ (g gᵀ) ⊗ (x xᵀ) of rows g ⊗ x. Its entry in row (i, j) and column
// (k, l) stays the same if i and k, or j and l, change places. So it is known by a quarter of its
// entries: Sums has a row for each pair (i, k) and a column for each pair (j, l).
type PairedGram struct {
	Left, Right Pairs
	Sums        *mat.Dense
}

// SymmetricDim returns the number of rows.
func (p PairedGram) SymmetricDim() int { return p.Left.N * p.Right.N }

// Dims returns the number of rows and of columns.
func (p PairedGram) Dims() (rows, columns int) { return p.SymmetricDim(), p.SymmetricDim() }

// T returns the matrix itself.
func (p PairedGram) T() mat.Matrix { return p }

// At returns an entry.
func (p PairedGram) At(i, j int) float64 {
	n := p.Right.N
	return p.Sums.At(int(p.Left.At[i/n*p.Left.N+j/n]), int(p.Right.At[i%n*n+j%n]))
}

func (p PairedGram) add(s mat.Symmetric) bool {
	other, ok := s.(PairedGram)
	if !ok || !p.alike(other) {
		return false
	}
	p.Sums.Add(p.Sums, other.Sums)
	return true
}

func (p PairedGram) clone() mat.Symmetric {
	return PairedGram{p.Left, p.Right, mat.DenseCopyOf(p.Sums)}
}

// whole fills in the upper triangle, which is all that a SymDense has.
func (p PairedGram) whole() *mat.SymDense {
	n := p.Right.N
	s := mat.NewSymDense(p.SymmetricDim(), nil)
	raw := s.RawSymmetric()
	for i := range p.Left.N {
		for k := i; k < p.Left.N; k++ {
			sums := p.Sums.RawRowView(int(p.Left.At[i*p.Left.N+k]))
			for j := range n {
				row := raw.Data[(i*n+j)*raw.Stride+k*n:]
				for l, at := range p.Right.At[j*n : j*n+n] {
					row[l] = sums[at]
				}
			}
		}
	}
	return s
}

func (p PairedGram) isFinite() bool {
	rows, _ := p.Sums.Dims()
	for i := range rows {
		if !AllFinite(p.Sums.RawRowView(i)) {
			return false
		}
	}
	return true
}
