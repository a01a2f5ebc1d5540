//go:build cgo && (linux || darwin)

package device

import (
	"strings"

	goxla "github.com/gomlx/go-xla/compute/xla" // registers the backend "xla"
	"github.com/gomlx/go-xla/pjrt"
)

// xlaLinked reports whether this program can use XLA at all: its binding needs cgo.
const xlaLinked = true

// installedPlugin is the path of the plugin that go-xla takes for a name, "" if it has
// none. A version may follow the name, and no name stands for the first plugin.
func installedPlugin(name string) string {
	defer func() { _ = recover() }() // at a file that is no library: whoever loads it says what is wrong
	names := goxla.GetAvailablePlugins()
	if name == "" && len(names) > 0 {
		name = names[0]
	}
	paths := pjrt.AvailablePlugins()
	if path := paths[name]; path != "" {
		return path
	}
	for _, versioned := range names {
		if strings.HasPrefix(versioned, name+"_v") {
			return paths[versioned]
		}
	}
	return ""
}
