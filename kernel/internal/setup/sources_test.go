package setup

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/liegg/lab/kernel/internal/system"
)

// What go build compiles or embeds counts; what only tests read does not, nor what an editor
// leaves.
func TestSourcesDigest(t *testing.T) {
	p := Paths{Checkout: t.TempDir()}
	key := func() string {
		t.Helper()
		got, err := SourcesDigest(p, "some", "none")
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, c := range []struct {
		name   string
		counts bool
	}{
		{"some/a.go", true}, {"some/deep/er/a.go", true}, {"some/a.s", true}, {"some/page.html", true}, {"some/embedded/runner/a.py", true},
		{"some/a_test.go", false}, {"some/deep/testdata/a.go", false}, {"some/.a.go.swp", false}, {"some/.git/a.go", false}, {"other/a.go", false},
	} {
		before := key()
		if err := system.WriteAtomically(filepath.Join(p.Checkout, c.name), []byte("package a\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		added := key()
		if err := os.WriteFile(filepath.Join(p.Checkout, c.name), []byte("package ab\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if changed := key(); (added != before) != c.counts || (changed != added) != c.counts {
			t.Errorf("%s: the digest %.6s became %.6s once it was there, and %.6s once it had changed", c.name, before, added, changed)
		}
	}
}
