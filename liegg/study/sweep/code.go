package sweep

import (
	"regexp"
	"runtime"
	"sync"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/sourcecode"
	"github.com/liegg/lab/liegg/network"
)

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

var sourcesDigest = sync.OnceValue(func() string { return sourcecode.Digest(liegg.Code, measuring...) })

// measuring are the folders of the code that makes data, training and measurements.
var measuring = []string{
	".", "action", "action/internal/lattice", "action/internal/scatter", "action/orbits", "action/polynomial",
	"dataset", "dataset/groundtruth", "flow", "flow/internal/doubt", "flow/internal/fit", "flow/internal/motion",
	"flow/internal/moved", "flow/internal/sampling", "internal/candidates", "internal/cores", "internal/defects",
	"internal/dependence", "internal/failure", "internal/linalg", "internal/monomial", "internal/nodes",
	"internal/participation", "internal/quadric", "internal/quantile", "internal/ratio", "internal/spaces", "internal/sums",
	"internal/targets", "internal/tensor", "internal/vjp", "lie", "lie/classification", "lie/group",
	"lie/internal/check", "lie/internal/dense", "lie/internal/exponential", "lie/internal/flags",
	"lie/internal/sparsity", "lie/rep", "network", "network/internal/activity", "network/internal/call",
	"network/internal/checks", "network/internal/derivative", "network/internal/device",
	"network/internal/extraction", "network/internal/finite", "network/internal/function",
	"network/internal/independence", "network/internal/jacobian", "network/internal/stream", "network/profile",
	"network/training", "study/sweep",
}
