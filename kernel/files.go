package main

import (
	"crypto/sha256"
	"fmt"
	"os"
)

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// digest returns the SHA-256 of the parts, in hexadecimal.
func digest(parts ...[]byte) string {
	sum := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(sum, "%d\n", len(part))
		sum.Write(part)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}
