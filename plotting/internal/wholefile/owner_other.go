//go:build !unix

package wholefile

import "os"

// keepOwner returns the mode of a file. Owners are only kept on Unix.
func keepOwner(_ *os.File, was os.FileInfo) os.FileMode { return was.Mode().Perm() }
