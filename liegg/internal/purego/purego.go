// Package purego starts GoMLX's backend in pure Go, in a mode that cannot deadlock.
//
// By default the backend computes independent operations side by side. Each of them takes one of
// its workers, and a matrix product then waits for another one. Once products hold all workers,
// none of them ever goes on (gomlx/compute v0.1.2, workerspool.Pool.Saturate). If operations
// follow each other, a product still spreads over all workers, and holds none while it waits.
package purego

import (
	"strings"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend"
)

// New starts the backend.
func New() (compute.Backend, error) { return compute.NewWithConfig(Config("go")) }

// Config returns a backend's configuration with operations one after another, if it selects the
// backend in pure Go and does not say "ops_parallel" itself.
func Config(config string) string {
	name, options, _ := strings.Cut(config, ":")
	switch {
	case name != "go" || strings.Contains(options, "ops_"):
		return config
	case options == "":
		return "go:ops_sequential"
	default:
		return config + ",ops_sequential"
	}
}
