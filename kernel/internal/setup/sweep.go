package setup

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/liegg/lab/kernel/internal/system"
	"github.com/liegg/lab/kernel/internal/wire"
)

// KernelFolder makes the private folder of one kernel, JupyterLab or run, and
// marks it as in use with a lock that ends with this process, however it
// ends. The returned function ends what still runs in the folder and removes
// it.
func KernelFolder(p Paths) (dir string, release func(), err error) {
	if err := p.makeTmp(); err != nil {
		return "", nil, err
	}
	fresh, err := os.MkdirTemp(p.Tmp(), system.UnfinishedMark)
	if err != nil {
		return "", nil, err
	}
	unlock, free := tryLock(filepath.Join(fresh, "lock"))
	if !free {
		return "", nil, fmt.Errorf("%s cannot be locked: is %s on a file system without locks?", fresh, p.Cache)
	}
	// Only a locked folder gets the name by which sweep knows it. The name is
	// short, because on some systems a socket's path has at most 104 bytes.
	dir = filepath.Join(p.Tmp(), "k"+strings.TrimPrefix(filepath.Base(fresh), system.UnfinishedMark))
	if err := os.Rename(fresh, dir); err != nil {
		return "", nil, err
	}
	return dir, func() { ClearKernel(dir); unlock() }, nil
}

// Sweep removes what killed kernels have left: their folders, pipes,
// processes that still run there, and Jupyter's notes.
func Sweep(p Paths) {
	dirs, _ := filepath.Glob(filepath.Join(p.Tmp(), "k*"))
	for _, dir := range dirs {
		if unlock, free := tryLock(filepath.Join(dir, "lock")); free {
			ClearKernel(dir)
			unlock()
		}
	}
}

// tryLock takes the lock on path if it is free.
func tryLock(path string) (unlock func(), free bool) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, false
	}
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		f.Close()
		return nil, false
	}
	return func() { f.Close() }, true
}

// ClearKernel ends the processes of a kernel's folder and removes it.
func ClearKernel(dir string) {
	for range 20 {
		pids := system.ProcessesIn(dir)
		if len(pids) == 0 {
			break
		}
		for _, pid := range pids {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		time.Sleep(20 * time.Millisecond)
	}
	wire.RemoveSockets(dir)
	os.RemoveAll(dir)
}

// sweepUnfinished removes what interrupted preparations have left. The caller
// must hold the lock.
func sweepUnfinished(p Paths) {
	for _, dir := range []string{p.Cache, filepath.Dir(p.venv()), filepath.Dir(p.plugin()), p.patchedModules(), p.checkoutFolder(), filepath.Dir(p.Gopls())} {
		entries, _ := os.ReadDir(dir) // without the folder there is nothing to sweep
		for _, entry := range entries {
			if strings.HasPrefix(entry.Name(), system.UnfinishedMark) {
				os.RemoveAll(filepath.Join(dir, entry.Name()))
			}
		}
	}
}
