package onnx

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/internal/vjp/vjptest"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/messagetest"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
)

// TestMain has the kernel lay the XLA plugin in the cache folder, as a user would.
func TestMain(m *testing.M) {
	withoutMinimizing()
	expect.Main(m, network.BackendVariable)
}

// withoutMinimizing has fuzzing keep what it finds as it is, unless the command line
// says otherwise: making one input of n bytes small takes some n² executions, up to a
// minute for each input that covers something new, in which nothing new is tried.
func withoutMinimizing() {
	const name = "test.fuzzminimizetime"
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if !given {
		flag.Set(name, "1x")
	}
}

// array reads what PyTorch said.
func array(t testing.TB, file, name string) npy.Array {
	t.Helper()
	a, err := npy.ReadZip(filepath.Join("testdata", file), name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func tensor(a npy.Array) *tensors.Tensor {
	if a.Float64 != nil {
		return tensors.FromFlatDataAndDimensions(a.Float64, a.Dims...)
	}
	return tensors.FromFlatDataAndDimensions(a.Float32, a.Dims...)
}

func load(t *testing.T, file string, s Settings) *network.Network {
	t.Helper()
	n, err := Load(filepath.Join("testdata", file), s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// jacobians are J [N, m, input…] of a network, one gradient for each output.
func jacobians(t *testing.T, n *network.Network, x *tensors.Tensor) []float64 {
	t.Helper()
	backend, err := network.Backend()
	if err != nil {
		t.Fatal(err)
	}
	j, err := model.CallOnce(backend, n.Store, func(scope *model.Scope, x *Node) *Node {
		y := n.Forward(scope, x)
		rows := make([]*Node, y.Shape().Dim(1))
		for k := range rows {
			rows[k] = Gradient(ReduceAllSum(Slice(y, AxisRange(), AxisElem(k))), x)[0]
		}
		return Stack(rows, 1)
	}, x)
	if err != nil {
		t.Fatal(err)
	}
	return npy.Array{Float32: tensors.MustCopyFlatData[float32](j)}.Values()
}

// Outputs, gradients and spectrum agree with PyTorch: gradients to 1e-5 of the largest, singular values
// to a relative error of 1e-4.
func TestAsInPyTorch(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for file, a := range map[string]action.Action{
		"mlp.onnx": action.Linear(5, 2), "mlp_dynamo.onnx": action.Linear(5, 2), "cnn.onnx": action.Linear(8, 8), "pool.onnx": action.Linear(8, 8),
	} {
		t.Run(file, func(t *testing.T) {
			answers := strings.NewReplacer("_dynamo", "", ".onnx", ".npz").Replace(file)
			n, x := load(t, file, Settings{}), tensor(array(t, answers, "x"))
			y, err := n.Predict(x)
			if err != nil {
				t.Fatal(err)
			}
			expect.Near(t, "y", npy.Array{Float32: tensors.MustCopyFlatData[float32](y)}.Values(), array(t, answers, "y").Values(), 1e-5)
			expect.Near(t, "J", jacobians(t, n, x), array(t, answers, "J").Values(), 1e-5)
			spectrum, err := network.Analyze(n, a, network.Tensor(x), network.Settings{})
			if err != nil {
				t.Fatal(err)
			}
			want := array(t, answers, "s").Values()
			for j, g := range spectrum.BySingular {
				if !(math.Abs(g.Singular-want[j]) <= 1e-4*want[j]) {
					t.Errorf("s[%d] is %g, want %g", j, g.Singular, want[j])
				}
			}
		})
	}
}

func TestInputsOfFloat64(t *testing.T) {
	n, x := load(t, "mlp.onnx", Settings{}), array(t, "mlp.npz", "x")
	y, err := n.Predict(tensors.FromFlatDataAndDimensions(x.Values(), x.Dims...))
	if err != nil {
		t.Fatal(err)
	}
	expect.Near(t, "y", tensors.MustCopyFlatData[float64](y), array(t, "mlp.npz", "y").Values(), 1e-5)
}

func TestJudgeAnONNXFile(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	n, x := load(t, "mlp.onnx", Settings{}), tensor(array(t, "mlp.npz", "x"))
	v, err := network.Judge(n, action.Linear(5, 2), network.Tensor(x), network.Settings{})
	if err != nil || v.Dim != 0 {
		t.Errorf("a network that was never trained has the symmetries %v, %v", v, err)
	}
}

func TestSeveralInputs(t *testing.T) {
	condition := tensor(array(t, "conditioned.npz", "condition"))
	s := Settings{Input: "x", Output: "y", Fixed: map[string]*tensors.Tensor{"condition": condition}}
	n, x := load(t, "conditioned.onnx", s), tensor(array(t, "conditioned.npz", "x"))
	expect.Near(t, "J", jacobians(t, n, x), array(t, "conditioned.npz", "J").Values(), 1e-5)
}

func TestHiddenLayerAsOutput(t *testing.T) {
	f, err := modelfile.Read(filepath.Join("testdata", "mlp.onnx"), 0)
	if err != nil {
		t.Fatal(err)
	}
	hidden := f.Graph.Children("node")[0].Texts("output")[0]
	y, err := load(t, "mlp.onnx", Settings{Output: hidden}).Predict(tensor(array(t, "mlp.npz", "x")))
	if err != nil || !slices.Equal(y.Shape().Dimensions, []int{64, 32}) {
		t.Errorf("the first layer gives %v, %v", y, err)
	}
}

func TestLoadRefuses(t *testing.T) {
	two := map[string]*tensors.Tensor{"condition": tensors.FromValue([]float32{1, 2})}
	for _, c := range []struct {
		file string
		s    Settings
		says []string
	}{
		{"mlp_fixed.onnx", Settings{}, []string{"fixed at 1", `dynamic_axes={"input": {0: "batch"}}`}},
		{"mlp.onnx", Settings{Input: "pixels"}, []string{`no "pixels"`, `["input"]`}},
		{"mlp.onnx", Settings{Output: "logits"}, []string{`no "logits"`, `["output"]`}},
		{"mlp.onnx", Settings{Shape: []int{11}}, []string{"Settings.Shape [11]", "input"}},
		{"mlp.onnx", Settings{Fixed: two}, []string{`holds "condition"`}},
		{"conditioned.onnx", Settings{}, []string{"choose Settings.Input", `["x" "condition"]`}},
		{"conditioned.onnx", Settings{Input: "x"}, []string{`"condition" needs a value in Settings.Fixed`}},
		{"conditioned.onnx", Settings{Fixed: two}, []string{"choose Settings.Output", `["y" "total"]`}},
		{"conditioned.onnx", Settings{Input: "x", Fixed: map[string]*tensors.Tensor{"condition": tensors.FromValue([]float32{1})}},
			[]string{`Fixed["condition"] is of shape [1]`}},
		{"absent.onnx", Settings{}, []string{"no such file"}},
		{"export.py", Settings{}, []string{"not a complete ONNX file"}},
		{"../testdata", Settings{}, []string{"not a regular file"}},
	} {
		_, err := Load(filepath.Join("testdata", c.file), c.s)
		for _, says := range append(c.says, filepath.Base(c.file)) {
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s %+v: error %v, want one that says %q", c.file, c.s, err, says)
			}
		}
	}
}

// Cumulative sums have a gradient on GoMLX's own backend, on which GoMLX's own rules ended the process.
func TestCumulativeSum(t *testing.T) {
	n := load(t, "sums.onnx", Settings{})
	n.Backend = expect.OK(purego.New())(t)
	x := vjptest.Normal(rand.New(rand.NewPCG(1, 0)), 100, 5)
	if _, err := network.Analyze(n, action.Linear(5, 1), network.Tensor(x), network.Settings{}); err != nil {
		t.Error(err)
	}
}

// A sum that runs over the batch changes all samples but the first, and a factor that is
// the size of the batch changes all.
func TestModelsThatSeeTheirBatch(t *testing.T) {
	for name, y := range map[string]func(s *sketch, x string) string{
		"running sum": func(s *sketch, x string) string { return s.op("CumSum", nil, x, s.index(0)) },
		"from the end": func(s *sketch, x string) string {
			return s.op("CumSum", attributes{"reverse": 1}, x, s.index(0))
		},
		"size": func(s *sketch, x string) string {
			size := s.op("Gather", nil, s.op("Shape", nil, x), s.index(0))
			return s.op("Mul", nil, x, s.op("Cast", attributes{"to": int(message.Float64Type)}, size))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSketch(t, rand.New(rand.NewPCG(1, 0)), 17)
			_, err := Load(s.write(t, y(s, s.x(3))), Settings{})
			expect.Error(t, err, "other samples of its batch")
		})
	}
}

// ONNX calls an index beyond the data an error. XLA takes the nearest one.
func TestGatherOutOfBounds(t *testing.T) {
	for index, says := range map[int]string{-4: "index -4 is out of bounds", -3: "", 2: "", 3: "index 3 is out of bounds"} {
		s := newSketch(t, rand.New(rand.NewPCG(1, 0)), 17)
		y := s.op("Gather", attributes{"axis": 1}, s.x(3), s.table([]int{1}, index))
		if _, err := Load(s.write(t, y), Settings{}); says != "" {
			expect.Error(t, err, says, "Gather", "axis of size 3")
		} else if err != nil {
			t.Errorf("index %d: %v", index, err)
		}
	}
}

// So it is with all that take indices, of constants and of the input, also in branches.
func TestIndicesOutOfBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	type builder func(s *sketch, x string, index int) string
	plus := func(f builder) builder { // x and something of constants
		return func(s *sketch, x string, index int) string { return s.op("Add", nil, x, f(s, x, index)) }
	}
	for name, y := range map[string]builder{
		"Gather, constants": plus(func(s *sketch, x string, index int) string {
			return s.op("Gather", nil, s.normal(3), s.table([]int{1}, index))
		}),
		"GatherElements, constants": plus(func(s *sketch, x string, index int) string {
			return s.op("GatherElements", nil, s.normal(3), s.table([]int{1}, index))
		}),
		"GatherND, constants": plus(func(s *sketch, x string, index int) string {
			return s.op("GatherND", nil, s.normal(5, 3), s.table([]int{1, 2}, 4, index))
		}),
		"ScatterND, constants": plus(func(s *sketch, x string, index int) string {
			return s.op("ScatterND", nil, s.normal(3), s.table([]int{1, 1}, index), s.normal(1))
		}),
		"GatherND": func(s *sketch, x string, index int) string {
			turned := attributes{"perm": []int{1, 0}}
			return s.op("Transpose", turned, s.op("GatherND", nil, s.op("Transpose", turned, x), s.table([]int{1, 1}, index)))
		},
		"Gather, computed": func(s *sketch, x string, index int) string {
			return s.op("Gather", attributes{"axis": 1}, x, s.op("Add", nil, s.table([]int{1}, index-1), s.table([]int{1}, 1)))
		},
		"GatherElements, for each sample": func(s *sketch, x string, index int) string {
			batch := s.op("Slice", nil, s.op("Shape", nil, x), s.ints(0), s.ints(1))
			at := s.op("Expand", nil, s.table([]int{1, 1}, index), s.op("Concat", attributes{"axis": 0}, batch, s.ints(1)))
			return s.op("GatherElements", attributes{"axis": 1}, x, at)
		},
		"Gather, If": func(s *sketch, x string, index int) string {
			return s.op("If", attributes{
				"then_branch": s.branch(func() string { return s.op("Gather", attributes{"axis": 1}, x, s.table([]int{1}, index)) }),
				"else_branch": s.branch(func() string { return s.op("Exp", nil, x) }),
			}, s.bool(true))
		},
	} {
		for index, says := range map[int]string{-4: "index -4 is out of bounds", -1: "", 2: "", 3: "index 3 is out of bounds"} {
			t.Run(fmt.Sprint(name, index), func(t *testing.T) {
				s := newSketch(t, rand.New(rand.NewPCG(1, 0)), 18)
				if _, err := Load(s.write(t, y(s, s.x(3), index)), Settings{}); says != "" {
					expect.Error(t, err, says, strings.Split(name, ",")[0])
				} else if err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// Half precision and integers: gradients would be noise, or none.
func TestInputTypesThatAreRefused(t *testing.T) {
	for kind, says := range map[int32]string{10: "export the model in float32", 16: "export the model in float32", 6: "cannot be differentiated", 7: "cannot be differentiated"} {
		b := edited(t, func(g message.Message) {
			messagetest.Set(g.Children("input")[0].Child("type").Child("tensor_type"), "elem_type", kind)
		})
		path := filepath.Join(t.TempDir(), "net.onnx")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path, Settings{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("type %d: error %v, want one that says %q", kind, err, says)
		}
	}
}

func TestOperatorsThatCannotBeUsed(t *testing.T) {
	for want, draw := range map[NodeError]func(s *sketch) string{
		{Op: "Unique", Step: "converted"}: func(s *sketch) string { return s.op("Unique", attributes{"axis": 0}, s.x(3)) },
		{Op: "Cast", Step: "differentiated"}: func(s *sketch) string {
			whole := s.op("QuantizeLinear", nil, s.x(3), s.number(1), s.tensor(3, nil, []byte{0})) // int8
			return s.op("Mul", nil, "x", s.op("Cast", attributes{"to": message.Float64Type}, whole))
		},
		{Op: "GRU", Step: "converted"}: func(s *sketch) string {
			return s.op("GRU", attributes{"hidden_size": 2, "clip": 1.}, s.batchSecond(s.x(3, 2)), s.normal(1, 6, 2), s.normal(1, 6, 2))
		},
		{Op: "Einsum", Step: "converted"}: func(s *sketch) string {
			return s.op("Einsum", attributes{"equation": "bi,bi,bi->b"}, s.x(3), "x")
		},
	} {
		s := newSketch(t, rand.New(rand.NewPCG(1, 0)), 17)
		_, err := Load(s.write(t, draw(s)), Settings{})
		var e *NodeError
		if !errors.As(err, &e) || e.Op != want.Op || e.Step != want.Step || !strings.Contains(err.Error(), e.Node) || e.Node == "" {
			t.Errorf("error %v, want one about %s", err, want.Op)
		}
	}
}

// Sorting and rounding have PyTorch's derivatives: of what is moved, and none.
func TestSortedAndRounded(t *testing.T) {
	for _, file := range []string{"round.onnx", "sorts.onnx"} {
		if _, err := Load(filepath.Join("testdata", file), Settings{}); err != nil {
			t.Error(err)
		}
	}
}
