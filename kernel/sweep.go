package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// kernelFolder makes the private folder of one kernel, or of one JupyterLab, and marks it as in use
// with a lock that ends with this process, however it ends. The function
// returned ends what still runs in the folder and removes it.
func kernelFolder(p place) (dir string, release func(), err error) {
	if err := os.MkdirAll(p.tmp(), 0o700); err != nil {
		return "", nil, err
	}
	fresh, err := os.MkdirTemp(p.tmp(), asideMark)
	if err != nil {
		return "", nil, err
	}
	unlock, free := tryLock(filepath.Join(fresh, "lock"))
	if !free {
		return "", nil, fmt.Errorf("%s cannot be locked: is %s on a file system without locks?", fresh, p.Cache)
	}
	// Only a locked folder gets the name by which sweep knows it. A short one:
	// on some systems a socket's path has 104 bytes at most.
	dir = filepath.Join(p.tmp(), "k"+strings.TrimPrefix(filepath.Base(fresh), asideMark))
	if err := os.Rename(fresh, dir); err != nil {
		return "", nil, err
	}
	return dir, func() { clearKernel(dir); unlock() }, nil
}

// sweep removes what kernels have left that were killed without notice: their
// folders, pipes, processes that still run there, and the notes that Jupyter
// keeps of them.
func sweep(p place) {
	sweepNotes(p.jupyter("runtime"))
	dirs, _ := filepath.Glob(filepath.Join(p.tmp(), "k*"))
	for _, dir := range dirs {
		if unlock, free := tryLock(filepath.Join(dir, "lock")); free {
			clearKernel(dir)
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

// clearKernel ends the processes of a kernel's folder and removes it.
func clearKernel(dir string) {
	for range 20 {
		pids := processesIn(dir)
		if len(pids) == 0 {
			break
		}
		for _, pid := range pids {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		time.Sleep(20 * time.Millisecond)
	}
	removeSockets(dir)
	os.RemoveAll(dir)
}

// noteAge is how old a note of Jupyter's is before it is taken for a left one:
// older than the longest run of a notebook.
const noteAge = 7 * 24 * time.Hour

// sweepNotes removes old notes of kernels and servers, and logs, from a runtime
// folder of Jupyter's. Who ends regularly removes its own.
func sweepNotes(dir string) {
	for _, pattern := range []string{"kernel-*.json", "jpserver-*", "lab-*.log"} {
		notes, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, note := range notes {
			if info, err := os.Lstat(note); err == nil && time.Since(info.ModTime()) > noteAge {
				os.Remove(note)
			}
		}
	}
}
