package sweep

import (
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg"
)

// The digest covers every package that a sweep calls, except for packages that cannot change a number:
// they read and write files, turn panics into errors, format errors, or show values.
func TestCodeIsWhole(t *testing.T) {
	const module = "github.com/liegg/lab/liegg"
	harmless := []string{"dataset/npy", "internal/atomicfile", "internal/bounded", "internal/cachefolder", "internal/devicefault", "internal/graphpanic", "internal/purego", "internal/sheet",
		"internal/sourcecode", "internal/spelling", "keep", "network/internal/storage", "progress"}
	out := ok(exec.Command("go", "list", "-deps", ".").Output())(t)
	for _, path := range strings.Fields(string(out)) {
		if path != module && !strings.HasPrefix(path, module+"/") {
			continue
		}
		folder := strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
		if folder == "" {
			folder = "."
		}
		if slices.Contains(measuring, folder) == slices.Contains(harmless, folder) {
			t.Errorf("%s must be in one of the lists measuring and harmless", path)
		}
	}
	for _, folder := range measuring { // the embedded files are the files in the folder
		files := ok(filepath.Glob(filepath.Join("../..", folder, "*.go")))(t)
		embedded := ok(fs.Glob(liegg.Code, filepath.ToSlash(filepath.Join(folder, "*.go"))))(t)
		if len(files) != len(embedded) {
			t.Errorf("%s: %d files, %d embedded", folder, len(files), len(embedded))
		}
	}
}

func TestCodeDoesNotNameFolders(t *testing.T) {
	code := ok(CurrentCode())(t)
	if strings.Contains(code.Backend, "/") || code.Backend == "" || code.Sources == "" {
		t.Errorf("%+v", code)
	}
}
