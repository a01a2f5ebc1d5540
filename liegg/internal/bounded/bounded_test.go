package bounded

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestBudget(t *testing.T) {
	for _, c := range []struct {
		env         string
		asked, want int64
	}{
		{"", 0, 1 << 30}, {"", 5, 5}, {"12", 0, 12}, {"12", 5, 5}, {"12B", 0, 12},
		{"3KiB", 0, 3072}, {"8GiB", 0, 8 << 30}, {"2TiB", 0, 2 << 40},
	} {
		t.Setenv(Env, c.env)
		if got, err := Budget(c.asked); err != nil || got != c.want {
			t.Errorf("%s=%q, asked for %d: %d, %v; want %d", Env, c.env, c.asked, got, err, c.want)
		}
	}
	for _, bad := range []string{"much", "-1", "0", "1.5GiB", "9223372036854775807KiB", "GiB"} {
		t.Setenv(Env, bad)
		_, err := Budget(0)
		expect.Error(t, err, Env, bad, "8GiB")
	}
}

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, budget := range []int64{0, 5, 6} {
		if data, err := ReadFile(path, budget); err != nil || string(data) != "12345" {
			t.Errorf("budget %d: %q, %v", budget, data, err)
		}
	}
	_, err := ReadFile(path, 4)
	expect.Error(t, err, path, "has 5 bytes", "the budget is 4", Env+"=5")
	if !errors.Is(err, ErrBudget) {
		t.Errorf("%v is no ErrBudget", err)
	}
	if _, err := ReadFile(path+"-absent", 0); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is absent: %v", err)
	}
}

// A sparse file claims a terabyte and takes no room on the disk.
func TestReadFileRefusesASparseFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sparse")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<40); err != nil {
		t.Skip("this file system has no sparse files:", err)
	}
	_, err := ReadFile(path, 0)
	expect.Error(t, err, "1099511627776", "budget")
}

func TestRecords(t *testing.T) {
	line := bytes.Repeat([]byte("x"), 50<<10)
	r := NewRecords(bytes.NewReader(append(line, line...)), 1)
	half := make([]byte, len(line))
	for range 2 { // each is short, both together are not
		if _, err := io.ReadFull(r, half); err != nil {
			t.Fatal(err)
		}
		r.Next()
	}
	r = NewRecords(strings.NewReader(strings.Repeat("x", 100<<10)), 1)
	n, err := io.Copy(io.Discard, r)
	expect.Error(t, err, "a line", "65536", "raise the budget to 64 times")
	if n != 64<<10 || !errors.Is(err, ErrBudget) {
		t.Errorf("%d bytes, %v", n, err)
	}
}
