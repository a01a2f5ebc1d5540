package network

import (
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// widening are normal samples of R³, three times as wide from the given one on.
func widening(samples, from int) *tensors.Tensor {
	x := gaussian(1, samples, ones(3)...)
	tensors.MustMutableFlatData(x, func(v []float64) {
		for i := 3 * from; i < len(v); i++ {
			v[i] *= 3
		}
	})
	return x
}

// What breaks a symmetry only late in a stream is seen: a jump, and an output that bends far from the
// origin. It does not matter how the stream is cut.
func TestWhatBreaksLate(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	outside := func(x *Node, r2 float64) *Node {
		return ConvertDType(GreaterThan(squareNorm(x), MulScalar(OnesLike(first(x)), r2)), x.DType())
	}
	x := widening(20_000, 10_000)
	for name, c := range map[string]struct {
		f   func(x *Node) *Node
		why string
	}{
		"a jump": {func(x *Node) *Node {
			return Add(squareNorm(x), Mul(outside(x, 16), MulScalar(Sign(first(x)), 20)))
		}, "gradients at the samples do not say"},
		"one of 30 outputs": {func(x *Node) *Node {
			outputs := []*Node{}
			for i := range 29 {
				outputs = append(outputs, Sin(AddScalar(MulScalar(squareNorm(x), .02), .2*float64(i))))
			}
			on := Sigmoid(MulScalar(AddScalar(squareNorm(x), -20), 3))
			return Concatenate(append(outputs, Add(Mul(on, first(x)), Mul(OneMinus(on), MulScalar(squareNorm(x), .3)))), -1)
		}, "output 30 breaks the symmetry"},
	} {
		v := ok(Judge(Exact(c.f), action.Linear(3, 1), Tensor(x), Settings{}))(t)
		if v.Answer != liegg.Undetermined || !strings.Contains(v.String(), c.why) {
			t.Errorf("%s: want %q, got\n%v", name, c.why, v)
		}
		pieces := func(yield func(*tensors.Tensor, error) bool) {
			for _, p := range [][2]int{{0, 9000}, {9000, 9001}, {9001, 20_000}} {
				if !yield(rowsOf(t, x, p[0], p[1]), nil) {
					return
				}
			}
		}
		if v := ok(Judge(Exact(c.f), action.Linear(3, 1), pieces, Settings{}))(t); v.Answer != liegg.Undetermined || !strings.Contains(v.String(), c.why) {
			t.Errorf("%s, in pieces: want %q, got\n%v", name, c.why, v)
		}
	}
	if v := ok(Judge(Exact(squareNorm), action.Linear(3, 1), Tensor(x), Settings{}))(t); v.Answer != liegg.Symmetric || v.Name() != "so(3)" {
		t.Errorf("‖x‖²: got\n%v", v)
	}
}

// rowsOf copies the samples from…to−1.
func rowsOf(t *testing.T, x *tensors.Tensor, from, to int) *tensors.Tensor {
	t.Helper()
	width := x.Size() / x.Shape().Dim(0)
	values := tensors.MustCopyFlatData[float64](x)[from*width : to*width]
	return tensors.FromFlatDataAndDimensions(values, to-from, width)
}

// A function of which few samples carry the variance is not invariant because all others say so.
func TestFewSamplesThatBreak(t *testing.T) {
	x := gaussian(1, 20_000, ones(3)...)
	for _, k := range []float64{0, 300, 1e6} {
		f := Exact(func(x *Node) *Node {
			return Add(squareNorm(x), MulScalar(Max(AddScalar(first(x), -3.3), ZerosLike(first(x))), k))
		})
		v := ok(Judge(f, action.Linear(3, 1), Tensor(x), Settings{}))(t)
		if k == 0 {
			if v.Answer != liegg.Symmetric || v.Name() != "so(3)" || v.BrokenByFew(3) != "" {
				t.Errorf("‖x‖²: got\n%v", v)
			}
		} else if v.Answer != liegg.Undetermined || v.BrokenByFew(3) == "" || v.BrokenByFew(1) != "" {
			t.Errorf("‖x‖² + %g·max(0, x₁ − 3.3): so(3) must be open, and so(2) must not be broken, got\n%v", k, v)
		}
	}
}
