//go:build cgo && (linux || darwin)

package device

import (
	"strings"

	goxla "github.com/gomlx/go-xla/compute/xla" // registers the backend "xla"
	"github.com/gomlx/go-xla/pjrt"
)

// xlaLinked reports whether this program can use XLA at all: its binding needs cgo.
const xlaLinked = true

// installedPlugin returns the path of the plugin that go-xla uses for a name, "" if there is
// none. A version may follow the name. No name means the first plugin.
func installedPlugin(name string) string {
	defer func() { _ = recover() }() // go-xla panics at a file that is not a library; loading it reports the error
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
