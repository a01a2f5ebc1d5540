package profile

import (
	"errors"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/participation"
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

	gram, metric *mat.SymDense // of all samples

	halves [2]splitMoments // sums over alternating samples
	census finite.Census   // counts samples that are not finite
}

func newLayerSums(l function.Layer, k, block int) *layerSums {
	m := l.H.Shape().Dim(1)
	s := &layerSums{name: l.Name, k: k, width: m, block: block, evidence: liegg.NewEvidence(k), gram: mat.NewSymDense(k, nil), metric: mat.NewSymDense(k, nil)}
	for i := range s.halves {
		s.halves[i] = newSplitMoments(k, m, fitted(k, m))
	}
	return s
}

// fitted reports whether a linear representation on m activations is worth its cost.
func fitted(k, m int) bool { return m <= 2048 && k*m*m <= 1<<24 }

// nodes builds the results that take reads: the energies; whether activations are finite; the
// Gram matrix of the tangents and the metric of each block of samples, [blocks, K, K]; and, if B
// is to be fitted, for each splitMoments the Gram matrix, Σ h hᵀ and Σ (J·A_k x) hᵀ.
func (s *layerSums) nodes(x, h, rows, energy, count *Node, metrics metricsOfBlocks) []*Node {
	batch := h.Shape().Dim(0)
	rows, h = ConvertDType(rows, dtypes.Float64), ConvertDType(h, dtypes.Float64)
	inBlocks := Reshape(rows, batch/s.block, s.block, s.width, s.k)
	nodes := []*Node{energy, finite.Spoilt(x, h), Einsum("gbmk,gbml->gkl", inBlocks, inBlocks), metrics(energy)}
	for i := range s.halves {
		if s.halves[i].second == nil {
			continue
		}
		mine := halfOf(count, batch, i)
		moved := Mul(rows, Reshape(mine, -1, 1, 1))
		nodes = append(nodes, Einsum("bmk,bml->kl", moved, rows),
			Einsum("bm,bn->mn", Mul(h, Reshape(mine, -1, 1)), h), Einsum("bmk,bn->kmn", moved, h))
	}
	return nodes
}

// metricsOfBlocks returns Σ_i w_i T_iᵀT_i of each block of samples, [blocks, K, K], for weights w
// [batch] in float64.
type metricsOfBlocks func(w *Node) *Node

// metricsOf builds the metrics of a batch x. All layers share what depends on x alone, unless
// the action sums over a batch by a method of its own.
func metricsOf(a action.Action, x *Node, block int) metricsOfBlocks {
	batch, k := x.Shape().Dim(0), a.Dim()
	if _, ok := a.(action.MetricBuilder); ok {
		return func(w *Node) *Node {
			var blocks []*Node
			for first := 0; first < batch; first += block {
				mine := AxisRange(first, first+block)
				blocks = append(blocks, action.Metric(a, Slice(x, mine), Slice(w, mine)))
			}
			return Stack(blocks, 0)
		}
	}
	t := ConvertDType(Reshape(a.Tangents(x), batch, k, x.Shape().Size()/batch), dtypes.Float64)
	each := Reshape(Einsum("bkp,blp->bkl", t, t), batch/block, block, k, k)
	return func(w *Node) *Node { return Einsum("gb,gbkl->gkl", Reshape(w, batch/block, block), each) }
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
	values := make([][]float64, 4+len(s.halves)*s.halves[0].numbers())
	for i := range values {
		if values[i], err = tensors.CopyFlatData[float64](results[i]); err != nil {
			return nil, err
		}
	}
	energy, grams, metrics := values[0], values[2], values[3]
	rest = results[len(values):]
	if err := s.census.Add(c, values[1], energy); err != nil || s.census.Found() {
		return rest, err
	}
	for first := 0; first < c.Count; first += s.block { // blocks with real samples
		if err := s.addBlock(energy[first:min(first+s.block, c.Count)], symNth(grams, first/s.block, s.k), symNth(metrics, first/s.block, s.k)); err != nil {
			return nil, err
		}
	}
	values = values[4:]
	for i := range s.halves {
		values = s.halves[i].add((c.Count+1-i)/2, values)
	}
	return rest, nil
}

// addBlock adds a block of samples with the given energies.
func (s *layerSums) addBlock(energy []float64, gram, metric *mat.SymDense) error {
	s.gram.AddSym(s.gram, gram)
	s.metric.AddSym(s.metric, metric)
	return s.evidence.Add(liegg.Chunk{Samples: len(energy), Outputs: s.width, Idle: participation.Idle(energy), Gram: gram, Metric: metric, Estimated: s.width > exactEnergy})
}

// symNth returns the i-th of several k×k matrices.
func symNth(matrices []float64, i, k int) *mat.SymDense {
	return mat.NewSymDense(k, matrices[i*k*k:(i+1)*k*k])
}

// profile computes the spectra of a layer.
func (s *layerSums) profile(a action.Action, rule liegg.Rule) (l Layer, err error) {
	l = Layer{Name: s.name, action: a, evidence: s.evidence, rule: rule, gram: s.gram, metric: s.metric}
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
	if err := rest.Add(liegg.Chunk{Samples: p.Samples(), Idle: p.Idle(), Outputs: s.width, Gram: l.residual, Metric: s.metric, Estimated: s.width > exactEnergy}); err != nil {
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
