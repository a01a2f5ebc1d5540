// Package sourcecode determines from embedded Go code whether two results
// were computed by the same code.
package sourcecode

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Digest changes with the name and the text of every file in these folders of the code,
// tests and deeper folders left out. It panics if a folder holds no Go code, or if an
// embedded file cannot be read, which cannot happen in a completely built program.
func Digest(code fs.FS, folders ...string) string {
	h := sha256.New()
	for _, folder := range folders {
		names, err := fs.Glob(code, path.Join(folder, "*.go"))
		if err == nil && len(names) == 0 {
			err = fs.ErrNotExist
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, readErr := fs.ReadFile(code, name)
			if readErr != nil {
				err = readErr
			}
			fmt.Fprintf(h, "%s %d\n", name, len(text))
			h.Write(text)
		}
		if err != nil {
			panic(fmt.Sprintf("sourcecode: reading the embedded code of %q: %v", folder, err))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
