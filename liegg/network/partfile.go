package network

import (
	"crypto/sha256"
	"fmt"
	"io"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/atomicfile"
)

// Write writes a part as an .npz file for ReadPart, whole or not at all. All arrays
// are float64; of symmetric matrices the upper triangle is written row by row, T =
// K(K+1)/2 numbers.
//
//	plan    [6]     samples of the data set, samples in a block, first block, blocks here, K, outputs
//	origin  [32]    a digest, a byte in each: parts with the same belong together
//	counts  [B, 2]  samples of each block, and those without a gradient
//	gram    [B, T]  Gram matrix CᵀC of each block
//	metric  [B, T]  metric Σ‖J_i‖²_F T_iᵀT_i of each block
func (p *Part) Write(path string) error {
	var counts, grams, metrics []float64
	for _, c := range p.grams {
		counts = append(counts, float64(c.Samples), float64(c.Idle))
		grams = append(grams, upper(c.Gram)...)
		metrics = append(metrics, upper(c.Metric)...)
	}
	origin := make([]float64, len(p.origin))
	for i, b := range p.origin {
		origin[i] = float64(b)
	}
	n := len(p.grams)
	plan := []float64{float64(p.blocks.Samples), float64(p.blocks.Size), float64(p.from), float64(n), float64(p.k), float64(p.rows)}
	err := atomicfile.Write(path, func(w io.Writer) error {
		return npy.WriteZip(w, map[string]npy.Array{
			"plan": npy.Of(plan, len(plan)), "origin": npy.Of(origin, len(origin)), "counts": npy.Of(counts, n, 2),
			"gram": npy.Of(grams, n, len(grams)/n), "metric": npy.Of(metrics, n, len(metrics)/n),
		})
	})
	if err != nil {
		return fmt.Errorf("network: writing blocks: %w", err)
	}
	return nil
}

// ReadPart reads a file that Part.Write has written. It returns the errors of the file
// system and of package npy, and numbers that are no part of a data set.
func ReadPart(path string) (*Part, error) {
	arrays := map[string][]float64{}
	for _, name := range []string{"plan", "origin", "counts", "gram", "metric"} {
		a, err := npy.ReadZip(path, name)
		if err != nil {
			return nil, fmt.Errorf("network: reading blocks: %w", err)
		}
		arrays[name] = a.Values()
	}
	p, err := partOf(arrays)
	if err != nil {
		return nil, fmt.Errorf("network: %s holds no blocks of a data set: %w", path, err)
	}
	return p, nil
}

// partOf checks what a file says before it is used.
func partOf(arrays map[string][]float64) (*Part, error) {
	plan, err := whole(arrays["plan"], 6)
	if err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	p := &Part{blocks: Blocks{Samples: plan[0], Size: plan[1]}, from: plan[2], k: plan[4], rows: plan[5]}
	n := plan[3]
	if p.blocks.Samples < 1 || p.blocks.Size < 1 || n < 1 || p.k < 1 || p.rows < 1 || p.from > p.blocks.Count()-n {
		return nil, fmt.Errorf("plan %v", plan)
	}
	if err := p.readOrigin(arrays["origin"]); err != nil {
		return nil, fmt.Errorf("origin: %w", err)
	}
	counts, err := whole(arrays["counts"], 2*n)
	if err != nil {
		return nil, fmt.Errorf("counts: %w", err)
	}
	size := float64(p.k) * float64(p.k+1) / 2 // a float, since K from a file may be any
	for _, name := range []string{"gram", "metric"} {
		if got := len(arrays[name]); float64(got) != float64(n)*size {
			return nil, fmt.Errorf("%s has %d numbers, want %d blocks of %g", name, got, n, size)
		}
	}
	for i := range n {
		first, end := p.blocks.Range(p.from+i, p.from+i+1)
		if counts[2*i] != end-first || counts[2*i+1] > end-first {
			return nil, fmt.Errorf("block %d of %d samples, %d of them idle, want %d", p.from+i, counts[2*i], counts[2*i+1], end-first)
		}
		p.grams = append(p.grams, liegg.Chunk{Samples: counts[2*i], Idle: counts[2*i+1], Outputs: p.rows,
			Gram: symmetric(arrays["gram"], i, p.k), Metric: symmetric(arrays["metric"], i, p.k)})
	}
	return p, nil
}

func (p *Part) readOrigin(values []float64) error {
	origin, err := whole(values, sha256.Size)
	if err != nil {
		return err
	}
	for i, v := range origin {
		p.origin[i] = byte(v)
	}
	return nil
}

// whole are n whole numbers from 0 to 2⁵³.
func whole(values []float64, n int) ([]int, error) {
	if len(values) != n {
		return nil, fmt.Errorf("%d numbers, want %d", len(values), n)
	}
	numbers := make([]int, n)
	for i, v := range values {
		if v != math.Trunc(v) || !(v >= 0 && v <= 1<<53) {
			return nil, fmt.Errorf("number %d is %g, want a whole one", i, v)
		}
		numbers[i] = int(v)
	}
	return numbers, nil
}

// upper is the upper triangle of a matrix, row by row.
func upper(s *mat.SymDense) []float64 {
	raw := s.RawSymmetric()
	values := make([]float64, 0, raw.N*(raw.N+1)/2)
	for i := range raw.N {
		values = append(values, raw.Data[i*raw.Stride+i:i*raw.Stride+raw.N]...)
	}
	return values
}

// symmetric is the i-th of the k×k matrices whose upper triangles follow each other.
func symmetric(triangles []float64, i, k int) *mat.SymDense {
	s := mat.NewSymDense(k, nil)
	raw := s.RawSymmetric()
	rest := triangles[i*k*(k+1)/2:]
	for row := range k {
		n := copy(raw.Data[row*raw.Stride+row:row*raw.Stride+k], rest)
		rest = rest[n:]
	}
	return s
}
