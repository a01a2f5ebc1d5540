package onnx

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/liegg/lab/liegg/internal/expect"
)

func contents(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// edited is mlp.onnx after an edit of its graph.
func edited(t testing.TB, edit func(graph message)) []byte {
	t.Helper()
	m, err := parse(contents(t, "mlp.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	edit(message{m.Mutable(m.Descriptor().Fields().ByName("graph")).Message()})
	b, err := proto.Marshal(m.Interface())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (m message) set(field protoreflect.Name, values ...any) {
	f := m.Descriptor().Fields().ByName(field)
	if !f.IsList() {
		m.Set(f, protoreflect.ValueOf(values[0]))
		return
	}
	list := m.Mutable(f).List()
	list.Truncate(0)
	for _, v := range values {
		list.Append(protoreflect.ValueOf(v))
	}
}

// add appends an empty message to a repeated field.
func (m message) addTo(field protoreflect.Name) message {
	return message{m.Mutable(m.Descriptor().Fields().ByName(field)).List().AppendMutable().Message()}
}

func weight(g message) message { return g.children("initializer")[0] }

func TestHostileFiles(t *testing.T) {
	folder := t.TempDir()
	for name, c := range map[string]struct {
		says string
		edit func(g message)
	}{
		"huge tensor":      {"claims", func(g message) { weight(g).set("dims", int64(1<<31), int64(1<<31)) }},
		"large tensor":     {"the file is truncated", func(g message) { weight(g).set("dims", int64(1<<30)) }},
		"negative size":    {"claims the shape", func(g message) { weight(g).set("dims", int64(-32), int64(-10)) }},
		"cycle":            {"before it is made", func(g message) { g.children("node")[0].set("input", g.children("node")[3].texts("output")[0]) }},
		"itself":           {"before it is made", func(g message) { g.children("node")[0].set("input", g.children("node")[0].texts("output")[0]) }},
		"made twice":       {"two nodes make", func(g message) { g.children("node")[1].set("output", g.children("node")[0].texts("output")[0]) }},
		"no output":        {"has no output", func(g message) { g.children("node")[1].set("output") }},
		"nothing made":     {"nothing makes the output", func(g message) { g.children("output")[0].set("name", "other") }},
		"no type":          {"not a tensor", func(g message) { v := g.children("input")[0]; v.Clear(v.Descriptor().Fields().ByName("type")) }},
		"no nodes":         {"nothing makes the output", func(g message) { g.set("node") }},
		"weights outside":  {"not below the folder", func(g message) { elsewhere(weight(g), "../weights", "0") }},
		"absolute weights": {"not below the folder", func(g message) { elsewhere(weight(g), "/etc/passwd", "0") }},
		"absent weights":   {"copy the file beside the model", func(g message) { elsewhere(weight(g), "weights", "0") }},
		"growth": {"makes a tensor of", func(g message) {
			c := g.addTo("initializer")
			c.set("name", "size")
			c.set("data_type", int32(7))
			c.set("dims", int64(2))
			c.set("int64_data", int64(1<<20), int64(1<<20))
			n := g.addTo("node")
			n.set("op_type", "ConstantOfShape")
			n.set("input", "size")
			n.set("output", "huge")
		}},
	} {
		b := edited(t, c.edit)
		taken := allocated(func() {
			if _, err := parseFile(b, folder); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: error %v, want one that says %q", name, err, c.says)
			}
		})
		if taken > 1<<20 {
			t.Errorf("%s: %d bytes were allocated for a file of %d", name, taken, len(b))
		}
	}
}

// elsewhere says that a tensor's data are elsewhere.
func elsewhere(w message, location, offset string) {
	w.Clear(w.Descriptor().Fields().ByName("raw_data"))
	for key, value := range map[string]string{"location": location, "offset": offset} {
		e := w.addTo("external_data")
		e.set("key", key)
		e.set("value", value)
	}
	w.set("data_location", protoreflect.EnumNumber(1))
}

func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Every message of two bytes becomes hundreds in memory: the count is taken first.
func TestManySmallMessages(t *testing.T) {
	nodes := bytes.Repeat([]byte{0x0a, 0x00}, maxFields+1) // field 1 of a graph
	length := []byte{0x3a, byte(len(nodes)&0x7f | 0x80), byte(len(nodes)>>7&0x7f | 0x80), byte(len(nodes)>>14&0x7f | 0x80), byte(len(nodes) >> 21)}
	taken := allocated(func() {
		if _, err := parseFile(append(length, nodes...), "."); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "fields") {
			t.Errorf("error %v", err)
		}
	})
	if taken > 4*uint64(len(nodes)) {
		t.Errorf("%d bytes were allocated for a file of %d", taken, len(nodes))
	}
}

func TestTruncatedFiles(t *testing.T) {
	whole := contents(t, "mlp.onnx")
	folder := t.TempDir()
	for n := 0; n < len(whole)-1; n += 1 + n/9 {
		path := filepath.Join(folder, "short.onnx")
		if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path, Settings{}); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), path) {
			t.Errorf("the first %d of %d bytes: error %v", n, len(whole), err)
		}
	}
}

// Weights may lie in a file beside the model, which may be truncated too.
func TestExternalWeights(t *testing.T) {
	folder := t.TempDir()
	var raw []byte
	b := edited(t, func(g message) {
		raw = bytes.Clone(weight(g).get("raw_data").Bytes())
		elsewhere(weight(g), "weights", "16")
	})
	model, weights := filepath.Join(folder, "net.onnx"), filepath.Join(folder, "weights")
	for path, b := range map[string][]byte{model: b, weights: append(make([]byte, 16), raw...)} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	n, err := Load(model, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	x := tensor(array(t, "mlp.npz", "x"))
	expect.Near(t, "J", jacobians(t, n, x), array(t, "mlp.npz", "J").Values(), 1e-5)
	for _, short := range []int64{0, int64(len(raw)) / 8, int64(len(raw))} {
		if err := os.Truncate(weights, short); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(model, Settings{}); err == nil || !strings.Contains(err.Error(), "truncated") {
			t.Errorf("weights cut to %d bytes: error %v", short, err)
		}
	}
	if err := os.Remove(weights); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(t.TempDir(), "weights")
	if err := os.WriteFile(outside, append(make([]byte, 16), raw...), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, weights); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(model, Settings{}); err == nil {
		t.Error("a link out of the folder was followed")
	}
}

// Files of before 2019 list weights among the inputs.
func TestWeightsAmongInputs(t *testing.T) {
	b := edited(t, func(g message) {
		for _, w := range g.children("initializer") {
			v := g.addTo("input")
			v.set("name", w.text("name"))
			v.set("type", proto.Clone(g.children("input")[0].child("type").Interface()).ProtoReflect())
		}
	})
	path := filepath.Join(t.TempDir(), "old.onnx")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path, Settings{}); err != nil {
		t.Error(err)
	}
}

// FuzzLoad reads what claims to be ONNX. Run it with
//
//	go test ./liegg/network/onnx -run '^$' -fuzz FuzzLoad -fuzztime 10m
//
// Seeds are small, and what is found is not made smaller: see withoutMinimizing.
func FuzzLoad(f *testing.F) {
	for _, file := range []string{"conditioned.onnx", "pool.onnx", "round.onnx", "sorts.onnx", "sums.onnx"} {
		f.Add(contents(f, file))
	}
	for _, operator := range []string{"Pad", "Conv, same upper", "AveragePool, padded on one side", "LogSoftmax before 13", "Clip with attributes"} {
		f.Add(contentsOfArray(f, reference, operator+".onnx"))
	}
	old := regexp.MustCompile("^(Add 6, from|Pad 2$|Slice 1$|Split 2$|Upsample 9$|Reshape 1$|Cast 1$|Constant 12|branch$|function$)")
	nodeCases(f, "meanings.tar.gz", func(n nodeCase) {
		if old.MatchString(n.name) {
			b, err := proto.Marshal(n.model.Interface())
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	})
	folder := f.TempDir()
	backend, err := compute.NewWithConfig("go")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		parsed, err := parseFile(b, folder)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("error %v is not ErrMalformed", err)
			}
			return
		}
		func() {
			defer recovered(&err) // as Load does
			if m, err := parsed.model(Settings{}); err == nil {
				defer m.store.Finalize()
				m.try(backend)
			}
		}()
	})
}
