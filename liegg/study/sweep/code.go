package sweep

import (
	"embed"
	"regexp"
	"runtime"
	"sync"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/dependence"
	"github.com/liegg/lab/liegg/internal/lobpcg"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/sourcecode"
	"github.com/liegg/lab/liegg/internal/symmetric"
	"github.com/liegg/lab/liegg/internal/targets"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

//go:embed *[^t].go
var ownCode embed.FS

// Code is what rows depend on besides their job. Two rows of one job and one
// code are equal, except for the seconds, on one kind of processor.
type Code struct {
	// Sources is a digest of the Go code, without tests, that makes data,
	// training and measurements.
	Sources string `json:"sources"`
	// Libraries are the versions of GoMLX.
	Libraries string `json:"libraries"`
	// Backend is what runs the networks, and the processor's architecture.
	Backend string `json:"backend"`
}

// Digest combines all fields into one name.
func (c Code) Digest() string { return digest(c) }

// CurrentCode returns the code of this program. The error is that of
// network.Backend.
func CurrentCode() (Code, error) {
	backend, libraries, err := network.Provenance()
	if err != nil {
		return Code{}, err
	}
	return Code{Sources: sourcesDigest(), Libraries: libraries, Backend: folders.ReplaceAllString(backend, "") + " " + runtime.GOARCH}, nil
}

// folders matches the folder of a plugin, which makes no difference.
var folders = regexp.MustCompile(`[^\s(:]*/`)

var sourcesDigest = sync.OnceValue(func() string {
	return sourcecode.Digest(symmetric.Code, lobpcg.Code, participation.Code, dependence.Code, lie.Code, liegg.Code, action.Code,
		dataset.Code, groundtruth.Code, vjp.Code, tensor.Code, targets.Code, network.Code, training.Code, flow.Code, ownCode)
})
