//go:build !(cgo && (linux || darwin))

package device

// xlaLinked reports whether this program can use XLA at all: its binding needs cgo.
const xlaLinked = false

func installedPlugin(string) string { return "" }
