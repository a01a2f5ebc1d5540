package system

import (
	"crypto/sha256"
	"fmt"
	"os"
)

// Exists reports whether a file or folder can be found at path.
func Exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Digest returns the SHA-256 of the parts, in hexadecimal.
func Digest(parts ...[]byte) string {
	sum := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(sum, "%d\n", len(part))
		sum.Write(part)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}
