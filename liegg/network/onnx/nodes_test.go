package onnx

import (
	"archive/tar"
	"compress/gzip"
	"encoding/binary"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/messagetest"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
	"github.com/liegg/lab/liegg/network/onnx/internal/schema"
)

// nodeCase is one of ONNX's own tests of an operator, as testdata/nodes.py writes it.
type nodeCase struct {
	name   string
	model  message.Message
	x      *tensors.Tensor
	wanted map[string][]float64 // outputs by name
}

// nodeCases reads testdata/nodes.tar.gz, or a file like it, one case after the other: the
// conversion collects garbage whenever it builds a graph, so that little should be held.
func nodeCases(t testing.TB, file string, visit func(nodeCase)) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for archive := tar.NewReader(z); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		contents, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		visit(newNodeCase(t, strings.TrimSuffix(header.Name, ".onnx"), contents))
	}
}

// newNodeCase takes input and outputs out of the model, which holds them as weights.
func newNodeCase(t testing.TB, name string, contents []byte) nodeCase {
	t.Helper()
	m, err := message.Parse(contents)
	if err != nil {
		t.Fatal(err)
	}
	c := nodeCase{name: name, model: m, wanted: map[string][]float64{}}
	graph := m.Child("graph")
	weights := graph.Mutable(graph.Descriptor().Fields().ByName("initializer")).List()
	message.Keep(weights, func(w message.Message) bool {
		output, isOutput := strings.CutPrefix(w.Text("name"), "expected ")
		switch {
		case isOutput:
			c.wanted[output] = numbers(w)
		case w.Text("name") == "given "+c.input():
			c.x = tensors.FromFlatDataAndDimensions(toFloat32(numbers(w)), dims(w)...)
		default:
			return true
		}
		return false
	})
	return c
}

// numbers returns the numbers of a float32 tensor.
func numbers(w message.Message) (values []float64) {
	for raw := w.Field("raw_data").Bytes(); len(raw) >= 4; raw = raw[4:] {
		values = append(values, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))))
	}
	return values
}

func dims(w message.Message) (sizes []int) {
	list := w.Field("dims").List()
	for i := range list.Len() {
		sizes = append(sizes, int(list.Get(i).Int()))
	}
	return sizes
}

func toFloat32(values []float64) []float32 {
	narrow := make([]float32, len(values))
	for i, v := range values {
		narrow[i] = float32(v)
	}
	return narrow
}

// input is the name of the input.
func (c nodeCase) input() string { return c.model.Child("graph").Children("input")[0].Text("name") }

// inside returns the model with the case's input as a constant: the model's input has shape [N, 1], and
// each of its N outputs is the output of the case, as one row. So operators see exactly the shapes of
// ONNX's tests, whichever axis they treat as the batch.
func (c nodeCase) inside(output string) message.Message {
	m := message.Of(proto.Clone(c.model.Interface()).ProtoReflect())
	graph := m.Child("graph")
	messagetest.Set(graph, "input")
	v := messagetest.Add(graph, "input")
	messagetest.Set(v, "name", "scale")
	shape := message.Of(c.model.Child("graph").Children("input")[0].Child("type").Interface().ProtoReflect())
	messagetest.Set(v, "type", proto.Clone(shape.Interface()).ProtoReflect())
	axes := v.Child("type").Child("tensor_type").Child("shape")
	messagetest.Set(axes, "dim")
	messagetest.Set(messagetest.Add(axes, "dim"), "dim_param", "N")
	messagetest.Set(messagetest.Add(axes, "dim"), "dim_value", int64(1))
	w := messagetest.Add(graph, "initializer")
	messagetest.Set(w, "name", "x itself")
	messagetest.Set(w, "data_type", int32(message.Float32Type))
	for _, n := range c.x.Shape().Dimensions {
		w.Append("dims", protoreflect.ValueOf(int64(n)))
	}
	var raw []byte
	for _, v := range tensors.MustCopyFlatData[float32](c.x) {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	messagetest.Set(w, "raw_data", raw)
	row := messagetest.Add(graph, "initializer")
	messagetest.Set(row, "name", "row shape")
	messagetest.Set(row, "data_type", int32(message.Int64Type))
	messagetest.Set(row, "dims", int64(2))
	messagetest.Set(row, "int64_data", int64(1), int64(-1))

	body := graph.Children("node")
	messagetest.Set(graph, "node")
	op := func(kind, output string, inputs ...any) message.Message {
		n := messagetest.Add(graph, "node")
		messagetest.Set(n, "op_type", kind)
		messagetest.Set(n, "output", output)
		messagetest.Set(n, "input", inputs...)
		return n
	}
	op("Sub", "zeros", "scale", "scale")
	op("ReduceMean", "zero", "zeros").SetInt("keepdims", 0)
	op("Add", c.input(), "x itself", "zero")
	for _, n := range body {
		graph.Append("node", protoreflect.ValueOfMessage(n.Message))
	}
	op("Reshape", "row", output, "row shape")
	op("Add", "rows", "row", "zeros")
	for _, v := range graph.Children("output")[:1] {
		messagetest.Set(v, "name", "rows")
		list := graph.Mutable(graph.Descriptor().Fields().ByName("output")).List()
		list.Set(0, protoreflect.ValueOfMessage(v.Message))
		list.Truncate(1)
	}
	return m
}

// answer is the output of a model for x, or the error of loading it.
func answer(t *testing.T, backend compute.Backend, m message.Message, s Settings, x *tensors.Tensor) ([]float64, error) {
	t.Helper()
	contents, err := proto.Marshal(m.Interface())
	if err != nil {
		t.Fatal(err)
	}
	var n *network.Network
	err = func() (err error) {
		defer recovered(&err)
		f, err := modelfile.Parse(contents, t.TempDir())
		if err == nil {
			n, err = networkOf(f, s, backend, nil)
		}
		return err
	}()
	if err != nil {
		return nil, err
	}
	n.Backend = backend
	y, err := n.Predict(x)
	if err != nil {
		return nil, err
	}
	values, err := dataset.Values(y)
	if err != nil {
		t.Fatal(err)
	}
	return values, nil
}

// same compares to 1e-3, as ONNX's own tests do, or 1e-4 of the largest; infinities
// and what is no number are to be in the same places. Some expected values were
// rounded to float16, which keeps them to 5e-4, so 1e-3 is as narrow as these tests
// can be. Gradients are held to finite differences in float64 by TestGradients.
func same(got, want []float64) bool {
	largest := 0.0
	for _, w := range want {
		if !math.IsInf(w, 0) && !math.IsNaN(w) {
			largest = max(largest, math.Abs(w))
		}
	}
	if len(got) != len(want) {
		return false
	}
	for i, w := range want {
		if math.IsNaN(w) && math.IsNaN(got[i]) || w == got[i] {
			continue
		}
		if !(math.Abs(got[i]-w) <= max(1e-4*largest, 1e-3*math.Abs(w))) {
			return false
		}
	}
	return true
}

// tally counts what became of cases.
type tally struct{ right, refused, wrong int }

// judge loads a case by the batch that it has itself, and, if that is refused, inside a
// model that lets it keep its own shapes.
func (c *tally) judge(t *testing.T, backend compute.Backend, n nodeCase, output string) {
	got, err := answer(t, backend, n.model, Settings{Output: output}, n.x)
	if err != nil && n.known() {
		got, err = answer(t, backend, n.inside(output), Settings{}, tensors.FromValue([][]float32{{1}}))
	}
	switch want := n.wanted[output]; {
	case err != nil:
		c.refused++
		if os.Getenv(refusalsVariable) != "" {
			t.Logf("%s, output %s: %v", n.name, output, err)
		}
	case same(got, want):
		c.right++
	default:
		c.wrong++
		t.Errorf("%s, output %s: %v, want %v", n.name, output, got, want)
	}
}

// refusalsVariable names the environment variable that has refusals logged.
const refusalsVariable = "LIEGG_TEST_REFUSALS"

// known says whether the conversion knows all operators of a case.
func (c nodeCase) known() bool {
	return !slices.ContainsFunc(c.model.Child("graph").Children("node"), func(node message.Message) bool {
		_, ok := schema.Readings[node.Text("op_type")]
		return !ok
	})
}

// What ONNX's own tests say of operators is right or refused. The counts are of outputs;
// they change with what the conversion knows.
func TestNodesOfONNX(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	c := judgeAll(t, "nodes.tar.gz")
	if c.right < 1283 || c.refused == 0 {
		t.Errorf("%d right and %d refused: fewer are read than there were", c.right, c.refused)
	}
}

func judgeAll(t *testing.T, file string) (c tally) {
	t.Helper()
	// The conversion collects garbage whenever it builds a graph: its threads would wait
	// for each other most of the time.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	backend := expect.OK(purego.New())(t) // it compiles in no time
	nodeCases(t, file, func(n nodeCase) {
		for output := range n.wanted {
			c.judge(t, backend, n, output)
		}
	})
	t.Logf("%s: %d outputs are right, %d refused, %d wrong", file, c.right, c.refused, c.wrong)
	return c
}
