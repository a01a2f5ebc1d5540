//go:build !(cgo && (linux || darwin))

package network

// xlaLinked says whether this program can use XLA at all: its binding needs cgo.
const xlaLinked = false

func installedPlugin(string) string { return "" }
