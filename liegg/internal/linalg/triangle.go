package linalg

import (
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
	"gonum.org/v1/gonum/mat"
)

// Triangle is the R of a streamed QR decomposition: the stack [R; rows] is
// factorised whenever it is full, and R takes its place. RᵀR = CᵀC at every
// moment, with the relative error of a dense QR, and memory stays O(k²).
type Triangle struct {
	k     int
	isR   bool      // the rows in use are R
	fill  int       // rows of the stack in use
	stack []float64 // row-major, k columns
	tau   []float64
	work  []float64
}

// NewTriangle is empty, for rows of length k.
func NewTriangle(k int) *Triangle {
	rows := k + max(k, 64) // at least as many new rows as old ones: each row is touched O(1) times
	return &Triangle{k: k, stack: make([]float64, rows*k), tau: make([]float64, k)}
}

// Add appends rows of length k.
func (t *Triangle) Add(rows *mat.Dense) {
	n, _ := rows.Dims()
	for i := range n {
		if t.fill*t.k == len(t.stack) {
			t.Compress()
		}
		t.isR = false
		copy(t.stack[t.fill*t.k:], rows.RawRowView(i))
		t.fill++
	}
}

// Compress replaces the stack by its R. Afterwards, until more rows are added, several goroutines may
// call R at once.
func (t *Triangle) Compress() {
	if t.fill == 0 || t.isR {
		return
	}
	a := blas64.General{Rows: t.fill, Cols: t.k, Stride: t.k, Data: t.stack[:t.fill*t.k]}
	tau := t.tau[:min(t.fill, t.k)]
	size := []float64{0}
	lapack64.Geqrf(a, tau, size, -1)
	if len(t.work) < int(size[0]) {
		t.work = make([]float64, int(size[0]))
	}
	lapack64.Geqrf(a, tau, t.work, len(t.work))
	t.fill = min(t.fill, t.k)
	for i := range t.fill {
		clear(t.stack[i*t.k : i*t.k+i]) // the reflectors
	}
	t.isR = true
}

// R returns R as a k×k matrix of its own.
func (t *Triangle) R() *mat.Dense {
	t.Compress()
	r := mat.NewDense(t.k, t.k, nil)
	copy(r.RawMatrix().Data, t.stack[:t.fill*t.k])
	return r
}
