package setup

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/liegg/lab/kernel/internal/system"
)

// A package that does not compile must not keep cells from the others.
func TestPackagesThatCompileAreKept(t *testing.T) {
	p := Paths{Checkout: t.TempDir()}
	for name, text := range map[string]string{"go.mod": "module m\n", "one/one.go": "package one\n", "two/two.go": "package two\n\nvar x int = \"\"\n",
		"three/three.go": "package three\n"} {
		if err := system.WriteAtomically(filepath.Join(p.Checkout, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ tried, kept []string }{
		{nil, nil}, {[]string{"m/one", "m/three"}, []string{"m/one", "m/three"}}, {[]string{"m/one", "m/two", "m/three"}, []string{"m/one", "m/three"}},
	} {
		if kept := compiling(t.Context(), p, slices.Clone(c.tried)); !slices.Equal(kept, c.kept) {
			t.Errorf("of %q, %q are kept, not %q", c.tried, kept, c.kept)
		}
	}
}
