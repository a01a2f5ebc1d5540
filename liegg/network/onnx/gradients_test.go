package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/internal/vjp/vjptest"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/messagetest"
	"github.com/liegg/lab/liegg/network/onnx/internal/rewriting"
)

// since are the operator sets of operators that are newer than set 17.
var since = map[string]int{"Attention": 25, "CausalConvWithState": 27, "Gelu": 20, "LinearAttention": 27, "Mish": 18, "RMSNormalization": 23,
	"RotaryEmbedding": 23, "ScatterND": 18, "SwiGLU": 28, "Swish": 24}

// sketch is a file in the making: nodes of float64 from the input "x" [batch, dims…] on.
type sketch struct {
	*rand.Rand
	model, graph message.Message
	dims         []int // of a sample of x
	made         int
}

// attributes of a node: int, []int, float64, string or message, a graph.
type attributes map[string]any

func newSketch(t *testing.T, rng *rand.Rand, opset int) *sketch {
	t.Helper()
	kind := expect.OK(protoregistry.GlobalTypes.FindMessageByName("protos.ModelProto"))(t)
	m := message.Of(kind.New())
	messagetest.Set(m, "ir_version", int64(9))
	messagetest.Set(messagetest.Add(m, "opset_import"), "version", int64(opset))
	return &sketch{Rand: rng, model: m, graph: m.Open("graph")}
}

// x is the input, of samples of a shape.
func (s *sketch) x(dims ...int) string {
	s.dims = dims
	return "x"
}

func (s *sketch) name() string {
	s.made++
	return fmt.Sprintf("t%d", s.made)
}

// op adds a node with one output.
func (s *sketch) op(kind string, a attributes, inputs ...string) string {
	return s.ops(kind, 1, a, inputs...)[0]
}

// ops adds a node with n outputs.
func (s *sketch) ops(kind string, n int, a attributes, inputs ...string) (outputs []string) {
	node := messagetest.Add(s.graph, "node")
	messagetest.Set(node, "op_type", kind)
	for _, input := range inputs {
		node.Append("input", protoreflect.ValueOf(input))
	}
	for range n {
		outputs = append(outputs, s.name())
		node.Append("output", protoreflect.ValueOf(outputs[len(outputs)-1]))
	}
	for _, name := range slices.Sorted(maps.Keys(a)) {
		switch v := a[name].(type) {
		case int:
			node.SetInt(name, v)
		case []int:
			ints := node.AddAttribute(name, message.IntsAttribute)
			for _, i := range v {
				ints.Append("ints", protoreflect.ValueOf(int64(i)))
			}
		case float64:
			node.AddAttribute(name, 1).Put("f", protoreflect.ValueOf(float32(v)))
		case string:
			node.AddAttribute(name, 3).Put("s", protoreflect.ValueOf([]byte(v)))
		case message.Message:
			node.AddAttribute(name, 5).Put("g", protoreflect.ValueOf(v.Message))
		}
	}
	return outputs
}

// tensor is a constant.
func (s *sketch) tensor(kind int32, dims []int, raw []byte) string {
	output := s.op("Constant", nil)
	nodes := s.graph.Children("node")
	a := nodes[len(nodes)-1].AddAttribute("value", message.TensorAttribute)
	t := a.Open("t")
	t.Put("data_type", protoreflect.ValueOf(kind))
	for _, n := range dims {
		t.Append("dims", protoreflect.ValueOf(int64(n)))
	}
	t.Put("raw_data", protoreflect.ValueOf(raw))
	return output
}

// normal is a constant of N(0,1), floats one of given values, number a scalar.
func (s *sketch) normal(dims ...int) string {
	n := 1
	for _, d := range dims {
		n *= d
	}
	values := make([]float64, n)
	for i := range values {
		values[i] = s.NormFloat64()
	}
	return s.floats(dims, values...)
}

func (s *sketch) floats(dims []int, values ...float64) string {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
	}
	return s.tensor(message.Float64Type, dims, raw)
}

func (s *sketch) number(v float64) string { return s.floats(nil, v) }

// ints is a constant of one axis, index one without axes.
func (s *sketch) ints(values ...int) string { return s.table([]int{len(values)}, values...) }

func (s *sketch) index(v int) string { return s.table(nil, v) }

func (s *sketch) table(dims []int, values ...int) string {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return s.tensor(message.Int64Type, dims, raw)
}

// bool is a constant truth.
func (s *sketch) bool(v bool) string {
	raw := []byte{0}
	if v {
		raw[0] = 1
	}
	return s.tensor(9, nil, raw)
}

// branch returns a separate graph whose nodes and output build makes.
func (s *sketch) branch(build func() string) message.Message {
	outer := s.graph
	defer func() { s.graph = outer }()
	inner := message.Of(outer.New())
	s.graph = inner
	messagetest.Set(inner, "name", s.name())
	messagetest.Set(messagetest.Add(inner, "output"), "name", build())
	return inner
}

// positive is exp(x) + .2.
func (s *sketch) positive(x string) string {
	return s.op("Add", nil, s.op("Exp", nil, x), s.number(.2))
}

// write stores the file, with the output y.
func (s *sketch) write(t *testing.T, y string) string {
	t.Helper()
	declare := func(field protoreflect.Name, name string) message.Message {
		v := messagetest.Add(s.graph, field)
		messagetest.Set(v, "name", name)
		kind := v.Open("type")
		tensor := kind.Open("tensor_type")
		messagetest.Set(tensor, "elem_type", int32(message.Float64Type))
		return tensor
	}
	x := declare("input", "x")
	shape := x.Open("shape")
	messagetest.Set(messagetest.Add(shape, "dim"), "dim_param", "batch")
	for _, n := range s.dims {
		messagetest.Set(messagetest.Add(shape, "dim"), "dim_value", int64(n))
	}
	declare("output", y)
	path := filepath.Join(t.TempDir(), "net.onnx")
	b := expect.OK(proto.Marshal(s.model.Interface()))(t)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Every operator that is let through has a property test.
func TestEveryOperatorIsTested(t *testing.T) {
	for op := range rewriting.Definitions {
		if operatorTests[op] == nil {
			t.Errorf("%s is written by others without a test of its gradient", op)
		}
	}
	for op := range differentiable {
		if operatorTests[op] == nil {
			t.Errorf("%s is let through without a test of its gradient", op)
		}
	}
}

// Gradients, J·v and second derivatives of random configurations agree with finite differences in
// float64, on the backend in pure Go.
func TestGradients(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	backend := expect.OK(purego.New())(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // as in judgeAll
	for op, draw := range operatorTests {
		if op == "Shape" || op == "Size" || rewriting.Definitions[op] == nil && !differentiable[op] {
			continue // for the first two see TestShapesOfTheBatch
		}
		t.Run(op, func(t *testing.T) {
			hash := fnv.New64a()
			hash.Write([]byte(op))
			for i := range 3 {
				s := newSketch(t, rand.New(rand.NewPCG(hash.Sum64(), uint64(i))), max(17, since[op]))
				y := draw(s)
				n, err := Load(s.write(t, y), Settings{})
				if err != nil {
					t.Fatalf("configuration %d: %v", i, err)
				}
				x := vjptest.Normal(s.Rand, append([]int{3}, s.dims...)...)
				f := func(xs []*Node) []*Node {
					y := n.Forward(n.Store.RootScope(), xs[0])
					return []*Node{y, Mul(y, y)}
				}
				if err := vjptest.Check(backend, f, x); err != nil {
					t.Fatalf("configuration %d, input %v: %v", i, s.dims, err)
				}
			}
		})
	}
}

// A value that depends on the size of the batch is not defined for a single sample.
func TestShapesOfTheBatch(t *testing.T) {
	for _, op := range []string{"Shape", "Size"} {
		s := newSketch(t, rand.New(rand.NewPCG(1, 0)), 17)
		_, err := Load(s.write(t, operatorTests[op](s)), Settings{})
		expect.Error(t, err, "depends on the other samples of its batch")
	}
}

// A branch that the input chooses has no gradient in GoMLX, which would not say so. One that
// weights choose would stay when they are trained.
func TestBranchesThatAreChosen(t *testing.T) {
	for name, y := range map[string]func(s *sketch, x string) string{
		"by the input": func(s *sketch, x string) string {
			return s.choice(x, x, s.op("Less", nil, s.op("ReduceMax", attributes{"keepdims": 0}, x), s.number(1)))
		},
		"of weights, by the input": func(s *sketch, x string) string {
			small := s.op("Less", nil, s.op("ReduceMax", attributes{"keepdims": 0}, x), s.number(1))
			return s.op("Mul", nil, x, s.choice(s.normal(3), s.normal(3), small))
		},
		"of weights, by weights": func(s *sketch, x string) string {
			small := s.op("Less", nil, s.op("ReduceMax", attributes{"keepdims": 0}, s.weight(3)), s.number(1))
			return s.op("Mul", nil, x, s.choice(s.normal(3), s.normal(3), small))
		},
		"within a branch": func(s *sketch, x string) string {
			return s.op("If", attributes{
				"then_branch": s.branch(func() string {
					return s.choice(x, x, s.op("Less", nil, s.op("ReduceMax", attributes{"keepdims": 0}, x), s.number(1)))
				}),
				"else_branch": s.branch(func() string { return s.op("Exp", nil, x) }),
			}, s.bool(true))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSketch(t, rand.New(rand.NewPCG(1, 0)), 17)
			_, err := Load(s.write(t, y(s, s.x(3))), Settings{})
			var e *NodeError
			if !errors.As(err, &e) || e.Op != "If" || e.Step != "differentiated" {
				t.Errorf("error %v", err)
			}
			expect.Error(t, err, "choose its branch", "Where")
		})
	}
}

// choice is sin(x) or exp(y).
func (s *sketch) choice(x, y, condition string) string {
	return s.op("If", attributes{
		"then_branch": s.branch(func() string { return s.op("Sin", nil, x) }),
		"else_branch": s.branch(func() string { return s.op("Exp", nil, y) }),
	}, condition)
}

// weight is a vector of float64 that becomes a variable.
func (s *sketch) weight(n int) string {
	t, name := messagetest.Add(s.graph, "initializer"), s.name()
	messagetest.Set(t, "name", name)
	t.Put("data_type", protoreflect.ValueOf(int32(message.Float64Type)))
	t.Append("dims", protoreflect.ValueOf(int64(n)))
	t.Put("raw_data", protoreflect.ValueOf(make([]byte, 8*n)))
	return name
}
