package extraction

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/finite"
	"github.com/liegg/lab/liegg/network/internal/independence"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
	"github.com/liegg/lab/liegg/progress"
)

// Smallest returns the m smallest generators of the polarization matrix of so many samples, without
// K×K matrices. It runs over the chunks for every product with the matrix. The rows of a chunk are
// computed on the device and stay there.
func Smallest(n Network, a action.Action, chunks []stream.Chunk, samples int, s Settings, m int) (*liegg.Spectrum, error) {
	p, err := newPasses(n, a, chunks, samples, s)
	defer p.finalize()
	if err != nil {
		return nil, err
	}
	products, err := p.products()
	if err != nil {
		return nil, err
	}
	line := progress.New(fmt.Sprintf("spectrum of %d candidates", a.Dim()), 0)
	defer line.Done()
	products.Watch = func(product, found, m int) { line.At(product, fmt.Sprintf("%d of %d found", found, m)) }
	return products.Smallest(a, m)
}

// passes are the programs that run over the inputs.
type passes struct {
	*Program
	chunks      []stream.Chunk
	samples     int
	sums, times *model.Exec
	width       int // number of columns of a product, for which XLA has compiled it
}

func newPasses(n Network, a action.Action, chunks []stream.Chunk, samples int, s Settings) (p *passes, err error) {
	defer graphpanic.Catch(&err)
	e, backend, err := prepared(n, a, chunks[0], s)
	if err != nil {
		return nil, err
	}
	if _, err := independence.Probe(backend, e.Network.Store, e.Y, chunks[0]); err != nil {
		return nil, err
	}
	p = &passes{Program: e, chunks: chunks, samples: samples}
	return p, p.build(backend)
}

func (p *passes) build(backend compute.Backend) (err error) {
	if p.sums, err = model.NewExec(backend, p.Network.Store, p.sumsGraph); err != nil {
		return err
	}
	p.times, err = model.NewExec(backend, p.Network.Store, p.timesGraph)
	return err
}

func (p *passes) finalize() {
	if p == nil {
		return
	}
	for _, e := range []*model.Exec{p.sums, p.times} {
		if e != nil {
			e.Finalize()
		}
	}
}

// pulled builds the rows of the real samples of a batch, in reverse mode. The other modes
// would hold T, which is K times as large as the batch.
func (p *passes) pulled(y, x, count *Node) (j jacobian.Contribution, rows, energy *Node) {
	j = jacobian.Of(jacobian.ReverseMode, p.Action, x, y, nil).Covariant(p.Action, y).Masked(count)
	rows = ConvertDType(Reshape(j.Rows, -1, p.Action.Dim()), dtypes.Float64)
	return j, rows, ConvertDType(j.Energy, dtypes.Float64)
}

// sumsGraph is the program of the first pass: the diagonals of CᵀC and of D, ‖J_i‖²_F,
// and whether outputs are finite.
func (p *passes) sumsGraph(scope *model.Scope, x, count *Node) []*Node {
	y := p.Y(scope, x)
	j, rows, energy := p.pulled(y, x, count)
	return []*Node{ReduceSum(Square(rows), 0), metricDiagonal(j, p.Action, x, energy), energy, finite.Spoilt(x, y)}
}

// timesGraph is the program of a product: CᵀC·h and D·h.
func (p *passes) timesGraph(scope *model.Scope, x, count, h *Node) []*Node {
	j, rows, energy := p.pulled(p.Y(scope, x), x, count)
	gram := Einsum("rk,rc->kc", rows, Einsum("rk,kc->rc", rows, h))
	return []*Node{gram, metricProduct(j, p.Action, x, energy, h)}
}

// products runs over the inputs for the first time.
func (p *passes) products() (out liegg.Products, err error) {
	defer graphpanic.Catch(&err)
	k := p.Action.Dim()
	out = liegg.Products{Samples: p.samples, Outputs: p.outputs, Gram: make([]float64, k), Metric: make([]float64, k), Times: p.product}
	for _, c := range p.chunks {
		values, err := call.Values(p.sums, c.X, int32(c.Count))
		if err != nil {
			return out, err
		}
		if err := p.Census.Add(c, values[3], values[2]); err != nil {
			return out, err
		}
		out.Idle += participation.Idle(values[2][:c.Count])
		floats.Add(out.Gram, values[0])
		floats.Add(out.Metric, values[1])
	}
	return out, p.NotFinite()
}

// product runs over the inputs once, for h of shape K×c. All products have the width of the
// first one, which is the widest, so they share one program.
func (p *passes) product(h *mat.Dense) (gram, metric *mat.Dense, err error) {
	defer graphpanic.Catch(&err)
	k, columns := h.Dims()
	p.width = max(p.width, columns)
	wide := mat.NewDense(k, p.width, nil)
	wide.Slice(0, k, 0, columns).(*mat.Dense).Copy(h)
	t := tensors.FromFlatDataAndDimensions(wide.RawMatrix().Data, k, p.width)
	defer tensor.Finalize(t)
	sums := [2]*mat.Dense{mat.NewDense(k, p.width, nil), mat.NewDense(k, p.width, nil)}
	for _, c := range p.chunks {
		values, err := call.Values(p.times, c.X, int32(c.Count), t)
		if err != nil {
			return nil, nil, err
		}
		for i, sum := range sums {
			floats.Add(sum.RawMatrix().Data, values[i])
		}
	}
	narrow := func(m *mat.Dense) *mat.Dense { return mat.DenseCopyOf(m.Slice(0, k, 0, columns)) }
	return narrow(sums[0]), narrow(sums[1]), nil
}

// metricProduct returns D·h for the metric D of metric.
func metricProduct(j jacobian.Contribution, a action.Action, x, energy, h *Node) *Node {
	d := action.MetricProduct(a, x, energy, h)
	if j.Outputs == nil {
		return d
	}
	return MulScalar(Add(d, Einsum("kl,lc->kc", a.(action.Equivariance).OutputMetric(j.Outputs), h)), 2)
}

// metricDiagonal returns the diagonal of metric.
func metricDiagonal(j jacobian.Contribution, a action.Action, x, energy *Node) *Node {
	d := action.MetricDiagonal(a, x, energy)
	if j.Outputs == nil {
		return d
	}
	m := a.(action.Equivariance).OutputMetric(j.Outputs)
	return MulScalar(Add(d, ReduceSum(Mul(m, diagonal(m)), -1)), 2)
}
