package network

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

// Exact functions in float64: the stated dimension with zeros at rounding, the true
// algebra, on both backends.
func TestExactFunctions(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, backend := range []compute.Backend{goBackend(t), xla(t)} {
		for _, c := range groundtruth.All() {
			t.Run(c.Name+" on "+backend.Name(), func(t *testing.T) {
				f := Exact(c.Graph)
				f.Backend = backend
				x := c.Inputs(rand.New(rand.NewPCG(7, 0)), 600)
				s := ok(Analyze(f, c.Action(), Tensor(x), Settings{Batch: 200}))(t)
				checkAlgebra(t, c, s)
			})
		}
	}
}

func checkAlgebra(t *testing.T, c groundtruth.Case, s *liegg.Spectrum) {
	t.Helper()
	largest := s.BySingular[c.K-1].Singular
	zeros := c.Dim + len(c.Gauge) // the paper's spectrum does not distinguish them
	for j, g := range s.BySingular {
		if zero := g.Singular <= 1e-12*largest; zero != (j < zeros) {
			t.Errorf("singular value %d is %g of the largest; %d are zeros", j+1, g.Singular/largest, zeros)
		}
	}
	if s.Unmoved != len(c.Gauge) {
		t.Errorf("%d candidates move nothing, want %d", s.Unmoved, len(c.Gauge))
	}
	if c.Dim == 0 {
		return
	}
	checkSpan(t, "s", s.Algebra(zeros), slices.Concat(c.Algebra, c.Gauge))
	checkSpan(t, "ρ", s.DefectAlgebra(c.Dim), c.Algebra)
}

func checkSpan(t *testing.T, name string, found lie.Algebra, truth []*mat.Dense) {
	t.Helper()
	if angle := lie.LargestAngle(found, lie.Span("truth", truth...)); angle > 1e-9 {
		t.Errorf("by %s: largest principal angle %g", name, angle)
	}
	if residual := lie.ClosureResidual(found); residual > 1e-9 {
		t.Errorf("by %s: brackets leave the algebra by %g", name, residual)
	}
}

// bilinear is a function of many outputs without a slice, so that every mode can
// differentiate it: y = tanh(x·W)·V.
func bilinear(n, hidden, m int) func(x *Node) *Node {
	rng := rand.New(rand.NewPCG(11, 0))
	w, v := make([]float64, n*hidden), make([]float64, hidden*m)
	for i := range w {
		w[i] = rng.NormFloat64() / math.Sqrt(float64(n))
	}
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	return func(x *Node) *Node {
		g := x.Graph()
		h := Tanh(Dot(x, Const(g, tensors.FromFlatDataAndDimensions(w, n, hidden))).Product())
		return Dot(h, Const(g, tensors.FromFlatDataAndDimensions(v, hidden, m))).Product()
	}
}

// oracle builds all polarization rows by finite differences along x + tA_k·x.
func oracle(t *testing.T, f *Network, a action.Action, x *tensors.Tensor) (rows *mat.Dense) {
	t.Helper()
	const step = 1e-5
	n := x.Shape().Dim(0)
	size := x.Size() / n
	flat := tensors.MustCopyFlatData[float64](x)
	var columns [][]float64
	for k := range a.Dim() {
		h := make([]float64, a.Dim())
		h[k] = 1
		moved := func(t float64) *tensors.Tensor {
			at := append([]float64{}, flat...)
			m := a.Generator(h)
			d, _ := m.Dims()
			for first := 0; first < len(at); first += d {
				for i := range d {
					at[first+i] += t * floatsDot(m.RawRowView(i), flat[first:first+d])
				}
			}
			return tensors.FromFlatDataAndDimensions(at, n, size)
		}
		plus, minus := ok(f.Predict(moved(step)))(t), ok(f.Predict(moved(-step)))(t)
		p, q := ok(dataset.Values(plus))(t), ok(dataset.Values(minus))(t)
		for i := range p {
			p[i] = (p[i] - q[i]) / (2 * step)
		}
		columns = append(columns, p)
	}
	rows = mat.NewDense(len(columns[0]), a.Dim(), nil)
	for k, c := range columns {
		rows.SetCol(k, c)
	}
	return rows
}

func floatsDot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func TestModesAgreeWithFiniteDifferences(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	f, compiled := Exact(bilinear(6, 16, 7)), onXLA(t, Exact(bilinear(6, 16, 7)))
	a := action.Linear(3, 2)
	x := normal(3, 50, 6)
	var svd mat.SVD
	if !svd.Factorize(oracle(t, f, a, x), mat.SVDNone) {
		t.Fatal("no SVD")
	}
	want := svd.Values(nil)
	for _, mode := range []Differentiation{ReverseMode, TangentMode, CoordinateMode, AutoMode} {
		for _, gram := range []bool{false, true} {
			n := f
			if gram && mode != AutoMode { // each mode once on XLA
				n = compiled
			}
			s := ok(Analyze(n, a, Tensor(x), Settings{Mode: mode, Batch: 16, Gram: gram}))(t)
			var got []float64
			for j := range s.BySingular {
				got = append(got, s.BySingular[len(s.BySingular)-1-j].Singular)
			}
			expect.Near(t, fmt.Sprintf("singular values, mode %d, Gram %v", mode, gram), got, want, 1e-8)
		}
	}
}

// The defects need ‖J‖²_F: exact in two modes, estimated in the third.
func TestModesAgreeOnDefects(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	f := Exact(bilinear(6, 16, 7))
	a := action.Linear(3, 2)
	x := normal(4, 4000, 6)
	defects := func(mode Differentiation) (d []float64) {
		for _, g := range ok(Analyze(f, a, Tensor(x), Settings{Mode: mode}))(t).ByDefect {
			d = append(d, g.Defect)
		}
		return d
	}
	exact := defects(ReverseMode)
	expect.Near(t, "coordinates", defects(CoordinateMode), exact, 1e-10)
	expect.Near(t, "tangents", defects(TangentMode), exact, .05)
}

// AutoMode works for a model that slices its input, which has no forward mode in GoMLX.
func TestAutoModeFallsBackToReverse(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	wide := bilinear(2, 8, 60)
	f := Exact(func(x *Node) *Node { return wide(Slice(x, AxisRange(), AxisRange(0, 2))) })
	x := normal(5, 100, 4)
	auto := ok(Analyze(f, action.Linear(2, 2), Tensor(x), Settings{}))(t)
	reverse := ok(Analyze(f, action.Linear(2, 2), Tensor(x), Settings{Mode: ReverseMode}))(t)
	for j := range auto.BySingular {
		expect.Near(t, "singular value", []float64{auto.BySingular[j].Singular}, []float64{reverse.BySingular[j].Singular}, 1e-10)
	}
}

// The polarization does not depend on how the stream is cut.
func TestInputsMayComeInAnyPieces(t *testing.T) {
	f, a := Exact(bilinear(6, 16, 2)), action.Linear(3, 2)
	x := normal(6, 103, 6)
	pieces := func(yield func(*tensors.Tensor, error) bool) {
		flat := tensors.MustCopyFlatData[float64](x)
		for _, n := range []int{1, 40, 2, 60} {
			if !yield(tensors.FromFlatDataAndDimensions(flat[:6*n], n, 6), nil) {
				return
			}
			flat = flat[6*n:]
		}
	}
	want := ok(Analyze(f, a, Tensor(x), Settings{Batch: 103}))(t)
	got := ok(Analyze(f, a, iter.Seq2[*tensors.Tensor, error](pieces), Settings{Batch: 16}))(t)
	if got.Samples != 103 {
		t.Errorf("%d samples, want 103", got.Samples)
	}
	for j := range want.BySingular {
		expect.Near(t, "singular value", []float64{got.BySingular[j].Singular}, []float64{want.BySingular[j].Singular}, 1e-11)
	}
}

// FisherRows against finite differences of 2√p, whose Gram matrix is the Fisher
// metric: ∂(2√p_k) = p_k^{-½} ∂p_k = √p_k (J_k − Σ_j p_j J_j).
func TestFisherRowsAreTheFisherMetric(t *testing.T) {
	logits := bilinear(6, 16, 4)
	root := Exact(func(x *Node) *Node { return MulScalar(Sqrt(Softmax(logits(x), -1)), 2) })
	a, x := action.Linear(3, 2), normal(8, 60, 6)
	want := ok(Analyze(root, a, Tensor(x), Settings{}))(t)
	got := ok(Analyze(Exact(logits), a, Tensor(x), Settings{Head: FisherRows}))(t)
	for j := range want.BySingular {
		expect.Near(t, "singular value", []float64{got.BySingular[j].Singular}, []float64{want.BySingular[j].Singular}, 1e-10)
	}
}

func TestHeads(t *testing.T) {
	y := normal(9, 5, 4)
	run := func(h Head) []float64 {
		return ok(dataset.Values(ok(Exact(h.Rows).Predict(y))(t)))(t)
	}
	values := ok(dataset.Values(y))(t)
	centred, normalised, sum := run(CentredLogits), run(NormalisedLogits), run(PaperHead)
	for i := range 5 {
		logits := values[4*i : 4*i+4]
		mean, norm, total := 0.0, 0.0, 0.0
		for _, v := range logits {
			mean, norm = mean+v/4, norm+v*v
		}
		for k, v := range logits {
			expect.Near(t, "centred", centred[4*i+k:4*i+k+1], []float64{v - mean}, 1e-12)
			expect.Near(t, "normalised", normalised[4*i+k:4*i+k+1], []float64{v / math.Sqrt(norm)}, 1e-12)
			total += v / math.Sqrt(norm)
		}
		expect.Near(t, "paper", sum[i:i+1], []float64{total}, 1e-12)
	}
}

func TestErrorsOfData(t *testing.T) {
	f, a := Exact(bilinear(6, 8, 1)), action.Linear(3, 2)
	poisoned := func(value float64) *tensors.Tensor {
		x := normal(10, 300, 6)
		tensors.MustMutableFlatData(x, func(v []float64) { v[6*257+3] = value })
		return x
	}
	analyze := func(f *Network, a action.Action, x *tensors.Tensor) error {
		_, err := Analyze(f, a, Tensor(x), Settings{Batch: 128})
		return err
	}
	var notFinite *liegg.NotFiniteError
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		if err := analyze(f, a, poisoned(bad)); !errors.As(err, &notFinite) || notFinite.Sample != 257 || notFinite.What != "input" {
			t.Errorf("input %v: %v", bad, err)
		}
	}
	root := Exact(func(x *Node) *Node { return Sqrt(ReduceSum(x, -1)) })
	if err := analyze(root, a, normal(10, 300, 6)); !errors.As(err, &notFinite) || notFinite.What != "output" {
		t.Errorf("√ of a negative number: %v", err)
	}
	nothing := func(func(*tensors.Tensor, error) bool) {}
	if _, err := Analyze(f, a, nothing, Settings{}); !errors.Is(err, liegg.ErrNoSamples) {
		t.Errorf("no samples: %v", err)
	}
	if err := analyze(f, a, normal(1, 5, 6)); !errors.Is(err, liegg.ErrTooFewRows) {
		t.Errorf("5 rows for 9 candidates: %v", err)
	}
	constant := Exact(func(x *Node) *Node { return ReduceSum(MulScalar(x, 0), -1) })
	if err := analyze(constant, a, normal(1, 50, 6)); !errors.Is(err, liegg.ErrVanishingGradients) {
		t.Errorf("constant function: %v", err)
	}
	expect.Error(t, analyze(f, action.Linear(4, 2), normal(1, 50, 6)), "shape [6]", "8")
	expect.Error(t, analyze(f, a, tensors.FromScalarAndDimensions(int32(1), 50, 6)), "Int32", "float32")
	mixed := func(yield func(*tensors.Tensor, error) bool) {
		_ = yield(normal(1, 50, 6), nil) && yield(normal(1, 50, 7), nil)
	}
	_, err := Analyze(f, a, mixed, Settings{})
	expect.Error(t, err, "[7]", "[6]")
	broken := func(yield func(*tensors.Tensor, error) bool) { yield(nil, errors.New("the disk is gone")) }
	_, err = Analyze(f, a, broken, Settings{})
	expect.Error(t, err, "the disk is gone")
}

func TestErrorsOfModels(t *testing.T) {
	a, x := action.Linear(3, 2), normal(1, 50, 6)
	for name, c := range map[string]struct {
		f     func(x *Node) *Node
		words []string
	}{
		"error":       {func(x *Node) *Node { panic(errors.New("my layer is wrong")) }, []string{"my layer is wrong"}},
		"string":      {func(x *Node) *Node { panic("my layer is wrong") }, []string{"my layer is wrong"}},
		"nil pointer": {func(x *Node) *Node { var n *Node; return Add(x, n) }, []string{"model"}},
		"shapes":      {func(x *Node) *Node { return Dot(x, x).Product() }, []string{"model"}},
		"no batch":    {func(x *Node) *Node { return ReduceAllSum(x) }, []string{"batch"}},
		"nil":         {func(x *Node) *Node { return nil }, []string{"nil"}},
		"coupled": {func(x *Node) *Node {
			return ReduceSum(Square(Sub(x, ReduceAndKeep(x, ReduceMean, 0))), -1)
		}, []string{"other samples", "batch normalisation"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Analyze(Exact(c.f), a, Tensor(x), Settings{})
			expect.Error(t, err, c.words...)
			if strings.Contains(err.Error(), "Store.Exec") {
				t.Errorf("the words of the model are behind those of GoMLX: %v", err)
			}
		})
	}
	variables := &Network{Store: model.NewStore(), Forward: func(scope *model.Scope, x *Node) *Node {
		panic("trained elsewhere")
	}}
	_, err := variables.Predict(x)
	expect.Error(t, err, "trained elsewhere")
}

func TestMisusePanics(t *testing.T) {
	for name, f := range map[string]func(){
		"no network": func() { _, _ = Analyze(nil, action.Linear(3, 2), Tensor(normal(1, 9, 6)), Settings{}) },
		"no action":  func() { _, _ = Analyze(Exact(Outputs.Rows), nil, Tensor(normal(1, 9, 6)), Settings{}) },
		"no inputs":  func() { _, _ = Judge(Exact(Outputs.Rows), action.Linear(3, 2), nil, Settings{}) },
		"no tensor":  func() { Tensor(nil) },
		"negative batch": func() {
			_, _ = Analyze(Exact(Outputs.Rows), action.Linear(3, 2), Tensor(normal(1, 9, 6)), Settings{Batch: -1})
		},
		"no outputs":    func() { MLP{}.Check() },
		"no activation": func() { MLP{Outputs: 1, Activation: "swoosh"}.Check() },
	} {
		func() {
			defer func() {
				if says, _ := recover().(string); !strings.HasPrefix(says, "network: ") {
					t.Errorf("%s did not panic with words of this package: %q", name, says)
				}
			}()
			f()
		}()
	}
}
