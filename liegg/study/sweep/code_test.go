package sweep

import (
	"embed"
	"os"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/dependence"
	"github.com/liegg/lab/liegg/internal/lobpcg"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/symmetric"
	"github.com/liegg/lab/liegg/internal/targets"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// Every file of the code that matters is in the digest, and no test.
func TestCodeIsWhole(t *testing.T) {
	for folder, code := range map[string]embed.FS{".": ownCode, "../../internal/symmetric": symmetric.Code, "../../internal/lobpcg": lobpcg.Code, "../../internal/vjp": vjp.Code,
		"../../internal/dependence": dependence.Code, "../../internal/participation": participation.Code, "../../flow": flow.Code,
		"../..": liegg.Code, "../../lie": lie.Code, "../../action": action.Code,
		"../../dataset": dataset.Code, "../../dataset/groundtruth": groundtruth.Code, "../../network": network.Code,
		"../../network/training": training.Code, "../../internal/tensor": tensor.Code, "../../internal/targets": targets.Code} {
		embedded := map[string]bool{}
		for _, f := range ok(code.ReadDir("."))(t) {
			embedded[f.Name()] = true
		}
		for _, f := range ok(os.ReadDir(folder))(t) {
			name := f.Name()
			if !strings.HasSuffix(name, ".go") {
				continue
			}
			if test := strings.HasSuffix(name, "_test.go"); embedded[name] == test {
				t.Errorf("%s/%s: embedded %v; add a pattern for such names to the package's Code", folder, name, !test == false)
			}
		}
	}
}

func TestCodeDoesNotNameFolders(t *testing.T) {
	code := ok(CurrentCode())(t)
	if strings.Contains(code.Backend, "/") || code.Backend == "" || code.Sources == "" {
		t.Errorf("%+v", code)
	}
}
