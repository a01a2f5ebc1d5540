package network

import (
	"errors"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// layerSums is what a layer adds up over the samples.
type layerSums struct {
	name         string
	width        int // m
	polarization *liegg.Polarization
	metric       *mat.SymDense
	halves       [2]half // samples by turns
}

func newLayerSums(l layer, k int) *layerSums {
	m := l.h.Shape().Dim(1)
	s := &layerSums{name: l.name, width: m, polarization: liegg.NewPolarization(k), metric: mat.NewSymDense(k, nil)}
	for i := range s.halves {
		s.halves[i] = newHalf(k, m, fitted(k, m))
	}
	return s
}

// fitted says whether a linear representation on m activations is worth its price.
func fitted(k, m int) bool { return m <= 2048 && k*m*m <= 1<<24 }

// nodes builds what take reads: metric and energies, and for each half of the
// samples the Gram matrix of the tangents and, if B is to be fitted, Σ h hᵀ and
// Σ (J·A_k x) hᵀ.
func (s *layerSums) nodes(a action.Action, x, h *Node, j jacobian, count *Node) []*Node {
	energy := ConvertDType(j.energy, dtypes.Float64)
	nodes := []*Node{j.metric(a, x, energy), energy}
	rows, h := ConvertDType(j.rows, dtypes.Float64), ConvertDType(h, dtypes.Float64)
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

// halfOf is 1 for the real samples of a batch that belong to half i, else 0.
func halfOf(count *Node, batch, i int) *Node {
	index := Iota(count.Graph(), shapes.Make(count.DType(), batch), 0)
	parity := Equal(Mod(index, Const(count.Graph(), int32(2))), Const(count.Graph(), int32(i)))
	return ConvertDType(And(parity, LessThan(index, count)), dtypes.Float64)
}

// take adds a chunk's results of this layer and returns those of the others.
func (s *layerSums) take(c chunk, results []*tensors.Tensor) (rest []*tensors.Tensor, err error) {
	values := make([][]float64, 2+len(s.halves)*s.halves[0].numbers())
	for i := range values {
		if values[i], err = tensors.CopyFlatData[float64](results[i]); err != nil {
			return nil, err
		}
	}
	metric, energy, gram := values[0], values[1], mat.NewSymDense(s.polarization.K(), nil)
	if err := firstNotFinite(c, append([][]float64{metric, metric, energy}, values[2:]...)); err != nil {
		return nil, err
	}
	rest, values = results[len(values):], values[2:]
	for i := range s.halves {
		values = s.halves[i].add((c.count+1-i)/2, gram, values)
	}
	d := mat.NewSymDense(s.polarization.K(), metric)
	s.metric.AddSym(s.metric, d)
	return rest, s.polarization.Add(liegg.Chunk{Samples: c.count, Outputs: s.width, Idle: idle(energy[:c.count]), Gram: gram, Metric: d})
}

// profile takes the spectra of a layer.
func (s *layerSums) profile(a action.Action) (l LayerProfile, err error) {
	l = LayerProfile{Name: s.name, action: a, samples: s.polarization.Samples() - s.polarization.Idle(), metric: s.metric}
	if l.Invariance, err = s.polarization.Spectrum(a); err != nil {
		return l, err
	}
	l.gram = symSum(s.halves[0].gram, s.halves[1].gram)
	if s.halves[1].samples < 2*s.width || s.halves[1].second == nil {
		return l, nil
	}
	l.residual = symSum(s.halves[1].residual(s.halves[0]), s.halves[0].residual(s.halves[1]))
	rest := liegg.NewPolarization(s.polarization.K())
	if err := rest.Add(liegg.Chunk{Samples: s.polarization.Samples(), Idle: s.polarization.Idle(), Outputs: s.width, Gram: l.residual, Metric: s.metric}); err != nil {
		return l, err
	}
	l.Equivariance, err = rest.Spectrum(a)
	if errors.Is(err, liegg.ErrMetric) { // B fits the other half worse than none does
		l.Equivariance, l.residual, err = nil, nil, nil
	}
	return l, err
}

func symSum(a, b *mat.SymDense) *mat.SymDense {
	c := mat.NewSymDense(a.SymmetricDim(), nil)
	c.AddSym(a, b)
	return c
}
