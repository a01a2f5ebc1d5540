package onnx

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/messagetest"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
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
func edited(t testing.TB, edit func(graph message.Message)) []byte {
	t.Helper()
	return messagetest.Edited(t, filepath.Join("testdata", "mlp.onnx"), edit)
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
	b := edited(t, func(g message.Message) {
		raw = bytes.Clone(messagetest.Weight(g).Field("raw_data").Bytes())
		messagetest.Elsewhere(messagetest.Weight(g), "weights", "16")
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
	b := edited(t, func(g message.Message) {
		for _, w := range g.Children("initializer") {
			v := messagetest.Add(g, "input")
			messagetest.Set(v, "name", w.Text("name"))
			messagetest.Set(v, "type", proto.Clone(g.Children("input")[0].Child("type").Interface()).ProtoReflect())
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
	backend, err := purego.New()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		parsed, err := modelfile.Parse(b, folder)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("error %v is not ErrMalformed", err)
			}
			return
		}
		func() {
			defer recovered(&err) // as Load does
			if m, err := modelOf(parsed, Settings{}); err == nil {
				defer m.store.Finalize()
				m.try(backend)
			}
		}()
	})
}
