package setup

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/liegg/lab/kernel/internal/system"
)

// LaySession writes the go.mod and go.sum of a notebook's session into dir:
// the requirements of the checkout and the checkout itself. Cells can then
// import its packages, and all that it requires, without go get. If there are
// patched copies of modules, cells link those.
func LaySession(p Paths, dir, module string) error {
	mod, sum, err := moduleFiles(p)
	if err != nil {
		return err
	}
	if err := system.WriteAtomically(filepath.Join(dir, "go.sum"), sum, 0o600); err != nil {
		return err
	}
	text := sessionModule(string(mod), module, p.Checkout) + PatchedReplacements(p, string(mod))
	return system.WriteAtomically(filepath.Join(dir, "go.mod"), []byte(text), 0o600)
}

// sessionModule turns the checkout's go.mod into a session's: with another
// name, without tools, and with a replacement that points to the checkout.
func sessionModule(mod, name, checkout string) string {
	var out strings.Builder
	inTools := false
	for line := range strings.Lines(mod) {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "module "):
			fmt.Fprintf(&out, "module %s\n", name)
		case trimmed == "tool (":
			inTools = true
		case inTools:
			inTools = trimmed != ")"
		case strings.HasPrefix(trimmed, "tool "):
		default:
			out.WriteString(line)
		}
	}
	fmt.Fprintf(&out, "\nrequire %s v0.0.0\n\nreplace %s => %s\n", ModulePath, ModulePath, strconv.Quote(checkout))
	return out.String()
}

// LinkFlags returns the linker flags that make cells link fast, as determined
// by the warm-up; none before it.
func LinkFlags(p Paths) string {
	flags, err := os.ReadFile(linkFlagsFile(p))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(flags))
}

func linkFlagsFile(p Paths) string { return filepath.Join(p.checkoutFolder(), "link-flags") }
