package profile

import (
	"errors"
	"iter"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/finite"
	"github.com/liegg/lab/liegg/network/internal/function"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// layerSums holds the sums of a layer over the samples.
type layerSums struct {
	name     string
	k, width int
	block    int // samples in a block of evidence
	evidence *liegg.Evidence
	metric   *mat.SymDense   // of all samples
	halves   [2]splitMoments // sums over alternating samples
	census   finite.Census   // counts samples that are not finite
}

func newLayerSums(l function.Layer, k, block int) *layerSums {
	m := l.H.Shape().Dim(1)
	s := &layerSums{name: l.Name, k: k, width: m, block: block, evidence: liegg.NewEvidence(k), metric: mat.NewSymDense(k, nil)}
	for i := range s.halves {
		s.halves[i] = newSplitMoments(k, m, fitted(k, m))
	}
	return s
}

// energy returns ‖J‖²_F of each sample, [batch], in float64, or its estimate from gradients
// of random combinations of the activations.
func (s *layerSums) energy(a action.Action, gradients []*Node) (sum *Node) {
	for _, g := range gradients {
		sum = derivative.Plus(sum, derivative.DualNorm(a, g))
	}
	share := 1.
	if s.width > exactEnergy {
		share /= float64(len(gradients))
	}
	return MulScalar(sum, share)
}

// fitted reports whether a linear representation on m activations is worth its cost.
func fitted(k, m int) bool { return m <= 2048 && k*m*m <= 1<<24 }

// nodes builds the results that take reads: the energies; whether activations are finite; for
// each block of samples the Gram matrix of the tangents and the metric; and for each
// splitMoments the Gram matrix and, if B is to be fitted, Σ h hᵀ and Σ (J·A_k x) hᵀ.
func (s *layerSums) nodes(a action.Action, x, h, rows, energy, count *Node) []*Node {
	rows, h = ConvertDType(rows, dtypes.Float64), ConvertDType(h, dtypes.Float64)
	nodes := []*Node{energy, finite.Spoilt(x, h)}
	for first, size := range s.blocks(h.Shape().Dim(0)) {
		mine := AxisRange(first, first+size)
		r := Slice(rows, mine)
		nodes = append(nodes, Einsum("bmk,bml->kl", r, r), action.Metric(a, Slice(x, mine), Slice(energy, mine)))
	}
	for i := range s.halves {
		mine := halfOf(count, h.Shape().Dim(0), i)
		moved := Mul(rows, Reshape(mine, -1, 1, 1))
		nodes = append(nodes, Einsum("bmk,bml->kl", moved, rows))
		if s.halves[i].second != nil {
			nodes = append(nodes, Einsum("bm,bn->mn", Mul(h, Reshape(mine, -1, 1)), h), Einsum("bmk,bn->kmn", moved, h))
		}
	}
	return nodes
}

// blocks cuts a batch into blocks and yields the first sample of each and its size.
func (s *layerSums) blocks(batch int) iter.Seq2[int, int] {
	return func(yield func(first, size int) bool) {
		for first := 0; first < batch; first += s.block {
			if !yield(first, min(s.block, batch-first)) {
				return
			}
		}
	}
}

// halfOf returns 1 for the real samples of a batch that belong to splitMoments i, and 0 for
// the others.
func halfOf(count *Node, batch, i int) *Node {
	index := Iota(count.Graph(), shapes.Make(count.DType(), batch), 0)
	parity := Equal(Mod(index, Const(count.Graph(), int32(2))), Const(count.Graph(), int32(i)))
	return ConvertDType(And(parity, LessThan(index, count)), dtypes.Float64)
}

// take adds the results of a chunk for this layer, and returns the results of the layers
// after it.
func (s *layerSums) take(c stream.Chunk, results []*tensors.Tensor) (rest []*tensors.Tensor, err error) {
	batch := c.X.Shape().Dim(0)
	blocks := (batch + s.block - 1) / s.block
	values := make([][]float64, 2+2*blocks+len(s.halves)*s.halves[0].numbers())
	for i := range values {
		if values[i], err = tensors.CopyFlatData[float64](results[i]); err != nil {
			return nil, err
		}
	}
	energy := values[0]
	rest = results[len(values):]
	if err := s.census.Add(c, values[1], energy); err != nil || s.census.Found() {
		return rest, err
	}
	values = values[2:]
	for first, size := range s.blocks(min(batch, c.Count)) {
		gram, metric := mat.NewSymDense(s.k, values[0]), mat.NewSymDense(s.k, values[1])
		if s.width > exactEnergy {
			metric = derivative.LiftMetric(metric, gram)
		}
		s.metric.AddSym(s.metric, metric)
		block := liegg.Chunk{Samples: size, Outputs: s.width, Idle: participation.Idle(energy[first : first+size]), Gram: gram, Metric: metric}
		if err := s.evidence.Add(block); err != nil {
			return nil, err
		}
		values = values[2:]
	}
	values = values[2*(blocks-(c.Count+s.block-1)/s.block):] // without blocks that hold no real samples
	for i := range s.halves {
		values = s.halves[i].add((c.Count+1-i)/2, values)
	}
	return rest, nil
}

// profile computes the spectra of a layer.
func (s *layerSums) profile(a action.Action, rule liegg.Rule) (l Layer, err error) {
	l = Layer{Name: s.name, action: a, evidence: s.evidence, rule: rule, metric: s.metric}
	l.gram = symSum(s.halves[0].gram, s.halves[1].gram)
	p, err := s.evidence.Polarization()
	if err != nil {
		return l, err
	}
	if l.Invariance, err = p.Spectrum(a); err != nil {
		return l, err
	}
	l.samples, l.estimates = l.Invariance.N(), s.evidence.Defects(rule)
	if s.halves[1].samples < 2*s.width || s.halves[1].second == nil {
		return l, nil
	}
	l.residual = symSum(s.halves[1].residual(s.halves[0]), s.halves[0].residual(s.halves[1]))
	rest := liegg.NewPolarization(s.k)
	if err := rest.Add(liegg.Chunk{Samples: p.Samples(), Idle: p.Idle(), Outputs: s.width, Gram: l.residual, Metric: s.metric}); err != nil {
		return l, err
	}
	l.Equivariance, err = rest.Spectrum(a)
	if errors.Is(err, liegg.ErrMetric) { // B fits the other half worse than B = 0
		l.Equivariance, l.residual, err = nil, nil, nil
	}
	return l, err
}

func symSum(a, b *mat.SymDense) *mat.SymDense {
	c := mat.NewSymDense(a.SymmetricDim(), nil)
	c.AddSym(a, b)
	return c
}
