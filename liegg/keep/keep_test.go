package keep

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
)

// computed counts calls, and returns how many there were.
func counted(value []float64) (compute func() []float64, calls *int) {
	calls = new(int)
	return func() []float64 { *calls++; return value }, calls
}

func TestValueIsComputedOnce(t *testing.T) {
	t.Setenv("LIEGG_CACHE", t.TempDir())
	compute, calls := counted([]float64{1, 2})
	for _, on := range []int{1, 1, 2, 1, 2} {
		if got := Value("once", compute, on); len(got) != 2 || got[1] != 2 {
			t.Fatalf("Value is %v", got)
		}
	}
	if *calls != 2 {
		t.Errorf("computed %d times for two values that it depends on", *calls)
	}
}

func TestDamagedValuesAreComputedAnew(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("LIEGG_CACHE", cache)
	compute, calls := counted([]float64{1, 2})
	get := func() []float64 { return Value("a/b", compute) }
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
		before := *calls
		if got := get(); got[0] != 1 || *calls != before+1 {
			t.Errorf("of %d bytes: %v, computed %d times", len(text), got, *calls-before)
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
	Value("v", func() int { return 0 }, Captured("f", func() {})) // the source says what it does
}
