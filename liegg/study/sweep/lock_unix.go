//go:build unix

package sweep

import (
	"errors"
	"os"
	"syscall"
)

// lock keeps other processes away from the table until the file is closed or
// this process dies.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errors.New("another process writes its rows: wait for it, end it, or write to another file with -o")
	}
	return err
}
