package onnx

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/messagetest"
)

// written lays a model in a folder.
func written(t *testing.T, folder string, contents []byte) (path string) {
	t.Helper()
	path = filepath.Join(folder, "net.onnx")
	if err := os.WriteFile(path, contents, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sparse makes a file of zeros that takes no room on the disk.
func sparse(t *testing.T, path string, bytes int64) {
	t.Helper()
	err := os.WriteFile(path, nil, 0o600)
	if err == nil {
		err = os.Truncate(path, bytes)
	}
	if err != nil {
		t.Skip("this file system has no sparse files:", err)
	}
}

// sharing is a model with many weights that share one file, of which some are added to
// the output.
func sharing(t *testing.T, weights, used int, bytes int64) []byte {
	return edited(t, func(g message.Message) {
		last := g.Children("output")[0].Text("name")
		for i := range weights {
			w := messagetest.Add(g, "initializer")
			messagetest.Set(w, "name", fmt.Sprint("shared ", i))
			messagetest.Set(w, "data_type", int32(message.Float32Type))
			messagetest.Set(w, "dims", bytes/8, int64(2))
			messagetest.Elsewhere(w, "weights", "0")
			if i < used {
				n := messagetest.Add(g, "node")
				messagetest.Set(n, "op_type", "ReduceMean")
				messagetest.Set(n, "input", w.Text("name"))
				messagetest.Set(n, "output", fmt.Sprint("mean ", i))
				n.SetInt("keepdims", 0)
				sum := messagetest.Add(g, "node")
				messagetest.Set(sum, "op_type", "Add")
				messagetest.Set(sum, "input", last, fmt.Sprint("mean ", i))
				last = fmt.Sprint("sum ", i)
				messagetest.Set(sum, "output", last)
			}
		}
		messagetest.Set(g.Children("output")[0], "name", last)
	})
}

// A file of 64 MB that 400 weights share would take 26 GB.
func TestSharedWeightsKeepToTheBudget(t *testing.T) {
	const bytes = 64 << 20
	folder := t.TempDir()
	sparse(t, filepath.Join(folder, "weights"), bytes)
	model := sharing(t, 400, 400, bytes)
	path := written(t, folder, model)
	taken := messagetest.Allocated(func() {
		_, err := Load(path, Settings{})
		expect.Error(t, err, path, strconv.Itoa(400*bytes+len(model)), "the budget is 1073741824", bounded.Env)
		if !errors.Is(err, ErrBudget) {
			t.Errorf("%v is not ErrBudget", err)
		}
	})
	if taken > 32<<20 {
		t.Errorf("%d bytes were allocated", taken)
	}
}

// Weights that nothing needs are not loaded, and not counted.
func TestUnusedWeights(t *testing.T) {
	const bytes = 8 << 20
	folder := t.TempDir()
	sparse(t, filepath.Join(folder, "weights"), bytes)
	model := sharing(t, 400, 1, bytes)
	path, budget := written(t, folder, model), int64(bytes+len(model))
	taken := messagetest.Allocated(func() {
		n, err := Load(path, Settings{Budget: budget})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.Predict(tensor(array(t, "mlp.npz", "x"))); err != nil {
			t.Error(err)
		}
	})
	if taken > 20*bytes {
		t.Errorf("%d bytes were allocated", taken)
	}
	_, err := Load(path, Settings{Budget: budget - 1})
	expect.Error(t, err, fmt.Sprint(budget), fmt.Sprint(budget-1), "raise the budget")
	_, err = Load(path, Settings{Budget: 100})
	expect.Error(t, err, fmt.Sprint(len(model)), "the budget is 100")
	t.Setenv(bounded.Env, "1KiB")
	_, err = Load(path, Settings{})
	expect.Error(t, err, "the budget is 1024")
}

// The length of external data must match the tensor, and the data must lie within the file.
func TestLengthOfExternalWeights(t *testing.T) {
	folder := t.TempDir()
	var bytes int
	load := func(entries map[string]string, file int64) error {
		b := edited(t, func(g message.Message) {
			bytes = len(messagetest.Weight(g).Field("raw_data").Bytes())
			messagetest.Elsewhere(messagetest.Weight(g), "weights", "0")
			list := messagetest.Weight(g).Mutable(messagetest.Weight(g).Descriptor().Fields().ByName("external_data")).List()
			list.Truncate(0)
			for key, value := range entries {
				if value == "" {
					continue
				}
				e := messagetest.Add(messagetest.Weight(g), "external_data")
				messagetest.Set(e, "key", key)
				messagetest.Set(e, "value", value)
			}
		})
		sparse(t, filepath.Join(folder, "weights"), file)
		_, err := Load(written(t, folder, b), Settings{})
		return err
	}
	load(map[string]string{"location": "weights"}, 1<<20)
	whole := strconv.Itoa(bytes)
	for _, c := range []struct {
		offset, length string
		file           int
		says           string
	}{
		{"0", whole, bytes, ""},
		{"16", whole, bytes + 16, ""},
		{"", "", bytes, ""},
		{"0", "16", bytes, "are 16 bytes long"},
		{"0", strconv.Itoa(2 * bytes), 2 * bytes, "bytes long"},
		{"16", whole, bytes, "truncated"},
		{"9223372036854775807", whole, bytes, "truncated"},
		{"-1", whole, bytes, `offset of its data is "-1"`},
		{"0", "much", bytes, `length of its data is "much"`},
		{"1e3", whole, bytes, `offset of its data is "1e3"`},
	} {
		err := load(map[string]string{"location": "weights", "offset": c.offset, "length": c.length}, int64(c.file))
		if c.says == "" && err != nil {
			t.Errorf("%+v: %v", c, err)
		}
		if c.says != "" && (!errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%+v: error %v", c, err)
		}
	}
}

// Pipes would wait for a writer for ever.
func TestPipesAreRefused(t *testing.T) {
	folder := t.TempDir()
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("no pipes here:", err)
	}
	path := written(t, folder, edited(t, func(g message.Message) { messagetest.Elsewhere(messagetest.Weight(g), "pipe", "0") }))
	for _, path := range []string{pipe, path} {
		done := make(chan error, 1)
		go func() {
			_, err := Load(path, Settings{})
			done <- err
		}()
		select {
		case err := <-done:
			expect.Error(t, err, "not a regular file")
		case <-time.After(time.Minute):
			t.Fatalf("%s: Load waits for a pipe", path)
		}
	}
}
