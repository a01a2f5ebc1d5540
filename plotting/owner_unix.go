//go:build unix

package plotting

import (
	"os"
	"syscall"
)

// keepOwner gives f the owner and the group of a file, as far as this process may,
// and returns the mode that f should have: that of the file, without what its group
// may do if f could not be given to that group.
func keepOwner(f *os.File, was os.FileInfo) os.FileMode {
	mode := was.Mode().Perm()
	now, err := f.Stat()
	if err != nil {
		return mode &^ 0o077
	}
	old, new := was.Sys().(*syscall.Stat_t), now.Sys().(*syscall.Stat_t)
	if old.Uid != new.Uid {
		f.Chown(int(old.Uid), -1) // only root may
	}
	if old.Gid != new.Gid && f.Chown(-1, int(old.Gid)) != nil {
		mode &^= 0o070
	}
	return mode
}
