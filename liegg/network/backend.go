package network

import (
	"github.com/gomlx/compute"

	"github.com/liegg/lab/liegg/network/internal/device"
)

// BackendVariable names the environment variable that chooses the backend: "go", "xla:cpu",
// "xla:cuda" or "xla:" and the path of a PJRT plugin.
const BackendVariable = device.Variable

// DevicesVariable names the environment variable that chooses on how many devices of the backend, such
// as the cards of a machine, the chunks of a stream are analysed side by side: a number, or "all".
// Without it, it is one, and CUDA_VISIBLE_DEVICES chooses which. The result has the same bits on any
// number of devices if Settings.Batch gives the size of chunks. Networks are trained on one device.
// CPUs, which use all cores by themselves, count as one device.
const DevicesVariable = device.CountVariable

// Backend returns the backend on which networks are trained, run and differentiated, the same
// one at each call. It is the first of the following that exists: the value of
// $LIEGG_BACKEND; the value of $GOMLX_BACKEND; XLA with the plugin that `go run ./kernel
// prepare` put in the cache folder, for an NVIDIA GPU (--cuda) or for CPUs; GoMLX's own
// backend in pure Go. GPUs multiply in full float32 unless the name ends in ",tf32".
//
// Backend returns an error if the chosen backend is unknown or cannot be started, or if it
// needs cgo and the program was built without it.
func Backend() (compute.Backend, error) { return device.Default() }

// NewBackend starts another backend like Backend, for programs that must not share one. It
// returns the errors of Backend.
func NewBackend() (compute.Backend, error) { return device.New() }

// OnGPU reports whether a backend computes on an NVIDIA GPU.
func OnGPU(b compute.Backend) bool { return device.OnGPU(b) }

// CacheFolder returns the folder in which LieGG keeps prepared files and trained networks:
// $LIEGG_CACHE, or liegg in the user's cache directory. It does not create it. It returns an
// error if $LIEGG_CACHE begins with a ~ that no shell has expanded, or if the user has no
// cache directory.
func CacheFolder() (string, error) { return device.CacheFolder() }

// Provenance returns what the numbers of a trained network depend on besides its settings:
// the name and description of the backend, and the versions of GoMLX. It returns the errors
// of Backend.
func Provenance() (backend, versions string, err error) { return device.Provenance() }
