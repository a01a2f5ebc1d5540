package linalg

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// Kronecker is the symmetric matrix Left ⊗ Right with the entries Left_ik·Right_jl in row (i, j)
// and column (k, l). The metric of all linear maps E_ij is one, because a velocity E_ij·x lies
// along axis i. Left is shared between such matrices, so it must not change.
type Kronecker struct{ Left, Right *mat.SymDense }

// SymmetricDim returns the number of rows.
func (k Kronecker) SymmetricDim() int { return k.Left.SymmetricDim() * k.Right.SymmetricDim() }

// Dims returns the number of rows and of columns.
func (k Kronecker) Dims() (rows, columns int) { return k.SymmetricDim(), k.SymmetricDim() }

// T returns the matrix itself.
func (k Kronecker) T() mat.Matrix { return k }

// At returns an entry.
func (k Kronecker) At(i, j int) float64 {
	n := k.Right.SymmetricDim()
	return k.Left.At(i/n, j/n) * k.Right.At(i%n, j%n)
}

func (k Kronecker) add(s mat.Symmetric) bool {
	other, ok := s.(Kronecker)
	if !ok || other.Left != k.Left && !mat.Equal(other.Left, k.Left) {
		return false
	}
	AddTo(k.Right, other.Right)
	return true
}

func (k Kronecker) clone() mat.Symmetric { return Kronecker{k.Left, copied(k.Right)} }

func (k Kronecker) whole() *mat.SymDense { return copied(k) }

func (k Kronecker) isFinite() bool {
	size := sizeOf(mat.DenseCopyOf(k.Left).RawMatrix().Data) * sizeOf(mat.DenseCopyOf(k.Right).RawMatrix().Data)
	return size-size == 0
}

// as returns the product with factors that are not known to be symmetric.
func (k Kronecker) as() KroneckerMap {
	return KroneckerMap{mat.DenseCopyOf(k.Left), mat.DenseCopyOf(k.Right)}
}

// scaledBy returns the matrix of d_k·S_kl·d_l if d is a product of factors, too.
func (k Kronecker) scaledBy(d []float64) (scaled Kronecker, ok bool) {
	const rounding = 4 * ε
	n := k.Right.SymmetricDim()
	if d[0] == 0 {
		return k, false
	}
	left, right := make([]float64, len(d)/n), d[:n]
	for i := range left {
		left[i] = d[i*n] / d[0]
		for j, r := range right {
			if v := left[i] * r; !(math.Abs(v-d[i*n+j]) <= rounding*math.Abs(v)) {
				return k, false
			}
		}
	}
	return Kronecker{ScaledBy(k.Left, left), ScaledBy(k.Right, right)}, true
}

// KroneckerMap is the matrix Left ⊗ Right of square factors.
type KroneckerMap struct{ Left, Right *mat.Dense }

// Times returns (Left ⊗ Right)·v.
func (k KroneckerMap) Times(v *mat.Dense) *mat.Dense { return k.times(blas.NoTrans, v) }

// Congruent returns WᵀGW for W = Left ⊗ Right. For K×K matrices and factors of size √K it takes
// some 4·K^2.5 operations, and a product with W as it is takes 4·K³.
func (k KroneckerMap) Congruent(g *mat.SymDense) *mat.SymDense {
	gw := mat.DenseCopyOf(k.times(blas.Trans, mat.DenseCopyOf(g)).T())
	return SymmetricPart(k.times(blas.Trans, gw))
}

// times applies the right factor to each of the blocks of rows that belong to a row of the left
// factor, and the left factor to whole blocks. All of v is contiguous.
func (k KroneckerMap) times(t blas.Transpose, v *mat.Dense) *mat.Dense {
	rows, columns := v.Dims()
	left, right := k.Left.RawMatrix(), k.Right.RawMatrix()
	n := right.Rows
	from := func(m *mat.Dense, row int) []float64 { return m.RawMatrix().Data[row*m.RawMatrix().Stride:] }
	half, whole := mat.NewDense(rows, columns, nil), mat.NewDense(rows, columns, nil)
	for i := range left.Rows {
		blas64.Gemm(t, blas.NoTrans, 1, right,
			blas64.General{Rows: n, Cols: columns, Stride: v.RawMatrix().Stride, Data: from(v, i*n)}, 0,
			blas64.General{Rows: n, Cols: columns, Stride: columns, Data: from(half, i*n)})
	}
	block := blas64.General{Rows: left.Rows, Cols: n * columns, Stride: n * columns}
	in, out := block, block
	in.Data, out.Data = half.RawMatrix().Data, whole.RawMatrix().Data
	blas64.Gemm(t, blas.NoTrans, 1, left, in, 0, out)
	return whole
}
