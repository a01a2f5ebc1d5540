package network

import (
	"errors"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
)

// Outputs without a gradient get no verdict.
func TestOutputsWithoutAGradient(t *testing.T) {
	square := func(x *Node) *Node { return ReduceSum(Square(x), -1) }
	a, x := action.Linear(3, 1), normal(1, 300, 3)
	asks := map[string]func(n *Network) error{
		"Judge":   func(n *Network) error { _, err := Judge(n, a, Tensor(x), Settings{}); return err },
		"Analyze": func(n *Network) error { _, err := Analyze(n, a, Tensor(x), Settings{Head: CentredLogits}); return err },
		"NewProgram": func(n *Network) error {
			held := ok(Buffer(Tensor(x), 0))(t)
			defer held.Finalize()
			_, err := n.NewProgram(Outputs, held, scaled)
			return err
		},
	}
	for _, dtype := range []dtypes.DType{dtypes.Int32, dtypes.Int64, dtypes.Uint8, dtypes.Bool} {
		for name, ask := range asks {
			n := Exact(func(x *Node) *Node { return ConvertDType(MulScalar(square(x), 100), dtype) })
			expect.Error(t, ask(n), dtype.String(), "no gradient")
			if t.Failed() {
				t.Fatalf("%s of %s", name, dtype)
			}
		}
	}
	constant := Exact(func(x *Node) *Node { return OnesLike(square(x)) })
	if err := asks["Judge"](constant); !errors.Is(err, liegg.ErrVanishingGradients) {
		t.Errorf("a constant: %v", err)
	}
	fixed := Exact(func(x *Node) *Node { return BroadcastToDims(Const(x.Graph(), []float64{3}), x.Shape().Dim(0)) })
	if err := asks["Judge"](fixed); !errors.Is(err, liegg.ErrVanishingGradients) {
		t.Errorf("a constant that does not depend on x: %v", err)
	}
}

// Outputs of 16 bits have a verdict, up to their rounding.
func TestOutputsOf16Bits(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, dtype := range []dtypes.DType{dtypes.Float16, dtypes.BFloat16} {
		n := onXLA(t, Exact(func(x *Node) *Node { return ConvertDType(ReduceSum(Square(x), -1), dtype) }))
		v := ok(Judge(n, action.Linear(3, 1), Tensor(normal(1, 3000, 3)), Settings{}))(t)
		if v.Answer != liegg.Symmetric || v.Name() != "so(3)" {
			t.Errorf("‖x‖² in %s: got\n%v", dtype, v)
		}
	}
}

// XLA's fusions for CPUs made the gradient of log‖x‖ infinite in large batches; see package
// device.
func TestLogLengthInLargeBatches(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	logLength := onXLA(t, Exact(func(x *Node) *Node { return Log(Sqrt(ReduceSum(Square(x), -1))) }))
	v := ok(Judge(logLength, action.Linear(3, 1), Tensor(normal(2, 128*4096, 3)), Settings{Batch: 4096}))(t)
	if v.Answer != liegg.Symmetric || v.Name() != "so(3)" {
		t.Errorf("log‖x‖ in blocks of 4096 samples: got\n%v", v)
	}
}
