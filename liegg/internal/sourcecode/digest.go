// Package sourcecode determines from embedded Go code whether two results
// were computed by the same code.
package sourcecode

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
)

// Digest changes with the name and the text of every file in these packages.
// It panics if an embedded file cannot be read, which cannot happen in a
// completely built program.
func Digest(packages ...embed.FS) string {
	h := sha256.New()
	for _, code := range packages {
		err := fs.WalkDir(code, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := code.ReadFile(path)
			fmt.Fprintf(h, "%s %d\n", path, len(text))
			h.Write(text)
			return err
		})
		if err != nil {
			panic(fmt.Sprintf("sourcecode: reading embedded code: %v", err))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
