package modelfile

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/messagetest"
)

func TestHostileFiles(t *testing.T) {
	folder := t.TempDir()
	for name, c := range map[string]struct {
		says string
		edit func(g message.Message)
	}{
		"huge tensor":   {"claims", func(g message.Message) { messagetest.Set(messagetest.Weight(g), "dims", int64(1<<31), int64(1<<31)) }},
		"large tensor":  {"the file is truncated", func(g message.Message) { messagetest.Set(messagetest.Weight(g), "dims", int64(1<<30)) }},
		"negative size": {"claims the shape", func(g message.Message) { messagetest.Set(messagetest.Weight(g), "dims", int64(-32), int64(-10)) }},
		"cycle": {"before it is made", func(g message.Message) {
			messagetest.Set(g.Children("node")[0], "input", g.Children("node")[3].Texts("output")[0])
		}},
		"itself": {"before it is made", func(g message.Message) {
			messagetest.Set(g.Children("node")[0], "input", g.Children("node")[0].Texts("output")[0])
		}},
		"made twice": {"two nodes make", func(g message.Message) {
			messagetest.Set(g.Children("node")[1], "output", g.Children("node")[0].Texts("output")[0])
		}},
		"no output":        {"has no output", func(g message.Message) { messagetest.Set(g.Children("node")[1], "output") }},
		"nothing made":     {"nothing makes the output", func(g message.Message) { messagetest.Set(g.Children("output")[0], "name", "other") }},
		"no type":          {"not a tensor", func(g message.Message) { v := g.Children("input")[0]; v.Clear(v.Descriptor().Fields().ByName("type")) }},
		"no nodes":         {"nothing makes the output", func(g message.Message) { messagetest.Set(g, "node") }},
		"weights outside":  {"not below the folder", func(g message.Message) { messagetest.Elsewhere(messagetest.Weight(g), "../weights", "0") }},
		"absolute weights": {"not below the folder", func(g message.Message) { messagetest.Elsewhere(messagetest.Weight(g), "/etc/passwd", "0") }},
		"absent weights":   {"copy the file beside the model", func(g message.Message) { messagetest.Elsewhere(messagetest.Weight(g), "weights", "0") }},
		"growth": {"makes a tensor of", func(g message.Message) {
			c := messagetest.Add(g, "initializer")
			messagetest.Set(c, "name", "size")
			messagetest.Set(c, "data_type", int32(7))
			messagetest.Set(c, "dims", int64(2))
			messagetest.Set(c, "int64_data", int64(1<<20), int64(1<<20))
			n := messagetest.Add(g, "node")
			messagetest.Set(n, "op_type", "ConstantOfShape")
			messagetest.Set(n, "input", "size")
			messagetest.Set(n, "output", "huge")
		}},
	} {
		b := messagetest.Edited(t, filepath.Join("..", "..", "testdata", "mlp.onnx"), c.edit)
		taken := messagetest.Allocated(func() {
			if _, err := Parse(b, folder); !errors.Is(err, message.ErrMalformed) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: error %v, want one that says %q", name, err, c.says)
			}
		})
		if taken > 1<<20 {
			t.Errorf("%s: %d bytes were allocated for a file of %d", name, taken, len(b))
		}
	}
}

// Every message of two bytes becomes hundreds in memory: the count is taken first.
func TestManySmallMessages(t *testing.T) {
	nodes := bytes.Repeat([]byte{0x0a, 0x00}, message.MaxFields+1) // field 1 of a graph
	length := []byte{0x3a, byte(len(nodes)&0x7f | 0x80), byte(len(nodes)>>7&0x7f | 0x80), byte(len(nodes)>>14&0x7f | 0x80), byte(len(nodes) >> 21)}
	taken := messagetest.Allocated(func() {
		if _, err := Parse(append(length, nodes...), "."); !errors.Is(err, message.ErrMalformed) || !strings.Contains(err.Error(), "fields") {
			t.Errorf("error %v", err)
		}
	})
	if taken > 4*uint64(len(nodes)) {
		t.Errorf("%d bytes were allocated for a file of %d", taken, len(nodes))
	}
}
