package network

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
)

// A verdict says how much of its targets the network leaves unexplained.
func TestUnexplained(t *testing.T) {
	x := gaussian(7, 1000, ones(4)...)
	y := ok(inUnits([]float64{1}, crooked).Predict(x))(t)
	task := dataset.Samples{Name: "crooked", X: x, Y: y}
	flat := Exact(func(x *Node) *Node { return ConvertDType(ZerosLike(axis(x, 0)), dtypes.Float64) })
	variance := ok(flat.Unexplained(task))(t) // mean square over variance
	if variance < 1 || variance > 1.1 {
		t.Errorf("zero leaves %g of the variance about the mean unexplained", variance)
	}
	if u := ok(inUnits([]float64{1}, crooked).Unexplained(task))(t); u > 1e-20 {
		t.Errorf("the function itself leaves %g unexplained", u)
	}
	v := ok(Judge(inUnits([]float64{1}, radius), action.Linear(4, 1), Tensor(x), Settings{Validation: &task}))(t)
	if v.Answer != liegg.Undetermined || v.Unexplained < 1 || !strings.Contains(v.String(), fmt.Sprintf("because the network leaves %.0f %% of the variance", 100*v.Unexplained)) {
		t.Errorf("|x|² for another function: got\n%v", v)
	}
	constant := dataset.Samples{Name: "even", X: x, Y: tensors.FromFlatDataAndDimensions(make([]float64, 1000), 1000, 1)}
	if _, err := flat.Unexplained(constant); err == nil || !strings.Contains(err.Error(), "no variance") {
		t.Errorf("targets that do not vary: %v", err)
	}
}

// The part that is not learned may vary so fast that it hides a symmetry: "none" requires a ρ that the
// misfit does not explain.
func TestNoneBesideWhatIsNotLearned(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	ripple := func(x *Node) *Node {
		y := Sin(MulScalar(axis(x, 0), 5))
		for i := 1; i < 4; i++ {
			y = Add(y, Sin(AddScalar(MulScalar(axis(x, i), 5), float64(i))))
		}
		return y
	}
	none := func(x *Node) *Node { return Add(crooked(x), Mul(axis(x, 1), Square(axis(x, 1)))) }
	x := gaussian(7, 4000, ones(4)...)
	for _, c := range []struct {
		target func(x *Node) *Node
		ripple float64
		answer liegg.Answer
	}{{radius, .25, liegg.Undetermined}, {none, .01, liegg.None}} {
		task := dataset.Samples{Name: "rippled", X: x, Y: ok(inUnits([]float64{1}, c.target).Predict(x))(t)}
		learned := func(x *Node) *Node { return Add(c.target(x), MulScalar(ripple(x), c.ripple)) }
		v := ok(Judge(inUnits([]float64{1}, learned), action.Linear(4, 1), Tensor(x), Settings{Validation: &task}))(t)
		if v.Answer != c.answer || strings.Contains(v.String(), "what the network has not learned") != (c.answer == liegg.Undetermined) {
			t.Errorf("got %v, want %v\n%v", v.Answer, c.answer, v)
		}
	}
}

// Noise of the targets is distinguished from misfit if samples have neighbours. If they have none, it
// counts as misfit.
func TestTargetNoise(t *testing.T) {
	for _, c := range []struct {
		dims       int
		noise, off float64 // of the targets, and factor on f = |x|²
		low, high  float64
	}{{2, 0, 1, 0, 1e-9}, {2, 1, 1, .15, .21}, {2, 0, .5, 0, .01}, {2, 1, .5, .035, .065}, {10, 1, 1, 0, 0}} {
		x := gaussian(7, 2000, ones(c.dims)...)
		y := ok(inUnits([]float64{1}, radius).Predict(x))(t)
		random := rand.New(rand.NewPCG(3, 0))
		tensors.MustMutableFlatData(y, func(v []float64) {
			for i := range v {
				v[i] = v[i]/c.off + c.noise*random.NormFloat64()
			}
		})
		task := dataset.Samples{Name: "noisy", X: x, Y: y}
		if got := ok(inUnits([]float64{1}, radius).TargetNoise(task))(t); !(got >= c.low && got <= c.high) {
			t.Errorf("%+v: a share of %g", c, got)
		}
	}
}

// The fit of labels is the share of errors relative to the best constant guess.
func TestMistakenLabels(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := gaussian(7, 2000, ones(3)...)
	sign := Exact(func(x *Node) *Node { // two logits: is the radius large?
		r := SubScalar(radius(x), 2)
		return Concatenate([]*Node{Neg(r), r}, -1)
	})
	logits := ok(dataset.Values(ok(sign.Predict(x))(t)))(t)
	random := rand.New(rand.NewPCG(5, 0))
	for _, c := range []struct {
		flipped float64
		answer  liegg.Answer
		says    string
	}{{.02, liegg.Symmetric, "of its labels unexplained"}, {.3, liegg.Undetermined, "because the network leaves"}} {
		labels := make([]int32, 2000)
		for i := range labels {
			if logits[2*i+1] > 0 != (random.Float64() < c.flipped) {
				labels[i] = 1
			}
		}
		task := dataset.Samples{Name: "large", X: x, Y: tensors.FromFlatDataAndDimensions(labels, 2000, 1)}
		v := ok(Judge(sign, action.Linear(3, 1), Tensor(x), Settings{Head: CentredLogits, Validation: &task}))(t)
		if v.Answer != c.answer || !strings.Contains(v.String(), c.says) || v.Unexplained < c.flipped {
			t.Errorf("%g of the labels are wrong: got\n%v", c.flipped, v)
		}
	}
}

// If a few targets dominate, the fit is still about all samples: a network that is right only near a
// pole explains nothing.
func TestUnexplainedOfHeavyTails(t *testing.T) {
	x, y := make([]float64, 4000), make([]float64, 4000)
	for i := range x {
		x[i] = 1 + float64(i)/4000
		if y[i] = x[i]; i%400 == 7 {
			x[i], y[i] = 1000, 1000
		}
	}
	near := Exact(func(x *Node) *Node {
		return Mul(x, ConvertDType(GreaterThan(x, Scalar(x.Graph(), x.DType(), 10)), x.DType()))
	})
	s := dataset.Samples{Name: "pole", X: tensors.FromFlatDataAndDimensions(x, 4000, 1), Y: tensors.FromFlatDataAndDimensions(y, 4000, 1)}
	if share := ok(near.Unexplained(s))(t); share < .9 {
		t.Errorf("it explains ten of 4000 samples, and leaves %g unexplained", share)
	}
}

// Outputs that are not finite have no accuracy and no error.
func TestMeasuresOfOutputsThatAreNotFinite(t *testing.T) {
	x := normal(1, 50, 3)
	n := Exact(aboveOne)
	wanted := 0
	for i := range 50 {
		v := tensors.MustCopyFlatData[float64](x)[3*i : 3*i+3]
		if floatsDot(v, v) <= 1 {
			wanted++
		}
	}
	labels := tensors.FromFlatDataAndDimensions(make([]int32, 50), 50, 1)
	_, accuracy := n.Accuracy(dataset.Samples{X: x, Y: labels})
	targets := dataset.Samples{X: x, Y: tensors.FromFlatDataAndDimensions(make([]float64, 50), 50, 1)}
	_, square := n.MeanSquaredError(targets)
	_, unexplained := n.Unexplained(targets)
	for _, err := range []error{accuracy, square, unexplained} {
		var at *liegg.NotFiniteError
		if !errors.As(err, &at) || at.What != "output" || at.Count != wanted || at.Of != 50 || wanted == 0 {
			t.Errorf("%d of 50 outputs are NaN: %v", wanted, err)
		}
	}
}
