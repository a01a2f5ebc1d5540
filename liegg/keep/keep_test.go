package keep

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestValueIsComputedOnce(t *testing.T) {
	t.Setenv("LIEGG_CACHE", t.TempDir())
	calls := 0
	for _, on := range []int{1, 1, 2, 1, 2} {
		if got := Value("once", func() []float64 { calls++; return []float64{1, 2} }, on); len(got) != 2 || got[1] != 2 {
			t.Fatalf("Value is %v", got)
		}
	}
	if calls != 2 {
		t.Errorf("computed %d times for two values that it depends on", calls)
	}
}

// Values that a call spreads count like others, with the variables that the kernel joins to them.
func TestSpreadValues(t *testing.T) {
	t.Setenv("LIEGG_CACHE", t.TempDir())
	calls := 0
	for _, c := range []struct {
		on   []any
		size int
	}{{[]any{1, "a"}, 3}, {[]any{1, "a"}, 3}, {[]any{1, "b"}, 3}, {[]any{1, "a"}, 4}, {[]any{1, "b"}, 3}} {
		size := c.size
		if got := Value("spread", func() int { calls++; return 10 * size }, Also(c.on, Captured("size", size))...); got != 10*size {
			t.Errorf("%d for size %d", got, size)
		}
	}
	if calls != 3 {
		t.Errorf("computed %d times, want 3", calls)
	}
}

func TestDamagedValuesAreComputedAnew(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("LIEGG_CACHE", cache)
	calls := 0
	get := func() []float64 {
		return Value("a/b", func() []float64 { calls++; return []float64{1, 2} })
	}
	get()
	files, err := filepath.Glob(filepath.Join(cache, "kept", "*", "*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	cut := string(whole[:len(whole)-1])
	for _, text := range []string{"", "{", "\n", cut, cut + "\x7f", string(whole) + "x", strings.Replace(string(whole), `"Format":1`, `"Format":2`, 1)} {
		if err := os.WriteFile(files[0], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		before := calls
		if got := get(); got[0] != 1 || calls != before+1 {
			t.Errorf("of %d bytes: %v, computed %d times", len(text), got, calls-before)
		}
	}
}

func TestValuesThatCannotBeStoredAreFresh(t *testing.T) {
	t.Setenv("LIEGG_CACHE", t.TempDir())
	calls := 0
	for range 2 {
		f := Value("function", func() map[string]func() int {
			calls++
			return map[string]func() int{"f": func() int { return 3 }}
		})
		if f["f"]() != 3 {
			t.Error("a fresh value is wrong")
		}
	}
	if calls != 2 {
		t.Errorf("computed %d times", calls)
	}
}

func TestOldValuesAreRemoved(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("LIEGG_CACHE", cache)
	for i := range 3 * perName {
		Value("many", func() int { return i }, i)
	}
	files, _ := filepath.Glob(filepath.Join(cache, "kept", "many", "*"))
	if len(files) != perName {
		t.Errorf("%d files, want %d", len(files), perName)
	}
}

func TestValueMisused(t *testing.T) {
	t.Setenv("LIEGG_CACHE", t.TempDir())
	expect.Panic(t, "name is empty", func() { Value("", func() int { return 0 }) })
	expect.Panic(t, "compute is nil", func() { Value[int]("v", nil) })
	expect.Panic(t, "func", func() { Value("v", func() func() { return nil }) })
	expect.Panic(t, "value 1", func() { Value("v", func() int { return 0 }, func() {}) })
}

var (
	factor  = 2
	unmoved = func() int { return factor }
	moved   = func() int { return 1 }
)

func scaled() int { return factor * unmoved() }

// Variables count by their values. One that holds a function leaves the value fresh, unless it is
// set only where it is declared.
func TestVariables(t *testing.T) {
	t.Setenv("LIEGG_CACHE", t.TempDir())
	for _, f := range []int{2, 3, 2} {
		factor = f
		if got := Value("scaled", func() int { return scaled() }, Declared("factor", &factor), Declared("unmoved", &unmoved)); got != f*f {
			t.Errorf("factor %d gives %d", f, got)
		}
	}
	calls := 0
	told := expect.Stderr(t, func() {
		for range 2 {
			Value("unmoved", func() int { calls++; return scaled() }, Declared("factor", &factor), Declared("unmoved", &unmoved))
		}
	})
	if calls != 1 || told != "" {
		t.Errorf("computed %d times: %s", calls, told)
	}
	told = expect.Stderr(t, func() {
		for i := range 2 {
			moved = func() int { return i }
			local := func() int { return i }
			if got := Value("moved", func() int { return moved() }, Declared("moved", &moved)); got != i {
				t.Errorf("%d, want %d", got, i)
			}
			if got := Value("local", func() int { return local() }, Captured("local", local)); got != i {
				t.Errorf("%d, want %d", got, i)
			}
		}
	})
	if strings.Count(told, "nothing tells when that changes") != 4 {
		t.Errorf("it says %s", told)
	}
}

func TestMapsWithNaN(t *testing.T) {
	t.Setenv("LIEGG_CACHE", t.TempDir())
	for range 2 {
		if got := Value("nan", func() map[float64]int { return map[float64]int{math.NaN(): 1, 2: 3} }); len(got) != 2 || got[2] != 3 {
			t.Errorf("%v", got)
		}
	}
}
