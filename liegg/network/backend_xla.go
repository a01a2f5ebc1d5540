//go:build cgo && (linux || darwin)

package network

import _ "github.com/gomlx/go-xla/compute/xla" // registers the backend "xla"

// xlaLinked says whether this program can use XLA at all: its binding needs cgo.
const xlaLinked = true
