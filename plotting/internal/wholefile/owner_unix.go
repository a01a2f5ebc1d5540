//go:build unix

package wholefile

import (
	"os"
	"syscall"
)

// keepOwner gives f the owner and group of an existing file, as far as this
// process may, and returns the mode for f: the mode of that file, without the
// group's permissions if the group could not be set.
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
