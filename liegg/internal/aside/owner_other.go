//go:build !unix

package aside

import "os"

// keepOwner returns the mode of a file; owners are not what they are on Unix.
func keepOwner(_ *os.File, was os.FileInfo) os.FileMode { return was.Mode().Perm() }
