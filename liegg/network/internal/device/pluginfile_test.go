package device

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
)

// A plugin that is truncated at any byte is an error before it is loaded. The program of this test
// serves as the plugin.
func TestCutPluginIsAnError(t *testing.T) {
	program := ok(os.ReadFile(ok(os.Executable())(t)))(t)
	if !bytes.HasPrefix(program, []byte("\x7fELF\x02\x01")) {
		t.Skip("programs of this system are no 64-bit ELF files")
	}
	whole := int(segmentsEnd(bytes.NewReader(program)))
	if whole < len(program)/2 || whole > len(program) {
		t.Errorf("segments end at byte %d of %d", whole, len(program))
	}
	path := filepath.Join(t.TempDir(), "plugin.so")
	for _, size := range []int{len(program), whole, whole - 1, whole / 2, 100, 64} {
		if err := os.WriteFile(path, program[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		err := pluginWhole(path)
		if size >= whole && err != nil {
			t.Errorf("%d of %d bytes: %v", size, len(program), err)
		} else if size < whole {
			expect.Error(t, err, path, "is truncated", "prepare xla")
		}
	}
	t.Setenv(Variable, "xla:"+path)
	_, err := New()
	expect.Error(t, err, path, "is truncated", "prepare xla")
	for _, other := range []string{"", path + "-absent", t.TempDir()} {
		if err := pluginWhole(other); err != nil {
			t.Fatal(err)
		}
	}
}

func FuzzSegmentsEnd(f *testing.F) {
	f.Add([]byte("\x7fELF\x02\x01"))
	program := make([]byte, 200)
	copy(program, "\x7fELF\x02\x01")
	program[32], program[54], program[56] = 64, 56, 2
	f.Add(program)
	f.Fuzz(func(t *testing.T, b []byte) {
		if end := segmentsEnd(io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b)))); end > 0 && !bytes.HasPrefix(b, []byte("\x7fELF")) {
			t.Errorf("%d for no ELF file", end)
		}
	})
}
