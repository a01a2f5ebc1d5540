package network

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network/internal/independence"
)

// Samples may affect each other through outputs, which gradients alone would not show, or through
// gradients. In each mode both are found, and a model of the same operators with independent samples
// is accepted.
func TestSamplesThatSeeEachOther(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	mean := func(x *Node) *Node { return ReduceAndKeep(x, ReduceMean, 0) }
	for name, f := range map[string]func(y *Node) *Node{
		"centred":    func(y *Node) *Node { return Sub(y, mean(y)) }, // the summed gradient is 0
		"tiny":       func(y *Node) *Node { return MulScalar(Sub(y, mean(y)), 1e-6) },
		"shifted":    func(y *Node) *Node { return Add(y, mean(y)) },
		"scaled":     func(y *Node) *Node { return Mul(y, mean(Square(y))) },
		"normalised": func(y *Node) *Node { return Div(y, StopGradient(Sqrt(mean(Square(y))))) },
	} {
		for _, outputs := range []int{1, 2} {
			for _, mode := range []Differentiation{ReverseMode, TangentMode, CoordinateMode} {
				t.Run(fmt.Sprint(name, outputs, mode), func(t *testing.T) {
					apart := func(x *Node) *Node {
						rows := []*Node{Sin(ReduceSum(x, -1)), ReduceSum(Square(x), -1)}
						return Stack(rows[:outputs], 1)
					}
					x, a, s := Tensor(normal(1, 50, 3)), action.Linear(3, 1), Settings{Mode: mode}
					seeing, blind := Exact(func(x *Node) *Node { return f(apart(x)) }), Exact(apart)
					if outputs == 1 && mode == ReverseMode {
						seeing, blind = onXLA(t, seeing), onXLA(t, blind)
					}
					_, err := Analyze(seeing, a, x, s)
					expect.Error(t, err, "other samples", "batch normalisation")
					if _, err := Analyze(blind, a, x, s); err != nil {
						t.Errorf("samples that stand alone: %v", err)
					}
				})
			}
		}
	}
}

// What a batch adds to outputs without a gradient leaves their gradients as they are.
func TestConstantsOfABatchDoNotCount(t *testing.T) {
	f := func(x *Node) *Node { return ReduceSum(Square(x), -1) }
	shifted := func(x *Node) *Node { y := f(x); return Add(y, StopGradient(ReduceAllMean(y))) }
	a, x := action.Linear(3, 1), normal(1, 50, 3)
	var smallest [2]float64
	for i, net := range []*Network{Exact(f), Exact(shifted)} {
		s, err := Analyze(net, a, Tensor(x), Settings{})
		if err != nil {
			t.Fatal(err)
		}
		smallest[i] = s.BySingular[3].Singular
	}
	if smallest[0] != smallest[1] {
		t.Errorf("the fourth singular value is %g and, with a constant, %g", smallest[0], smallest[1])
	}
}

// fromMean is ‖x − mean of the batch‖².
func fromMean(x *Node) *Node {
	return ReduceSum(Square(Sub(x, ReduceAndKeep(x, ReduceMean, 0))), -1)
}

// Every function that runs a network over batches returns an error if its outputs depend on how
// samples are cut into batches: for many samples, a few, and one, and for outputs of any type.
func TestPredictionsOfSamplesThatSeeEachOther(t *testing.T) {
	two := tensors.FromFlatDataAndDimensions([]float64{1, 2, 3, 4, 5, 6}, 2, 3)
	integers := func(x *Node) *Node { return ConvertDType(fromMean(x), dtypes.Int32) }
	for _, backend := range []compute.Backend{goBackend(t), xla(t)} {
		for name, f := range map[string]func(x *Node) *Node{"floats": fromMean, "integers": integers} {
			n := Exact(f)
			n.Backend = backend
			for _, x := range []*tensors.Tensor{two, dataset.Rows(two, 0, 1), normal(1, 300, 3), tensors.FromFlatDataAndDimensions(make([]float64, 9), 3, 3)} {
				_, err := n.Predict(x)
				expect.Error(t, err, "other samples")
				if err == nil {
					t.Errorf("%s of %s on %s", name, x.Shape(), backend.Name())
				}
			}
		}
	}
	n := Exact(fromMean)
	s := dataset.Samples{Name: "two", X: two, Y: tensors.FromFlatDataAndDimensions([]float64{1, 2}, 2, 1)}
	labels := dataset.Samples{Name: "two", X: two, Y: tensors.FromFlatDataAndDimensions([]int32{0, 0}, 2, 1)}
	_, square := n.MeanSquaredError(s)
	_, unexplained := n.Unexplained(s)
	_, accuracy := n.Accuracy(labels)
	_, single := Analyze(n, action.Linear(3, 1), Tensor(normal(1, 30, 3)), Settings{Batch: 1})
	for _, err := range []error{square, unexplained, accuracy, single} {
		expect.Error(t, err, "other samples")
	}
}

// Samples that stand alone have the outputs they have alone.
func TestPredictionsOfSamplesThatStandAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := normal(1, 30, 3)
	n := Exact(func(x *Node) *Node { return ReduceSum(Square(x), -1) })
	all := ok(dataset.Values(ok(n.Predict(x))(t)))(t)
	for i, want := range all {
		if one := ok(dataset.Values(ok(n.Predict(dataset.Rows(x, i, i+1)))(t)))(t); one[0] != want {
			t.Errorf("sample %d: %g alone, %g among others", i, one[0], want)
		}
	}
	whole := Exact(func(x *Node) *Node { return GreaterThan(ReduceSum(x, -1), ScalarZero(x.Graph(), x.DType())) })
	if y := ok(whole.Predict(x))(t); y.DType() != dtypes.Bool || y.Shape().Dim(0) != 30 {
		t.Errorf("outputs of type bool came as %s", y.Shape())
	}
}

// A sample may depend on earlier or later samples, its partner, one particular sample, or its own
// position: each depends on how samples are cut into batches.
func TestSamplesThatSeeTheirPlace(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	radius := func(x *Node) *Node { return ReduceSum(Square(x), -1) }
	shifted := func(y *Node, by int) *Node { // its first value stays
		return Concatenate([]*Node{Slice(y, AxisRange(0, by)), Slice(y, AxisRange(0, y.Shape().Dim(0)-by))}, 0)
	}
	for name, f := range map[string]func(y *Node) *Node{
		"running sum": func(y *Node) *Node { return CumSum(y, 0) },
		"previous":    func(y *Node) *Node { return Add(y, shifted(y, 1)) },
		"last":        func(y *Node) *Node { return Add(y, Slice(y, AxisElem(-1))) },
		"first":       func(y *Node) *Node { return Add(y, Slice(y, AxisElem(0))) },
		"mirrored":    func(y *Node) *Node { return Add(y, Reverse(y, 0)) },
		"partner": func(y *Node) *Node {
			pairs := Reshape(y, y.Shape().Dim(0)/2, 2)
			return Add(y, Reshape(Reverse(pairs, 1), y.Shape().Dim(0)))
		},
		"position": func(y *Node) *Node { return Mul(y, OnePlus(Iota(y.Graph(), y.Shape(), 0))) },
	} {
		t.Run(name, func(t *testing.T) {
			n := Exact(func(x *Node) *Node { return f(radius(x)) })
			a, x := action.Linear(3, 1), normal(1, 48, 3)
			for _, few := range []int{48, 2} {
				_, err := n.Predict(dataset.Rows(x, 0, few))
				expect.Error(t, err, "other samples")
			}
			for _, mode := range []Differentiation{ReverseMode, TangentMode, CoordinateMode} {
				_, err := Analyze(n, a, Tensor(x), Settings{Mode: mode})
				expect.Error(t, err, "other samples")
			}
		})
	}
}

// The size of a batch is a constant in the graph of a model, but we choose it: what it
// changes is refused, however few samples there are, on each backend.
func TestSamplesThatSeeTheSizeOfTheirBatch(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	size := func(y *Node) float64 { return float64(y.Shape().Dim(0)) }
	ones := func(y *Node) *Node { return ReduceAllSum(OnesLike(y)) }
	for name, f := range map[string]func(y *Node) *Node{
		"times the size":    func(y *Node) *Node { return MulScalar(y, size(y)) },
		"over the size":     func(y *Node) *Node { return DivScalar(y, size(y)) },
		"times a sum of 1":  func(y *Node) *Node { return Mul(y, ones(y)) },
		"over a sum of 1":   func(y *Node) *Node { return Div(y, ones(y)) },
		"a loss's mean":     func(y *Node) *Node { return Div(MulScalar(y, 2), ReduceAllSum(Exp(ZerosLike(y)))) },
		"to the size":       func(y *Node) *Node { return PowScalar(OnePlus(Square(y)), 1/size(y)) },
		"its mean position": func(y *Node) *Node { return Mul(y, OnePlus(ReduceAllMean(Iota(y.Graph(), y.Shape(), 0)))) },
	} {
		t.Run(name, func(t *testing.T) {
			n := Exact(func(x *Node) *Node { return f(ReduceSum(Square(x), -1)) })
			a, x := action.Linear(3, 1), normal(1, 48, 3)
			for _, n.Backend = range []compute.Backend{xla(t), goBackend(t)} {
				_, predict := n.Predict(x)
				_, analyze := Analyze(n, a, Tensor(x), Settings{})
				expect.Error(t, predict, "or on their number")
				expect.Error(t, analyze, "or on their number")
			}
			for _, mode := range []Differentiation{TangentMode, CoordinateMode} {
				_, err := Analyze(n, a, Tensor(x), Settings{Mode: mode})
				expect.Error(t, err, "or on their number")
			}
			_, judge := Judge(n, a, Tensor(x), Settings{})
			expect.Error(t, judge, "or on their number")
		})
	}
}

// A padded batch has as many samples as any other: the last one of a stream, and one sample.
func TestFewSamplesSeeTheSizeOfTheirBatch(t *testing.T) {
	n := Exact(func(x *Node) *Node { return MulScalar(ReduceSum(x, -1), 1/float64(x.Shape().Dim(0))) })
	n.Backend = goBackend(t)
	for _, few := range []int{1, 2, 3, 4, 5, 6} {
		x := normal(1, few, 3)
		_, err := n.Predict(x)
		expect.Error(t, err, "or on their number")
		for _, batch := range []int{1, 4, 6} {
			_, err := Polarize(n, action.Linear(3, 1), Tensor(x), Settings{Batch: batch})
			expect.Error(t, err, "or on their number")
		}
	}
}

// What takes batches of one size only is compared within that size.
func TestModelsOfOneBatchSize(t *testing.T) {
	const size = 8
	radii := func(x *Node) *Node { return ReduceSum(Reshape(Square(x), size, 3), -1) }
	a, x := action.Linear(3, 1), normal(1, 48, 3)
	if _, err := Analyze(Exact(radii), a, Tensor(x), Settings{Batch: size}); err != nil {
		t.Error(err)
	}
	centred := func(x *Node) *Node { y := radii(x); return Sub(y, ReduceAndKeep(y, ReduceMean, 0)) }
	_, err := Analyze(Exact(centred), a, Tensor(x), Settings{Batch: size})
	expect.Error(t, err, "other samples")
}

// What rounding of a sample changes is not put down to the others of its batch.
func TestRoundingIsNoCompany(t *testing.T) {
	x := tensors.FromFlatDataAndDimensions([]float32{1e6, 2e6}, 1, 2)
	steep := func(units float64) func(x *tensors.Tensor) ([]float64, error) {
		return func(x *tensors.Tensor) ([]float64, error) {
			v, err := tensors.CopyFlatData[float32](x)
			if err != nil {
				return nil, err
			}
			return []float64{math.Sin((float64(v[0]) + float64(v[1])) * (1 + units*0x1p-23))}, nil
		}
	}
	alone := ok(steep(0)(x))(t)
	for name, c := range map[string]struct {
		again   func(x *tensors.Tensor) ([]float64, error)
		decided bool
		err     error
	}{
		"the same":        {steep(0), true, nil},
		"other rounding":  {steep(1), false, nil},
		"other samples":   {func(*tensors.Tensor) ([]float64, error) { return []float64{alone[0] + .1}, nil }, false, independence.ErrDependent},
		"and steep there": {func(x *tensors.Tensor) ([]float64, error) { v, err := steep(0)(x); return []float64{v[0] + 9}, err }, false, independence.ErrDependent},
	} {
		if decided, err := independence.Same(alone, 1e-6, x, c.again); decided != c.decided || !errors.Is(err, c.err) {
			t.Errorf("%s: decided %v, %v", name, decided, err)
		}
	}
}

// A model that was found to take samples alone is not asked again, unless its graph is
// another one now.
func TestAloneIsRemembered(t *testing.T) {
	seeing := false
	n := Exact(func(x *Node) *Node {
		y := ReduceSum(Square(x), -1)
		if seeing {
			y = Sub(y, ReduceAndKeep(y, ReduceMean, 0))
		}
		return y
	})
	a, x := action.Linear(3, 1), normal(1, 50, 3)
	for _, s := range []Settings{{}, {Gram: true}, {Mode: TangentMode}} {
		if _, err := Analyze(n, a, Tensor(x), s); err != nil {
			t.Fatal(err)
		}
	}
	if _, got := n.compiled.Count(); got != 2 {
		t.Errorf("%d models are remembered of two modes", got)
	}
	seeing = true
	for range 2 {
		_, err := Judge(n, a, Tensor(x), Settings{})
		expect.Error(t, err, "other samples")
	}
}
